"""The contracts of a connection's streams: what holds now, and who changed it when and why.

A version is a decision, or a first reading; what runs learn afterwards is kept under the same version.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import orjson
from msgspec import Struct, field
from msgspec.structs import replace

from sluice.contract.contract import Contract, UnknownFormat
from sluice.model.change import Change
from sluice.model.structs import as_dict
from sluice.ports.object_store import ObjectNotFound, ObjectStore
from sluice.ports.table import ABSENT, Conflict, Item, Table

_PREFIX = "contract#"
_HISTORY = "contract-history#"
_KEPT = 200
_BROKEN = (gzip.BadGzipFile, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError)
"""What reading raises of an object that is no contract, or one that a later version wrote."""

SLUICE = "sluice"
"""Who decided, where no person did: the first reading, and what a policy lets pass."""


class Decision(Struct, frozen=True):
    """Who decided, why, when (ISO 8601 UTC), and under which ``id``: deciding twice under one id is once."""

    id: str
    who: str
    reason: str
    at: str


class Amendment(Struct, frozen=True):
    """One entry of a contract's history; ``changes`` as JSON objects."""

    stream: str
    version: int
    id: str
    who: str
    reason: str
    at: str
    changes: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return as_dict(self)


class Contracts:
    """The contracts of one connection: a pointer and the history in the table, the contract as an object."""

    def __init__(self, table: Table, objects: ObjectStore, connection: str) -> None:
        self._table = table
        self._objects = objects
        self._connection = connection

    def get(self, stream: str) -> Contract | None:
        """Return the stream's contract, None where it was never read to its end, or is lost."""
        item = self._table.get(self._connection, _PREFIX + stream)
        return self._read(item)[0] if item else None

    def lost(self, stream: str) -> str:
        """Return why what was learnt of the stream cannot be read; empty where it can, or there is nothing.

        The stream is then judged by what is declared and mapped, as when it is read for the first time, and
        learnt anew.
        """
        item = self._table.get(self._connection, _PREFIX + stream)
        return self._read(item)[1] if item else ""

    def learn(
        self, stream: str, sweep: str, at: str, learn: Callable[[Contract | None], Contract]
    ) -> Contract:
        """Store what ``learn`` makes of the contract after a good sweep; once per sweep.

        A first reading, one after what was known is lost, and a sweep that ``learn`` gives a new version, are
        entries of the history.
        """
        item = self._table.get(self._connection, _PREFIX + stream)
        known, lost = self._read(item) if item else (None, "")
        if item is not None and known is not None and item.value["sweep"] == sweep:
            return known
        learnt = learn(known)
        if item is not None and known is None:
            learnt = replace(learnt, version=int(item.value["version"]) + 1)
            self._note(
                stream, learnt.version, Decision(f"lost#{sweep}", SLUICE, f"learnt anew: {lost}", at), ()
            )
        elif known is None:
            first = Decision(f"first#{sweep}", SLUICE, "read to its end for the first time", at)
            self._note(stream, learnt.version, first, ())
        pointer = {"sweep": sweep, "decided": item.value["decided"] if item else []}
        try:
            self._store(stream, learnt, pointer, item)
        except Conflict:
            return self.learn(stream, sweep, at, learn)
        return learnt

    def amend(self, stream: str, changes: Sequence[Change], decision: Decision) -> Contract:
        """Store the contract with these changes accepted, as a new version; return it."""
        item = self._table.get(self._connection, _PREFIX + stream)
        known = (item and self._read(item)[0]) or Contract(version=int(item.value["version"]) if item else 1)
        decided = item.value["decided"] if item else []
        if decision.id in decided:
            return known
        amended = known.amended(changes)
        self._note(stream, amended.version, decision, changes)
        pointer = {"sweep": item.value["sweep"] if item else "", "decided": [*decided, decision.id][-_KEPT:]}
        try:
            self._store(stream, amended, pointer, item)
        except Conflict:
            return self.amend(stream, changes, decision)
        return amended

    def history(self, stream: str) -> list[Amendment]:
        """Return who accepted what, when and why, the oldest first."""
        prefix = f"{_HISTORY}{stream}#"
        found = [Amendment(**item.value) for item in self._table.query(self._connection, prefix)]
        return sorted(found, key=lambda entry: (entry.version, entry.at))

    def streams(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each stream that has a contract, with version, key, sweep and size in bytes."""
        for item in self._table.query(self._connection, _PREFIX):
            yield item.sort.removeprefix(_PREFIX), item.value

    def forget(self) -> None:
        """Remove every contract of the connection, and its history."""
        for prefix in (_PREFIX, _HISTORY):
            for item in list(self._table.query(self._connection, prefix)):
                self._table.delete(self._connection, item.sort)

    def _read(self, item: Item) -> tuple[Contract | None, str]:
        """Return the contract that is pointed to; or None, and why it cannot be read."""
        key = item.value["key"]
        try:
            return Contract.from_json(orjson.loads(gzip.decompress(self._objects.get(key)))), ""
        except ObjectNotFound:
            return None, f"{key} is gone"
        except UnknownFormat as unknown:
            return None, f"{key}: {unknown}"
        except _BROKEN as broken:
            return None, f"{key} is no contract: {type(broken).__name__}"

    def _store(self, stream: str, contract: Contract, pointer: dict[str, Any], item: Item | None) -> None:
        """Store the contract, then the pointer to it over what ``item`` was; raises Conflict."""
        body = orjson.dumps(contract.to_json())
        # Of two who write at once one fails at the pointer: it must not have replaced the other's object.
        digest = hashlib.blake2b(body, digest_size=8).hexdigest()
        key = f"contracts/{self._connection}/{stream}/{contract.version:06d}-{digest}.json.gz"
        if item is None or item.value["key"] != key:
            self._objects.put(key, gzip.compress(body, 6, mtime=0))
        value = {**pointer, "version": contract.version, "key": key, "bytes": len(body)}
        expected = item.version if item else ABSENT
        self._table.put(self._connection, _PREFIX + stream, value, expected=expected)

    def _note(self, stream: str, version: int, decision: Decision, changes: Sequence[Change]) -> None:
        entry = Amendment(
            stream=stream,
            version=version,
            id=decision.id,
            who=decision.who,
            reason=decision.reason,
            at=decision.at,
            changes=[change.to_json() for change in changes],
        )
        self._table.put(self._connection, f"{_HISTORY}{stream}#{decision.id}", entry.to_json())
