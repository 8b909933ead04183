"""The API holds what its OpenAPI document says, whatever is sent: no 5xx, nothing that is not documented."""

from __future__ import annotations

import pytest
import schemathesis

from tests.effort import examples, thorough
from tests.unit.api.client import Client
from tests.unit.api.documented import CALLS, CONFIG, answers
from tests.unit.api.wsgi import application

pytestmark = thorough

EXAMPLES = examples(15)
"""Requests of each operation and kind; all of them take about a minute."""


@pytest.mark.thorough(most=40)
@pytest.mark.parametrize(("called", "kind"), CALLS)
def test_what_is_sent_is_answered_as_documented(called: str, kind: str, client: Client) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", application(client), config=CONFIG)
    assert answers(schema, called, kind, EXAMPLES, lambda case: case.call())
