"""A stream too long for one execution goes on in the next: nothing is lost or doubled, all is judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from sluice.model.connection import Connection
from sluice.model.http import Reply, Request
from sluice.model.moments import seconds_between
from sluice.registry.cursors import Cursor, Cursors
from sluice.registry.runs import CONTINUED
from sluice.snapshot.receipts import Receipts
from sluice.usecases.fetching import chunk_writer
from sluice.usecases.fetching.standing import CHUNK_EVENTS, FRESH, LONGEST, STEP_EVENTS, STREAM_EVENTS, TRIES
from sluice.usecases.replay.sources import quarantine_of, seen_since
from tests.effort import some, thorough
from tests.flows.crashing import Aborted, Crash
from tests.flows.rig import Rig
from tests.flows.toy_erp import reply

pytestmark = thorough

ROWS = 45
"""Five pages of at most ten, of at most two chunks each."""

PAGES = [10, 9, 9, 9, 8, 0]
"""New records of each: a page begins with the last record of the one before. The last one finds the end."""

GOES_ON = [*([CONTINUED] * (len(PAGES) - 1)), "succeeded"]
"""What runs come to of which each reads a page."""

ONE_PAGE = STREAM_EVENTS + STEP_EVENTS + 2 * CHUNK_EVENTS
"""What an execution may write that reads one page of one stream, and leaves."""


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_writer, "MAX_RECORDS", 5)


def _rig(stream: str = "customer", *, streams: tuple[str, ...] = ()) -> Rig:
    rig = Rig(events=ONE_PAGE * max(len(streams), 1))
    names = streams or (stream,)
    rig.desk.add(Connection("acme", "toy", streams=names), {}, update=True)
    for name in names:
        for key in range(1, ROWS + 1):
            rig.erp.put(name, key, f"{name} {key}")
    rig.clock.advance(3600)
    return rig


def _cursor(rig: Rig, stream: str = "customer") -> Cursor:
    return Cursors(rig.world.state, "acme").get(stream)


def _seen_once(rig: Rig, stream: str = "customer") -> None:
    """Every record of the ERP arrived, once."""
    ids = Counter(event["data"]["source_id"] for event in rig.consumer.events)
    assert set(ids.values()) == {1}
    assert rig.consumer.names(stream) == {key: row.name for key, row in rig.erp.rows[stream].items()}


@pytest.mark.parametrize("stream", ["customer", "department"])
def test_a_stream_goes_on_in_run_after_run_until_it_has_ended(stream: str) -> None:
    rig = _rig(stream)
    summaries = rig.run_on()
    assert [one["outcome"] for one in summaries] == GOES_ON
    _seen_once(rig, stream)
    cursor = _cursor(rig, stream)
    assert (cursor.sweep, cursor.begun, cursor.standing) == ("run-0001", None, None)
    receipts = Receipts(rig.world.objects, "acme", stream, "run-0001")
    assert [receipt.number for receipt in receipts.all()] == list(range(10))
    # Each run counts its own.
    assert [one["counts"]["fetched"] for one in summaries] == PAGES
    runs = [rig.world.runs.get(one["run"]) for one in summaries]
    names = ["run-0001", *(f"run-0001-part-{part}" for part in range(2, len(PAGES) + 1))]
    assert [run.id for run in runs if run] == names
    assert [(run.status, run.continues, run.continued_as) for run in runs if run] == [
        (CONTINUED if after else "succeeded", before, after)
        for before, after in zip([None, *names[:-1]], [*names[1:], None], strict=True)
    ]
    fetched = [rig.world.runs.streams(name)[stream].records_fetched for name in names]
    assert fetched == PAGES
    assert [notice["type"] for notice in rig.notices] == ["run.finished"]
    assert rig.run()["counts"]["published"] == 0


def test_a_run_that_goes_on_reads_nothing_but_what_was_left() -> None:
    rig = _rig(streams=("department", "customer"))
    for key in range(5, ROWS + 1):
        rig.erp.remove("department", key)
    first = rig.run()
    outcomes = {stream: result["outcome"] for stream, result in first["results"].items()}
    assert outcomes == {"department": "synced", "customer": CONTINUED}
    second = rig.run(first["next"], CONTINUED)
    assert set(second["results"]) == {"customer"}
    # Alone it has the whole history to itself.
    assert (second["outcome"], second["counts"]["fetched"]) == ("succeeded", 35)
    assert len(rig.consumer.names("customer")) == ROWS


def test_a_whole_read_over_several_runs_finds_what_is_gone() -> None:
    rig = _rig("department")
    rig.run_on()
    for key in (3, 44):
        rig.erp.remove("department", key)
    rig.erp.put("department", 20, "edited")
    summaries = rig.run_on()
    assert [one["outcome"] for one in summaries] == GOES_ON
    assert rig.consumer.names("department") == {
        key: row.name for key, row in rig.erp.rows["department"].items()
    }
    assert len(rig.consumer.events) == ROWS + 3


def test_another_run_that_sneaks_in_goes_on_and_the_one_meant_to_does_nothing() -> None:
    rig = _rig()
    first = rig.run()
    assert (first["outcome"], first["next"]) == (CONTINUED, "run-0001-part-2")
    sneaked = rig.run()
    assert (sneaked["outcome"], sneaked["next"]) == (CONTINUED, "run-0002-part-2")
    known = rig.world.runs.get("run-0001")
    assert known is not None
    assert known.continued_as == "run-0002"
    late = rig.run(first["next"], CONTINUED)
    assert late["outcome"] == CONTINUED
    rig.run_on()
    _seen_once(rig)
    # Started when all is read, it has nothing to do.
    assert rig.run(sneaked["next"], CONTINUED)["counts"]["fetched"] == 0
    _seen_once(rig)


def test_while_another_run_holds_the_connection_the_next_does_nothing() -> None:
    rig = _rig()
    first = rig.run()
    rig.world.leases.take("acme", "another", rig.clock.now())
    assert rig.run(first["next"], CONTINUED)["outcome"] == "already_running"
    rig.world.leases.free("acme", "another")
    rig.run_on()
    _seen_once(rig)


def test_what_was_noted_in_the_first_run_is_judged_in_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_writer, "MAX_RECORDS", 100)
    rig = _rig("department")
    for key in range(ROWS, 301):
        rig.erp.put("department", key, f"Avdeling {key}")
    rig.events = 20_000
    for _ in range(3):
        assert rig.run()["outcome"] == "succeeded"
    # A record that is set aside stops nothing; it is told of once all is handed over.
    rig.erp.put("department", 8, None)
    rig.events = ONE_PAGE
    summaries = rig.run_on()
    assert [one["outcome"] for one in summaries] == [CONTINUED, CONTINUED, "succeeded"]
    assert [one["counts"]["quarantined"] for one in summaries] == [1, 0, 0]
    (told,) = (notice["data"] for notice in rig.notices if notice["type"] == "records.quarantined")
    assert (told["change"]["path"], told["run"]) == ("name", summaries[-1]["run"])
    assert float(told["change"]["share"]) == pytest.approx(1 / 300, abs=1e-4)
    assert len(rig.consumer.names("department")) == 300


def test_a_replay_knows_when_what_was_read_in_a_later_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_writer, "MAX_RECORDS", 100)
    rig = _rig("department")
    for key in range(ROWS, 301):
        rig.erp.put("department", key, f"Avdeling {key}")
    rig.events = 20_000
    for _ in range(3):
        rig.run()
    rig.erp.put("department", 290, None)
    rig.events, rig.between = ONE_PAGE, 3 * 86_400
    rig.hook = lambda _: rig.clock.advance(1)
    summaries = rig.run_on()
    assert [one["counts"]["quarantined"] for one in summaries] == [0, 0, 1]
    last = rig.world.runs.get(summaries[-1]["run"])
    assert last is not None
    where = ("acme", "department")
    # The sweep began six days before that run, under the name of another.
    seen = seen_since(rig.world, where, last.started_at, {"1", "289", "300"})
    assert {key: moment[0] >= last.started_at for key, moment in seen.items()} == {
        "1": False,
        "289": True,
        "300": True,
    }
    [source] = quarantine_of(rig.world, where)
    receipt = Receipts(rig.world.objects, *where, summaries[0]["run"]).find(source.read_at[1])
    assert receipt is not None
    assert source.read_at[0] == receipt.fetched_at > last.started_at


def test_a_held_stream_among_others_that_go_on() -> None:
    rig = _rig(streams=("department", "customer"))
    rig.events = 20_000
    rig.run()
    rig.events = 2 * ONE_PAGE
    rig.clock.advance(86_400)
    for key in range(1, ROWS + 1):
        rig.erp.put("customer", key, f"edited {key}")
    rig.erp.names["department"] = "title"
    summary = rig.run()
    assert (summary["outcome"], summary["status"]) == (CONTINUED, "held")
    run = rig.world.runs.get(summary["run"])
    assert run is not None
    assert (run.status, run.continued_as) == ("held", summary["next"])
    after = rig.run(summary["next"], CONTINUED)
    assert (after["outcome"], set(after["results"])) == ("succeeded", {"customer"})
    assert rig.consumer.names("customer")[ROWS] == f"edited {ROWS}"


def test_what_fails_in_a_later_run_is_read_on_from_where_that_run_began() -> None:
    rig = _rig()
    rig.run()
    position = _cursor(rig).standing
    assert position is not None
    rig.events = 2 * (STEP_EVENTS + 2 * CHUNK_EVENTS) + STREAM_EVENTS
    asked = rig.erp.asked
    real, pages = rig.erp._page, [0]

    def failing(request: Request) -> Reply:
        pages[0] += 1
        return real(request) if pages[0] <= 1 else reply(503, {})

    rig.erp._page = failing  # type: ignore[method-assign]
    failed = rig.run()
    assert (failed["outcome"], failed["counts"]["fetched"]) == ("failed", 9)
    rig.erp._page = real  # type: ignore[method-assign]
    standing = _cursor(rig).standing
    assert standing is not None
    assert (standing.position, standing.taken) == (position.position, ["run-0002"])
    assert rig.erp.asked > asked
    third = rig.run()
    # The page that failed run had handed over is read again, and known.
    assert (third["counts"]["fetched"], third["counts"]["unchanged"]) == (27, 9)
    run = rig.world.runs.get("run-0003")
    assert run is not None
    assert run.continues == "run-0002"
    rig.run_on()
    _seen_once(rig)


def test_a_place_is_gone_on_from_only_so_often() -> None:
    rig = _rig()
    rig.run()
    rig.erp.faults = [reply(503, {})] * 3 * TRIES
    for _ in range(TRIES):
        assert rig.run()["outcome"] == "failed"
    summaries = rig.run_on()
    # From the beginning: five pages, the first of which is known.
    assert [one["counts"]["fetched"] for one in summaries] == PAGES
    assert summaries[0]["counts"]["unchanged"] == 10
    assert _cursor(rig).sweep == summaries[0]["run"]
    _seen_once(rig)


def test_what_is_too_old_or_was_read_otherwise_is_read_anew() -> None:
    rig = _rig()
    rig.run()
    cursors = Cursors(rig.world.state, "acme")
    cursor = cursors.get("customer")
    assert cursor.standing is not None
    other = replace(cursor.standing, position={**cursor.standing.position, "shape": "another"})
    cursors.put("customer", replace(cursor, standing=other))
    second = rig.run()
    assert (second["counts"]["fetched"], second["counts"]["unchanged"]) == (10, 10)
    assert _cursor(rig).begun == second["run"]
    rig.clock.advance((FRESH + timedelta(days=1)).total_seconds())
    third = rig.run()
    assert (third["counts"]["fetched"], third["counts"]["unchanged"]) == (10, 10)
    assert _cursor(rig).begun == third["run"]
    rig.run_on()
    _seen_once(rig)


def test_a_run_that_lasts_too_long_goes_on_as_another() -> None:
    rig = _rig()
    rig.events = 20_000
    real, asked = rig.erp._page, [0]

    def patient(request: Request) -> Reply:
        asked[0] += 1
        # A page every four hours: for longer no stream waits for one.
        return reply(429, {}, retry_after="3590") if asked[0] % 5 and asked[0] < 35 else real(request)

    rig.erp._page = patient  # type: ignore[method-assign]
    summaries = rig.run_on()
    assert [one["outcome"] for one in summaries] == [CONTINUED, "succeeded"]
    run = rig.world.runs.get("run-0001")
    assert run is not None
    assert run.ended_at is not None
    lasted = seconds_between(run.started_at, run.ended_at)
    assert LONGEST.total_seconds() < lasted < 24 * 3600
    _seen_once(rig)


def _calls(scenario: Callable[[], Rig]) -> int:
    rig = scenario()
    crash = Crash()
    crash.watch(rig)
    rig.run_on()
    return crash.calls


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("again", [True, False], ids=["again", "never"])
def test_a_worker_may_die_at_any_call(*, after: bool, again: bool) -> None:
    def scenario() -> Rig:
        rig = _rig("department")
        for key in range(25, ROWS + 1):
            rig.erp.remove("department", key)
        rig.erp.deleted.clear()
        return rig

    calls = _calls(scenario)
    assert calls > 100
    for at in some(range(1, calls + 1)):
        rig = scenario()
        crash = Crash(at=at, after=after, again=again)
        crash.watch(rig)
        try:
            rig.run_on()
        except Aborted:
            crash.heal()
            rig.end(rig.last, "ABORTED")
        crash.heal()
        rig.clock.advance(3600)
        assert rig.run_on()[-1]["outcome"] == "succeeded", at
        assert rig.consumer.names("department") == {
            key: row.name for key, row in rig.erp.rows["department"].items()
        }, at
        versions = Counter(event["data"]["source_id"] for event in rig.consumer.events)
        assert set(versions.values()) == {1}, at
