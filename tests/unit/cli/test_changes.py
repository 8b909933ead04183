from __future__ import annotations

import pytest

from sluice.model.change import Action, Change, Severity
from sluice.registry.incidents import Incidents, Sighting
from tests.unit.cli.conftest import Terminal

GONE = Change(
    "D21", "field_removed", "name", "text", "absent", Severity.HIGH, Action.HOLD, used_by=("customer.name",)
)


@pytest.fixture
def change(terminal: Terminal) -> str:
    sighting = Sighting("run-1", "customer", "ApiChanged", "name is gone", "2026-11-21T08:00:00Z", GONE)
    incident, _ = Incidents(terminal.rig.world.state, "acme").report(sighting)
    return incident.id


def test_an_open_change_is_listed_and_shown(terminal: Terminal, change: str) -> None:
    rows = terminal("changes", "list", "--json").json
    assert [(row["id"], row["code"], row["stream"], row["state"]) for row in rows] == [
        (change, "D21", "customer", "open")
    ]
    shown = terminal("changes", "show", change)
    assert "customer.name" in shown.out


@pytest.mark.parametrize(("decision", "state"), [("accept", "accepted"), ("reject", "rejected")])
def test_a_decision_says_who_and_why(terminal: Terminal, change: str, decision: str, state: str) -> None:
    said = terminal("changes", decision, change, "--by", "kari", "--reason", "the vendor said so")
    assert said.code == 0
    found = terminal("changes", "show", change, "--json").json
    assert (found["state"], found["decided_by"], found["reason"]) == (state, "kari", "the vendor said so")
    assert terminal("changes", "list", "--json").json == []
    assert len(terminal("changes", "list", "--all", "--json").json) == 1


def test_an_unknown_change_is_wrong_use(terminal: Terminal, change: str) -> None:
    said = terminal("changes", "accept", "nonesuch")
    assert said.code == 2
    assert change in said.err
