"""What an ERP's change does to a run: what is published, what is told, what is learnt."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.registry.contracts import Contracts
from sluice.usecases.deciding.changes import list_changes
from sluice.usecases.operating.quarantine import list_quarantined
from tests.flows.rig import Rig

RECORDS = 60


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    for key in range(1, RECORDS + 1):
        rig.erp.put("department", key, f"Avdeling {key * 7 % 61} i {key}. etasje")
        rig.erp.put("customer", key, f"Kunde {key}")
    rig.clock.advance(3600)
    rig.run()
    rig.notices.clear()
    return rig


def _contracts(rig: Rig) -> Contracts:
    return Contracts(rig.world.state, rig.world.objects, rig.connection)


def _notices(rig: Rig, kind: str) -> list[dict[str, Any]]:
    return [notice for notice in rig.notices if notice["type"] == kind]


def test_a_run_that_goes_well_makes_and_grows_the_contract(rig: Rig) -> None:
    first = _contracts(rig).get("department")
    assert first is not None
    assert (first.version, first.runs, first.learnt.records) == (1, 1, RECORDS)
    rig.run()
    again = _contracts(rig).get("department")
    assert again is not None
    assert (again.version, again.runs, again.learnt.records) == (1, 2, 2 * RECORDS)


def test_a_rename_is_held_told_once_with_a_suggestion_and_nothing_of_it_is_published(rig: Rig) -> None:
    rig.erp.names["department"] = "title"
    rig.erp.put("customer", 1, "Ny kunde")
    events = len(rig.consumer.events)
    for _ in range(2):
        summary = rig.run()
        assert (summary["outcome"], summary["error"]) == ("held", "ApiChanged")
        assert "D44" in summary["cause"] or "held since" in summary["cause"]
    assert [event["type"] for event in rig.consumer.events[events:]] == ["customer.upserted"]
    [notice] = _notices(rig, "stream.held")
    told = notice["data"]
    assert (told["change"]["code"], told["change"]["path"]) == ("D44", "name")
    assert told["fields"] == ["department.name"]
    assert (told["suggestion"]["kind"], told["suggestion"]["to"]) == ("rename", "title")
    assert (told["scope"], told["connections"]) == ("customer", ["acme"])
    contract = _contracts(rig).get("department")
    assert contract is not None
    assert contract.learnt.records == RECORDS


def test_a_single_record_is_set_aside_told_once_and_not_learnt(rig: Rig) -> None:
    for _ in range(3):
        rig.run()
    for key in range(RECORDS + 1, 201):
        rig.erp.put("department", key, f"Avdeling {key}")
    rig.erp.put("department", 7, "")
    rig.erp.put("department", 8, None)
    summary = rig.run()
    assert summary["outcome"] == "succeeded"
    assert {found.source_id for found in list_quarantined(rig.world, "acme")} >= {"8"}
    assert [one["data"]["change"]["path"] for one in _notices(rig, "records.quarantined")].count("name") >= 1
    told = len(_notices(rig, "records.quarantined"))
    rig.run()
    assert len(_notices(rig, "records.quarantined")) == told


def test_a_deprecation_header_is_told_once_and_learnt(rig: Rig) -> None:
    rig.erp.headers = {"deprecation": "@1798761600", "sunset": "Fri, 01 Jan 2027 00:00:00 GMT"}
    assert rig.run()["outcome"] == "succeeded"
    codes = sorted(notice["data"]["change"]["code"] for notice in _notices(rig, "api.changed"))
    assert codes == ["D16", "D16", "D17", "D17"]  # two streams
    rig.notices.clear()
    assert rig.run()["outcome"] == "succeeded"
    assert _notices(rig, "api.changed") == []
    assert _notices(rig, "incident.resolved") == []  # nothing was kept back, so nothing is well again


def test_what_several_connections_meet_is_told_as_the_vendors_once(rig: Rig) -> None:
    names = ("acme", "bygg", "cembra")
    for name in names[1:]:
        rig.connection = name
        rig.desk.add(Connection(name, "toy"), {"key": Secret("canary-key")})
        rig.run()
    rig.notices.clear()
    rig.erp.names["department"] = "title"
    for name in names:
        rig.connection = name
        assert rig.run()["outcome"] == "held"
    told = [(one["connection"], one["data"]["scope"]) for one in _notices(rig, "stream.held")]
    assert told == [("acme", "customer"), ("bygg", "vendor")]
    assert len(list_changes(rig.world)) == 3


def test_credentials_refused_everywhere_are_a_change_of_the_vendors(rig: Rig) -> None:
    for name in ("bygg", "cembra"):
        rig.desk.add(Connection(name, "toy"), {"key": Secret("canary-key")})
    rig.erp.key, rig.between = "another", 10
    for name in ("acme", "bygg", "cembra"):
        rig.connection = name
        assert rig.run()["outcome"] == "failed"
    assert [one["type"] for one in rig.notices] == ["credentials.rejected", "stream.failed"]
    assert rig.notices[1]["data"]["change"]["code"] == "D22"
    assert rig.notices[1]["data"]["scope"] == "vendor"
