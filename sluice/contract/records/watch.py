"""What of a stream's records is looked at closely: made once from what is relied on.

It looks at no record; see sluice.contract.records.walk.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from msgspec import Struct

from sluice.contract.records.paths import LIST, Path, names_of
from sluice.contract.records.walk import MAX_DEPTH
from sluice.contract.reliance import Reliance, Segments
from sluice.contract.statistics import Role, role_of

_MOMENTS = frozenset({"date", "date-time"})
_AMOUNTS = frozenset({"decimal", "integer"})
_PARTS = frozenset({"year", "month", "day", "hour", "minute", "second", "microsecond", "__class__"})
"""Names in objects that are dates or times."""
_WORDS = {"string": "text", "number": "decimal", "array": "list"}


class Declared(Struct, frozen=True):
    """What the connector's schema says of a path; ``types`` in our words, ``null`` among them."""

    types: frozenset[str] = frozenset()
    required: bool = False
    form: str = ""

    @property
    def nullable(self) -> bool:
        """Whether the value may be null as far as the schema says."""
        return "null" in self.types

    @property
    def kinds(self) -> frozenset[str]:
        """The types other than null; a declared number may come whole."""
        kinds = self.types - {"null"}
        return kinds | {"integer"} if "decimal" in kinds else kinds


class Look(Struct, frozen=True):
    """How one path is looked at: ``used_by`` what relies on it, ``formed`` how its texts are read.

    ``formed`` is ``date``, ``number``, ``guess`` (a function of the mapping reads it, so the values must
    tell), or empty where the form does not matter. ``is_key`` and ``is_ordered`` (also: filtered) are the
    roles of the path in its record. ``becomes`` is empty where a function stands between.
    """

    used_by: tuple[str, ...]
    formed: str
    is_key: bool
    is_ordered: bool
    becomes: frozenset[str]
    role: Role
    is_looked_into: bool
    declared: Declared | None

    @property
    def used(self) -> bool:
        """Whether anything relies on the path, above or below it."""
        return bool(self.used_by)

    @property
    def certain(self) -> bool:
        """Whether what the value becomes is known."""
        return bool(self.becomes)


class Watch:
    """The looks by path, made when first asked for; ``moments`` are known to hold dates or times."""

    def __init__(self, reliance: Reliance, moments: Collection[Path] = ()) -> None:
        self.reliance = reliance
        self._moments = frozenset(moments)
        self._looks: dict[Path, Look] = {}
        self._ends = frozenset(reliance.used) | frozenset(reliance.key)
        self._paths = tuple(sorted(self._ends))

    def at(self, path: Path) -> Look:
        """Return the look at a path."""
        found = self._looks.get(path)
        if found is None:
            found = self._looks[path] = self._look(path)
        return found

    def is_read(self, path: Path) -> bool:
        """Return whether the path's own value is read, not only what lies below it."""
        return names_of(path) in self._ends

    def is_looked_into(self, path: Path) -> bool:
        """Return whether values are looked at here; a day tells nothing where a date is an object."""
        names = names_of(path)
        whole = any(end[: len(names)] == names for end in self._ends)
        return whole or (names[-1] not in _PARTS and bool(self.reliance.used_by(names)))

    def paths(self) -> tuple[Segments, ...]:
        """Return the names of every path that is read, sorted."""
        return self._paths

    def _look(self, path: Path) -> Look:
        names, reliance = names_of(path), self.reliance
        becomes = reliance.becomes.get(names, frozenset())
        declared = declared_at(reliance.declared, path)
        is_key = names in reliance.key
        certain = frozenset() if "any" in becomes else becomes
        return Look(
            reliance.used_by(names),
            self._formed(path, becomes, declared),
            is_key,
            names in reliance.filtered or names in reliance.ordered,
            certain,
            role_of(certain, key=is_key),
            self.is_looked_into(path) and not is_key,
            declared,
        )

    def _formed(self, path: Path, becomes: frozenset[str], declared: Declared | None) -> str:
        if not self.is_read(path):
            return ""
        if path in self._moments:
            return "date"
        if becomes & _MOMENTS or (declared and declared.form in _MOMENTS):
            return "date"
        if becomes & _AMOUNTS:
            return "number"
        return "" if becomes - {"any"} else "guess"


def declared_at(schema: Mapping[str, Any], path: Path) -> Declared | None:
    """Return what the schema says of a path, None where it says nothing."""
    node: Any = schema
    required = False
    for part in path:
        if not isinstance(node, Mapping):
            return None
        if part == LIST:
            node, required = node.get("items"), False
        else:
            required = part in node.get("required", ())
            node = node.get("properties", {}).get(part)
    if not isinstance(node, Mapping) or "type" not in node:
        return None
    types = [node["type"]] if isinstance(node["type"], str) else node["type"]
    return Declared(frozenset(_WORDS.get(word, word) for word in types), required, node.get("format", ""))


def declared_paths(schema: Mapping[str, Any], place: Path = ()) -> Iterator[Path]:
    """Yield every path that the schema declares, parents first."""
    for name, inner in schema.get("properties", {}).items():
        yield (*place, name)
        yield from declared_paths(inner, (*place, name))
    items = schema.get("items")
    if isinstance(items, Mapping) and len(place) < MAX_DEPTH:
        yield from declared_paths(items, (*place, LIST))
