"""An operator's decisions on API changes: one a change each time it is opened, whoever comes first.

What a decision makes happen is not known here; whoever repeats it finds in it all that was decided.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from sluice.model.structs import as_dict
from sluice.ports.table import Conflict, Table

_PREFIX = "decision#"


class Decided(Struct, frozen=True):
    """``incident`` and ``opened_at`` say which change, ``who``, ``reason`` and ``at`` (ISO 8601 UTC) by whom.

    Of one that is ``accepted``: ``patched`` says that the suggested patch of the mapping is taken too,
    ``sweep`` is the held read whose records are to be replayed, None where none was held.
    """

    incident: str
    opened_at: str
    accepted: bool
    who: str
    reason: str
    at: str
    patched: bool = False
    sweep: str | None = None

    @property
    def id(self) -> str:
        """The decision's id: an incident that is opened again is decided again."""
        moment = "".join(sign for sign in self.opened_at if sign.isalnum())
        return f"{self.incident}-{moment}"


class Decisions:
    """The decisions on one connection's changes."""

    def __init__(self, table: Table, connection: str) -> None:
        self._table = table
        self._connection = connection

    def get(self, decided: Decided) -> Decided | None:
        """Return what was decided on the same change, by whomever; None while nothing was."""
        item = self._table.get(self._connection, _PREFIX + decided.id)
        return Decided(**item.value) if item else None

    def was_decided(self, incident: str) -> bool:
        """Return whether a person decided on the change at any time, of this opening or an earlier one."""
        return any(True for _ in self._table.query(self._connection, f"{_PREFIX}{incident}-", at_a_time=1))

    def decide(self, wanted: Decided) -> Decided:
        """Decide, unless somebody has; return what holds.

        A change that was accepted stays accepted; one that was rejected may still be accepted.
        """
        key = _PREFIX + wanted.id
        item = self._table.get(self._connection, key)
        known = Decided(**item.value) if item else None
        if known is not None and (known.accepted or not wanted.accepted):
            return known
        try:
            self._table.put(self._connection, key, as_dict(wanted), expected=item.version if item else 0)
        except Conflict:
            return self.decide(wanted)
        return replace(wanted)

    def forget(self) -> None:
        """Remove every decision of the connection."""
        for item in list(self._table.query(self._connection, _PREFIX)):
            self._table.delete(self._connection, item.sort)
