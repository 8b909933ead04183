"""Authorisations under way: what has to be remembered while a person agrees on a vendor's page."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from msgspec import Struct

from sluice.model.structs import as_dict
from sluice.ports.table import Conflict, Table

LIFE = timedelta(minutes=10)
"""How long a person has to agree: as long as vendors' codes hold at most (RFC 6749, 4.1.2)."""

_PARTITION = "authorization"


class Pending(Struct, frozen=True):
    """One authorisation: ``who`` began it for ``connection``; ``created_at`` is that connection's.

    ``verifier`` is of its code (RFC 7636): alone it opens nothing. ``until`` is ISO 8601 UTC.
    """

    who: str
    connection: str
    created_at: str
    redirect_uri: str
    verifier: str
    until: str


class Authorizations:
    """Those under way, each under its state, of which only the digest is kept."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def begin(self, state: str, pending: Pending) -> None:
        """Remember it until it is over."""
        expires_at = int(datetime.fromisoformat(pending.until).timestamp())
        self._table.put(_PARTITION, _key(state), as_dict(pending), expires_at=expires_at)

    def take(self, state: str, who: str, connection: str, now: datetime) -> Pending | None:
        """Return what was begun with the state, once; None where nobody has, or somebody else, or long ago.

        What is not the caller's stays as it is for whoever it belongs to.
        """
        item = self._table.get(_PARTITION, _key(state))
        if item is None:
            return None
        found = Pending(**item.value)
        if (found.who, found.connection) != (who, connection):
            return None
        try:
            self._table.delete(_PARTITION, _key(state), expected=item.version)
        except Conflict:
            return None
        return found if now < datetime.fromisoformat(found.until) else None


def _key(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
