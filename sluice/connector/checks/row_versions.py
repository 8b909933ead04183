"""The highest row version of a page: what the next read asks from, where an ERP counts changes.

A version is a whole number, or text that is ordered as it is written: all digits, or all of one length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from sluice.connector.checks.values import mask
from sluice.connector.paths import MISSING, Path, look_up

_LONGEST = 200


class Versions(Struct, frozen=True):
    """What a page showed: the ``highest`` so far, and how many of its ``records`` go against that.

    ``absent`` have no version, ``below`` one under that which was asked from; ``example`` is the form of one
    that is ordered in no way we know.
    """

    records: int
    highest: str | None
    absent: int = 0
    below: int = 0
    example: str = ""


def versions_of(
    records: Sequence[Mapping[str, Any]], path: Path, highest: str | None, asked: str | None
) -> Versions:
    """Return what a page shows; ``highest`` was seen before it, ``asked`` is what the request asked from."""
    values = [look_up(record, path) for record in records]
    known = [value for value in values if value is not MISSING and value is not None and value != ""]
    absent = len(values) - len(known)
    texts = [_text_of(value) for value in known]
    good = [text for text in texts if text is not None]
    if len(good) < len(known):
        return Versions(len(values), highest, absent, example=mask(known[texts.index(None)]))
    before = [text for text in (highest, asked) if text is not None]
    order = _order_of([*good, *before])
    if order is None:
        return Versions(len(values), highest, absent, example=mask(good[0]))
    below = sum(order(text) < order(asked) for text in good) if asked is not None else 0
    return Versions(len(values), max([*good, *before], key=order, default=None), absent, below)


def _text_of(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return str(value)
    return value if isinstance(value, str) and len(value) <= _LONGEST else None


def _order_of(texts: Sequence[str]) -> Callable[[str], tuple[int, str]] | None:
    """Return what sorts these texts; None where nobody can tell."""
    if all(text.isascii() and text.isdecimal() for text in texts):
        return _as_number
    return _as_text if len({len(text) for text in texts}) == 1 else None


def _as_number(text: str) -> tuple[int, str]:
    digits = text.lstrip("0")
    return len(digits), digits


def _as_text(text: str) -> tuple[int, str]:
    return 0, text
