"""One login at a time per connection: a turn is taken, kept while its session is stored, and given back.

A login spends what a vendor takes once only (a rotating refresh token), or ends the session of another. This
knows nothing of sessions: whoever has the turn reads and stores them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from msgspec import Struct

from sluice.ports.table import ABSENT, Conflict, Table

LIFE = timedelta(seconds=45)
"""After this a turn may be taken over: its holder is dead, or waits for a reply that will hardly come.

It counts anew from when the session begins to be stored. It is short, because a vendor who takes a spent
refresh token again does so for a while only: Visma Connect for 60 s at most
(developer.dinero.dk/news/grace-period-on-refresh-tokens, read 2026-11-21).
"""

_SORT = "login"
_FREE: dict[str, Any] = {"owner": "", "until": "", "since": "", "unfinished": ""}


class Place(Struct, frozen=True):
    """Nobody had the turn when this was read; of all who read this ``version`` of the row one can take it."""

    version: int
    row: dict[str, Any]


class Turn(Struct, frozen=True):
    """The right to log in. ``since`` is when it was taken, in ISO 8601 UTC.

    ``unfinished`` is when an earlier login began whose outcome nobody knows; "" where there was none.
    """

    owner: str
    since: str
    unfinished: str = ""


class LoginTurns:
    """Turns at logging in, one row a connection, written with conditions only."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def free(self, connection: str, now: datetime) -> Place | None:
        """Return where a turn can be taken, None while somebody else has it."""
        item = self._table.get(connection, _SORT)
        row = item.value if item else _FREE
        if row["owner"] and datetime.fromisoformat(row["until"]) > now:
            return None
        return Place(item.version if item else ABSENT, dict(row))

    def take(self, connection: str, place: Place, now: datetime) -> Turn | None:
        """Return the turn, None if anybody took one since the place was found free.

        It is written before anything is sent: a turn that nobody gave back says that a login was under way.
        """
        unfinished = place.row["unfinished"] or (place.row["since"] if place.row["owner"] else "")
        turn = Turn(uuid4().hex, now.isoformat(), unfinished)
        try:
            self._table.put(connection, _SORT, _row(turn, now + LIFE), expected=place.version)
        except Conflict:
            return None
        return turn

    def seize(self, connection: str, now: datetime) -> Turn:
        """Take the turn from whoever has it: what they log in to is not stored any more."""
        turn = Turn(uuid4().hex, now.isoformat())
        self._table.put(connection, _SORT, _row(turn, now + LIFE))
        return turn

    def keep(self, connection: str, turn: Turn, now: datetime) -> bool:
        """Keep the turn while its session is stored; False if it was taken over: then nothing may be."""
        return self._write(connection, turn, _row(turn, now + LIFE))

    def give_back(self, connection: str, turn: Turn, unfinished: str = "") -> None:
        """Let the next one log in; ``unfinished`` as in Turn. Nothing happens if it was taken over."""
        self._write(connection, turn, {**_FREE, "unfinished": unfinished})

    def forget(self, connection: str) -> None:
        """Forget a connection that is removed; who has the turn loses it."""
        self._table.delete(connection, _SORT)

    def _write(self, connection: str, turn: Turn, row: dict[str, Any]) -> bool:
        item = self._table.get(connection, _SORT)
        if item is None or item.value["owner"] != turn.owner:
            return False
        try:
            self._table.put(connection, _SORT, row, expected=item.version)
        except Conflict:
            return self._write(connection, turn, row)
        return True


def _row(turn: Turn, until: datetime) -> dict[str, Any]:
    return {
        "owner": turn.owner,
        "until": until.isoformat(),
        "since": turn.since,
        "unfinished": turn.unfinished,
    }
