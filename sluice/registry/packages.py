"""Connectors that were registered on a running deployment, version by version; none is ever overwritten.

A package is the files of one connector and its mappings. It is kept under the hash of its content, so what a
run has started with stays readable, whatever is registered meanwhile. Whether it is right is not known here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping

import orjson
from msgspec import Struct, field

from sluice.model.structs import as_dict
from sluice.ports.documents import DocumentNotFound, Documents
from sluice.ports.object_store import ObjectStore
from sluice.ports.table import Conflict, Table

DELIVERED = ""
"""In place of a digest: the files that were deployed with the code."""

Files = Mapping[str, bytes]
"""The files of a connector by path, below connectors/<name>/ and transformers/<name>/."""

_INDEX = "packages"
_VERSIONS = "package#"
_KINDS = (".yaml", ".yml", ".md")
_TRIES = 10


class NoSuchVersion(LookupError):
    """The connector has no such version; the message says which there are."""


class Version(Struct, frozen=True):
    """A registered version of a connector: ``number`` counts from 1, ``at`` is ISO 8601 UTC."""

    connector: str
    number: int
    digest: str
    who: str
    reason: str
    at: str


class Active(Struct, frozen=True):
    """Which version holds: for all connections, and for single ones; 0 is what was deployed with the code.

    ``latest`` is the highest number given out.
    """

    version: int = 0
    connections: Mapping[str, int] = field(default_factory=dict)
    latest: int = 0

    def of(self, connection: str) -> int:
        """Return the version that holds for a connection; "" asks for all those without one of their own."""
        return self.connections.get(connection, self.version)

    def without(self, connection: str) -> Active:
        """Return the same without what a connection had of its own."""
        others = {name: number for name, number in self.connections.items() if name != connection}
        return Active(self.version, others, self.latest)


class Packages:
    """What is registered, by connector."""

    def __init__(self, table: Table, objects: ObjectStore) -> None:
        self._table = table
        self._objects = objects
        self._files: dict[str, Files] = {}

    def names(self) -> list[str]:
        """Return the connectors that are registered for all connections."""
        items = self._table.query(_INDEX)
        return [item.sort for item in items if item.value["version"]]

    def all_active(self) -> dict[str, Active]:
        """Return which version holds of every connector that anything was registered of, in one query."""
        return {item.sort: Active(**item.value) for item in self._table.query(_INDEX)}

    def active(self, connector: str) -> Active:
        """Return which version of the connector holds."""
        return self._active(connector)[0]

    def digest(self, connector: str, connection: str = "") -> str:
        """Return the digest of what holds for a connection, DELIVERED where nothing is registered for it."""
        number = self.active(connector).of(connection)
        return self.version(connector, number).digest if number else DELIVERED

    def versions(self, connector: str) -> Iterator[Version]:
        """Yield what was registered, the newest first."""
        for item in self._table.query(_VERSIONS + connector, newest_first=True):
            yield Version(**item.value)

    def version(self, connector: str, number: int) -> Version:
        """Return one version; raises NoSuchVersion."""
        item = self._table.get(_VERSIONS + connector, _sort(number))
        if item is None:
            known = ", ".join(str(one.number) for one in self.versions(connector)) or "none"
            raise NoSuchVersion(f"{connector} has no version {number}; there are: {known}")
        return Version(**item.value)

    def files(self, connector: str, digest: str) -> Files:
        """Return the files of a package; raises ObjectNotFound."""
        if digest not in self._files:
            found = orjson.loads(self._objects.get(_key(connector, digest)))
            self._files[digest] = {path: text.encode() for path, text in found.items()}
        return self._files[digest]

    def add(self, connector: str, files: Files, who: tuple[str, str, str]) -> Version:
        """Keep the files as a new version, which does not hold yet; ``who`` is (who, reason, at).

        The very files of the newest version are that version.
        """
        data = orjson.dumps({path: text.decode() for path, text in sorted(files.items())})
        digest = hashlib.sha256(data).hexdigest()[:32]
        newest = next(self.versions(connector), None)
        if newest is not None and newest.digest == digest:
            return newest
        # The files first: a version that can be seen can be read.
        self._objects.put(_key(connector, digest), data)
        taken = self._changed(connector, lambda now: Active(now.version, now.connections, now.latest + 1))
        version = Version(connector, taken.latest, digest, *who)
        self._table.put(_VERSIONS + connector, _sort(version.number), as_dict(version))
        return version

    def activate(self, connector: str, number: int, connections: Iterable[str] = ()) -> Active:
        """Let a version hold from now on, 0 what was deployed: for all connections, or for some only.

        For all means also for those that had one of their own. Raises NoSuchVersion.
        """
        if number:
            self.version(connector, number)
        some = dict.fromkeys(connections, number)

        def moved(now: Active) -> Active:
            if not some:
                return Active(number, {}, now.latest)
            return Active(now.version, {**now.connections, **some}, now.latest)

        return self._changed(connector, moved)

    def forget(self, connection: str) -> None:
        """Forget the versions that a connection had of its own."""
        for item in list(self._table.query(_INDEX)):
            if connection in item.value["connections"]:
                self._changed(item.sort, lambda now: now.without(connection))

    def _active(self, connector: str) -> tuple[Active, int]:
        item = self._table.get(_INDEX, connector)
        return (Active(**item.value), item.version) if item else (Active(), 0)

    def _changed(self, connector: str, change: Callable[[Active], Active]) -> Active:
        """Write what ``change`` makes of what holds; two who do so at once both get their turn."""
        for _ in range(_TRIES):
            now, version = self._active(connector)
            wanted = change(now)
            try:
                self._table.put(_INDEX, connector, as_dict(wanted), expected=version)
            except Conflict:
                continue
            return wanted
        raise Conflict(f"{_INDEX}/{connector}")


class PackagedDocuments(Struct, frozen=True):
    """The deployed documents, with a connector's own replaced by those of a package."""

    inner: Documents
    connector: str
    files: Files

    def read(self, path: str) -> bytes:
        """Return the document's bytes; raises DocumentNotFound."""
        if not _is_of(self.connector, path):
            return self.inner.read(path)
        if path not in self.files:
            raise DocumentNotFound(path)
        return self.files[path]

    def paths(self, prefix: str) -> Iterator[str]:
        """Yield the paths that start with ``prefix``, in ascending order."""
        others = (path for path in self.inner.paths(prefix) if not _is_of(self.connector, path))
        own = (path for path in self.files if path.startswith(prefix))
        yield from sorted([*others, *own])


def files_of(documents: Documents, connector: str) -> dict[str, bytes]:
    """Return the files that make up a connector."""
    found = (path for folder in _folders(connector) for path in documents.paths(folder))
    return {path: documents.read(path) for path in found if path.endswith(_KINDS)}


def _folders(connector: str) -> tuple[str, str]:
    return f"connectors/{connector}/", f"transformers/{connector}/"


def _is_of(connector: str, path: str) -> bool:
    return path.startswith(_folders(connector))


def _sort(number: int) -> str:
    return f"version#{number:06d}"


def _key(connector: str, digest: str) -> str:
    return f"packages/{connector}/{digest}.json"
