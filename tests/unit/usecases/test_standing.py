"""How much history a stream may write, what its cursor says of it, and how the run that goes on is called."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from sluice.registry.cursors import Cursor, Cursors, Standing
from sluice.registry.runs import CONTINUED, Run
from sluice.usecases.fetching.standing import CHUNK_EVENTS, STEP_EVENTS, STREAM_EVENTS, room_for
from sluice.usecases.fetching.step import Of
from sluice.usecases.fetching.sweep import Sweep
from sluice.usecases.operating.report_ended_run import EndedRun, report_ended_run
from sluice.usecases.summarise_run import name_of_next
from sluice.usecases.world import iso
from tests.flows.rig import Rig


def _of(rig: Rig) -> Of:
    connection = rig.world.connections.get("acme")
    connector = rig.world.connector_of(connection)
    return Of(connection, connector, connector.streams["customer"])


def _sweep(rig: Rig, events: int = 0) -> Sweep:
    return Sweep("run-1", None, iso(rig.clock.now()), events=events)


@pytest.mark.parametrize(
    ("used", "room"),
    [(0, 40), (CHUNK_EVENTS, 39), (40 * CHUNK_EVENTS, 0), (39 * CHUNK_EVENTS, 1), (10_000, 0)],
)
def test_what_is_left_of_a_streams_share_is_room_for_chunks(used: int, room: int) -> None:
    rig = Rig()
    # Two streams, of which each has half.
    events = 2 * (STREAM_EVENTS + STEP_EVENTS + 40 * CHUNK_EVENTS)
    assert room_for(rig.world, "run-1", _of(rig), _sweep(rig, used), events) == room


def test_a_first_step_can_always_be_made() -> None:
    rig = Rig()
    assert room_for(rig.world, "run-1", _of(rig), _sweep(rig), 1) == 1


def test_a_run_of_one_stream_has_the_history_to_itself() -> None:
    rig = Rig()
    events = 2 * (STREAM_EVENTS + STEP_EVENTS + 10 * CHUNK_EVENTS)
    assert room_for(rig.world, "run-1", _of(rig), _sweep(rig, CHUNK_EVENTS), events) == 10 - 1
    run = Run("run-1", "acme", "toy", CONTINUED, iso(rig.clock.now()), planned=1)
    rig.world.runs.put(run, rig.world.expiry())
    assert room_for(rig.world, "run-1", _of(rig), _sweep(rig, CHUNK_EVENTS), events) == 27


def test_a_position_from_before_these_counts_is_read() -> None:
    known = _sweep(Rig()).to_json()
    before = {name: found for name, found in known.items() if name not in {"events", "earlier"}}
    assert Sweep.from_json(before) == Sweep.from_json(known)


def test_a_cursor_from_before_is_read_and_a_standing_comes_back_as_it_was() -> None:
    rig = Rig()
    rig.world.state.put("acme", "cursor#customer", {"watermark": "2026-11-21T08:00:00Z", "begun": "run-1"})
    cursors = Cursors(rig.world.state, "acme")
    cursor = cursors.get("customer")
    assert (cursor.begun, cursor.standing, cursor.unfinished) == ("run-1", None, None)
    standing = Standing(_sweep(rig).to_json(), "run-1", "2026-11-21T09:00:00Z", ["run-2"])
    cursors.put("customer", replace(cursor, standing=standing))
    assert cursors.get("customer").unfinished == standing
    assert standing.last == "run-2"
    assert dict(cursors.all())["customer"].standing == standing


@pytest.mark.parametrize("begun", ["run-2", None])
def test_what_another_sweep_has_followed_stands_no_more(begun: str | None) -> None:
    standing = Standing({"sweep": "run-1"}, "run-1", "2026-11-21T09:00:00Z")
    assert Cursor(begun="run-1", standing=standing).unfinished == standing
    assert Cursor(begun=begun, standing=standing).unfinished is None


@pytest.mark.parametrize(
    ("run", "following"),
    [
        ("acme-20261121T080000Z-1f2e", "acme-20261121T080000Z-1f2e-part-2"),
        ("acme-20261121T080000Z-1f2e-part-2", "acme-20261121T080000Z-1f2e-part-3"),
        ("acme-part-9", "acme-part-10"),
        ("acme-part-", "acme-part--part-2"),
    ],
)
def test_the_run_that_goes_on_is_named_after_the_one_before(run: str, following: str) -> None:
    assert name_of_next(run) == following


def test_a_long_name_is_cut_and_stays_one_of_its_own() -> None:
    names = {name_of_next("a" * 79 + letter) for letter in "bc"}
    assert len(names) == 2
    assert all(len(name) <= 80 for name in names)
    assert all(name_of_next(name) == name.removesuffix("2") + "3" for name in names)


def test_a_run_that_could_not_start_the_one_to_go_on_is_told_of() -> None:
    rig = Rig()
    started = iso(rig.clock.now())
    run = Run("run-1", "acme", "toy", "schedule", started, CONTINUED, continued_as="run-1-part-2")
    rig.world.runs.put(run, rig.world.expiry())
    cause = "The run that was to read on could not be started."
    ended = EndedRun("run-1", "acme", "FAILED", started, "OutcomeUnknown", cause)
    assert report_ended_run(rig.world, ended)
    known = rig.world.runs.get("run-1")
    assert known is not None
    assert (known.status, known.error) == ("lost", "OutcomeUnknown")
    assert cause in str(rig.notices)
