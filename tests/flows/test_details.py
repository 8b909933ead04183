"""Departments one by one, below parents, as rows or all of it, by the real use cases: with faults, killed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sluice.usecases.fetching import chunk_writer
from tests.effort import some, thorough
from tests.flows.crashing import Aborted, Crash
from tests.flows.listing_erp import ListingErp, boxes_rig, documents_rig, family_rig, listing_rig
from tests.flows.rig import Rig
from tests.flows.toy_erp import reply

pytestmark = thorough

Made = Callable[[], Rig]
RIGS = (listing_rig, family_rig, documents_rig, boxes_rig)
IDS = ("details", "parents", "rows", "all of them")


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_writer, "MAX_RECORDS", 5)


def _truth(rig: Rig) -> dict[int, object]:
    return {key: row.name for key, row in rig.erp.rows["department"].items()}


@pytest.mark.parametrize("made", RIGS, ids=IDS)
def test_all_come_though_no_step_has_time_for_a_page(made: Made) -> None:
    rig = made()
    assert rig.run()["outcome"] == "succeeded"
    assert rig.consumer.names("department") == _truth(rig)
    assert len(rig.consumer.events) == 24


@pytest.mark.parametrize("made", RIGS, ids=IDS)
def test_what_is_gone_from_the_list_is_deleted_and_what_is_new_comes(made: Made) -> None:
    rig = made()
    rig.run()
    rig.erp.remove("department", 3)
    rig.erp.put("department", 20, "added")
    rig.erp.put("department", 4, "edited")
    before = len(rig.consumer.events)
    assert rig.run()["outcome"] == "succeeded"
    assert rig.consumer.names("department") == _truth(rig)
    assert len(rig.consumer.events) == before + 3


@pytest.mark.parametrize("made", RIGS, ids=IDS)
def test_patience_and_errors_in_the_middle_cost_no_record(made: Made) -> None:
    rig = made()
    send, asked = rig.erp.send, []

    def stumbling(request: object) -> object:
        asked.append(request)
        if len(asked) % 4 == 3:
            return reply(429, {}, retry_after="30") if len(asked) % 8 == 3 else reply(503, {})
        return send(request)  # type: ignore[arg-type]

    rig.erp.send = stumbling  # type: ignore[method-assign,assignment]
    assert rig.run()["outcome"] == "succeeded"
    assert rig.consumer.names("department") == _truth(rig)


def test_an_address_that_has_moved_holds_the_stream_and_deletes_nothing() -> None:
    rig = listing_rig()
    rig.run()
    truth = _truth(rig)
    erp = rig.erp
    assert isinstance(erp, ListingErp)
    erp.lost = True
    assert rig.run()["results"]["department"]["outcome"] == "held"
    assert rig.consumer.names("department") == truth


def _calls(made: Made) -> tuple[set[str], int]:
    rig, crash = made(), Crash()
    crash.watch(rig)
    rig.run()
    return set(rig.consumer.ids), crash.calls


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("made", RIGS, ids=IDS)
def test_a_worker_that_dies_at_any_call_changes_nothing(made: Made, *, after: bool) -> None:
    ids, calls = _calls(made)
    for number in some(range(1 + after, calls + 1, 2)):
        rig, crash = made(), Crash(number, after=after)
        crash.watch(rig)
        rig.run()
        crash.heal()
        assert rig.run()["outcome"] == "succeeded", number
        assert set(rig.consumer.ids) == ids, number
        assert rig.consumer.names("department") == _truth(rig), number


@pytest.mark.parametrize("made", RIGS, ids=IDS)
def test_a_run_that_is_ended_in_the_middle_is_made_good_by_the_next(made: Made) -> None:
    _, calls = _calls(made)
    for number in some(range(1, calls + 1, 3)):
        rig, crash = made(), Crash(number, after=True, again=False)
        crash.watch(rig)
        try:
            rig.run()
        except Aborted:
            rig.clock.advance(60)
            crash.heal()
            rig.end(f"run-{rig.number:04d}", "ABORTED")
        crash.heal()
        assert rig.run()["outcome"] == "succeeded", number
        assert rig.consumer.names("department") == _truth(rig), number
