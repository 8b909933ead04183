"""A table, and a secret store, of which some things are read once: for a step that works on many streams.

What is remembered is what nobody changes under a step's feet; who must see a change as it comes asks the
real one. What is written through here is forgotten, and read anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from sluice.model.item_value import deep_copy
from sluice.model.secret import Secret
from sluice.ports.secrets import Secrets
from sluice.ports.table import Item, Table


class RememberedTable:
    """A table whose items with certain beginnings of their sort keys are each read once."""

    def __init__(self, inner: Table, *prefixes: str) -> None:
        self._inner, self._prefixes = inner, prefixes
        self._known: dict[tuple[str, str], Item | None] = {}

    def get(self, partition: str, sort: str) -> Item | None:
        """Return the item as it was when it was first asked for, or as last written; others are read."""
        if not sort.startswith(self._prefixes):
            return self._inner.get(partition, sort)
        key = (partition, sort)
        if key not in self._known:
            self._known[key] = self._inner.get(partition, sort)
        found = self._known[key]
        # A caller may change what it is given.
        return replace(found, value=deep_copy(found.value)) if found else None

    def get_many(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Item]:
        """Return what the inner table returns."""
        return self._inner.get_many(keys)

    def put(
        self,
        partition: str,
        sort: str,
        value: dict[str, Any],
        *,
        expected: int | None = None,
        expires_at: int | None = None,
    ) -> int:
        """Write through; also where it meets a Conflict, the item is read anew."""
        self._known.pop((partition, sort), None)
        return self._inner.put(partition, sort, value, expected=expected, expires_at=expires_at)

    def delete(self, partition: str, sort: str, *, expected: int | None = None) -> None:
        """Remove the item."""
        self._known.pop((partition, sort), None)
        self._inner.delete(partition, sort, expected=expected)

    def query(
        self,
        partition: str,
        prefix: str = "",
        *,
        newest_first: bool = False,
        after: str | None = None,
        at_a_time: int | None = None,
    ) -> Iterator[Item]:
        """Yield what the inner table yields."""
        return self._inner.query(
            partition, prefix, newest_first=newest_first, after=after, at_a_time=at_a_time
        )


class RememberedSecrets:
    """A secret store of which bundles with certain names are each read once."""

    def __init__(self, inner: Secrets, *names: str) -> None:
        self._inner, self._names = inner, names
        self._known: dict[str, dict[str, Secret]] = {}

    def get(self, name: str) -> dict[str, Secret]:
        """Return the bundle; raises SecretNotFound."""
        if name not in self._names:
            return self._inner.get(name)
        if name not in self._known:
            self._known[name] = self._inner.get(name)
        return dict(self._known[name])

    def get_many(self, names: Iterable[str]) -> dict[str, dict[str, Secret]]:
        """Return what the inner store returns."""
        return self._inner.get_many(names)

    def put(self, name: str, bundle: Mapping[str, Secret]) -> None:
        """Store the bundle; it is read anew."""
        self._known.pop(name, None)
        self._inner.put(name, bundle)

    def delete(self, name: str) -> None:
        """Remove the bundle."""
        self._known.pop(name, None)
        self._inner.delete(name)
