"""Tombstones: the list of what was deleted, read after the stream's own list where that is read for changes.

It is read as any list is, under the same checks. What comes of it are records that hold nothing but their
key: the reader says of a page that it is of tombstones, so no record of the vendor's can be taken for one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.connector.paths import MISSING, Path, look_up, put_at

if TYPE_CHECKING:
    from sluice.connector.position import Position
    from sluice.connector.spec import Stream


class Deletions(Struct, frozen=True):
    """``list`` is how tombstones are listed; its key holds what stands at ``keys`` in the stream's records.

    A reply of ``at_most`` or more records may be cut; what was deleted more than ``kept_days`` ago is not
    listed any more.
    """

    list: Stream
    keys: tuple[Path, ...]
    at_most: int | None = None
    kept_days: int | None = None


def part_of(stream: Stream, position: Position) -> Stream:
    """Return what is being read: the stream's own list, or that of its tombstones."""
    return stream.deletions.list if position.deleting and stream.deletions is not None else stream


def after_list(stream: Stream, position: Position) -> Position:
    """Return the position after a page: at the tombstones once the list of changes was read to its end."""
    if not position.done or position.deleting or stream.deletions is None or position.since is None:
        return position
    return replace(position, done=False, deleting=True)


def after_tombstones(
    deletions: Deletions, before: Position, after: Position, came: tuple[int, int]
) -> Position:
    """Return the position after a page of tombstones.

    It keeps what the list of records showed; ``came`` is how many records the reply had, and how many of them
    are tombstones of this stream.
    """
    cut = before.cut or (deletions.at_most is not None and came[0] >= deletions.at_most)
    tombstones = before.tombstones + came[1]
    return replace(after, facts=before.facts, records=before.records, tombstones=tombstones, cut=cut)


def keys_only(deletions: Deletions, found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]] | None:
    """Return the deleted records as far as they are known: their keys. None where one has no key."""
    records = []
    for tombstone in found:
        record: dict[str, Any] = {}
        for path, place in zip(deletions.keys, deletions.list.key, strict=True):
            value = look_up(tombstone, place)
            if value is MISSING or value is None or isinstance(value, bool | Mapping | list) or value == "":
                return None
            put_at(record, path, value)
        records.append(record)
    return records
