"""A small connector certified on the embedded AWS, and one whose mapping is not what it seems."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from sluice.bootstrap.deployment import Deployment
from sluice.cli.certify.command import subject_of
from sluice.cli.certify.rules import RULES, Status
from sluice.cli.certify.scenarios import certify, names_of
from tests.live.pipeline.witness import Operator

pytestmark = pytest.mark.timeout(400)

CONNECTOR = "tryton"
LONGEST = 180
"""Seconds that certifying one connector may take."""

MAPPING = f"transformers/{CONNECTOR}/customer.yaml"
RIGHT, WRONG = "name: {first: [name, code]}", "name: code"


def test_a_small_connector_is_certified_in_time_and_leaves_nothing(
    home: Path, deployment: Deployment
) -> None:
    queues = _queues(deployment)
    began = time.monotonic()
    card = json.loads(Operator(home).does("connectors", "certify", CONNECTOR, "--json"))
    assert time.monotonic() - began < LONGEST
    assert card["certified"] is True
    assert [rule["rule"] for rule in card["rules"]] == list(RULES)
    assert {rule["status"] for rule in card["rules"]} == {"done"}
    assert _left(deployment) == []
    assert _queues(deployment) == queues


def test_a_connector_that_publishes_what_it_should_not_is_not_certified(deployment: Deployment) -> None:
    subject = subject_of(CONNECTOR)
    text = subject.files[MAPPING].decode()
    assert RIGHT in text
    wrong = text.replace(RIGHT, WRONG).encode()
    findings = {
        one.rule: one
        for one in certify(deployment, replace(subject, files={**subject.files, MAPPING: wrong}))
    }
    assert findings["full_sync"].status is Status.FAILED
    assert "40 records published otherwise: customer" in findings["full_sync"].note
    assert findings["empty_streams"].status is Status.DONE
    assert _left(deployment) == []


def _left(deployment: Deployment) -> list[str]:
    ours = names_of(CONNECTOR)
    return [one.name for one in deployment.world.connections.all() if one.name in ours]


def _queues(deployment: Deployment) -> set[str]:
    return set(deployment.session.sqs.list_queues().get("QueueUrls", []))
