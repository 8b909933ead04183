"""What may stand in a table's item: JSON without floats. Knows no store."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sluice.faults import pointer_of

MAX_DIGITS = 38
"""Significant digits that a stored number keeps (DynamoDB's limit)."""


def plain_copy(value: Any, *path: str | int) -> Any:
    """Return a deep copy of ``value`` as every table gives it back.

    Lists, objects with text keys, texts, booleans, None, whole numbers and Decimals; a whole Decimal
    becomes an int. Raises TypeError for anything else (a float above all: it cannot be stored exactly)
    and ValueError for a number of more than MAX_DIGITS digits; both name the place by a JSON pointer.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int | Decimal):
        return _number(value, path)
    if isinstance(value, list | tuple):
        return [plain_copy(part, *path, index) for index, part in enumerate(value)]
    if isinstance(value, dict):
        return {_key(key, path): plain_copy(part, *path, key) for key, part in value.items()}
    raise TypeError(f"{_place(path)} is a {type(value).__name__}: an item holds JSON without floats")


def deep_copy(value: Any) -> Any:
    """Return a copy of what `plain_copy` returned; nothing is looked at, so it is quick."""
    if isinstance(value, dict):
        return {key: deep_copy(part) for key, part in value.items()}
    return [deep_copy(part) for part in value] if isinstance(value, list) else value


def _number(value: int | Decimal, path: tuple[str | int, ...]) -> int | Decimal:
    exact = Decimal(value)
    if not exact.is_finite() or max(len(exact.as_tuple().digits), abs(exact.adjusted())) > MAX_DIGITS:
        raise ValueError(f"{_place(path)} is not a number of at most {MAX_DIGITS} digits")
    whole = exact == exact.to_integral_value()
    return int(exact) if whole else exact


def _key(key: object, path: tuple[str | int, ...]) -> str:
    if not isinstance(key, str):
        raise TypeError(f"{_place(path)} has a key that is a {type(key).__name__}: keys are texts")
    return str(key)


def _place(path: tuple[str | int, ...]) -> str:
    return pointer_of(*path) or "the value"
