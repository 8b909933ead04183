"""Backfills: a stream's long history, read in windows side by side; what each window has come to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from sluice.connector.expanding.window import window_in_words, window_of
from sluice.model.structs import as_dict
from sluice.ports.table import Table

TRIGGER = "backfill"
"""The trigger of a run that is a backfill."""

_PLAN = "plan"
_WINDOW = "window#"


class Backfill(Struct, frozen=True):
    """One backfill. ``sweep`` is its id, the name of its first run; ``run`` is the run that works on it now.

    It reads ``windows`` windows from the day ``first`` to before ``until`` (ISO 8601), each of ``days``; or
    ranges of ``size`` keys, which begin between the two ``keys`` and hold every key together; or the stream
    as one list, where all of them are None. ``whole``: that is all that the stream has, so a record not
    seen is gone. Windows number their chunks apart, each ``per_window``. ``shape`` is of what reads and maps
    the stream (Catalog.shape_of).
    """

    sweep: str
    run: str
    connection: str
    stream: str
    started_at: str
    windows: int
    per_window: int
    whole: bool
    shape: str
    first: str | None = None
    until: str | None = None
    days: int | None = None
    keys: list[int] | None = None
    size: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the backfill as a JSON object."""
        return as_dict(self)


class WindowState(Struct, frozen=True):
    """What a window has come to. ``outcome``: reading, read, done or failed; ``run`` is the run that read it.

    ``begins`` is the number of its first chunk, ``used`` counts all numbers taken, by failed attempts too.
    ``highest`` is the highest row version seen; ``shifted`` says that a record may have been passed over.
    ``span`` are its days or keys, the second excluded; None is the whole list, and an end
    that is open. ``at``: since when, as
    ISO 8601 UTC.
    """

    number: int
    run: str
    outcome: str = "reading"
    records: int = 0
    begins: int = 0
    chunks: int = 0
    used: int = 0
    span: list[str] | list[int | None] | None = None
    highest: str | None = None
    shifted: bool = False
    error: str = ""
    cause: str = ""
    at: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the state as a JSON object."""
        return as_dict(self)

    def in_words(self) -> str:
        """Return which part of the stream it is."""
        window = window_of(self.span)
        return window_in_words(window) if window else "the whole list"


class Backfills:
    """Backfills by their id, each with its windows; both are forgotten as runs are."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, sweep: str) -> Backfill | None:
        """Return the backfill of this id, or None."""
        item = self._table.get(_key(sweep), _PLAN)
        return Backfill(**item.value) if item else None

    def put(self, backfill: Backfill, expires_at: int) -> None:
        """Store the backfill as it stands."""
        self._table.put(_key(backfill.sweep), _PLAN, backfill.to_json(), expires_at=expires_at)

    def window(self, sweep: str, number: int) -> WindowState | None:
        """Return what a window has come to, None where it was not begun."""
        item = self._table.get(_key(sweep), f"{_WINDOW}{number:05d}")
        return WindowState(**item.value) if item else None

    def windows(self, sweep: str) -> Iterator[WindowState]:
        """Yield the windows that were begun, by their number."""
        for item in self._table.query(_key(sweep), _WINDOW):
            yield WindowState(**item.value)

    def put_window(self, sweep: str, window: WindowState, expires_at: int) -> None:
        """Store what a window has come to."""
        self._table.put(_key(sweep), f"{_WINDOW}{window.number:05d}", window.to_json(), expires_at=expires_at)


def _key(sweep: str) -> str:
    return f"backfill#{sweep}"
