"""A sweep: one complete read of a stream, as it stands between two steps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from sluice.model.structs import as_dict

LONG_AGO = "1970-01-01T00:00:00Z"


class Sweep(Struct, frozen=True):
    """One complete read of a stream, as it stands: travels through the state machine as ``position``.

    ``since`` is the watermark or row version that an incremental read asks from, None for a whole read;
    ``watermark`` is what the cursor becomes when the sweep is committed; ``waits`` counts how often in a row
    the ERP asked for patience without giving a page, waits for our own budget left aside, and ``waited`` for
    how many seconds in all; ``shape`` is of what reads and maps it (Catalog.shape_of); ``committed``: the
    cursor stands behind the sweep already.
    ``checksums`` are of the records of an incremental read without tombstones, None where they are too many
    (sluice.model.checksums); ``again`` counts those that the sweep before has handed over as they are.
    ``window``: of a sweep that is read in parts, this one reads but the part between these two days
    (ISO 8601) or keys (None is an open end), the second excluded; its chunks are numbered from ``first``.
    ``events`` is about how many events it has written into the history of the execution that it is read in;
    ``earlier`` counts the records that executions before have read of it (sluice.usecases.fetching.standing).
    ``repeated`` counts records that were handed over by an attempt that was given up: they have receipts, and
    are read again.
    """

    sweep: str
    since: str | None
    watermark: str
    chunks: int = 0
    records: int = 0
    waits: int = 0
    reader: dict[str, Any] | None = None
    shape: str = ""
    committed: bool = False
    checksums: list[str] | None = None
    again: int = 0
    first: int = 0
    window: list[str] | list[int | None] | None = None
    events: int = 0
    earlier: int = 0
    repeated: int = 0
    waited: int = 0

    @property
    def started(self) -> datetime:
        """When the sweep began."""
        return datetime.fromisoformat(self.watermark)

    @property
    def records_here(self) -> int:
        """How many records were read of it in this execution."""
        return self.records - self.earlier

    @property
    def whole(self) -> bool:
        """Whether every record of the stream is read, so that one not seen is gone."""
        return self.since is None

    @property
    def shifted(self) -> bool:
        """Whether a list shifted while it was read: a record not seen may have been passed over."""
        return self.reader is not None and bool(self.reader.get("shifted"))

    @property
    def highest(self) -> str | None:
        """The highest row version seen, None where the stream does not go by them."""
        return self.reader.get("highest") if self.reader else None

    @property
    def cut(self) -> bool:
        """Whether so many tombstones came at once that some may be missing."""
        return self.reader is not None and bool(self.reader.get("cut"))

    @property
    def facts(self) -> dict[str, Any]:
        """What the replies showed beside their records, for the contract."""
        facts = self.reader.get("facts", {}) if self.reader else {}
        return {**facts, "records": self.records, "whole": self.whole}

    def to_json(self) -> dict[str, Any]:
        """Return the sweep as a JSON object of at most a few KB."""
        return as_dict(self)

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Sweep:
        """Read what :meth:`to_json` wrote, also of a version that knew more: one may be deployed now."""
        return cls(**{name: value for name, value in found.items() if name in cls.__struct_fields__})
