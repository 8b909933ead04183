"""A window: the half-open part of a list that one reading asks for, of days or of whole-number keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeGuard

Days = tuple[date, date]
Keys = tuple[int | None, int | None]
"""None is an end that is open: no number is sent for it.

A number beyond every key would not do in its place. Where keys have 32 bits, some servers refuse to compare
them with a larger one (https://github.com/odoo/odoo/pull/117171, read 2026-11-22).
"""
Window = Days | Keys
"""The second of the two is the first that is outside."""


def window_of(span: Sequence[Any] | None) -> Window | None:
    """Return the window of two days (ISO 8601 texts) or two numbers or nulls, as JSON carries it."""
    if span is None:
        return None
    first, end = span
    if isinstance(first, str) and isinstance(end, str):
        return date.fromisoformat(first), date.fromisoformat(end)
    return first, end


def is_of_days(window: Window | None) -> TypeGuard[Days]:
    """Return whether the window is one of days."""
    return window is not None and isinstance(window[0], date)


def is_of_keys(window: Window | None) -> TypeGuard[Keys]:
    """Return whether the window is a range of keys."""
    return window is not None and not isinstance(window[0], date)


def window_in_words(window: Window, between: str = " to ") -> str:
    """Return ``2026-01-01 to 2026-02-01``, or the keys in words."""
    return keys_in_words(window) if is_of_keys(window) else f"{window[0]}{between}{window[1]}"


def keys_in_words(keys: Keys) -> str:
    """Return ``keys 100 to before 200``; an end that is open is not told."""
    first, end = keys
    if first is None:
        return "all keys" if end is None else f"keys before {end}"
    return f"keys from {first}" if end is None else f"keys {first} to before {end}"
