from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sluice.lake.holding import BATCH_BYTES, BATCH_FILES, MERGE_BYTES, MOST_SMALL, SMALL, Holding, holdings
from sluice.lake.layout import Partition
from sluice.ports.object_store import Entry

PARTITION = Partition("invoice", "acme")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def _holding(*entries: Entry) -> Holding:
    [found] = holdings(entries)
    return found


def _fresh(number: int, size: int = 1, age: int = 0) -> Entry:
    return Entry(PARTITION.fresh(f"{number:032x}"), size, NOW - timedelta(hours=age))


def _month(number: int, size: int = 1, month: str = "2026-11") -> Entry:
    return Entry(PARTITION.events(month, f"{number:032x}"), size, NOW - timedelta(hours=number))


def _current(number: int) -> Entry:
    return Entry(PARTITION.current(f"{number:032x}"), 1, NOW)


def test_files_are_sorted_into_partitions_and_other_objects_passed_by() -> None:
    other = Entry(Partition("invoice", "fjord").fresh("0" * 32), 1, NOW)
    odd = Entry("lake/invoice/events/acme/fresh/notes.txt", 1, NOW)
    found = list(holdings([_current(1), _fresh(1), other, odd, _month(2)]))
    assert [(held.partition.connection, len(held.files)) for held in found] == [("acme", 3), ("fjord", 1)]


@pytest.mark.parametrize(
    ("entries", "tidy"),
    [
        ([_current(1), _month(1)], True),
        ([_current(1), _fresh(1)], False),
        ([_current(1), _current(2)], False),
        ([_month(number) for number in range(MOST_SMALL)], True),
        ([_month(number) for number in range(MOST_SMALL + 1)], False),
        ([_month(number, size=SMALL) for number in range(MOST_SMALL + 1)], True),
        ([_month(number, month=f"2026-{number % 9 + 1:02}") for number in range(99)], True),
    ],
)
def test_tidy_is_what_has_few_files(entries: list[Entry], tidy: bool) -> None:
    assert _holding(*entries).is_tidy is tidy


def test_the_oldest_files_are_taken_first_as_many_as_fit() -> None:
    half = BATCH_BYTES // 2
    files = [_fresh(1, half), _fresh(2, half, age=2), _fresh(3, half, age=1)]
    assert _holding(*files).batch() == [files[1], files[2]]
    many = [_fresh(number, age=number) for number in range(BATCH_FILES + 5)]
    assert len(_holding(*many).batch()) == BATCH_FILES


def test_a_file_that_is_too_large_goes_alone() -> None:
    large = _fresh(1, BATCH_BYTES + 1, age=1)
    assert _holding(_fresh(2), large).batch() == [large]


def test_no_more_is_merged_than_fits() -> None:
    size = SMALL - 1
    [(month, files)] = _holding(*(_month(number, size) for number in range(20))).months_to_merge().items()
    assert (month, len(files)) == ("2026-11", MERGE_BYTES // size)


def test_it_waits_since_the_oldest_file_that_is_to_be_compacted() -> None:
    old = _month(99)
    assert _holding(old, _fresh(1, age=2), _fresh(2, age=3)).waiting_since == NOW - timedelta(hours=3)
    small = [_month(number) for number in range(1, MOST_SMALL + 2)]
    assert _holding(*small).waiting_since == NOW - timedelta(hours=MOST_SMALL + 1)
    assert _holding(old).waiting_since == old.put_at
