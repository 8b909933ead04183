"""How far each stream has been handed over, and whether it is held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from sluice.errors import LeaseLost
from sluice.model.structs import as_dict
from sluice.ports.table import Conflict, Table

_PREFIX = "cursor#"


class Standing(Struct, frozen=True):
    """Where a sweep stands that goes on in another run: all before it is handed over.

    ``position`` is as FetchPages returned it; ``run`` left it ``at`` (ISO 8601 UTC); ``taken`` are the runs
    that went on from there and came neither to its end nor to another such place.
    """

    position: dict[str, Any]
    run: str
    at: str
    taken: list[str] = field(default_factory=list)

    @property
    def sweep(self) -> str:
        """The sweep's id."""
        return str(self.position["sweep"])

    @property
    def last(self) -> str:
        """The run that read the sweep last."""
        return self.taken[-1] if self.taken else self.run


class Cursor(Struct, frozen=True):
    """A stream's cursor; the empty one is of a stream never read.

    ``watermark`` (ISO 8601 UTC) is what the next incremental read asks from, ``highest`` in its place where a
    stream goes by row versions; ``snapshot`` the manifest key of the index that holds; ``sweep`` the read
    that was committed last; ``begun`` the read under way, or one that was never committed; ``shape`` is of
    what read and mapped it (Catalog.shape_of); ``checksums`` are of the records that ``sweep`` has handed
    over, if they are few and nothing was begun since; ``held`` the incident that stops the stream;
    ``accepted`` the change codes that an operator accepted for the next commit; ``standing`` is of a sweep
    that goes on in another run.
    """

    watermark: str | None = None
    highest: str | None = None
    snapshot: str | None = None
    sweep: str | None = None
    begun: str | None = None
    committed_at: str | None = None
    whole_read_at: str | None = None
    shape: str = ""
    checksums: list[str] = field(default_factory=list)
    held: str | None = None
    accepted: list[str] = field(default_factory=list)
    standing: Standing | None = None
    version: int = 0

    @property
    def unfinished(self) -> Standing | None:
        """Where the sweep under way stands; None once another was begun, or it was committed."""
        standing = self.standing
        return standing if standing is not None and standing.sweep == self.begun else None


class Cursors:
    """The cursors of one connection's streams."""

    def __init__(self, table: Table, connection: str) -> None:
        self._table = table
        self._connection = connection

    def get(self, stream: str) -> Cursor:
        """Return the stream's cursor, the empty one where none was committed."""
        item = self._table.get(self._connection, _PREFIX + stream)
        return _read(item.value, item.version) if item else Cursor()

    def all(self) -> Iterator[tuple[str, Cursor]]:
        """Yield (stream, cursor) of every stream that has one."""
        for item in self._table.query(self._connection, _PREFIX):
            yield item.sort.removeprefix(_PREFIX), _read(item.value, item.version)

    def put(self, stream: str, cursor: Cursor) -> None:
        """Store the cursor over the version it was read as; raises LeaseLost if another wrote meanwhile."""
        value = as_dict(cursor)
        expected = value.pop("version")
        try:
            self._table.put(self._connection, _PREFIX + stream, value, expected=expected)
        except Conflict as conflict:
            raise LeaseLost(
                f"the cursor of {self._connection}/{stream} was written by someone else"
            ) from conflict

    def forget(self) -> None:
        """Remove every cursor of the connection."""
        for stream, _ in list(self.all()):
            self._table.delete(self._connection, _PREFIX + stream)


def cursors_of(table: Table, wanted: Mapping[str, Iterable[str]]) -> dict[str, dict[str, Cursor]]:
    """Return the cursors of some streams (by connection) that have one, by connection and stream."""
    keys = [(name, _PREFIX + stream) for name, streams in wanted.items() for stream in streams]
    found: dict[str, dict[str, Cursor]] = {name: {} for name in wanted}
    for (name, sort), item in table.get_many(keys).items():
        found[name][sort.removeprefix(_PREFIX)] = _read(item.value, item.version)
    return found


def _read(value: dict[str, Any], version: int) -> Cursor:
    standing = value.get("standing")
    return Cursor(**{**value, "standing": Standing(**standing) if standing else None}, version=version)
