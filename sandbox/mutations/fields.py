"""Fields that vanish, appear, move or take another name: D42, D43, D44, D45, D46, D58."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import orjson

from sandbox.mutations.names import camel, pascal, prefixed, snake, synonym
from sandbox.mutations.places import Change, edited, of_holders
from sandbox.mutations.variant import Values, Variant, nothing
from sluice.connector.paths import Path

Holder = dict[str, Any]
ATTRIBUTES = "attributes"


def without(holder: Holder, name: str, _to: str, _random: Random) -> Holder:
    """Return the object without its field."""
    return {key: value for key, value in holder.items() if key != name} if name in holder else holder


def nulled(holder: Holder, name: str, _to: str, _random: Random) -> Holder:
    """Return the object with null in its field."""
    return holder if holder.get(name) is None else {**holder, name: None}


def renamed(new_name: Callable[[str, str], str]) -> Change:
    """Return the change of a field's name to what ``new_name`` makes of the name and the argument."""

    def change(holder: Holder, name: str, to: str, _random: Random) -> Holder:
        new = new_name(name, to)
        if name not in holder or new == name:
            return holder
        return {(new if key == name else key): value for key, value in holder.items() if key != new}

    return of_holders(change)


def _added(usual: Any) -> Change:
    def change(holder: Holder, name: str, to: str, _random: Random) -> Holder:
        return holder if name in holder else {**holder, name: _json(to) if to else usual}

    return of_holders(change)


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _moved_in(holder: Holder, name: str, to: str, _random: Random) -> Holder:
    target = to or ATTRIBUTES
    below = holder.get(target, {})
    if name not in holder or name == target or not isinstance(below, dict):
        return holder
    rest = {key: value for key, value in holder.items() if key not in {name, target}}
    return {**rest, target: {**below, name: holder[name]}}


def _moved_out(record: Holder, path: Path, _to: str, _random: Random) -> Holder:
    if len(path) < 2:
        return record
    name = path[-1]

    def edit(holder: Holder, owner: str) -> Holder:
        below = holder.get(owner)
        if not isinstance(below, dict) or name not in below:
            return holder
        outside = name if name not in holder else prefixed(name, owner)
        return {**holder, owner: {key: below[key] for key in below if key != name}, outside: below[name]}

    found: Holder = edited(record, path[:-1], edit)
    return found


def _sparse(values: Values) -> bool:
    nothing = sum(value in (None, "") for value in values)
    return 0 < nothing < len(values)


_RENAMES: tuple[tuple[str, str, Callable[[str, str], str]], ...] = (
    ("renamed", "has the given name, or a synonym", lambda name, to: to or synonym(name)),
    ("snake_case", "is written in snake_case", lambda name, _: snake(name)),
    ("camel_case", "is written in camelCase", lambda name, _: camel(name)),
    ("pascal_case", "is written in PascalCase", lambda name, _: pascal(name)),
    ("prefix", "has a prefix", lambda name, to: prefixed(name, to or "erp")),
    ("upper", "is written in capitals", lambda name, _: name.upper()),
)
_NEW_FIELDS: tuple[tuple[str, str, Any], ...] = (
    ("text", "A new field holds text", "new"),
    ("number", "A new field holds a number", 1),
    ("null", "A new field holds null", None),
    ("object", "A new field holds an object", {"id": 1, "name": "new"}),
    ("list", "A new field holds a list", [{"id": 1}]),
)

FIELDS: tuple[Variant, ...] = (
    Variant("D42", "absent", "The field is absent", of_holders(without), refuses=True),
    Variant("D42", "silent", "The field is absent, and asking for it is not refused", of_holders(without)),
    Variant("D43", "absent", "A field that was there at times is absent", of_holders(without), _sparse),
    Variant("D43", "null", "A field that was there at times is always null", of_holders(nulled), _sparse),
    *(
        Variant("D44", name, f"The field {what}", renamed(new), argument="the new name", refuses=True)
        for name, what, new in _RENAMES
    ),
    Variant(
        "D44",
        "silent",
        "The field has the given name, or a synonym, and asking for the old one is not refused",
        renamed(lambda name, to: to or synonym(name)),
        argument="the new name",
    ),
    *(
        Variant("D45", name, title, _added(value), nothing, argument="the value as JSON", makes_field=True)
        for name, title, value in _NEW_FIELDS
    ),
    Variant(
        "D46",
        "into",
        "The field moved into an object",
        of_holders(_moved_in),
        argument=f"the object's name ({ATTRIBUTES})",
        refuses=True,
    ),
    Variant("D46", "out", "The field moved out of its object", _moved_out, refuses=True),
    Variant(
        "D46",
        "silent",
        "The field moved into an object, and asking for it is not refused",
        of_holders(_moved_in),
        argument=f"the object's name ({ATTRIBUTES})",
    ),
    Variant("D58", "absent", "The field that filters or orders is absent", of_holders(without)),
    Variant("D58", "null", "The field that filters or orders is null", of_holders(nulled)),
)
