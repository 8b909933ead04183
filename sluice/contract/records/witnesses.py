"""Witnesses: a few records of a stream, known again by their keys, with hashes of the values that are used.

When the same record comes again, what became of a value shows: it stands under another name, or in another
type. The same records are witnesses in every reading, because those with the lowest hashes are. No value
itself is kept.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from heapq import nsmallest
from math import isfinite
from typing import Any

from msgspec import Struct, field

from sluice.contract.records.paths import Path, key_of, path_of

KEPT = 32
_SPREAD, _BITS = 0x9E3779B97F4A7C15, (1 << 64) - 1

Hashes = Mapping[Path, int]


class Witnesses(Struct, frozen=True):
    """Hashes of values by path, by the hash of the record's key; at most KEPT records."""

    rows: Mapping[int, Hashes] = field(default_factory=dict)

    @property
    def limit(self) -> int:
        """The highest hash that a key may have to be a witness."""
        return max(self.rows) if len(self.rows) >= KEPT else _BITS

    def merged(self, other: Witnesses) -> Witnesses:
        """Return the witnesses of both; of a record in both, what ``other`` says."""
        rows = {**self.rows, **other.rows}
        return Witnesses({key: rows[key] for key in nsmallest(KEPT, rows)})

    def without(self, gone: Path) -> Witnesses:
        """Return the witnesses without what they say of a path and all below it."""
        kept = {
            key: {path: value for path, value in row.items() if path[: len(gone)] != gone}
            for key, row in self.rows.items()
        }
        return Witnesses(kept)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object: the paths, and a row of hashes for each record."""
        paths = sorted({path for row in self.rows.values() for path in row})
        rows = {f"{key:x}": [row.get(path) for path in paths] for key, row in sorted(self.rows.items())}
        return {"paths": [key_of(path) for path in paths], "rows": rows}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Witnesses:
        """Read what :meth:`to_json` wrote."""
        paths = [path_of(key) for key in found["paths"]]
        rows = {
            int(key, 16): {path: one for path, one in zip(paths, row, strict=True) if one is not None}
            for key, row in found["rows"].items()
        }
        return cls(rows)


def chosen(keys: Sequence[Any], limit: int) -> Iterator[tuple[int, int]]:
    """Yield (index, hash of the key) of the records that are witnesses, among those with a key."""
    if set(map(type, keys)) == {int}:
        low = [(one, index) for index, key in enumerate(keys) if (one := key * _SPREAD & _BITS) <= limit]
    else:
        hashes = [_BITS + 1 if key is None else hash_of_key(key) for key in keys]
        low = [(one, index) for index, one in enumerate(hashes) if one <= limit]
    for one, index in nsmallest(KEPT, low) if len(low) > KEPT else low:
        yield index, one


def hash_of_key(key: Any) -> int:
    """Return a hash of a record's key, the same for a number and the text of it."""
    if type(key) is str and key.isdecimal() and len(key) < 19:
        key = int(key)
    if type(key) is int:
        return key * _SPREAD & _BITS
    return zlib.crc32(repr(key).encode("utf-8", "replace")) * _SPREAD & _BITS


def hash_of(value: Any) -> int | None:
    """Return a hash of a scalar's text, None for what says nothing (null, empty) or is no scalar."""
    if type(value) is str:
        return zlib.crc32(value.encode("utf-8", "replace")) if value else None
    if type(value) is int:
        return zlib.crc32(b"%d" % value)
    if value is None or isinstance(value, dict | list):
        return None
    return zlib.crc32(plain_text(value).encode("utf-8", "replace"))


def plain_text(value: Any) -> str:
    """Return a scalar as the text that it would be if the ERP sent it as one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal) and isfinite(value) and value == int(value):
        return str(int(value))
    return str(value)
