"""What values need beside what `msgspec.Struct` gives; docs/adr/0024 says why they are no dataclasses."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from msgspec import Struct


def as_dict(value: Struct) -> dict[str, Any]:
    """Return a value's fields by name, and those of the values in it, to be written as JSON.

    Lists, tuples and mappings are made anew; whatever else stays the object that it is.
    """
    return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}


def shown(value: Struct, *, without: Collection[str]) -> str:
    """Return a value as ``repr`` shows it, without the fields that are secret, personal or long."""
    told = (f"{name}={getattr(value, name)!r}" for name in value.__struct_fields__ if name not in without)
    return f"{type(value).__qualname__}({', '.join(told)})"


def _plain(value: Any) -> Any:
    if isinstance(value, Struct):
        return as_dict(value)
    if isinstance(value, list | tuple):
        return type(value)(map(_plain, value))
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value
