"""What the environment must say, and what is told when it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from sluice.errors import ConfigurationInvalid
from sluice.settings import (
    ApiSettings,
    CommandLineSettings,
    FetchSettings,
    LambdaSettings,
    UsageSettings,
    is_traced,
    own_networks,
)

WHOLE = {
    "SLUICE_STAGE": "dev",
    "SLUICE_BUCKET": "bucket",
    "SLUICE_CONNECTIONS_TABLE": "connections",
    "SLUICE_STATE_TABLE": "state",
    "SLUICE_RUNS_TABLE": "runs",
    "SLUICE_INFORMATION_TOPIC_ARN": "arn:information",
    "SLUICE_NOTIFICATION_TOPIC_ARN": "arn:notification",
    "SLUICE_SECRETS_PREFIX": "sluice/dev",
}


def test_a_whole_environment() -> None:
    found = LambdaSettings.from_environment(WHOLE)
    assert (found.stage, found.bucket, found.secrets_prefix) == ("dev", "bucket", "sluice/dev")
    assert not found.allow_loopback_http


@pytest.mark.parametrize(("text", "expected"), [("true", True), ("True ", True), ("false", False)])
def test_loopback_is_allowed_in_words(text: str, expected: bool) -> None:
    found = LambdaSettings.from_environment({**WHOLE, "SLUICE_ALLOW_LOOPBACK_HTTP": text})
    assert found.allow_loopback_http is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("none", []),
        ("", []),
        ("10.20.0.0/16", ["10.20.0.0/16"]),
        ("10.20.0.0/16, 192.168.7.0/24 fd12:3456::/48", ["10.20.0.0/16", "192.168.7.0/24", "fd12:3456::/48"]),
    ],
)
def test_private_networks_are_named_one_by_one(text: str, expected: list[str]) -> None:
    given = {**WHOLE, "SLUICE_PRIVATE_NETWORKS": text}
    assert [str(one) for one in LambdaSettings.from_environment(given).networks] == expected
    assert [str(one) for one in own_networks(given)] == expected


@pytest.mark.parametrize(
    "text", ["0.0.0.0/0", "169.254.0.0/16", "127.0.0.0/8", "8.8.0.0/16", "10.20.0.1/16", "all"]
)
def test_what_is_no_private_network_is_told(text: str) -> None:
    given = {**WHOLE, "SLUICE_PRIVATE_NETWORKS": text}
    for settings in (LambdaSettings.from_environment, own_networks):
        with pytest.raises(ConfigurationInvalid) as refused:
            settings(given)
        [fault] = refused.value.faults
        assert (fault.code, fault.pointer) == ("bad_network", "/SLUICE_PRIVATE_NETWORKS")


def test_all_that_is_wrong_is_told_at_once() -> None:
    given = {**WHOLE, "SLUICE_BUCKET": " ", "SLUICE_ALLOW_LOOPBACK_HTTP": "yes"}
    del given["SLUICE_STAGE"]
    with pytest.raises(ConfigurationInvalid) as refused:
        LambdaSettings.from_environment(given)
    assert [(fault.code, fault.pointer) for fault in refused.value.faults] == [
        ("setting_missing", "/SLUICE_STAGE"),
        ("setting_missing", "/SLUICE_BUCKET"),
        ("not_a_boolean", "/SLUICE_ALLOW_LOOPBACK_HTTP"),
    ]


def test_the_process_own_environment_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)
    assert LambdaSettings.from_environment() == LambdaSettings.from_environment(WHOLE)


def test_the_command_line_is_local_by_default(tmp_path: Path) -> None:
    found = CommandLineSettings.from_environment({}, tmp_path)
    assert found == CommandLineSettings(tmp_path / ".sluice", "local", "eu-north-1", None)
    assert found.is_local


def test_the_command_line_is_told_another_deployment(tmp_path: Path) -> None:
    given = {
        "SLUICE_HOME": str(tmp_path / "elsewhere"),
        "SLUICE_STAGE": "prod",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
    }
    found = CommandLineSettings.from_environment(given, tmp_path)
    assert found == CommandLineSettings(tmp_path / "elsewhere", "prod", "eu-west-1", "http://127.0.0.1:4566")
    assert not found.is_local


def test_what_keeps_usage_knows_whose_ends_it_hears_of() -> None:
    whole = {name: name.lower() for name in ("SLUICE_SYNC_ARN", "SLUICE_REPLAY_ARN", "SLUICE_BACKFILL_ARN")}
    found = UsageSettings.from_environment(whole)
    assert (found.sync_arn, found.replay_arn) == ("sluice_sync_arn", "sluice_replay_arn")
    with pytest.raises(ConfigurationInvalid) as refused:
        UsageSettings.from_environment({"SLUICE_SYNC_ARN": "arn:sync"})
    assert [fault.pointer for fault in refused.value.faults] == ["/SLUICE_REPLAY_ARN", "/SLUICE_BACKFILL_ARN"]


@pytest.mark.parametrize(("given", "events"), [({}, None), ({"SLUICE_HISTORY_EVENTS": " 81 "}, 81)])
def test_a_history_may_be_given_less_than_aws_allows(given: dict[str, str], events: int | None) -> None:
    assert FetchSettings.from_environment(given).history_events == events


@pytest.mark.parametrize("text", ["0", "-1", "many"])
def test_a_history_of_no_events_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationInvalid) as refused:
        FetchSettings.from_environment({"SLUICE_HISTORY_EVENTS": text})
    assert [fault.pointer for fault in refused.value.faults] == ["/SLUICE_HISTORY_EVENTS"]


def test_the_apis_environment_is_read_whole_or_told() -> None:
    whole = {
        "SLUICE_SYNC_ARN": "arn:sync",
        "SLUICE_REPLAY_ARN": "arn:replay",
        "SLUICE_BACKFILL_ARN": "arn:backfill",
        "SLUICE_SCHEDULE_GROUP": "sluice-dev",
        "SLUICE_SCHEDULER_ROLE_ARN": "arn:role",
        "SLUICE_TRIGGERS_DEAD_LETTERS_ARN": "arn:dead",
        "SLUICE_QUEUE_URLS": "https://a https://b",
        "SLUICE_MAIL_FROM": "Sluice <a@b.no>",
        "SLUICE_CONSOLE_URL": "https://console.example",
    }
    found = ApiSettings.from_environment(whole)
    assert (found.sync_arn, found.schedule_group) == ("arn:sync", "sluice-dev")
    assert found.console_url == "https://console.example"
    with pytest.raises(ConfigurationInvalid) as refused:
        ApiSettings.from_environment({"SLUICE_SYNC_ARN": "arn:sync"})
    assert len(refused.value.faults) == len(whole) - 1


def test_functions_are_traced_unless_they_are_told_not_to() -> None:
    assert is_traced({})
    assert is_traced({"POWERTOOLS_TRACE_DISABLED": "false"})
    assert not is_traced({"POWERTOOLS_TRACE_DISABLED": "true"})
