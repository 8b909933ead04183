"""Compares schemas of two descriptions in pairs: each pair of types once, however many operations use it.

It does not know operations; sluice.description.comparison goes from those through the pairs.
"""

from __future__ import annotations

from msgspec import Struct, field

from sluice.description.differing import Difference, announced
from sluice.description.model import Description, Field, Schema
from sluice.description.places import Steps, in_list
from sluice.description.renames import renamed
from sluice.description.value_types import in_words, type_change, value_changes

Pair = tuple[str, str]
"""The names of a type in the old and in the new description."""


class Compared(Struct):
    """What is different inside one pair of schemas, and at which places it goes on to pairs of types."""

    found: list[tuple[Steps, Difference]] = field(default_factory=list)
    onward: list[tuple[Steps, Pair]] = field(default_factory=list)


class SchemaPairs:
    """Compares schemas of ``old`` with those of ``new``."""

    def __init__(self, old: Description, new: Description) -> None:
        self._old = old
        self._new = new
        self._pairs: dict[Pair, Compared] = {}

    def pair(self, pair: Pair) -> Compared:
        """Return what is different between two types."""
        if pair not in self._pairs:
            self._pairs[pair] = self.compare(
                self._old.resolved(Schema(name=pair[0])), self._new.resolved(Schema(name=pair[1]))
            )
        return self._pairs[pair]

    def compare(self, before: Schema, after: Schema) -> Compared:
        """Return what is different between two schemas."""
        compared = Compared()
        self._values(before, after, (), compared)
        return compared

    def _values(self, before: Schema, after: Schema, at: Steps, into: Compared) -> None:
        if before.name and after.name:
            into.onward.append((at, (before.name, after.name)))
            return
        old, new = self._old.resolved(before), self._new.resolved(after)
        changed = type_change(old, new)
        if changed:
            into.found.append((at, changed))
        if old.items and new.items:
            self._values(old.items, new.items, in_list(at), into)
        if old.fields or new.fields:
            if not changed or "object" in old.types & new.types:
                self._fields(old, new, at, into)
        elif not changed:
            into.found.extend((at, one) for one in value_changes(old, new))

    def _fields(self, old: Schema, new: Schema, at: Steps, into: Compared) -> None:
        gone = _only_in(old, new)
        come = _only_in(new, old)
        if len(old.fields) > 1 and not new.fields:
            facts = {"fields": list(old.fields)[:50]}
            into.found.append(
                (at, Difference("D18", "fields are described", "fields are not described", facts))
            )
            return
        if not old.fields or "*" in gone or "*" in come:
            gone, come = self._of_map(old, new, gone, come)
        again = renamed(gone, come, lambda one, other: self._alike(old.fields[one], new.fields[other]))
        for name in gone:
            into.found.append(((*at, name), self._gone(old.fields[name], again.get(name))))
        taken = {new_name for new_name, _ in again.values()}
        for name in come:
            if name not in taken:
                came = in_words(self._new.resolved(new.fields[name].schema))
                into.found.append(((*at, name), Difference("D45", "not described", came)))
        for name, one in old.fields.items():
            if name in new.fields:
                self._field(one, new.fields[name], (*at, name), into)

    def _of_map(
        self, old: Schema, new: Schema, gone: list[str], come: list[str]
    ) -> tuple[list[str], list[str]]:
        # An object that was not described at all, or as a map of any keys, gained no field by being
        # described; and where any key may come, no field is gone.
        return ([] if "*" in new.fields else [name for name in gone if name != "*"]), (
            [] if not old.fields or "*" in old.fields else [name for name in come if name != "*"]
        )

    def _field(self, before: Field, after: Field, at: Steps, into: Compared) -> None:
        said = announced(before.lifecycle, after.lifecycle)
        if said:
            into.found.append((at, said))
        was, is_now = self._presence(before, self._old), self._presence(after, self._new)
        if any(then and not now for then, now in zip(was, is_now, strict=True)):
            into.found.append((at, Difference("D53", _presence_words(was), _presence_words(is_now))))
        self._values(before.schema, after.schema, at, into)

    def _presence(self, one: Field, description: Description) -> tuple[bool, bool]:
        return one.required, not description.resolved(one.schema).nullable

    def _gone(self, one: Field, again: tuple[str, float] | None) -> Difference:
        was = in_words(self._old.resolved(one.schema))
        facts = {"deprecated": True} if one.lifecycle.deprecated or one.lifecycle.ends else {}
        if again is None:
            return Difference("D42", was, "not described", facts)
        name, rating = again
        return Difference(
            "D44", was, f"{was} named {name}", {"renamed_to": name, "likeness": rating, **facts}
        )

    def _alike(self, one: Field, other: Field) -> bool:
        old, new = self._old.resolved(one.schema), self._new.resolved(other.schema)
        if not old.types or in_words(old) != in_words(new):
            return False
        same_type = bool(one.schema.name) and one.schema.name == other.schema.name
        return same_type or set(old.fields) == set(new.fields)


def _only_in(one: Schema, other: Schema) -> list[str]:
    """Return the fields that only ``one`` has, without ``party.`` beside ``party``, to which it belongs."""
    found = {name: None for name in one.fields if name not in other.fields}
    return [name for name in found if not (name.endswith(".") and name[:-1] in found)]


def _presence_words(presence: tuple[bool, bool]) -> str:
    required, never_null = presence
    return f"{'required' if required else 'optional'}, {'not null' if never_null else 'may be null'}"
