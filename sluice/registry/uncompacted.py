"""Parts of the lake that could not be compacted, so that people are told of each once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.model.structs import as_dict
from sluice.ports.table import ABSENT, Conflict, Table

_PARTITION = "housekeeping"
_PREFIX = "uncompacted#"


class Trouble(Struct, frozen=True):
    """Why a partition is not compacted: ``since`` the first of its failures, ``told_at`` "" until then.

    Times are ISO 8601 UTC.
    """

    entity: str
    connection: str
    error: str
    cause: str
    since: str
    tried_at: str
    told_at: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return as_dict(self)


class Uncompacted:
    """The troubles of all partitions; one that is compacted again has none."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def all(self) -> Iterator[Trouble]:
        """Yield every trouble, by entity and connection."""
        for item in self._table.query(_PARTITION, _PREFIX):
            yield Trouble(**item.value)

    def note(self, trouble: Trouble) -> None:
        """Note a failure; ``since`` and ``told_at`` stay those of the first one."""

        def noted(known: Trouble | None) -> Trouble:
            return replace(trouble, since=known.since, told_at=known.told_at) if known else trouble

        self._change(trouble.entity, trouble.connection, noted)

    def mark_told(self, trouble: Trouble, at: str) -> None:
        """Note that people were told, unless the partition was compacted meanwhile."""
        self._change(trouble.entity, trouble.connection, lambda known: known and replace(known, told_at=at))

    def clear(self, entity: str, connection: str) -> None:
        """Forget the partition's trouble, if it had one: it is compacted."""
        if self._table.get(_PARTITION, _sort(entity, connection)) is not None:
            self._table.delete(_PARTITION, _sort(entity, connection))

    def _change(
        self, entity: str, connection: str, change: Callable[[Trouble | None], Trouble | None]
    ) -> None:
        item = self._table.get(_PARTITION, _sort(entity, connection))
        changed = change(Trouble(**item.value) if item else None)
        if changed is None:
            return
        try:
            expected = item.version if item else ABSENT
            self._table.put(_PARTITION, _sort(entity, connection), changed.to_json(), expected=expected)
        except Conflict:
            self._change(entity, connection, change)


def _sort(entity: str, connection: str) -> str:
    return f"{_PREFIX}{entity}#{connection}"
