"""The arithmetic of the backfill benchmark's report, and what its command takes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.__main__ import ON_DEMAND, PARTS, asked
from benchmarks.backfill.__main__ import main
from benchmarks.backfill.arrivals import Tally
from benchmarks.backfill.given_back import given_back
from benchmarks.backfill.growth import further, goals, growth, report, section
from benchmarks.backfill.history import History
from benchmarks.backfill.measuring import Backfilled, available_mb, days_of_a_window
from benchmarks.backfill.resuming import Resumed
from benchmarks.workers import EMBEDDED


def backfilled(records: int, run: float, transform: float, peaks: tuple[float, float]) -> Backfilled:
    return Backfilled(
        Tally(records, came=records, twice=0, differing=0, strange=0),
        windows=4,
        run=run,
        received=run + 1,
        lake=run + 5,
        seconds={EMBEDDED: 10.0, "transform": transform, "read_window": transform / 2},
        peaks={EMBEDDED: peaks[0] * 10, "transform": peaks[0], "read_window": peaks[1]},
        beside={"ERP": 0.5},
        given_back=3,
    )


FIRST = backfilled(1_000, 10.0, 8.0, (100.0, 80.0))
TENTH = backfilled(10_000, 150.0, 80.0, (105.0, 100.0))
SLOWER = ((1_000, 0.01), (2_000, 0.01), (6_000, 0.07 / 6))
"""Sizes, and the seconds that each of their records takes: more than before at the last one."""
STOPPED = Resumed(12, 4, 300, Tally(1_000, came=1_000, twice=7, differing=0, strange=0))


def test_what_grows_with_the_records_is_one() -> None:
    grown = growth(FIRST, TENTH)
    assert grown.time == pytest.approx(1.5)
    assert grown.cpu == pytest.approx(1.0)
    assert grown.peaks == pytest.approx({EMBEDDED: 1.05, "transform": 1.05, "read_window": 1.25})
    assert grown.whose == "read_window"
    assert grown.memory == pytest.approx(1.25)
    same = growth(FIRST, FIRST)
    assert (same.time, same.cpu, same.memory) == (1.0, 1.0, 1.0)


def test_the_embedded_aws_is_not_among_the_functions() -> None:
    grown = growth(FIRST, backfilled(10_000, 100.0, 80.0, (300.0, 80.0)))
    assert grown.peaks[EMBEDDED] == grown.peaks["transform"] == 3.0
    assert (grown.whose, grown.memory) == ("transform", 3.0)
    assert FIRST.own == 12.0


def test_who_hardly_started_is_none_whose_memory_grows() -> None:
    # It is watched until the benchmark ends: at one size it had not even loaded by then.
    starting = [replace(one, seconds=one.seconds | {"keep_usage": 0.6}) for one in (FIRST, TENTH)]
    grown = growth(*(replace(one, peaks=one.peaks | {"keep_usage": one.run}) for one in starting))
    assert (grown.peaks["keep_usage"], grown.whose) == (15.0, "read_window")


def test_goals_are_of_the_largest_size_and_of_two_at_least() -> None:
    assert goals([FIRST]) == ()
    step, slow, cpu, memory = goals([FIRST, TENTH])
    assert step.holds is None
    assert (slow.holds, slow.reached) == (False, "1.50 times")
    assert slow.what == "wall time a record at 10,000, of that at 1,000"
    assert (cpu.holds, cpu.reached) == (True, "1.00 times")
    assert (memory.holds, memory.what.split(" at ")[0]) == (False, "peak memory of a function (read_window)")


def test_a_further_record_is_without_what_starting_takes() -> None:
    sizes = [backfilled(size, 20.0 + size * each, 1.0, (1.0, 1.0)) for size, each in SLOWER]
    assert [further(*two) for two in pairwise(sizes)] == pytest.approx([0.01, 0.0125])
    step = goals(sizes)[0]
    assert (step.holds, step.reached) == (False, "1.25 times")
    assert goals(sizes)[1].holds  # a record of the largest size is cheaper all the same
    assert further(FIRST, FIRST) is None


def test_the_tables_have_every_size_and_every_process() -> None:
    text = section([FIRST, TENTH], STOPPED, "python -m benchmarks.backfill 1000 10000").text
    assert "| 1,000 | 4 | 10.0 | 11.0 | 15.0 | 100 | 1.00 | - | 12000 (1.00) | 10000 |" in text
    assert "| 10,000 | 4 | 150.0 | 151.0 | 155.0 | 67 | 1.50 | 15,556 | 12000 (1.00) | 1000 |" in text
    assert "| read_window | 4.0 | 40.0 | 80 | 100 | 1.25 |" in text
    assert "| ERP | 0.5 | 0.5 | - | - | - |" in text
    assert "- 10,000 of 10,000 records came, 0 events twice" in text
    assert "0 events of no record; 3 times a chunk was handed out again." in text
    assert "Stopped when 4 of 12 windows were done and 300 records had come, then resumed: 1,000" in text
    widths = {line.count("|") for line in text.splitlines() if line.startswith("|")}
    assert widths == {11, 7}


def test_the_json_has_all_of_it() -> None:
    found = json.loads(json.dumps(report([FIRST, TENTH], STOPPED)))
    assert [one["records"] for one in found["sizes"]] == [1_000, 10_000]
    assert found["sizes"][0]["own"] == 12.0
    assert found["growth"] == [
        {
            "records": 10_000,
            "time_a_record": 1.5,
            "cpu_a_record": 1.0,
            "peaks": {EMBEDDED: 1.05, "transform": 1.05, "read_window": 1.25},
            "memory": 1.25,
            "whose": "read_window",
        }
    ]
    assert found["further_record_seconds"] == pytest.approx([140 / 9_000])
    assert found["resumed"]["tally"]["twice"] == 7
    assert report([FIRST], None)["resumed"] is None


@pytest.mark.parametrize(
    ("records", "per_window", "days"),
    [(5_000_000, 25_000, 18), (1_000_000, 25_000, 91), (100_000, 25_000, 365), (10**9, 25_000, 1)],
)
def test_windows_hold_about_as_many_records_whatever_there_are(
    records: int, per_window: int, days: int
) -> None:
    until = date(2026, 11, 23)
    history = History(records, until - timedelta(days=3650), until)
    assert days_of_a_window(history, per_window) == days


def test_the_memory_that_is_left_is_known() -> None:
    left = available_mb()
    assert left is None or left > 0


LOG = """\
2026-11-23 04:15:34 WARNING [lambda_runtime] Lambda sluice-local-transform: Task timed out after 30.00 seconds
2026-11-23 04:15:35 WARNING [lambda] ESM: Lambda sluice-local-transform failed processing SQS batch from \
sluice-local-ERP_SYSTEM (errorType=Sandbox.Timedout errorMessage=Task timed out after 30.00 seconds)
2026-11-23 04:15:36 INFO [lambda] ESM: Lambda sluice-local-transform processed 0 SQS messages from \
sluice-local-ERP_SYSTEM (1 partial failures)
2026-11-23 04:15:37 INFO [lambda] ESM: Lambda sluice-local-transform processed 1 SQS messages from \
sluice-local-ERP_SYSTEM
2026-11-23 04:15:38 WARNING [lambda] ESM: Lambda sluice-local-write_lake failed processing SQS batch from x
"""
"""As MiniStack 1.5.33 writes it."""


def test_how_often_a_chunk_was_handed_out_again_stands_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "embedded_aws.log"
    log.write_text(LOG)
    assert given_back(log) == 2


def test_wrong_sizes_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for wrong in (["0"], ["100", "--per-window", "0"], ["100", "--resume", "-1"]):
        with pytest.raises(SystemExit):
            main(wrong)
        assert "records are 1 or more" in capsys.readouterr().err


def test_it_is_run_with_the_others_only_where_it_is_asked_for() -> None:
    assert set(ON_DEMAND) == {"backfill"}
    assert "backfill" not in asked([]).parts
    assert "backfill" not in PARTS
    assert asked(["--parts", "backfill,start"]).parts == ("start", "backfill")
