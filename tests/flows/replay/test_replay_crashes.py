"""A replay whose worker dies at any call, is given up, or wakes up late: nothing is lost or comes twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from sluice.errors import OutcomeUnknown
from sluice.usecases.fetching import chunk_writer
from sluice.usecases.operating.report_ended_run import EndedRun, report_ended_run, report_lost_runs
from tests.effort import some, thorough
from tests.flows.crashing import Aborted, Crash
from tests.flows.replay.replaying import (
    begun,
    check_ended,
    copy_of,
    held,
    mend,
    quarantined,
    replay,
    replay_all,
    started,
    with_bad,
)
from tests.flows.rig import Rig

pytestmark = thorough


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_writer, "MAX_RECORDS", 15)


def set_aside() -> Rig:
    rig = with_bad(begun(), ("customer", 3), ("customer", 26), ("customer", 9))
    mend(rig, "customer")
    rig.erp.put("customer", 9, "has one now")
    rig.run()
    assert len(started(rig)) == 1
    return rig


@cache
def _made(scenario: Callable[[], Rig]) -> Rig:
    return scenario()


SCENARIOS: dict[str, Callable[[], Rig]] = {
    "held": lambda: copy_of(_made(held)),
    "set_aside": lambda: copy_of(_made(set_aside)),
}


def undisturbed(scenario: Callable[[], Rig]) -> tuple[set[str], set[str], int]:
    rig = scenario()
    crash = Crash()
    crash.watch(rig)
    replay_all(rig)
    calls = crash.calls
    assert rig.run()["outcome"] == "succeeded"
    return set(rig.consumer.ids), {notice["id"] for notice in rig.notices}, calls


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_every_step_of_a_replay_gives_the_same_answer_twice(
    scenario: Callable[[], Rig], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, notices, _ = undisturbed(scenario)
    rig = scenario()

    def twice(step: Callable[[], object]) -> object:
        answer = step()
        told = len(rig.notices)
        assert step() == answer
        assert len(rig.notices) == told
        return answer

    monkeypatch.setattr(rig, "_tried", twice)
    replay_all(rig)
    assert rig.run()["outcome"] == "succeeded"
    assert set(rig.consumer.ids) == ids
    assert {notice["id"] for notice in rig.notices} == notices
    assert quarantined(rig) == []
    check_ended(rig)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_a_worker_that_dies_once_changes_nothing(scenario: Callable[[], Rig], *, after: bool) -> None:
    ids, notices, calls = undisturbed(scenario)
    for number in some(range(1, calls + 1)):
        rig = scenario()
        Crash(number, after=after).watch(rig)
        (found,) = replay_all(rig)
        assert found["outcome"] == "replayed", number
        assert quarantined(rig) == [], number
        assert rig.run()["outcome"] == "succeeded"
        assert set(rig.consumer.ids) == ids, number
        assert {notice["id"] for notice in rig.notices} == notices, number
        check_ended(rig)


@pytest.mark.parametrize("way", ["given_up", "aborted"])
@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_a_replay_that_is_given_up_is_made_good_by_another_or_by_the_next_run(
    scenario: Callable[[], Rig], way: str
) -> None:
    ids, _, calls = undisturbed(scenario)
    for number in some(range(1, calls + 1)):
        rig = scenario()
        (name,) = started(rig)
        crash = Crash(number, after=True, again=way == "given_up", lasting=True)
        crash.watch(rig)
        try:
            replay_all(rig)
        except (Aborted, OutcomeUnknown):
            crash.heal()
            report_ended_run(rig.world, EndedRun(name, "acme", "ABORTED", "", "", ""))
            rig.world.replays.end(name, "ABORTED")
        crash.heal()
        if number % 2:
            replay(rig)
        assert rig.run()["outcome"] == "succeeded", number
        replay(rig)
        assert set(rig.consumer.ids) == ids, number
        assert quarantined(rig) == [], number
        check_ended(rig)


def test_a_run_meanwhile_and_a_replay_that_wakes_up_after_it_do_no_harm() -> None:
    for scenario in SCENARIOS.values():
        _, _, calls = undisturbed(scenario)
        for number in some(range(1, calls + 1)):
            rig = scenario()
            (name,) = started(rig)
            crash = Crash(number)
            crash.watch(rig)

            def next_run(rig: Rig = rig, name: str = name) -> None:
                report_ended_run(rig.world, EndedRun(name, "acme", "ABORTED", "", "", ""))
                rig.erp.put("department", 3, "the last word but one")
                rig.erp.put("customer", 3, "the last word but one")
                assert rig.run()["outcome"] == "succeeded"

            crash.meanwhile = next_run
            try:
                replay_all(rig)
            except Aborted:
                rig.world.replays.end(name, "ABORTED")
            crash.heal()
            rig.erp.put("department", 3, "the last word")
            rig.erp.put("customer", 3, "the last word")
            assert rig.run()["outcome"] == "succeeded", number
            replay(rig)
            # A worker that wakes up may say once more that its replay begins.
            assert set(report_lost_runs(rig.world)) <= {name}
            check_ended(rig)
