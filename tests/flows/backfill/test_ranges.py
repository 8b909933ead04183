"""Backfills over ranges of keys: the whole stream, wherever it is split."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.errors import ConfigurationInvalid
from sluice.registry.backfills import Backfills
from sluice.registry.cursors import Cursors
from sluice.usecases.backfill.start import resume_backfill, start_backfill
from tests.flows.backfill.backfilling import STREAM, Filling, dated_rig
from tests.flows.backfill.ranging import ranged_rig
from tests.flows.rig import Rig

SPLIT: dict[str, Any] = {"keys": [0, 60], "size": 20}


def everyone(rig: Rig) -> dict[int, str]:
    return {key: str(row.name) for key, row in rig.erp.rows[STREAM].items()}


def versions(rig: Rig) -> list[tuple[str, int]]:
    return [(event["subject"], event["entityversion"]) for event in rig.consumer.events]


def test_a_list_without_dates_is_read_in_ranges_and_committed_as_one() -> None:
    rig, erp = ranged_rig()
    filling = Filling(rig)
    summary = filling(**SPLIT)
    assert (summary["outcome"], summary["counts"]["published"]) == ("succeeded", 100)
    assert rig.consumer.names(STREAM) == everyone(rig)
    assert len(versions(rig)) == len(set(versions(rig))) == 100
    # Highest first; below and above what was given nothing is left out.
    assert list(dict.fromkeys(erp.spans)) == [(40, None), (20, 40), (None, 20)]
    cursor = Cursors(rig.world.state, "acme").get(STREAM)
    assert (cursor.sweep, cursor.begun, cursor.whole_read_at) == ("fill-1", None, cursor.watermark)
    erp.spans.clear()
    erp.put(STREAM, 30, "Firma tretti")
    counts = rig.run()["results"][STREAM]["counts"]
    # A run asks for changes, and without ranges.
    assert (counts["published"], erp.spans) == (1, [])


@pytest.mark.parametrize("keys", [[0, 10], [-5, 95], [50, 60], [1000, 5000], [-900, -100]])
def test_wherever_it_is_split_all_of_it_is_read_and_what_is_gone_is_deleted(keys: list[int]) -> None:
    rig, erp = ranged_rig(40)
    rig.run()
    erp.rows[STREAM].pop(-3)
    erp.put(STREAM, 3, "Firma tre")
    counts = Filling(rig)(keys=keys, size=7)["counts"]
    assert (counts["published"], counts["unchanged"], counts["deleted"]) == (1, 38, 1)
    assert rig.consumer.names(STREAM) == everyone(rig)


def test_without_keys_the_list_is_one_window() -> None:
    rig, erp = ranged_rig(20)
    filling = Filling(rig)
    assert filling()["outcome"] == "succeeded"
    assert (filling.windows, erp.spans) == ([0], [])


def test_a_filter_that_is_ignored_holds_the_stream() -> None:
    rig, erp = ranged_rig()
    erp.ignores = True
    summary = Filling(rig)(**SPLIT)
    assert (summary["outcome"], summary["error"]) == ("held", "ApiChanged")
    assert "D35 filter_ignored at id" in summary["cause"]
    assert versions(rig) == []
    assert Cursors(rig.world.state, "acme").get(STREAM).held


def test_ranges_that_failed_are_read_again_as_they_were() -> None:
    rig, erp = ranged_rig()
    erp.broken = {25}
    first = Filling(rig)
    summary = first(**SPLIT)
    assert (summary["outcome"], first.failed) == ("failed", [1])
    assert "1 of 3 windows were not read to their end; keys 20 to before 40: " in summary["cause"]
    erp.broken = set()
    erp.spans.clear()
    second = Filling(rig, "fill-2")
    assert second(resumes="fill-1")["outcome"] == "succeeded"
    assert (second.windows, set(erp.spans)) == ([1], {(20, 40)})
    assert rig.consumer.names(STREAM) == everyone(rig)
    assert len(versions(rig)) == len(set(versions(rig))) == 100


def test_starting_says_which_keys_and_resuming_keeps_them() -> None:
    rig, _ = ranged_rig(3)
    run = start_backfill(rig.world, {"connection": "acme", "stream": STREAM, **SPLIT, "days": None})
    given = rig.world.backfills.payload(run)  # type: ignore[attr-defined]
    assert given == {"connection": "acme", "stream": STREAM, **SPLIT, "trigger": "backfill"}
    Filling(rig, run, SPLIT).plan()
    known = Backfills(rig.world.runs_table).get(run)
    assert known is not None
    assert (known.keys, known.size, known.windows, known.whole) == ([0, 60], 20, 3, True)
    again = resume_backfill(rig.world, run)
    given = rig.world.backfills.payload(again)  # type: ignore[attr-defined]
    assert given == {"connection": "acme", "stream": STREAM, "resumes": run, "trigger": "backfill"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"keys": [0, 60]}, "--keys and --size go together"),
        ({"size": 20}, "--keys and --size go together"),
        ({"keys": [60, 0], "size": 20}, "--keys 60:0; should be two whole numbers, the lower one first"),
        ({"keys": [0, 0], "size": 20}, "--keys 0:0; should be"),
        ({"keys": [0, 2**53 + 1], "size": 2**52}, "none beyond 2\\^53"),
        ({"keys": [0, 60], "size": 0}, "--size 0; should be a whole number from 1"),
        ({"keys": [0, 60], "size": True}, "--size True; should be a whole number from 1"),
        ({"keys": [0, 60.5], "size": 20}, "should be two whole numbers such as \\[0, 5000000\\]"),
        ({"keys": "0:60", "size": 20}, "should be two whole numbers"),
        ({"keys": [0], "size": 20}, "should be two whole numbers"),
        ({"keys": [0, 4001], "size": 1}, "4001 ranges; at most 4000: give larger ones with --size"),
        ({"keys": [0, 2**53], "size": 1}, "9007199254740992 ranges; at most 4000"),
        ({**SPLIT, "days": 30}, "leave out --from, --to and --days"),
    ],
)
def test_keys_that_cannot_be_are_refused_before_anything_starts(given: dict[str, Any], words: str) -> None:
    rig, _ = ranged_rig(3)
    with pytest.raises(ConfigurationInvalid, match=words):
        start_backfill(rig.world, {"connection": "acme", "stream": STREAM, **given})
    with pytest.raises(ConfigurationInvalid, match=words):
        Filling(rig, given=given).plan()
    assert rig.world.backfills._kept == {}  # type: ignore[attr-defined]


def test_a_stream_is_read_by_what_it_takes() -> None:
    rig, _ = ranged_rig(3)
    with pytest.raises(
        ConfigurationInvalid, match=r"not read in date windows: .*; it takes --keys and --size"
    ):
        Filling(rig, given={"days": 10}).plan()
    with pytest.raises(ConfigurationInvalid, match=r"department is not read in ranges of keys: [^;]*$"):
        start_backfill(rig.world, {"connection": "acme", "stream": "department", **SPLIT})
    dated, _ = dated_rig(3)
    with pytest.raises(
        ConfigurationInvalid, match=r"customer is not read in ranges of keys: .*it takes --days"
    ):
        start_backfill(dated.world, {"connection": "acme", "stream": STREAM, **SPLIT})


def test_as_many_ranges_as_there_may_be() -> None:
    rig, _ = ranged_rig(3)
    plan = Filling(rig, given={"keys": [0, 4000], "size": 1}).plan()
    assert plan["outcome"] == "planned"
    known = Backfills(rig.world.runs_table).get("fill-1")
    assert known is not None
    assert (known.windows, known.per_window) == (4000, 225)
