"""Entries of many receipts come by id, and no more of them are held than is allowed."""

from __future__ import annotations

import tempfile
from itertools import chain, pairwise
from operator import itemgetter
from typing import IO, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.errors import OutcomeUnknown
from sluice.snapshot import sorting
from sluice.snapshot.receipts import Seen
from sluice.snapshot.sorting import Piece, in_order

RECEIPTS = st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=9, unique=True), max_size=40)


def piece(entries: list[Seen]) -> Piece:
    return Piece(entries[0].id, entries[-1].id, len(entries), lambda: list(entries))


def pieces_of(receipts: list[list[str]]) -> list[list[Seen]]:
    """Return the entries of each receipt by id; their version tells from which they are."""
    return [
        [Seen(source_id, "ø\n", number) for source_id in sorted(ids)]
        for number, ids in enumerate(receipts, 1)
    ]


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[IO[bytes]]:
    """Return the files that were used."""
    used: list[IO[bytes]] = []

    def noted(**options: Any) -> IO[bytes]:
        used.append(tempfile.TemporaryFile(**options))  # noqa: SIM115  (who asked for it closes it)
        return used[-1]

    monkeypatch.setattr(sorting, "TemporaryFile", noted)
    return used


@pytest.fixture(params=[1, 6, 1_000], ids=["put aside", "some at hand", "all at hand"])
def _at_hand(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "MOST_AT_HAND", request.param)
    monkeypatch.setattr(sorting, "PIECE_ENTRIES", 2)


@pytest.mark.usefixtures("_at_hand")
@settings(deadline=None)
@given(RECEIPTS)
def test_they_come_by_id_and_of_one_id_by_receipt(receipts: list[list[str]]) -> None:
    stored = pieces_of(receipts)
    lists = list(in_order(map(piece, stored)))
    assert list(chain.from_iterable(lists)) == sorted(chain.from_iterable(stored), key=itemgetter(0))
    assert all(lists)
    assert all(before[-1].id < after[0].id for before, after in pairwise(lists))


def loaded_at_most(receipts: list[list[Seen]], monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many entries were at hand at once."""
    most = 0
    usual = sorting._up_to

    def counting(bound: str, at_hand: dict[int, Any]) -> list[Seen]:
        nonlocal most
        most = max(most, sum(len(one._entries) for one in at_hand.values()))
        return usual(bound, at_hand)

    monkeypatch.setattr(sorting, "_up_to", counting)
    count = sum(len(entries) for entries in in_order(map(piece, receipts)))
    assert count == sum(map(len, receipts))
    return most


def test_receipts_that_all_overlap_are_put_aside(
    files: list[IO[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorting, "MOST_AT_HAND", 400)
    monkeypatch.setattr(sorting, "PIECE_ENTRIES", 10)
    ids = [f"{number * 7_919 % 20_000:06d}" for number in range(20_000)]  # each once, in no order
    receipts = pieces_of([ids[start : start + 50] for start in range(0, len(ids), 50)])
    assert loaded_at_most(receipts, monkeypatch) <= 400
    # 400 receipts become 50 runs, of which ten entries each are too many: they become two.
    assert len(files) == 2
    assert all(file.closed for file in files)


def test_receipts_in_the_order_of_ids_are_not(
    files: list[IO[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sorting, "MOST_AT_HAND", 100)
    # Each begins before the one before it ends, as of an ERP whose list shifts while it is read.
    receipts = pieces_of([[f"{n:06d}" for n in range(at, at + 50)] for at in range(0, 20_000, 40)])
    assert loaded_at_most(receipts, monkeypatch) <= 100
    assert files == []


def test_who_stops_in_between_leaves_no_file(files: list[IO[bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "MOST_AT_HAND", 2)
    monkeypatch.setattr(sorting, "PIECE_ENTRIES", 1)
    lists = in_order(map(piece, pieces_of([["a", "c"], ["b", "d"], ["a", "d"]])))
    next(lists)
    lists.close()  # type: ignore[attr-defined]
    assert files
    assert all(file.closed for file in files)


def test_a_receipt_that_changes_meanwhile_is_noticed() -> None:
    changing = Piece("c", "d", 2, lambda: [Seen("a", "h", 1), Seen("d", "h", 1)])
    with pytest.raises(OutcomeUnknown, match="anew"):
        list(in_order([piece([Seen("a", "h", 1), Seen("b", "h", 1)]), changing]))
