"""A worker that dies at any call, and steps that run twice: the consumer has what the ERP holds, once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from copy import copy
from functools import cache
from typing import Any

import pytest

from sluice.errors import ApiChanged, LeaseLost, OutcomeUnknown, SluiceError
from sluice.model.connection import Connection
from sluice.registry.incidents import Incidents
from sluice.usecases.deciding.accepting import accept_change
from sluice.usecases.deciding.changes import list_changes
from sluice.usecases.fetching import chunk_writer
from sluice.usecases.transform_chunk import transform_chunk as _work
from tests.effort import some, thorough
from tests.flows import rig as rig_module
from tests.flows.crashing import Aborted, Crash
from tests.flows.rig import Rig
from tests.flows.toy_erp import reply

pytestmark = thorough

STREAMS = ("department", "customer")
Scenario = Callable[[Rig], None]


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_writer, "MAX_RECORDS", 5)


def _begin() -> Rig:
    rig = Rig()
    rig.desk.add(Connection("acme", "toy", events_per_message=3), {}, update=True)
    for stream in STREAMS:
        for key in range(1, 13):
            rig.erp.put(stream, key, f"{stream} {key}")
    rig.clock.advance(3600)
    return rig


def _first(rig: Rig) -> None:
    """A run that reads everything for the first time."""


def _edited(rig: Rig) -> None:
    rig.run()
    for stream in STREAMS:
        rig.erp.put(stream, 3, "edited")
        rig.erp.put(stream, 20, "added")
    rig.erp.remove("department", 7)
    rig.erp.remove("department", 8)


def _deleted(rig: Rig) -> None:
    """Tombstones: of records that are known, and of one never seen."""
    rig.run()
    rig.erp.put("customer", 3, "edited")
    rig.erp.put("customer", 21, "here to stay")
    rig.clock.advance(3600)
    for key in (4, 5):
        rig.erp.remove("customer", key)
    rig.erp.put("customer", 23, "never seen")
    rig.erp.remove("customer", 23)


def _emptied(rig: Rig) -> None:
    rig.run()
    rig.erp.rows["department"].clear()


def _unavailable(rig: Rig) -> None:
    rig.run()
    rig.erp.put("customer", 3, "edited")
    rig.erp.faults = [reply(503, {})] * 3


def _unauthorised(rig: Rig) -> None:
    rig.erp.key = "another"


def _all_wrong(rig: Rig) -> None:
    rig.run()
    rig.erp.rows["department"][1].name = "edited"
    for key in range(6, 16):
        rig.erp.put("department", key, None)


SCENARIOS = {
    "first": _first,
    "edited": _edited,
    "deleted": _deleted,
    "emptied": _emptied,
    "unavailable": _unavailable,
    "unauthorised": _unauthorised,
    "all_wrong": _all_wrong,
}


@cache
def _prepared(scenario: Scenario) -> Rig:
    rig = _begin()
    scenario(rig)
    return rig


def _ready(scenario: Scenario) -> Rig:
    """Return a rig of its own that stands where the scenario begins."""
    made, rig = _prepared(scenario), Rig()
    rig.clock.advance((made.clock.now() - rig.clock.now()).total_seconds())
    rig.number = made.number
    for name in ("connections_table", "state", "runs_table"):
        getattr(rig.world, name)._items.update(getattr(made.world, name)._items)
    rig.world.objects._objects.update(made.world.objects._objects)  # type: ignore[attr-defined]
    rig.erp.rows = {
        name: {key: copy(row) for key, row in rows.items()} for name, rows in made.erp.rows.items()
    }
    rig.erp.faults, rig.erp.key = list(made.erp.faults), made.erp.key
    rig.erp.deleted = list(made.erp.deleted)
    rig.consumer.ids |= made.consumer.ids
    rig.consumer.events += made.consumer.events
    rig.consumer.state |= made.consumer.state
    rig.notices += made.notices
    return rig


def _ids(rig: Rig) -> set[str]:
    return set(rig.consumer.ids)


def _told(rig: Rig) -> set[str]:
    return {notice["data"]["incident"] for notice in rig.notices if notice["data"]["incident"]}


def _restore(rig: Rig) -> None:
    """The ERP is well again, and an operator accepts what is held."""
    rig.erp.faults = []
    rig.erp.key = "canary-key"
    for row in rig.erp.rows["department"].values():
        row.name = row.name or "whole again"
    for change in list_changes(rig.world):
        accept_change(rig.world, change.id, "test", "")


def _check(rig: Rig) -> None:
    for stream in STREAMS:
        truth = {key: row.name for key, row in rig.erp.rows[stream].items()}
        assert rig.consumer.names(stream) == truth
    versions = [(event["data"]["id"], event["entityversion"]) for event in rig.consumer.events]
    assert len(versions) == len(set(versions)), "one version with two contents"
    incidents = [found.id for found in Incidents(rig.world.state, "acme").all()]
    assert set(incidents) <= _told(rig), "an incident of which nobody was told"


def _check_ended(rig: Rig) -> None:
    assert all(run.status != "running" for run in rig.world.runs.of("acme"))


def _undisturbed(scenario: Scenario) -> tuple[set[str], set[str], int]:
    rig = _ready(scenario)
    crash = Crash()
    crash.watch(rig)
    rig.run()
    calls = crash.calls
    _restore(rig)
    assert rig.run()["outcome"] == "succeeded"
    _check(rig)
    return _ids(rig), {notice["id"] for notice in rig.notices}, calls


def _crashed(scenario: Scenario, crash: Crash) -> Rig:
    """Return a rig whose run met the crash, with everybody well again."""
    rig = _ready(scenario)
    crash.watch(rig)
    try:
        rig.run()
    except (Aborted, OutcomeUnknown) as ended:
        # EventBridge tells of the end, again if the last net itself died.
        rig.clock.advance(60)
        crash.heal()
        rig.end(f"run-{rig.number:04d}", "ABORTED" if isinstance(ended, Aborted) else "FAILED")
    assert crash.calls
    crash.heal()
    _restore(rig)
    return rig


def _edit_everything(rig: Rig) -> None:
    """Every record gets another content, some are gone, some come back."""
    for stream in STREAMS:
        for key in (*rig.erp.rows[stream], 7, 8):
            rig.erp.put(stream, key, f"{stream} {key} again")
    rig.erp.remove("department", 5)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_every_step_gives_the_same_answer_twice(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    ids, notices, _ = _undisturbed(scenario)
    rig = _ready(scenario)

    def twice(step: Callable[[], Any]) -> Any:
        answer = step()
        told = len(rig.notices)
        assert step() == answer
        assert len(rig.notices) == told
        return answer

    monkeypatch.setattr(rig, "_tried", twice)
    rig.run()
    _restore(rig)
    assert rig.run()["outcome"] == "succeeded"
    assert _ids(rig) == ids
    assert {notice["id"] for notice in rig.notices} == notices
    _check(rig)
    _check_ended(rig)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_messages_that_come_again_after_the_run_do_nothing(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = _ready(scenario)
    messages: list[tuple[Any, ...]] = []
    monkeypatch.setattr(rig_module, "transform_chunk", lambda *given: messages.append(given) or _work(*given))
    rig.run()
    _restore(rig)
    _edit_everything(rig)
    for _ in range(2):
        before = _ids(rig)
        for given in messages:
            with suppress(LeaseLost, ApiChanged):
                _work(*given)
        assert _ids(rig) == before
        rig.run()
        _restore(rig)
    assert rig.run()["outcome"] == "succeeded"
    _check(rig)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_a_worker_that_dies_once_changes_nothing(scenario: Scenario, *, after: bool) -> None:
    ids, notices, calls = _undisturbed(scenario)
    for number in some(range(1, calls + 1)):
        rig = _crashed(scenario, Crash(number, after=after))
        before = _ids(rig)
        assert rig.run()["outcome"] == "succeeded", number
        if scenario in {_first, _edited, _deleted}:
            assert _ids(rig) == before, number
        assert _ids(rig) == ids, number
        assert {notice["id"] for notice in rig.notices} == notices, number
        _check(rig)
        _check_ended(rig)


@pytest.mark.parametrize("way", ["given_up", "aborted"])
@pytest.mark.parametrize("scenario", [_first, _edited, _deleted, _emptied, _all_wrong])
def test_a_step_that_is_given_up_is_made_good_by_the_next_run(scenario: Scenario, way: str) -> None:
    _, _, calls = _undisturbed(scenario)
    for number in some(range(1, calls + 1)):
        rig = _crashed(scenario, Crash(number, after=True, again=way == "given_up", lasting=True))
        _edit_everything(rig)
        if rig.run()["outcome"] == "held":
            _restore(rig)
            assert rig.run()["outcome"] == "succeeded", number
        _check(rig)
        _check_ended(rig)


@pytest.mark.parametrize("way", ["given_up", "aborted"])
@pytest.mark.parametrize("scenario", [_first, _edited, _deleted])
def test_a_step_that_is_given_up_publishes_nothing_twice_as_new(scenario: Scenario, way: str) -> None:
    ids, _, calls = _undisturbed(scenario)
    for number in some(range(1, calls + 1)):
        rig = _crashed(scenario, Crash(number, after=True, again=way == "given_up", lasting=True))
        assert rig.run()["outcome"] == "succeeded", number
        assert _ids(rig) == ids, number


@pytest.mark.parametrize("scenario", [_first, _edited, _deleted, _all_wrong])
def test_a_worker_that_wakes_up_after_the_next_run_does_no_harm(scenario: Scenario) -> None:
    _, _, calls = _undisturbed(scenario)
    for number in some(range(1, calls + 1)):
        crash = Crash(number)
        rig = _ready(scenario)
        crash.watch(rig)

        def next_run(rig: Rig = rig) -> None:
            rig.end(f"run-{rig.number:04d}", "ABORTED")
            _restore(rig)
            _edit_everything(rig)
            assert rig.run()["outcome"] == "succeeded"

        crash.meanwhile = next_run
        with suppress(Aborted, SluiceError):
            rig.run()
        crash.heal()
        rig.erp.put("department", 3, "the last word")
        assert rig.run()["outcome"] == "succeeded", number
        _check(rig)
