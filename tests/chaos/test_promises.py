"""A slice of `make chaos`: some places struck, some stories; and what it is to notice is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from lambdas import fetch_pages, powers
from sluice.model.chunk import Counts
from sluice.registry.cursors import Cursors
from sluice.registry.leases import Leases
from sluice.snapshot import receipts
from sluice.usecases import commit_cursor as committing
from sluice.usecases import transform_chunk as transforming
from sluice.usecases.fetching import chunk_writer
from sluice.usecases.telling import tell
from tests.chaos import kills, soak
from tests.chaos.ledger import Broken
from tests.chaos.ports import Kind
from tests.chaos.scenarios import SCENARIOS, Scenario
from tests.chaos.stage import quiet
from tests.effort import some, thorough


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The engine changes what functions have by themselves; here it is put back."""
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    for place, name in (
        (chunk_writer, "MAX_RECORDS"),
        (fetch_pages, "history_events"),
        (powers, "lambda_worlds"),
    ):
        monkeypatch.setattr(place, name, getattr(place, name))
    quiet()
    yield
    powers.logger.setLevel("INFO")
    kills._undisturbed.cache_clear()


@thorough
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_whatever_call_is_struck_the_events_are_the_same(scenario: Scenario) -> None:
    cases = list(kills.cases(scenario))
    for case in some(cases, 6):
        kills.tried(case)


@thorough
def test_whatever_a_seed_brings_the_consumer_has_what_the_erp_holds() -> None:
    told = soak.Told()
    for number in some(range(40), 3):
        told.add(soak.played(f"test-{number}"))
    assert told.executions >= 30
    assert told.met


def test_every_kind_of_fault_is_met_and_survived() -> None:
    told = soak.played("busy-1", rate=0.05)
    told.add(soak.played("busy-4", rate=0.05))
    assert {kind for _, kind in told.met} >= set(soak.KINDS)
    assert told.messages["twice"] + told.messages["again"]


def _broken_by(*numbers: int) -> str:
    """Return what stories say that a planted defect breaks: of these numbers, else any of sixty."""
    for number in (*numbers, *range(60)):
        try:
            soak.played(f"planted-{number}", rate=0.04)
        except Broken as broken:
            return str(broken)
    return ""


def _struck_by(way: str, scenario: str) -> str:
    """Return what a scenario struck in this way says that a planted defect breaks."""
    for case in kills.cases(kills.named(scenario)):
        try:
            if case.way == way:
                kills.tried(case)
        except Broken as broken:
            return str(broken)
    return ""


def test_an_event_that_is_not_published_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = transforming.pack
    monkeypatch.setattr(transforming, "pack", lambda *given: list(usual(*given))[1:])
    assert "I5: the cursor of" in _broken_by()


def test_ids_that_follow_from_chance_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = iter(range(10**9))
    usual = transforming._transform

    def otherwise(*given: Any) -> Any:
        found = usual(*given)
        number = next(numbers)
        found.events = [event.replace(b'"id":"', b'"id":"%d-' % number, 1) for event in found.events]
        return found

    monkeypatch.setattr(transforming, "_transform", otherwise)
    assert "I2:" in _broken_by()


@pytest.mark.thorough(most=0)
def test_a_version_without_an_announcement_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts.Receipts, "announce", lambda *given: None)
    assert "two contents" in _broken_by(21)


def test_a_zombie_that_nothing_stops_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Leases, "renew", lambda *given: None)
    usual = Cursors.put

    def forced(self: Cursors, stream: str, cursor: Any) -> None:
        usual(self, stream, replace(cursor, version=self.get(stream).version))

    monkeypatch.setattr(Cursors, "put", forced)
    assert _struck_by("overtaken", "incremental run")


def test_a_cursor_that_moves_before_the_deletes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committing, "_publish_deletes", lambda *given: None)
    assert "I5: the cursor of" in _broken_by()


def test_an_incident_that_nobody_is_told_of_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tell, "tell_untold", lambda *given: None)
    monkeypatch.setattr(tell, "_tell", lambda *given: None)
    assert "I4: nobody was told" in _broken_by()


def test_counts_that_do_not_add_up_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(committing, "_check_counts", lambda *given: None)
    usual = transforming._count

    def fewer(world: Any, message: Any, counts: Counts) -> None:
        usual(world, message, replace(counts, fetched=max(0, counts.fetched - 1)))

    monkeypatch.setattr(transforming, "_count", fewer)
    assert "counts of" in _broken_by()


def test_a_case_that_is_named_strikes_that_call() -> None:
    scenario = SCENARIOS[0]
    case = next(case for case in kills.cases(scenario) if case.way == "unsaid")
    told = kills.tried(case)
    assert sum(told.met.values()) == 1
    assert {kind for _, kind in told.met} == {Kind.UNSAID}
