"""What strikes several connections of one connector: then it is the vendor, not a customer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.model.change import Change
from sluice.model.structs import as_dict
from sluice.ports.table import ABSENT, Conflict, Table

ROLLOUT = timedelta(days=14)
"""How far apart two sightings may lie and still be one release of the vendor: releases come in phases."""

AT_ONCE = timedelta(minutes=15)
"""Within it, refused credentials of most connections are no coincidence."""

_CHANGE = "change#"
_REFUSED = "refused"


class Scope(StrEnum):
    """Whose change it is: of one connection so far, or of the vendor."""

    CUSTOMER = "customer"
    VENDOR = "vendor"


class FleetView(Struct, frozen=True):
    """One change over the connections of a connector.

    ``seen`` maps each connection that meets it now to when it met it first (ISO 8601 UTC); ``told`` holds the
    scopes of which people have been told.
    """

    id: str
    seen: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    @property
    def is_news(self) -> bool:
        """Whether people have not been told of the change in this scope."""
        return self.scope.value not in self.told

    @property
    def scope(self) -> Scope:
        """Whether one connection meets it, or several."""
        return Scope.VENDOR if len(self.seen) > 1 else Scope.CUSTOMER


class Fleet:
    """The connections of one connector, seen together."""

    def __init__(self, table: Table, connector: str) -> None:
        self._table = table
        self._partition = f"fleet#{connector}"

    def sight(self, stream: str, change: Change, connection: str, at: str) -> FleetView:
        """Note that a connection meets the change; return who meets it, and what people know of that."""

        def seen(known: FleetView) -> FleetView:
            recent = {name: when for name, when in known.seen.items() if _within(when, at, ROLLOUT)}
            return FleetView(known.id, {connection: at, **recent}, known.told if recent else [])

        return self._changed(_CHANGE + _fleet_id(stream, change), seen)

    def mark_told(self, stream: str, change: Change, scope: Scope) -> None:
        """Note that people know the change, and whose it is."""

        def told(known: FleetView) -> FleetView:
            return replace(known, told=sorted({*known.told, scope.value}))

        self._changed(_CHANGE + _fleet_id(stream, change), told)

    def view(self, stream: str, change: Change) -> FleetView:
        """Return which connections meet the change now."""
        return self._get(_CHANGE + _fleet_id(stream, change))[0]

    def over(self, stream: str, change: Change, connection: str) -> None:
        """Note that the connection does not meet the change any more."""
        sort = _CHANGE + _fleet_id(stream, change)
        if connection in self._get(sort)[0].seen:
            self._changed(sort, lambda known: _without(known, connection))

    def forget(self, connection: str) -> None:
        """Forget everything that the connection met: it is no more."""
        for item in list(self._table.query(self._partition)):
            if connection in FleetView(**item.value).seen:
                self._changed(item.sort, lambda known: _without(known, connection))

    def refused(self, connection: str, at: str, connections: int) -> tuple[FleetView, bool]:
        """Note that an ERP refused a connection's credentials; return who else was, and whether it is most.

        ``connections`` is how many of this connector are in use. Most is: two or more, and half of them.
        """

        def seen(known: FleetView) -> FleetView:
            recent = {name: when for name, when in known.seen.items() if _within(when, at, AT_ONCE)}
            return FleetView(known.id, {**recent, connection: at}, known.told)

        view = self._changed(_REFUSED, seen)
        return view, len(view.seen) > 1 and len(view.seen) * 2 >= connections

    def _get(self, sort: str) -> tuple[FleetView, int]:
        item = self._table.get(self._partition, sort)
        if item is None:
            return FleetView(sort.removeprefix(_CHANGE)), ABSENT
        return FleetView(**item.value), item.version

    def _changed(self, sort: str, change: Callable[[FleetView], FleetView]) -> FleetView:
        known, version = self._get(sort)
        changed = change(known)
        value: dict[str, Any] = as_dict(changed)
        try:
            self._table.put(self._partition, sort, value, expected=version)
        except Conflict:
            return self._changed(sort, change)
        return changed


def views_of(table: Table, wanted: Sequence[tuple[str, str, Change]]) -> list[FleetView]:
    """Return which connections meet each change now; ``wanted`` are (connector, stream, change)."""
    keys = [(f"fleet#{connector}", _CHANGE + _fleet_id(stream, one)) for connector, stream, one in wanted]
    items = table.get_many(keys)
    return [
        FleetView(**items[key].value) if key in items else FleetView(key[1].removeprefix(_CHANGE))
        for key in keys
    ]


def _without(known: FleetView, connection: str) -> FleetView:
    left = {name: when for name, when in known.seen.items() if name != connection}
    return FleetView(known.id, left, known.told if left else [])


def _fleet_id(stream: str, change: Change) -> str:
    text = f"{stream}\x1f{change.code}\x1f{change.path}"
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def _within(earlier: str, later: str, span: timedelta) -> bool:
    return datetime.fromisoformat(later) - datetime.fromisoformat(earlier) <= span
