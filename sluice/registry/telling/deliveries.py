"""What was sent to a subscription: a note for each notification, how it goes, and how much came lately."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.model.structs import as_dict
from sluice.ports.table import ABSENT, Conflict, Table

CLAIM = 120
"""Seconds after which someone else may send what another began to send: its function lives no longer."""

KEEP_DAYS = 30
"""How long a note is kept: longer than a message lives on the queue and among its dead letters."""

WINDOW = 600
"""Seconds in which messages are counted."""

MOST_IN_WINDOW = 20
"""Messages to one subscription in a window; further ones are told of in one."""

_WINDOW = "window"
_HEALTH = "health"
_MOST_NAMES = 50


class Turn(StrEnum):
    """What whoever wants to send a notification has to do."""

    SEND = "send"
    DONE = "done"  # sent before, or counted among those held back
    BUSY = "busy"  # someone else is sending it just now


class Health(Struct, frozen=True):
    """How it goes: ``failing_since`` is None where the last message arrived. Times are ISO 8601 UTC."""

    failures: int = 0
    failing_since: str | None = None
    last_error: str = ""
    last_sent_at: str | None = None
    given_up: int = 0


class Window(Struct, frozen=True):
    """What came since ``began_at`` (epoch seconds): ``sent`` so many, ``held`` back so many by connection."""

    began_at: int = 0
    sent: int = 0
    held: dict[str, int] | None = None

    @property
    def key(self) -> str:
        """The id of the one message about what was held back."""
        return f"held-{self.began_at}"


class Deliveries:
    """The deliveries of one subscription; ``who`` names whoever delivers: a message's id."""

    def __init__(self, table: Table, subscription: str) -> None:
        self._table = table
        self._subscription = subscription
        self._partition = f"delivery#{subscription}"

    def webhook_id(self, notification: str) -> str:
        """Return the id under which a receiver sees the notification: the same for every try.

        Two subscriptions may lead to one receiver, which must not take the second message for a repeat.
        """
        text = f"{self._subscription}\x1f{notification}"
        return f"msg_{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"

    def begin(self, notification: str, now: datetime) -> tuple[Turn, bool]:
        """Claim the notification; return what to do, and whether this is the first time that it is seen."""
        key, seconds = f"note#{notification}", int(now.timestamp())
        item = self._table.get(self._partition, key)
        if item is not None and item.value["state"] == "done":
            return Turn.DONE, False
        if item is not None and item.value["state"] == "sending" and item.value["until"] > seconds:
            return Turn.BUSY, False
        claim = {"state": "sending", "until": seconds + CLAIM}
        try:
            self._put(key, claim, now, item.version if item else ABSENT)
        except Conflict:
            return Turn.BUSY, False
        return Turn.SEND, item is None

    def done(self, notification: str, now: datetime) -> None:
        """Note that the notification needs no sending any more."""
        self._put(f"note#{notification}", {"state": "done"}, now, None)

    def failed(self, notification: str, now: datetime) -> None:
        """Give the claim back, so that the next try need not wait."""
        self._put(f"note#{notification}", {"state": "waiting"}, now, None)

    def health(self) -> Health:
        """Return how it goes."""
        item = self._table.get(self._partition, _HEALTH)
        return Health(**item.value) if item else Health()

    def note_sent(self, at: str) -> None:
        """Note that a message arrived."""
        self._change(
            _HEALTH,
            lambda value: as_dict(
                replace(Health(**value), failures=0, failing_since=None, last_error="", last_sent_at=at)
            ),
        )

    def note_failed(self, at: str, error: str, *, given_up: bool = False) -> None:
        """Note that a message did not arrive, or will not at all."""

        def change(value: dict[str, Any]) -> dict[str, Any]:
            found = Health(**value)
            return as_dict(
                replace(
                    found,
                    failures=found.failures + 1,
                    failing_since=found.failing_since or at,
                    last_error=error[:300],
                    given_up=found.given_up + given_up,
                )
            )

        self._change(_HEALTH, change)

    def take_place(self, connection: str, now: datetime) -> tuple[bool, Window]:
        """Take a place in the window; return whether there was one, else the window that counted it in."""
        seconds = int(now.timestamp())
        taken: list[tuple[bool, Window]] = []

        def change(value: dict[str, Any]) -> dict[str, Any]:
            found = Window(**value)
            if seconds - found.began_at >= WINDOW and not found.held:
                found = Window(seconds)
            free = found.sent < MOST_IN_WINDOW and not found.held
            held = dict(found.held or {})
            if not free:
                name = connection if connection in held or len(held) < _MOST_NAMES else "others"
                held[name] = held.get(name, 0) + 1
            after = replace(found, sent=found.sent + free, held=held)
            taken[:] = [(free, after)]
            return as_dict(after)

        self._change(_WINDOW, change)
        return taken[0]

    def window(self) -> Window:
        """Return the window as it is."""
        item = self._table.get(self._partition, _WINDOW)
        return Window(**item.value) if item else Window()

    def close_window(self, seen: Window) -> Window:
        """Forget what was held back and has been told of; return what came since, still held back."""

        def change(value: dict[str, Any]) -> dict[str, Any]:
            found = Window(**value)
            if found.began_at != seen.began_at:
                return value
            told = seen.held or {}
            left = {name: count - told.get(name, 0) for name, count in (found.held or {}).items()}
            return as_dict(Window(found.began_at + 1, found.sent, {k: n for k, n in left.items() if n > 0}))

        self._change(_WINDOW, change)
        return self.window()

    def forget(self) -> None:
        """Remove all that is noted."""
        for item in list(self._table.query(self._partition)):
            self._table.delete(self._partition, item.sort)

    def _put(self, key: str, value: dict[str, Any], now: datetime, expected: int | None) -> None:
        expires = int((now + timedelta(days=KEEP_DAYS)).timestamp())
        self._table.put(self._partition, key, value, expected=expected, expires_at=expires)

    def _change(self, key: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        item = self._table.get(self._partition, key)
        value = change(item.value if item else {})
        try:
            self._table.put(self._partition, key, value, expected=item.version if item else ABSENT)
        except Conflict:
            self._change(key, change)
