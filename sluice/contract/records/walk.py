"""Takes a window of records apart by columns: for every path its values.

It works on whole columns because a step per value would cost more than mapping the record. It judges nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.contract.records.paths import LIST, Path

MAX_PATHS = 600
MAX_DEPTH = 16
MANY = 8
"""Objects of one shape for it to be worth while to take them together."""
MAX_NAMES = 100
"""An object with more names over a window is a map, unless most of its objects have most of them."""

Object = dict[str, Any]
Shapes = Mapping[tuple[str, ...], None]
_TEXT, _NULL = frozenset({str}), frozenset({type(None)})


class Values(Struct, frozen=True):
    """The values of one path where it was there, not always in the order of the records.

    ``parents`` is how often it could have been there, ``kinds`` are the types met. ``is_map``: the objects
    among the values have names that are data; ``hollow`` of them have none.
    """

    values: Sequence[Any]
    parents: int
    kinds: frozenset[type]
    is_map: bool = False
    hollow: int = 0


class Walked(Struct):
    """The values by path, parents before children; ``overflow`` says that unused paths were left out."""

    records: int
    columns: dict[Path, Values] = field(default_factory=dict)
    overflow: bool = False


def walk(records: Sequence[Object], is_used: Callable[[Path], bool]) -> Walked:
    """Return the columns of these records; beyond MAX_PATHS only paths that are used."""
    found = Walked(len(records))
    waiting: list[tuple[Path, Sequence[Object]]] = [((), records)] if records else []
    while waiting:
        place, objects = waiting.pop()
        columns = _alike(objects)
        if columns is None:
            shapes = dict.fromkeys(map(tuple, objects))
            is_map, hollow = _is_map(objects, shapes), len(objects) - sum(map(bool, objects))
            columns = {} if is_map and place else _mixed(objects, shapes)
        else:
            is_map, hollow = (
                len(objects) == 1 and len(columns) > 2 * MAX_NAMES,
                len(objects) if not columns else 0,
            )
        if place and (is_map or hollow):
            found.columns[place] = replace(found.columns[place], is_map=is_map, hollow=hollow)
        for name, values in columns.items() if not (is_map and place) else ():
            path = (*place, name)
            if (len(found.columns) >= MAX_PATHS or len(path) > MAX_DEPTH) and not is_used(path):
                found.overflow = True
            elif name != LIST:
                waiting += _keep(found, path, values, len(objects))
    return found


def values_in(blocks: Sequence[Walked], path: Path) -> list[Any]:
    """Return the values of a path in all blocks."""
    return [value for block in blocks if path in block.columns for value in block.columns[path].values]


def _keep(
    found: Walked, path: Path, values: Sequence[Any], parents: int
) -> Iterator[tuple[Path, Sequence[Object]]]:
    """Keep one column and those of its list elements; yield the objects to go into."""
    while True:
        kinds = _kinds(values)
        found.columns[path] = Values(values, parents, kinds)
        if dict in kinds:
            yield path, values if len(kinds) == 1 else [value for value in values if type(value) is dict]
        if list not in kinds or len(path) > MAX_DEPTH:
            return
        lists = values if len(kinds) == 1 else [value for value in values if type(value) is list]
        path, values = (*path, LIST), list(chain.from_iterable(lists))
        parents = len(values)
        if not values:
            return


def _kinds(values: Sequence[Any]) -> frozenset[type]:
    """Return the types of the values; quickly where all are null, or texts (as joining them shows)."""
    if values[0] is None is values[-1] and values.count(None) == len(values):
        return _NULL
    if type(values[0]) is str:
        try:
            "".join(values)
        except TypeError:
            return frozenset(map(type, values))
        return _TEXT
    return frozenset(map(type, values))


def _alike(objects: Sequence[Object]) -> dict[str, list[Any]] | None:
    """Return the columns of objects that all have the same fields, None where they have not."""
    names = tuple(objects[0])
    count = len(names)
    if set(map(len, objects)) != {count}:
        return None
    try:
        if count < 2:
            return {name: [one[name] for one in objects] for name in names}
        flat = list(chain.from_iterable(map(itemgetter(*names), objects)))
    except KeyError:
        return None
    return {name: flat[position::count] for position, name in enumerate(names)}


def _mixed(objects: Sequence[Object], shapes: Shapes) -> dict[str, list[Any]]:
    """Return the columns of objects that do not all have the same fields."""
    names = dict.fromkeys(chain.from_iterable(shapes))
    if len(shapes) * MANY > len(objects):
        return {name: [one[name] for one in objects if name in one] for name in names}
    groups: dict[tuple[str, ...], list[Object]] = {shape: [] for shape in shapes}
    for one in objects:
        groups[tuple(one)].append(one)
    columns: dict[str, list[Any]] = {name: [] for name in names}
    for shape, alike in groups.items():
        flat = list(chain.from_iterable(map(dict.values, alike)))
        for position, name in enumerate(shape):
            columns[name] += flat[position :: len(shape)]
    return columns


def _is_map(objects: Sequence[Object], shapes: Shapes) -> bool:
    """Return whether the names in these objects are data: many, and each in few of them."""
    names = set(chain.from_iterable(shapes))
    return len(names) > MAX_NAMES and sum(map(len, objects)) < len(objects) * len(names) / 2
