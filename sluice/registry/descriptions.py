"""The descriptions that vendors publish of their APIs, as they were read: what holds now, and each before it.

They are kept as bytes; what they say is not known here.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.model.structs import as_dict
from sluice.ports.object_store import ObjectStore
from sluice.ports.table import ABSENT, Conflict, Table

_PREFIX = "description#"
_HISTORY = "description-history#"


class Described(Struct, frozen=True):
    """What is known of the description at a place; times are ISO 8601 UTC.

    ``place`` is a connection's name where it is read with that connection's credentials; otherwise it begins
    with ``_`` and stands for ``address``. ``sha`` and ``key`` are of the bytes that hold, "" before the first
    reading. ``etag`` and ``modified`` are for asking whether there is a newer one. ``failing`` says why
    it cannot be read now (``error``, ``cause``, ``since``, ``told_at``).
    """

    connector: str
    place: str
    address: str = ""
    sha: str = ""
    key: str = ""
    bytes: int = 0
    etag: str = ""
    modified: str = ""
    read_at: str = ""
    changed_at: str = ""
    tried_at: str = ""
    failing: dict[str, str] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return as_dict(self)


class Reading(Struct, frozen=True):
    """One reading: ``body`` is None where the vendor says that nothing changed. ``at`` is ISO 8601 UTC."""

    address: str
    at: str
    body: bytes | None = None
    etag: str = ""
    modified: str = ""


class Descriptions:
    """The descriptions of one connector's API: a pointer and the history in the table, bytes as objects."""

    def __init__(self, table: Table, objects: ObjectStore, connector: str) -> None:
        self._table = table
        self._objects = objects
        self._connector = connector
        self._partition = f"watch#{connector}"

    def get(self, place: str) -> Described:
        """Return what is known of the description at a place, the empty one where it was never read."""
        item = self._table.get(self._partition, _PREFIX + place)
        return Described(**item.value) if item else Described(self._connector, place)

    def all(self) -> Iterator[Described]:
        """Yield what is known, by place."""
        for item in self._table.query(self._partition, _PREFIX):
            yield Described(**item.value)

    def body(self, described: Described) -> bytes | None:
        """Return the bytes that hold; None before the first reading. Raises ObjectNotFound."""
        return gzip.decompress(self._objects.get(described.key)) if described.key else None

    def keep(self, place: str, reading: Reading, changes: dict[str, int]) -> Described:
        """Store a reading as what holds from now on; ``changes`` counts what changed, by code.

        The same bytes again are no new entry of the history.
        """
        if reading.body is None:
            return self._change(place, lambda known: _read_again(known, reading))
        sha = digest(reading.body)
        if self.get(place).sha == sha:
            return self._change(place, lambda known: _read_again(known, reading))
        key = f"descriptions/{self._connector}/{place}/{sha}.gz"
        self._objects.put(key, gzip.compress(reading.body, 6, mtime=0))
        entry = {"at": reading.at, "sha": sha, "key": key, "bytes": len(reading.body), "changes": changes}
        self._table.put(self._partition, f"{_HISTORY}{place}#{reading.at}#{sha[:8]}", entry)

        def kept(known: Described) -> Described:
            size = len(reading.body or b"")
            known = replace(known, sha=sha, key=key, bytes=size, changed_at=reading.at)
            return _read_again(known, reading)

        return self._change(place, kept)

    def note_failure(self, place: str, error: str, cause: str, at: str) -> Described:
        """Note that the description could not be read; ``since`` stays that of the first failure."""

        def failing(known: Described) -> Described:
            before = known.failing or {"since": at, "told_at": ""}
            return replace(known, failing={**before, "error": error, "cause": cause}, tried_at=at)

        return self._change(place, failing)

    def mark_told(self, place: str, at: str) -> None:
        """Note that people were told that the description cannot be read."""

        def told(known: Described) -> Described:
            return replace(known, failing={**known.failing, "told_at": at}) if known.failing else known

        self._change(place, told)

    def history(self, place: str) -> list[dict[str, Any]]:
        """Return each description that held: at, sha, key, bytes and changes by code; the oldest first."""
        return [item.value for item in self._table.query(self._partition, f"{_HISTORY}{place}#")]

    def _change(self, place: str, change: Callable[[Described], Described]) -> Described:
        item = self._table.get(self._partition, _PREFIX + place)
        known = Described(**item.value) if item else Described(self._connector, place)
        changed = change(known)
        try:
            expected = item.version if item else ABSENT
            self._table.put(self._partition, _PREFIX + place, changed.to_json(), expected=expected)
        except Conflict:
            return self._change(place, change)
        return changed


def digest(body: bytes) -> str:
    """Return the hash under which a description is kept."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def _read_again(known: Described, reading: Reading) -> Described:
    return replace(
        known,
        address=reading.address,
        etag=reading.etag or (known.etag if reading.body is None else ""),
        modified=reading.modified or (known.modified if reading.body is None else ""),
        read_at=reading.at,
        tried_at=reading.at,
        failing=None,
    )
