"""A real ERP through the whole pipeline: what arrives on the queue equals what proteus reads."""

from __future__ import annotations

from collections import Counter

import pytest

from sluice.bootstrap.deployment import Deployment
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from tests.live.pipeline.conftest import CANARY, run_to_end
from tests.live.pipeline.inbox import Inbox
from tests.live.tryton.compare import differences, expected_from
from tests.live.tryton.server import Tryton

pytestmark = pytest.mark.timeout(900)

NAME = "fjord"


def test_tryton_end_to_end(tryton: Tryton, deployment: Deployment, inbox: Inbox) -> None:
    settings = {
        "base_url": tryton.url,
        "database": tryton.database,
        "user": tryton.user,
        "customer_domain": [["categories.name", "=", "Customer"]],
        "supplier_domain": [["categories.name", "=", "Supplier"]],
    }
    assert CANARY not in tryton.password
    deployment.desk.add(Connection(NAME, "tryton", settings), {"password": Secret(tryton.password)})
    first = run_to_end(deployment, NAME, patience=400)
    assert first.execution is not None
    assert first.execution.status == "SUCCEEDED", first
    events = inbox.events(NAME)
    expected = expected_from(tryton.read())
    counts = Counter(entity for entity, _ in expected)
    assert counts["customer"] + counts["supplier"] >= 1_000
    assert counts["project"] >= 1_000
    assert counts["time_entry"] >= 1_000
    assert len(events) == len(expected)
    assert differences(events, expected) == []

    assert run_to_end(deployment, NAME, patience=400).execution.status == "SUCCEEDED"  # type: ignore[union-attr]
    assert inbox.events(NAME) == []

    tryton.change(
        {"model": "party.party", "id": 11, "set": {"name": "Nytt navn AS"}},
        {"model": "project.work", "id": 21, "set": {"name": "Omdøpt"}},
        {"model": "timesheet.line", "id": 77, "set": {"description": "Rettet"}},
    )
    run_to_end(deployment, NAME, patience=400)
    changed = inbox.events(NAME)
    assert sorted((event["type"], event["subject"], event["entityversion"]) for event in changed) == [
        ("customer.upserted", "11", 2),
        ("project.upserted", "21", 2),
        ("time_entry.upserted", "77", 2),
    ]
    assert differences([*events, *changed], expected_from(tryton.read())) == []
    deployment.desk.remove(NAME)
