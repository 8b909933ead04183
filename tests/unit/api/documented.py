"""Requests that Schemathesis makes from the API's document, right and wrong ones; answers held against it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi import checks

from lambdas.api.roles import LOWEST
from sluice.bootstrap.documents import ROOT

DOCUMENT: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text())
SEED = 20_260_101
"""Every run makes the same requests."""

# Who asks is no business of these tests: they come with a token that is good.
CONFIG = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}})

KINDS = {"right": GenerationMode.POSITIVE, "wrong": GenerationMode.NEGATIVE}

HELD = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
]


def _may_be_wrong(called: str) -> bool:
    """Return whether anything of a request can be wrong: whether it has parameters or a body."""
    method, _, path = called.partition(" ")
    operation = DOCUMENT["paths"][path][method.lower()]
    return bool(operation.get("parameters") or operation.get("requestBody"))


CALLS = [(called, kind) for called in LOWEST for kind in KINDS if kind == "right" or _may_be_wrong(called)]
"""Each operation with each kind of request that there is of it."""


def answers(
    schema: Any, called: str, kind: str, examples: int, send: Callable[[schemathesis.Case], Any]
) -> list[int]:
    """Send ``examples`` requests of an operation; return the statuses of the answers, each as documented."""
    method, _, path = called.partition(" ")
    answered: list[int] = []

    @seed(SEED)
    @given(case=schema[path][method].as_strategy(generation_mode=KINDS[kind]))
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def hold(case: schemathesis.Case) -> None:
        answer = send(case)
        case.validate_response(answer, checks=HELD)
        answered.append(answer.status_code)

    print(f"seed {SEED}")  # noqa: T201 - pytest shows it where a test fails
    hold()
    return answered
