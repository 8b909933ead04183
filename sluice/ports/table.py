"""Port: small JSON items by partition and sort key, with optimistic versions. Nothing here knows DynamoDB."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from msgspec import Struct

ABSENT = 0
"""As ``expected`` version: the item must not exist yet."""


class Conflict(Exception):
    """The item's version is not the expected one: someone else wrote it first."""


class ItemTooLarge(ValueError):
    """The item is over what a table takes (400 KB); the message names the keys, nothing was written."""


class Item(Struct, frozen=True):
    """A stored item: ``value`` is JSON without floats, ``version`` counts writes from 1.

    A deleted item's count is forgotten: one written again under its keys begins at 1.
    """

    partition: str
    sort: str
    value: dict[str, Any]
    version: int


class Table(Protocol):
    """Items by (partition, sort). ``expires_at`` (epoch seconds) lets the store forget the item after it."""

    def get(self, partition: str, sort: str) -> Item | None:
        """Return the item as last written, or None."""

    def get_many(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Item]:
        """Return those of the items that are there, by (partition, sort), as last written."""

    def put(
        self,
        partition: str,
        sort: str,
        value: dict[str, Any],
        *,
        expected: int | None = None,
        expires_at: int | None = None,
    ) -> int:
        """Write and return the new version.

        ``expected``: None writes whatever is there, ABSENT only if nothing is, n only over version n;
        otherwise raises :class:`Conflict` and writes nothing. Raises TypeError or ValueError for a value
        that sluice.model.item_value refuses, :class:`ItemTooLarge` for one that is too large.
        """

    def delete(self, partition: str, sort: str, *, expected: int | None = None) -> None:
        """Remove the item; raises :class:`Conflict` as :meth:`put` does."""

    def query(
        self,
        partition: str,
        prefix: str = "",
        *,
        newest_first: bool = False,
        after: str | None = None,
        at_a_time: int | None = None,
    ) -> Iterator[Item]:
        """Yield the partition's items whose sort key starts with ``prefix``, by sort key.

        ``newest_first`` yields them by descending sort key. ``after`` is a sort key, of an item or not, that
        starts with ``prefix``: what comes after it in the order of reading is yielded. ``at_a_time`` (1..) is
        how many items a store reads ahead at most; it changes nothing of what is yielded.
        """
