"""Walks to the places a path names in a record and changes what is there, leaving the record itself alone.

Lists on the way are walked through: ``orderLines.count`` is the count of every line. Nothing here knows what
a change means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import orjson

from sluice.connector.paths import Path

Change = Callable[[dict[str, Any], Path, str, Random], dict[str, Any]]
"""(record, path, argument, random) to the changed record; the same object where nothing applies."""

ValueChange = Callable[[Any, str, Random], Any]
"""(value, argument, random) to the new value; the same value where nothing applies."""

HolderChange = Callable[[dict[str, Any], str, str, Random], dict[str, Any]]
"""(object, field, argument, random) to the changed object; the same object where nothing applies."""


def edited(value: Any, path: Path, edit: Callable[[dict[str, Any], str], dict[str, Any]]) -> Any:
    """Return the value with ``edit`` made at every object that has, or could have, the path's last field."""
    if isinstance(value, list):
        items = [edited(item, path, edit) for item in value]
        return items if any(map(_differs, items, value)) else value
    if not isinstance(value, dict):
        return value
    if len(path) == 1:
        return edit(value, path[0])
    if path[0] not in value:
        return value
    below = edited(value[path[0]], path[1:], edit)
    return value if below is value[path[0]] else {**value, path[0]: below}


def values_of(value: Any, path: Path) -> Iterator[Any]:
    """Yield what stands at the path, null included, through lists; a list at the end is yielded whole."""
    if isinstance(value, list):
        for item in value:
            yield from values_of(item, path)
    elif isinstance(value, dict) and path and path[0] in value:
        if len(path) == 1:
            yield value[path[0]]
        else:
            yield from values_of(value[path[0]], path[1:])


def of_values(change: ValueChange, *, whole: bool = False) -> Change:
    """Return the change of a record that changes each value at its path.

    Of a list the plain members are changed, unless ``whole``: then the list is one value.
    """

    def changed(value: Any, to: str, random: Random) -> Any:
        if isinstance(value, list) and not whole:
            items = [item if isinstance(item, dict) else changed(item, to, random) for item in value]
            return value if all(map(same, value, items)) else items
        new = change(value, to, random)
        return value if same(value, new) else new

    def at_record(record: dict[str, Any], path: Path, to: str, random: Random) -> dict[str, Any]:
        def edit(holder: dict[str, Any], name: str) -> dict[str, Any]:
            if name not in holder:
                return holder
            new = changed(holder[name], to, random)
            return holder if new is holder[name] else {**holder, name: new}

        found: dict[str, Any] = edited(record, path, edit)
        return found

    return at_record


def of_holders(change: HolderChange) -> Change:
    """Return the change of a record that changes each object holding, or about to hold, its path's field."""

    def at_record(record: dict[str, Any], path: Path, to: str, random: Random) -> dict[str, Any]:
        found: dict[str, Any] = edited(record, path, lambda holder, name: change(holder, name, to, random))
        return found

    return at_record


def same(before: Any, after: Any) -> bool:
    """Return whether two JSON values are written alike: 1, 1.0 and true are not."""
    if before is after:
        return True
    if type(before) is not type(after):
        return False
    if isinstance(before, dict | list):
        return orjson.dumps(before) == orjson.dumps(after)
    return bool(before == after)


def _differs(new: Any, old: Any) -> bool:
    return new is not old
