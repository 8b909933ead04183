"""The API holds what its OpenAPI document says, whatever is sent: no 5xx, no answer that is not documented.

Schemathesis makes requests from the document, right ones and wrong ones, and holds the answers against it.
"""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi import checks

from lambdas.api.document import OPENAPI
from lambdas.api.roles import LOWEST
from tests.unit.api.client import Client
from tests.unit.api.wsgi import application

EXAMPLES = 15
"""Requests of each operation and kind; all of them take about a minute."""

HELD = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
]

# Tokens are looked at before an event is made of a request: what comes here has one that is good.
CONFIG = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}})

KINDS = {"right": GenerationMode.POSITIVE, "wrong": GenerationMode.NEGATIVE}


DOCUMENT = OPENAPI.value()


def may_be_wrong(called: str) -> bool:
    """Return whether anything of a request can be wrong: whether it has parameters or a body."""
    method, _, path = called.partition(" ")
    operation = DOCUMENT["paths"][path][method.lower()]
    return bool(operation.get("parameters") or operation.get("requestBody"))


@pytest.mark.parametrize(
    ("called", "kind"),
    [(called, kind) for called in LOWEST for kind in KINDS if kind == "right" or may_be_wrong(called)],
)
def test_what_is_sent_is_answered_as_documented(called: str, kind: str, client: Client) -> None:
    method, _, path = called.partition(" ")
    schema = schemathesis.openapi.from_wsgi("/openapi.json", application(client), config=CONFIG)
    answered = []

    @given(case=schema[path][method].as_strategy(generation_mode=KINDS[kind]))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def holds(case: schemathesis.Case) -> None:
        answered.append(case.call_and_validate(checks=HELD).status_code)

    holds()
    assert answered
