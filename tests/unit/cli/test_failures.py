from __future__ import annotations

import click
import pytest

from sluice.aws.stack_not_found import StackNotFound
from sluice.cli.failures import exit_code, in_words, run_failed
from sluice.errors import ApiChanged, ConfigurationInvalid, CredentialsRejected, ErpUnavailable
from sluice.faults import Fault
from sluice.ports.table import Conflict
from sluice.registry.leases import LeaseTaken


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ErpUnavailable("GET /customer: no answer"), 1),
        (CredentialsRejected("GET /customer: 401"), 1),
        (ApiChanged("GET /customer: 404", []), 3),
        (ConfigurationInvalid("no such stream"), 2),
        (click.UsageError("no such option"), 2),
        (KeyboardInterrupt(), 130),
        (StackNotFound("sluice-local"), 1),
        (ValueError("a bug"), 1),
    ],
)
def test_every_error_has_its_exit_code(error: BaseException, code: int) -> None:
    assert exit_code(error) == code


def test_a_failure_says_its_name_and_what_to_do() -> None:
    words = in_words(CredentialsRejected("GET /customer: 401"))
    assert words.splitlines()[0] == "error: CredentialsRejected: GET /customer: 401"
    assert words.splitlines()[1].startswith("what to do: Renew the credentials (sluice")


def test_wrong_configuration_lists_every_fault() -> None:
    faults = [Fault("unknown_key", "/a", "did you mean b?", "x.yaml:3"), Fault("wrong_type", "/c", "is text")]
    words = in_words(ConfigurationInvalid("x is wrong", faults))
    assert words.splitlines() == [
        "error: x is wrong",
        "  x.yaml:3#/a: did you mean b? [unknown_key]",
        "  /c: is text [wrong_type]",
    ]


def test_what_another_did_at_the_same_time_is_told_with_what_can_be_done() -> None:
    assert "do it again" in in_words(Conflict("acme connection: not version 3"))
    assert in_words(LeaseTaken("run-1")).endswith("run-1 holds the connection; sluice runs show run-1")


def test_a_surprise_is_named_and_leads_to_its_place() -> None:
    assert in_words(ValueError("odd")) == (
        "error: unexpected ValueError: odd; `sluice --traceback ...` shows where"
    )


@pytest.mark.parametrize(
    ("error", "held", "code"),
    [(None, False, 0), (None, True, 3), ("ApiChanged", False, 3), ("ErpUnavailable", False, 1)],
)
def test_a_run_that_failed_has_its_exit_code(error: str | None, held: bool, code: int) -> None:
    assert run_failed(error, held=held) == code


def test_without_credentials_what_gives_some_is_named() -> None:
    # As botocore does: unit tests import none of it.
    kind = type("NoCredentialsError", (Exception,), {"__module__": "botocore.exceptions"})
    told = in_words(kind("Unable to locate credentials"))
    assert "Unable to locate credentials" in told
    assert "AWS_PROFILE" in told
