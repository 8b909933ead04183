"""A removed connection leaves nothing that a later one of its name would meet, and touches no other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
import pytest

from sluice.consumer.order import life_begins_at
from sluice.errors import ConfigurationInvalid, LeaseLost
from sluice.lake.layout import Partition
from sluice.local.memory_object_store import MemoryObjectStore
from sluice.model.connection import VERSIONS_OF_A_LIFE, Connection
from sluice.model.secret import Secret
from sluice.ports.topic import OutgoingMessage
from sluice.registry.leases import TTL
from sluice.usecases.commit_cursor import CommitCursor, commit_cursor
from sluice.usecases.connections import KINDS, REMOVAL
from sluice.usecases.erasing.erase import erase, lift
from sluice.usecases.erasing.person import Person
from sluice.usecases.fetching.fetch_pages import FetchPages, fetch_pages
from sluice.usecases.operating.quarantine import list_quarantined
from sluice.usecases.plan_run import PlanRun, plan_run
from sluice.usecases.transform_chunk import HandedOver, transform_chunk
from sluice.usecases.world import iso
from tests.flows.rig import Killed, Rig

OTHERS = ("acme2", "acme-x", "acm")
STEPS = 9
"""So many has a run of the rig, the first is its plan."""
STATE = ("cursor#", "contract#", "contract-history#", "incident#", "decision#", "override#")


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    for key in range(1, 13):
        rig.erp.put("customer", key, f"Kunde {key}")
    rig.erp.put("customer", 99, {"not": "a name"})
    return rig


def _add(rig: Rig, name: str, **more: Any) -> None:
    rig.desk.add(Connection(name, "toy"), {"key": Secret("canary-key")}, **more)


def _run(rig: Rig, name: str) -> dict[str, Any]:
    rig.connection = name
    try:
        return rig.run()
    finally:
        rig.connection = "acme"


def _stored(rig: Rig, name: str) -> dict[str, bytes]:
    """Return all objects of a connection, told by any part of the key: also of kinds not known here."""
    objects = rig.world.objects
    return {key: objects.get(key) for key in objects.keys("") if name in key.split("/")}


def _known(rig: Rig, name: str) -> list[Any]:
    return [item for item in rig.world.state.query(name) if item.sort.startswith(STATE)]


def test_everything_of_the_connection_goes_and_nothing_of_those_named_alike(rig: Rig) -> None:
    for name in OTHERS:
        _add(rig, name)
    for name in ("acme", *OTHERS):
        assert _run(rig, name)["outcome"] == "succeeded"
    assert {key.partition("/")[0] for key in _stored(rig, "acme")} == set(KINDS)
    before = {name: (_stored(rig, name), _known(rig, name)) for name in OTHERS}
    assert rig.desk.remove("acme") == ""
    assert (_stored(rig, "acme"), _known(rig, "acme")) == ({}, [])
    assert {name: (_stored(rig, name), _known(rig, name)) for name in OTHERS} == before
    assert all(stored and known for stored, known in before.values())
    assert [_run(rig, name)["counts"]["published"] for name in OTHERS] == [0, 0, 0]


def test_one_added_again_begins_empty(rig: Rig) -> None:
    rig.run()
    assert [found.source_id for found in list_quarantined(rig.world, "acme")] == ["99"]
    rig.desk.remove("acme")
    rig.erp.put("customer", 99, "Kunde 99")
    _add(rig, "acme")
    assert list(list_quarantined(rig.world, "acme")) == []
    assert rig.run()["counts"]["published"] == 13
    assert list(list_quarantined(rig.world, "acme")) == []


@pytest.mark.parametrize("again", [1, 3])
def test_one_added_again_is_newer_to_consumers_and_what_comes_late_of_the_old_one_is_not(
    rig: Rig, again: int
) -> None:
    """A consumer that forgot nothing takes what comes, though it held higher counts than 1."""
    rig.run()
    for number in range(3):
        rig.erp.put("customer", 1, f"Renamed {number}")
        rig.run()
    old = list(rig.consumer.events)
    for life in range(again):
        rig.desk.remove("acme")
        rig.erp.put("customer", 1, f"In life {life + 2}")
        rig.erp.remove("customer", 2)
        _add(rig, "acme")
        assert rig.run()["outcome"] == "succeeded"
        rig.erp.put("customer", 3, f"Changed in life {life + 2}")
        rig.run()
    names = rig.consumer.names("customer")
    assert names[1] == f"In life {again + 1}"
    assert names[3] == f"Changed in life {again + 1}"
    first = again * VERSIONS_OF_A_LIFE + 1
    assert rig.world.connections.get("acme").first_version == first == life_begins_at(first + 1)
    assert rig.consumer.state["acme/customer/1"][0] == first
    assert rig.consumer.state["acme/customer/3"][0] == first + 1
    # What nobody has told the end of: the ERP forgot it between two lives.
    assert rig.consumer.state["acme/customer/2"][0] == 1
    rig.consumer.ids.clear()
    for event in old:
        rig.consumer.take(OutgoingMessage(orjson.dumps([event]).decode(), {}))
    assert rig.consumer.names("customer") == names


def test_changing_a_connection_begins_no_other_life(rig: Rig) -> None:
    rig.desk.remove("acme")
    _add(rig, "acme")
    _add(rig, "acme", update=True)
    rig.desk.pause("acme")
    rig.desk.resume("acme")
    assert rig.world.connections.get("acme").life == 2
    rig.desk.remove("acme")
    assert [one.name for one in rig.world.connections.all()] == []
    _add(rig, "acme")
    assert rig.world.connections.get("acme").life == 3


def test_who_was_erased_in_a_later_life_is_told_of_to_those_who_hold_an_earlier_one(rig: Rig) -> None:
    rig.run()
    rig.desk.remove("acme")
    _add(rig, "acme")
    receipt = erase(rig.world, Person("acme", "customer", "1"), "", lambda line: None)
    assert receipt["events"]["customer"]["version"] == VERSIONS_OF_A_LIFE + 1
    assert 1 not in rig.consumer.names("customer")
    rig.run()
    assert 1 not in rig.consumer.names("customer")
    assert lift(rig.world, Person("acme", "customer", "1")) == 1
    rig.run(), rig.erp.put("customer", 1, "Here again"), rig.run()
    assert rig.consumer.names("customer")[1] == "Here again"


@pytest.mark.parametrize("place", range(len(KINDS)))
def test_a_removal_that_breaks_off_is_repeated(rig: Rig, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.run()
    calls: list[str] = []
    whole = MemoryObjectStore.delete_all

    def dying(store: MemoryObjectStore, keys: Iterable[str]) -> None:
        calls.append("")
        found = list(keys)
        whole(store, found[: len(found) // 2] if len(calls) == place + 1 else found)
        if len(calls) == place + 1:
            raise Killed

    monkeypatch.setattr(MemoryObjectStore, "delete_all", dying)
    with pytest.raises(Killed):
        rig.desk.remove("acme")
    assert rig.run()["outcome"] == "paused"
    assert rig.desk.remove("acme") == ""
    assert (_stored(rig, "acme"), _known(rig, "acme")) == ({}, [])
    _add(rig, "acme")
    assert rig.run()["outcome"] == "succeeded"


def test_a_removal_that_broke_off_at_its_very_end_keeps_no_lease(rig: Rig) -> None:
    rig.desk.remove("acme")
    rig.world.leases.seize("acme", REMOVAL, rig.clock.now())
    _add(rig, "acme")
    assert rig.run()["outcome"] == "succeeded"


def _under_way(rig: Rig) -> tuple[list[HandedOver], CommitCursor]:
    """Plan a run and read the customers; return what it would do next."""
    plan_run(rig.world, PlanRun("acme", "manual", "old", iso(rig.clock.now())))
    fetched = fetch_pages(rig.world, FetchPages("old", "acme", "customer", None, 60))
    where = {"connection": "acme", "connector": "toy", "stream": "customer", "run": "old"}
    messages = [
        HandedOver.from_json({**where, "sweep": fetched["sweep"], "chunk": chunk})
        for chunk in fetched["chunks"]
    ]
    return messages, CommitCursor("old", "acme", "customer", fetched["position"])


@pytest.mark.parametrize("again", [False, True], ids=["removed", "added again"])
def test_a_run_under_way_does_nothing_more(rig: Rig, again: bool) -> None:
    messages, commit = _under_way(rig)
    assert rig.desk.remove("acme") == "old"
    if again:
        _add(rig, "acme")
    for message in messages:
        with pytest.raises(LeaseLost if again else ConfigurationInvalid):
            transform_chunk(rig.world, message)
    with pytest.raises(LeaseLost):
        fetch_pages(rig.world, FetchPages("old", "acme", "customer", commit.position, 60))
    with pytest.raises(LeaseLost):
        commit_cursor(rig.world, commit)
    assert rig.consumer.events == []
    assert (_stored(rig, "acme"), _known(rig, "acme")) == ({}, [])


@pytest.mark.parametrize("step", range(1, STEPS))
def test_removed_and_added_again_before_any_step_of_a_run(rig: Rig, step: int) -> None:
    steps = 0

    def hook(place: str) -> None:
        nonlocal steps
        steps += 1
        if steps == step + 1:
            rig.desk.remove("acme")
            _add(rig, "acme")

    rig.hook = hook
    rig.run()
    rig.hook = lambda place: None
    assert steps > step
    assert [key for key in _stored(rig, "acme") if "/run-0001" in key] == []
    summary = rig.run()
    assert summary["outcome"] == "succeeded"
    assert [found.run for found in list_quarantined(rig.world, "acme")][-1] == summary["run"]
    assert len(rig.consumer.names("customer")) == 12


def test_what_a_slow_step_left_after_the_removal_is_no_part_of_the_next(rig: Rig) -> None:
    rig.desk.remove("acme")
    for kind in KINDS:
        for name in ("acme", "acme2"):
            rig.world.objects.put(f"{kind}/{name}/customer/old/000000.jsonl.gz", b"")
    _add(rig, "acme")
    assert list(_stored(rig, "acme")) == []
    assert len(_stored(rig, "acme2")) == len(KINDS)


def test_its_part_of_the_lake_goes_too_and_what_came_late_when_the_name_is_added_again(rig: Rig) -> None:
    for name in ("acme", *OTHERS):
        part = Partition("customer", name)
        for key in (part.fresh("0" * 32), part.events("2026-11", "1" * 32), part.current("2" * 32)):
            rig.world.objects.put(key, b"")
    rig.desk.remove("acme")
    assert list(_stored(rig, "acme")) == []
    assert [len(_stored(rig, name)) for name in OTHERS] == [3, 3, 3]
    rig.world.objects.put(Partition("customer", "acme").fresh("3" * 32), b"")
    _add(rig, "acme")
    assert list(_stored(rig, "acme")) == []


def test_adding_a_name_that_is_taken_or_updated_deletes_nothing(rig: Rig) -> None:
    rig.run()
    before = _stored(rig, "acme")
    with pytest.raises(ConfigurationInvalid, match="exists"):
        _add(rig, "acme")
    _add(rig, "acme", update=True)
    assert _stored(rig, "acme") == before


def test_whoever_is_unknown_is_not_removed(rig: Rig) -> None:
    rig.run()
    before = _stored(rig, "acme")
    for name in ("", "a", "acme/customer", "acme2"):
        with pytest.raises(ConfigurationInvalid, match="no connection"):
            rig.desk.remove(name)
    assert _stored(rig, "acme") == before


def test_a_lease_is_seized_from_a_run_that_still_holds_it(rig: Rig) -> None:
    leases, now = rig.world.leases, rig.clock.now()
    assert leases.seize("acme", REMOVAL, now) == ""
    assert leases.seize("acme", REMOVAL, now) == ""
    leases.free("acme", REMOVAL)
    fence = leases.take("acme", "run-1", now)
    assert leases.seize("acme", REMOVAL, now) == "run-1"
    with pytest.raises(LeaseLost, match="now it is held by its removal"):
        leases.renew("acme", "run-1", now)
    leases.free("acme", REMOVAL)
    assert leases.take("acme", "run-2", now) == fence + 2
    assert leases.seize("acme", REMOVAL, now + 2 * TTL) == ""
