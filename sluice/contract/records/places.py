"""Which records of a window something is off in: walked one by one, once something is.

What is off is told by the one who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sluice.contract.records.paths import LIST, Path


class Absent:
    """The type of :data:`ABSENT`."""

    __slots__ = ()


ABSENT = Absent()
"""Stands for the value of a field that is not in its object."""


def affected(records: Sequence[Any], path: Path, holds: Callable[[Any], bool]) -> dict[int, Any]:
    """Return, by index, the records with a value at ``path`` that ``holds``, and the first such value.

    A field that is not in its object has the value ABSENT.
    """
    found = {}
    for index, record in enumerate(records):
        for value in values_at(record, path):
            if holds(value):
                found[index] = value
                break
    return found


def values_at(value: Any, path: Path) -> Iterator[Any]:
    """Yield the values at a path of one record: one for each list element that leads there."""
    for position, part in enumerate(path):
        if part == LIST:
            if type(value) is list:
                for element in value:
                    yield from values_at(element, path[position + 1 :])
            return
        if type(value) is not dict:
            return
        value = value.get(part, ABSENT)
        if value is ABSENT and position + 1 < len(path):
            return
    yield value
