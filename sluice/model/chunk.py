"""A chunk: up to 5,000 raw records (or 5 MB) of one stream, stored as one object, and its reference."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from sluice.model.structs import as_dict

MAX_RECORDS = 5_000
MAX_BYTES = 5 * 1024 * 1024


class ChunkRef(Struct, frozen=True):
    """Where a chunk lies and what it holds: this travels, never the data.

    ``number`` counts from 0 within a sweep; ``bytes`` is the size of the records uncompressed;
    ``sha256`` is of the stored object; ``fetched_at`` is aware UTC in ISO 8601. ``tombstones``: its records
    are deleted ones, and hold nothing but their keys.
    """

    key: str
    number: int
    records: int
    bytes: int
    sha256: str
    fetched_at: str
    tombstones: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the reference as a JSON object."""
        return as_dict(self)

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> ChunkRef:
        """Read what :meth:`to_json` wrote; unknown keys (``bucket``) are ignored."""
        names = set(cls.__struct_fields__) - {"tombstones"}
        return cls(**{name: found[name] for name in names}, tombstones=found.get("tombstones", False))


class Counts(Struct, frozen=True):
    """What became of records. Always: fetched = mapped + quarantined, mapped = unchanged + published.

    Each is counted where it happens, none is what the others leave: see :attr:`add_up`.
    """

    fetched: int = 0
    mapped: int = 0
    unchanged: int = 0
    quarantined: int = 0
    published: int = 0
    deleted: int = 0

    @property
    def add_up(self) -> bool:
        """Whether every record that was fetched is accounted for, once."""
        return (
            self.fetched == self.mapped + self.quarantined and self.mapped == self.unchanged + self.published
        )

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in self.__struct_fields__))

    def in_words(self) -> str:
        """Return what became of them as text."""
        return f"{self.unchanged} unchanged, {self.published} published, {self.quarantined} quarantined"

    def to_json(self) -> dict[str, int]:
        """Return the counts as a JSON object."""
        return as_dict(self)

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Counts:
        """Read what :meth:`to_json` wrote; a missing count is 0."""
        return cls(**{name: int(found.get(name, 0)) for name in cls.__struct_fields__})
