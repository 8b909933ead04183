"""Which windows a backfill reads: of days, of keys, or the whole list as one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.connector.expanding.window import Days, Keys, Window, is_of_days
from sluice.connector.spec import Stream
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.registry.backfills import Backfill

MAX_WINDOWS = 4_000
"""Windows of one backfill: their results travel through one state, and their chunks are numbered in a row."""

LARGEST_KEY = 2**53
"""No range begins beyond it: such a number may be rounded on its way as JSON (RFC 8259, section 6)."""


class Cut(Struct, frozen=True):
    """How a stream is to be cut into windows; None leaves it to the stream.

    ``since`` and ``until`` are days, the second excluded, ``days`` is the length of a window. ``keys`` are
    whole numbers between which ranges of ``size`` keys begin: what lies below goes with the first range,
    what lies above with the last, so that together they are the whole stream.
    """

    since: date | None = None
    until: date | None = None
    days: int | None = None
    keys: tuple[int, int] | None = None
    size: int | None = None

    @property
    def is_of_days(self) -> bool:
        """Whether days or a number of them are given."""
        return (self.since, self.until, self.days) != (None, None, None)

    @property
    def is_of_keys(self) -> bool:
        """Whether keys or a number of them are given."""
        return (self.keys, self.size) != (None, None)


class Windows(Struct, frozen=True):
    """The windows of a backfill, as ``cut`` says; ``whole``: no record of the stream lies outside of them."""

    windows: Sequence[Window | None]
    whole: bool = True
    cut: Cut = field(default_factory=Cut)


def windows_to_read(stream: Stream, own: Sequence[Window | None], cut: Cut) -> Windows:
    """Return the windows, the oldest or lowest first: the stream's ``own``, or as they are asked for.

    Raises ConfigurationInvalid for what the stream is not read by, and for more than MAX_WINDOWS.
    """
    if cut.is_of_keys:
        keys, size = checked_keys(stream, cut)
        return Windows(cut_keys(keys, size), cut=cut)
    found = _windows_of_days(stream, own, cut)
    if len(found.windows) > MAX_WINDOWS:
        message = f"{len(found.windows)} windows; at most {MAX_WINDOWS}: give longer ones with --days"
        raise refused("too_many_windows", message)
    return found


def _windows_of_days(stream: Stream, own: Sequence[Window | None], cut: Cut) -> Windows:
    if stream.windows is None or own[0] is None or own[-1] is None:
        if cut.is_of_days:
            message = f"{stream.name} is not read in date windows: leave out --from, --to and --days"
            raise refused("no_windows", f"{message}{'; it takes --keys and --size' if stream.ranges else ''}")
        return Windows(own)
    if not is_of_days(own[0]) or not is_of_days(own[-1]):
        raise TypeError(f"the windows of {stream.name} are not of days")
    (first, _), (_, end) = own[0], own[-1]
    since, until, days = cut.since or first, cut.until or end, cut.days or stream.windows.days
    if since >= until:
        raise refused("bad_days", f"--from {since} is not before --to {until}")
    if not 1 <= days <= stream.windows.days:
        message = f"--days {days}; {stream.name} takes windows of 1 to {stream.windows.days} days"
        raise refused("bad_days", message)
    is_whole = since <= first and until >= end
    return Windows(cut_days(since, until, days), is_whole, replace(cut, since=since, until=until, days=days))


def checked_keys(stream: Stream, cut: Cut) -> tuple[tuple[int, int], int]:
    """Return the keys and the size; raises ConfigurationInvalid where the stream cannot be cut by them."""
    if stream.ranges is None:
        message = f"{stream.name} is not read in ranges of keys: leave out --keys and --size"
        raise refused("no_ranges", f"{message}{'; it takes --days' if stream.windows else ''}")
    if cut.is_of_days:
        raise refused(
            "bad_keys", f"{stream.name} is read in ranges of keys: leave out --from, --to and --days"
        )
    if cut.keys is None or cut.size is None:
        raise refused("bad_keys", "--keys and --size go together: where ranges begin, how many keys each has")
    first, last = cut.keys
    if not -LARGEST_KEY <= first < last <= LARGEST_KEY:
        message = f"--keys {first}:{last}; should be two whole numbers, the lower one first"
        raise refused("bad_keys", f"{message}, none beyond 2^53")
    if cut.size < 1:
        raise refused("bad_keys", f"--size {cut.size}; should be a whole number from 1")
    count = len(_starts(cut.keys, cut.size)) + 1
    if count > MAX_WINDOWS:
        message = f"{count} ranges; at most {MAX_WINDOWS}: give larger ones with --size"
        raise refused("too_many_windows", message)
    return cut.keys, cut.size


def cut_days(since: date, until: date, days: int) -> list[Days]:
    """Return half-open windows of so many days, without gap or overlap; the last may be shorter."""
    found: list[Days] = []
    while since < until:
        after = min(since + timedelta(days=days), until)
        found.append((since, after))
        since = after
    return found


def cut_keys(keys: tuple[int, int], size: int) -> list[Keys]:
    """Return half-open ranges that hold every key: the first has no lower end, the last no upper one."""
    return list(pairwise([None, *_starts(keys, size), None]))


def _starts(keys: tuple[int, int], size: int) -> range:
    """Return where all ranges but the first begin."""
    return range(keys[0] + size, keys[1], size)


def windows_of_backfill(backfill: Backfill) -> list[list[Any] | None]:
    """Return each window as JSON carries it, the oldest or lowest first; None for the whole list."""
    if backfill.keys is not None and backfill.size is not None:
        return [list(window) for window in cut_keys((backfill.keys[0], backfill.keys[1]), backfill.size)]
    if backfill.first is None or backfill.until is None or backfill.days is None:
        return [None]
    windows = cut_days(date.fromisoformat(backfill.first), date.fromisoformat(backfill.until), backfill.days)
    return [[day.isoformat() for day in window] for window in windows]


def refused(code: str, message: str) -> ConfigurationInvalid:
    """Return the error for what was asked for."""
    return ConfigurationInvalid(message, [Fault(code, "", message, "backfill")])
