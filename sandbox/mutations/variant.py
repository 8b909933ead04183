"""One way in which a kind of API change shows in records: its name, what it does, where it makes sense."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.mutations.places import Change

Values = Sequence[Any]


def anything(_: Values) -> bool:
    """Return that every place will do."""
    return True


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant of the change ``code``.

    ``fits`` says of the values at a path, nulls included, whether the change makes sense there; ``argument``
    says what may be given after ``=`` (empty: nothing); ``choose`` works the argument out from the values
    where none is given. ``refuses``: where all records change, the field is gone from the API's own model, so
    an API that checks selected fields refuses it. ``drops``: a record with such a value at the path leaves
    the list. ``makes_field``: the path names a field that need not be there. ``usual`` is the share of the
    records that change unless told otherwise.
    """

    code: str
    name: str
    title: str
    change: Change
    fits: Callable[[Values], bool] = anything
    argument: str = ""
    choose: Callable[[Values], str] | None = None
    refuses: bool = False
    drops: Callable[[Any], bool] | None = None
    makes_field: bool = False
    usual: float = 1.0


def nothing(_: Values) -> bool:
    """Return that no place will do where something stands already."""
    return False


def flags(values: Values) -> bool:
    """Return whether the values are true or false."""
    return _mostly(values, lambda value: isinstance(value, bool))


def numbers(values: Values) -> bool:
    """Return whether most of what is not null is a number or a decimal written as text, and not all zero."""
    return _mostly(values, lambda value: number_of(value) is not None) and any(map(number_of, values))


def texts(values: Values) -> bool:
    """Return whether most of what is not null is text."""
    return _mostly(values, lambda value: isinstance(value, str))


def integers(values: Values) -> bool:
    """Return whether most of what is not null is a whole number."""
    return _mostly(values, lambda value: type(value) is int)


def objects(values: Values) -> bool:
    """Return whether most of what is not null is an object."""
    return _mostly(values, lambda value: isinstance(value, dict))


def number_of(value: Any) -> float | int | None:
    """Return the number a value is: a JSON number, or text with a decimal point; None for any other."""
    if type(value) in {int, float}:
        found: float | int = value
        return found
    if isinstance(value, str) and "." in value and value.removeprefix("-").replace(".", "", 1).isdecimal():
        return float(value)
    return None


def code_list(values: Values) -> bool:
    """Return whether the values are a code list: few different short texts or whole numbers, repeated."""
    found = [value for value in values if value is not None]
    if len(found) < 2 or not all(_is_code(value) for value in found):
        return False
    different = len(set(found))
    return different <= 25 and different * 2 <= len(found)


def _is_code(value: Any) -> bool:
    return type(value) is int or (isinstance(value, str) and 0 < len(value) <= 30)


def _mostly(values: Values, wanted: Callable[[Any], bool]) -> bool:
    found = [value for value in values if value is not None]
    return bool(found) and sum(map(wanted, found)) * 2 > len(found)
