"""Entries of many receipts by id, within a fixed memory: a merge that puts aside on disk what it cannot hold.

An ERP lists by id, more or less: then few receipts overlap, however many there are, and nothing is put aside.
What one id stood in, and what follows from it, is not known here.
"""

from __future__ import annotations

import heapq
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain
from operator import attrgetter, itemgetter
from tempfile import TemporaryFile
from typing import IO

import msgspec
from msgspec import Struct

from sluice.errors import OutcomeUnknown
from sluice.snapshot.receipts import Seen

MOST_AT_HAND = 80_000
"""Entries held at a time: 16 receipts of full chunks, some 30 MB."""

PIECE_ENTRIES = 500
"""Entries of a piece that is put aside: of each run one is at hand, so that many runs are merged at once."""

_id = itemgetter(0)
_encode = msgspec.json.Encoder().encode_lines
_decode = msgspec.json.Decoder(Seen).decode_lines


class Piece(Struct, frozen=True):
    """``size`` entries sorted by id, between ``first`` and ``last``; ``load`` gives them, more than once."""

    first: str
    last: str
    size: int
    load: Callable[[], list[Seen]]


def in_order(pieces: Iterable[Piece]) -> Iterator[list[Seen]]:
    """Yield all entries by id, and of one id in the order of the pieces; an id is in one list only.

    What is put aside lies in the temporary folder, some 40 bytes an entry, and is gone with the iterator or
    the process.
    Raises OutcomeUnknown where a piece is another one when it is loaded.
    """
    runs = [[piece] for piece in pieces]
    with ExitStack() as scratch:
        while len(runs) > 1 and _most_at_once(chain.from_iterable(runs)) > MOST_AT_HAND:
            file = scratch.enter_context(TemporaryFile(prefix="sorting-"))
            runs = [_put_aside(file, _merged(chain.from_iterable(group))) for group in _groups(runs)]
        yield from _merged(chain.from_iterable(runs))


def _most_at_once(pieces: Iterable[Piece]) -> int:
    """Return how many entries a merge holds where most pieces overlap."""
    at_hand: list[tuple[str, int]] = []
    size = most = 0
    for piece in sorted(pieces, key=attrgetter("first")):
        while at_hand and at_hand[0][0] < piece.first:
            size -= heapq.heappop(at_hand)[1]
        heapq.heappush(at_hand, (piece.last, piece.size))
        size += piece.size
        most = max(most, size)
    return most


def _groups(runs: Sequence[list[Piece]]) -> Iterator[list[list[Piece]]]:
    """Yield neighbouring runs that are merged together: two at least, and as many as can be held."""
    group: list[list[Piece]] = []
    held = 0
    for run in runs:
        width = max(piece.size for piece in run)
        if len(group) > 1 and held + width > MOST_AT_HAND:
            yield group
            group, held = [], 0
        group.append(run)
        held += width
    yield group


def _put_aside(file: IO[bytes], lists: Iterable[list[Seen]]) -> list[Piece]:
    """Write a run to the end of the file; return its pieces."""
    pieces = []
    for entries in lists:
        for start in range(0, len(entries), PIECE_ENTRIES):
            part = entries[start : start + PIECE_ENTRIES]
            data = zlib.compress(_encode(part), 1)
            load = partial(_read, file, file.tell(), len(data))
            file.write(data)
            pieces.append(Piece(part[0].id, part[-1].id, len(part), load))
    return pieces


def _read(file: IO[bytes], offset: int, size: int) -> list[Seen]:
    file.seek(offset)
    return _decode(zlib.decompress(file.read(size)))


def _merged(pieces: Iterable[Piece]) -> Iterator[list[Seen]]:
    """Yield lists, each up to where the first of the pieces at hand ends; what follows waits."""
    numbered = enumerate(pieces)
    waiting = sorted(numbered, key=lambda one: (one[1].first, one[0]), reverse=True)
    at_hand: dict[int, _Opened] = {}
    before = ""
    while waiting or at_hand:
        bound = min((one.last for one in at_hand.values()), default=None)
        while waiting and (bound is None or waiting[-1][1].first <= bound):
            number, piece = waiting.pop()
            at_hand[number] = _Opened(piece)
            bound = piece.last if bound is None else min(bound, piece.last)
        if bound is not None:
            entries = _up_to(bound, at_hand)
            if not entries or entries[0].id <= before:
                raise OutcomeUnknown("a receipt was written anew while it was read")
            before = entries[-1].id
            yield entries


def _up_to(bound: str, at_hand: dict[int, _Opened]) -> list[Seen]:
    """Take from all pieces what is not beyond ``bound``; those that are at their end go."""
    taken = [at_hand[number].take(bound) for number in sorted(at_hand)]
    for number in [number for number, one in at_hand.items() if one.is_empty]:
        del at_hand[number]
    parts = [part for part in taken if part]
    if len(parts) == 1:
        return parts[0]
    # Sorted pieces one after the other: the sort finds them, and keeps the order of those with one id.
    return sorted(chain.from_iterable(parts), key=_id)


class _Opened:
    """A piece at hand: its entries, and how many of them are taken."""

    def __init__(self, piece: Piece) -> None:
        self.last = piece.last
        self._entries = piece.load()
        self._at = 0

    @property
    def is_empty(self) -> bool:
        return self._at >= len(self._entries)

    def take(self, bound: str) -> list[Seen]:
        end = bisect_right(self._entries, bound, self._at, key=_id)
        taken = self._entries[self._at : end]
        self._at = end
        return taken
