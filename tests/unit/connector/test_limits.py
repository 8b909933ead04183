"""Limits in connector.yaml: every example of the document loads, and comes to what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sluice.connector.limits import Limit, LimitKind, limits_in_force
from sluice.connector.values import Call
from tests.unit.connector.scripted import CONNECTOR, toy

DOCUMENT = (Path(__file__).parents[3] / "docs" / "connectors" / "limits.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
WITH_COMPANY = CONNECTOR.replace("  properties:\n", "  properties:\n    company: {type: string}\n")


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_loads(example: str) -> None:
    connector = toy(WITH_COMPANY + example)
    lines = [line for line in example.splitlines() if line.startswith("  - ")]
    assert len(connector.limits) == len(lines)
    assert limits_in_force(connector.limits, connector.concurrency)


def test_the_examples_show_every_kind_and_key() -> None:
    shown = "".join(EXAMPLES)
    keys = ("per: connection", "per: connector", "shared_by", "statuses", "resets", "hosts")
    assert [word for word in (*LimitKind, *keys) if word not in shown] == []


def test_a_limit_is_loaded_whole() -> None:
    every = """\
limits:
  - {requests: 10, seconds: 1, shared_by: [{secret: api_key}], hosts: any}
  - {requests: 5000, seconds: 86400, per: connection, resets: midnight_utc}
  - {errors: 10, seconds: 3600, statuses: [400, 404], per: connector}
  - {concurrent: 2, per: connection}
"""
    assert toy(CONNECTOR + every).limits == (
        Limit(LimitKind.REQUESTS, 10, 1, "value", (Call("secret", "api_key"),), every_host=True),
        Limit(LimitKind.REQUESTS, 5000, 86_400, midnight=True),
        Limit(LimitKind.ERRORS, 10, 3600, "connector", statuses=frozenset({400, 404})),
        Limit(LimitKind.CONCURRENT, 2),
    )
    assert toy().limits == ()
