"""Backfills: every record once, whatever fails, and beside the connection's runs."""

from __future__ import annotations

import pytest

from sluice.errors import ConfigurationInvalid, LeaseLost
from sluice.local.memory_workflow import MemoryWorkflow
from sluice.registry.backfills import Backfills
from sluice.registry.cursors import Cursors
from sluice.registry.runs import Run
from sluice.usecases.backfill.progress import progress_of
from sluice.usecases.backfill.start import resume_backfill, start_backfill
from sluice.usecases.operating.ending import NotToBeRedriven, redrive_run
from sluice.usecases.operating.runs import show_run
from sluice.usecases.world import iso
from tests.flows.backfill.backfilling import STREAM, Filling, dated_rig, day_of
from tests.flows.rig import Killed, Rig


def everyone(rig: Rig) -> dict[int, str]:
    return {key: str(row.name) for key, row in rig.erp.rows[STREAM].items()}


def versions(rig: Rig) -> list[tuple[str, int]]:
    return [(event["subject"], event["entityversion"]) for event in rig.consumer.events]


def test_a_long_history_is_read_in_windows_and_committed_as_one() -> None:
    rig, erp = dated_rig()
    filling = Filling(rig)
    summary = filling()
    assert (summary["outcome"], summary["counts"]["published"]) == ("succeeded", 300)
    assert rig.consumer.names(STREAM) == everyone(rig)
    assert len(versions(rig)) == len(set(versions(rig))) == 300
    assert filling.windows == list(range(len(filling.windows)))[::-1]
    assert len(set(erp.spans)) == len(filling.windows) == 11
    cursor = Cursors(rig.world.state, "acme").get(STREAM)
    assert (cursor.sweep, cursor.begun, cursor.whole_read_at) == ("fill-1", None, cursor.watermark)
    # What was read counts: the next run finds nothing new, and what is gone is deleted.
    erp.rows[STREAM].pop(7)
    assert rig.run()["results"][STREAM]["counts"] == {
        "fetched": 299, "mapped": 299, "published": 0, "deleted": 1, "unchanged": 299, "quarantined": 0
    }  # fmt: skip


def test_what_is_gone_since_an_earlier_read_is_deleted_by_a_backfill_too() -> None:
    rig, erp = dated_rig(40)
    rig.run()
    erp.rows[STREAM].pop(33)
    erp.put(STREAM, 3, "Firma tre")
    counts = Filling(rig)()["counts"]
    assert (counts["published"], counts["unchanged"], counts["deleted"]) == (1, 38, 1)
    assert rig.consumer.names(STREAM) == everyone(rig)


def test_runs_leave_the_stream_out_as_long_as_a_backfill_has_it() -> None:
    rig, erp = dated_rig(90)
    erp.put("department", 1, "Oslo")
    filling = Filling(rig)
    plan = filling.plan()
    summary = rig.run()
    assert summary["outcome"] == "succeeded"
    assert set(summary["results"]) == {"department"}
    left_out = rig.world.runs.streams(summary["run"])[STREAM]
    assert (left_out.outcome, "sluice runs show fill-1" in left_out.note) == ("left_out", True)
    assert plan["outcome"] == "planned"
    assert filling()["outcome"] == "succeeded"
    assert STREAM in rig.run()["results"]


def test_a_run_that_may_read_the_stream_is_waited_for_and_a_later_one_is_not() -> None:
    rig, _ = dated_rig(5)
    rig.world.leases.take("acme", "run-before", rig.clock.now())
    filling = Filling(rig)
    assert [filling.plan()["outcome"], filling.plan()["outcome"]] == ["busy", "busy"]
    rig.world.leases.free("acme", "run-before")
    rig.world.leases.take("acme", "run-after", rig.clock.now())
    assert filling.plan()["outcome"] == "planned"


def test_windows_that_fail_are_told_and_read_by_the_run_that_resumes() -> None:
    rig, erp = dated_rig()
    erp.broken = {day_of(45), day_of(200)}
    first = Filling(rig)
    summary = first()
    assert (summary["outcome"], summary["error"]) == ("failed", "ErpUnavailable")
    assert "2 of 11 windows were not read to their end" in summary["cause"]
    assert "sluice backfill resume fill-1" in summary["cause"]
    assert sorted(first.failed) == [1, 6]
    erp.broken = set()
    erp.spans.clear()
    second = Filling(rig, "fill-2")
    done = second(resumes="fill-1")
    assert (done["outcome"], sorted(second.windows)) == ("succeeded", [1, 6])
    assert len(set(erp.spans)) == 2
    assert rig.consumer.names(STREAM) == everyone(rig)
    assert len(versions(rig)) == len(set(versions(rig))) == 300
    assert Cursors(rig.world.state, "acme").get(STREAM).sweep == "fill-1"
    assert rig.run()["results"][STREAM]["counts"]["published"] == 0


def test_a_window_that_broke_between_its_chunks_loses_and_doubles_nothing() -> None:
    rig, erp = dated_rig(28)
    filling = Filling(rig)
    plan = filling.plan()
    item = {"window": 0, "span": ["2026-01-01", "2026-01-31"]}
    fetched = filling._read(filling._wanted(plan, item, None))
    filling._hand_over("fill-1", fetched["chunks"][0])
    erp.put(STREAM, 5, "Firma fem")
    rig.end("fill-1", "ABORTED")
    # The window is read anew: other content must not hide behind the receipts of the first attempt.
    summary = Filling(rig, "fill-2")(resumes="fill-1")
    assert summary["outcome"] == "succeeded"
    assert rig.consumer.names(STREAM) == everyone(rig)
    assert versions(rig).count(("5", 2)) == 1
    assert len(versions(rig)) == len(set(versions(rig))) == 29


def test_a_worker_that_dies_at_any_step_changes_nothing() -> None:
    for step in range(1, 60, 4):
        rig, _ = dated_rig(65)
        left = [step]

        def dying(place: str, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0 and place == "step":
                raise Killed

        rig.hook = dying
        assert Filling(rig)()["outcome"] == "succeeded"
        assert rig.consumer.names(STREAM) == everyone(rig)
        assert len(versions(rig)) == len(set(versions(rig))) == 65


def test_days_that_are_asked_for_are_kept_and_the_cursor_stays() -> None:
    rig, _ = dated_rig(120)
    filling = Filling(rig)
    summary = filling(since=day_of(30), until=day_of(50), days=7)
    assert (summary["outcome"], summary["counts"]["published"]) == ("succeeded", 20)
    assert len(filling.windows) == 3
    assert sorted(rig.consumer.names(STREAM)) == list(range(30, 50))
    cursor = Cursors(rig.world.state, "acme").get(STREAM)
    assert (cursor.watermark, cursor.begun) == (None, None)
    counts = rig.run()["results"][STREAM]["counts"]
    assert (counts["published"], counts["unchanged"], counts["deleted"]) == (100, 20, 0)


def test_a_change_holds_the_stream_by_name_and_the_windows_left_are_not_read() -> None:
    rig, erp = dated_rig()
    rig.run()
    before = len(versions(rig))
    erp.names[STREAM] = "title"
    for key in range(300):
        erp.put(STREAM, key, f"Ny {key}")
    erp.spans.clear()
    filling = Filling(rig)
    summary = filling()
    assert (summary["outcome"], summary["error"]) == ("held", "ApiChanged")
    assert len(versions(rig)) == before
    assert Cursors(rig.world.state, "acme").get(STREAM).held
    # The newest window has no record, the next one meets the change, and the ERP hears of no other.
    assert (filling.windows, filling.failed) == ([10], list(range(10))[::-1])
    assert len(set(erp.spans)) == 2
    with pytest.raises(ConfigurationInvalid, match="is held: decide first"):
        Filling(rig, "fill-2").plan()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"stream": "nothing"}, "has no stream 'nothing'"),
        ({"stream": "department", "since": "2026-01-01"}, "is not read in date windows"),
        ({"since": "2026-05-01", "until": "2026-05-01"}, "--from 2026-05-01 is not before --to 2026-05-01"),
        ({"since": "first of May"}, "--from first of May; should be a day such as 2024-01-31"),
        ({"days": 31}, "takes windows of 1 to 30 days"),
        ({"days": 0}, "--days 0; should be a whole number from 1"),
        ({"resumes": "fill-0"}, "fill-0 is no backfill of acme/customer"),
    ],
)
def test_what_cannot_be_done_is_said(given: dict[str, object], said: str) -> None:
    rig, _ = dated_rig(3)
    with pytest.raises(ConfigurationInvalid, match=said):
        Filling(rig, given=dict(given)).plan()


def test_a_backfill_is_resumed_only_where_nothing_has_read_since() -> None:
    rig, erp = dated_rig(100)
    erp.broken = {day_of(45)}
    Filling(rig)()
    erp.broken = set()
    rig.run()
    with pytest.raises(ConfigurationInvalid, match="run-0001 has read customer since: begin a new backfill"):
        Filling(rig, "fill-2", {"resumes": "fill-1"}).plan()
    rig.end("fill-2", "FAILED")
    Filling(rig, "fill-3")()
    with pytest.raises(ConfigurationInvalid, match="fill-3 has been read to its end"):
        Filling(rig, "fill-4", {"resumes": "fill-3"}).plan()


def test_a_second_backfill_of_the_stream_waits_its_turn() -> None:
    rig, _ = dated_rig(3)
    Filling(rig).plan()
    with pytest.raises(ConfigurationInvalid, match="the backfill fill-1 is reading customer"):
        Filling(rig, "fill-2").plan()


def test_a_connection_that_is_removed_ends_its_backfill() -> None:
    rig, _ = dated_rig(40)
    filling = Filling(rig)
    plan = filling.plan()
    rig.world.leases.seize("acme", "removal", rig.clock.now())
    with pytest.raises(LeaseLost):
        filling.window(plan, {"window": 0, "span": ["2026-01-01", "2026-01-31"]})


def test_one_that_was_cut_off_is_redriven_beside_the_connections_runs() -> None:
    rig, _ = dated_rig(40)
    filling = Filling(rig)
    plan = filling.plan()
    machine: MemoryWorkflow = rig.world.backfills  # type: ignore[assignment]
    machine.start("fill-1", {})
    machine.end("fill-1", "ABORTED")
    rig.end("fill-1", "ABORTED")
    rig.world.runs.put(Run("run-later", "acme", "toy", "manual", iso(rig.clock.now())), rig.world.expiry())
    assert redrive_run(rig.world, "fill-1").status == "running"
    filling.window(plan, {"window": 0, "span": ["2026-01-01", "2026-01-31"]})
    rig.end("fill-1", "ABORTED")
    machine.end("fill-1", "ABORTED")
    rig.run()
    with pytest.raises(NotToBeRedriven, match="customer has been read since: run-0001"):
        redrive_run(rig.world, "fill-1")


def test_how_far_it_is_is_told() -> None:
    rig, _ = dated_rig(65)
    filling = Filling(rig)
    plan = filling.plan()
    rig.clock.advance(10)
    filling.window(plan, {"window": 0, "span": ["2026-01-01", "2026-01-31"]})
    run = rig.world.runs.get("fill-1")
    assert run is not None
    progress = progress_of(rig.world, run, "fill-1")
    assert progress is not None
    assert (progress.windows, progress.done, progress.records, progress.seconds_left) == (11, 1, 30, 100)
    assert progress.in_words() == "1 of 11 windows, 3 records/s, about 100 s left"
    [stream] = show_run(rig.world, "fill-1").streams
    assert (stream.note, stream.counts["fetched"]) == (progress.in_words(), 30)


def test_starting_and_resuming_name_what_is_to_be_read() -> None:
    rig, _ = dated_rig(3)
    run = start_backfill(rig.world, {"connection": "acme", "stream": STREAM, "since": None, "days": 10})
    given = rig.world.backfills._kept[run].payload  # type: ignore[attr-defined]
    assert given == {"connection": "acme", "stream": STREAM, "days": 10, "trigger": "backfill"}
    Filling(rig, run, {"days": 10}).plan()
    again = resume_backfill(rig.world, run)
    assert again != run
    assert Backfills(rig.world.runs_table).get(run) is not None
    with pytest.raises(ConfigurationInvalid, match="is no backfill"):
        resume_backfill(rig.world, "run-0001")
    with pytest.raises(ConfigurationInvalid, match="has no stream"):
        start_backfill(rig.world, {"connection": "acme", "stream": "x"})
