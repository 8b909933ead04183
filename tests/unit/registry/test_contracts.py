"""What is kept of a contract: what holds, who decided, and that two at once lose nothing."""

from __future__ import annotations

import pytest

from sluice.contract.contract import Contract
from sluice.contract.detector import Detector
from sluice.contract.observation import Observation
from sluice.contract.reliance import Reliance
from sluice.local.memory_object_store import MemoryObjectStore
from sluice.local.memory_table import MemoryTable
from sluice.model.change_kinds import change_of
from sluice.registry.contracts import SLUICE, Contracts, Decision

AT = "2026-11-21T08:00:00Z"
RELIANCE = Reliance("customer", {("name",): ("customer.name",)}, key=(("id",),))
CHANGE = change_of("D42", "name", ("present", "absent"), ("customer.name",))
KARI = Decision("abc", "kari", "they told us", AT)


def _observed() -> Observation:
    records = [{"id": number, "name": f"Kunde {number}"} for number in range(20)]
    return Detector(RELIANCE, None).examine(records).observation


def _learn(known: Contract | None) -> Contract:
    return (known or Contract()).learnt_from(_observed(), reliance=RELIANCE)


@pytest.fixture
def contracts() -> Contracts:
    return Contracts(MemoryTable(), MemoryObjectStore(), "acme")


def test_a_stream_never_read_has_none(contracts: Contracts) -> None:
    assert contracts.get("customer") is None
    assert contracts.history("customer") == []


def test_a_sweep_is_learnt_once_and_its_first_is_in_the_history(contracts: Contracts) -> None:
    for _ in range(2):
        contracts.learn("customer", "sweep-1", AT, _learn)
    found = contracts.get("customer")
    assert found is not None
    assert (found.version, found.runs, found.learnt.records) == (1, 1, 20)
    contracts.learn("customer", "sweep-2", AT, _learn)
    found = contracts.get("customer")
    assert found is not None
    assert (found.version, found.runs) == (1, 2)
    assert [(entry.version, entry.who) for entry in contracts.history("customer")] == [(1, SLUICE)]


def test_a_contract_that_stays_as_it_is_is_not_stored_again(monkeypatch: pytest.MonkeyPatch) -> None:
    table, objects = MemoryTable(), MemoryObjectStore()
    contracts = Contracts(table, objects, "acme")
    learnt = contracts.learn("customer", "sweep-1", AT, _learn)
    stored: list[str] = []
    monkeypatch.setattr(objects, "put", lambda key, data: stored.append(key))
    contracts.learn("customer", "sweep-2", AT, lambda _: learnt)
    item = table.get("acme", "contract#customer")
    assert item is not None
    assert (stored, item.value["sweep"]) == ([], "sweep-2")
    assert contracts.get("customer") == learnt


def test_accepting_is_a_new_version_and_twice_is_once(contracts: Contracts) -> None:
    contracts.learn("customer", "sweep-1", AT, _learn)
    first = contracts.amend("customer", [CHANGE], KARI)
    assert contracts.amend("customer", [CHANGE], KARI) == first
    assert (first.version, first.waived) == (2, frozenset({("D42", "name")}))
    decided = contracts.history("customer")[-1]
    assert (decided.version, decided.who, decided.reason, decided.at) == (2, "kari", "they told us", AT)
    assert decided.changes[0]["path"] == "name"


def test_a_change_met_in_the_first_run_of_all_can_be_accepted(contracts: Contracts) -> None:
    assert contracts.amend("customer", [CHANGE], KARI).waived
    assert contracts.get("customer") is not None


def test_a_decision_made_while_a_sweep_is_learnt_is_not_lost(contracts: Contracts) -> None:
    contracts.learn("customer", "sweep-1", AT, _learn)
    raced = []

    def learn_late(known: Contract | None) -> Contract:
        if not raced:
            raced.append(contracts.amend("customer", [CHANGE], KARI))
        return _learn(known)

    found = contracts.learn("customer", "sweep-2", AT, learn_late)
    assert (found.version, found.runs) == (2, 2)


def test_forgetting_leaves_nothing(contracts: Contracts) -> None:
    contracts.learn("customer", "sweep-1", AT, _learn)
    contracts.forget()
    assert contracts.get("customer") is None
    assert list(contracts.streams()) == []
    assert contracts.history("customer") == []
