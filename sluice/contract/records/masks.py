"""Values as people may see them: their form without their content, because they may be personal.

Which values are told at all is decided where a change is made.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

MAX_SHOWN = 40

_WORDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "decimal",
    Decimal: "decimal",
    str: "text",
    dict: "object",
    list: "list",
}


def type_word(kind: type) -> str:
    """Return the word for a type of JSON: null, boolean, integer, decimal, text, object or list."""
    return _WORDS.get(kind, "text")


def mask(value: Any) -> str:
    """Return the value with letters as ``a`` and ``A``, digits as ``9``, signs kept, at most 40 characters.

    Null, true and false stand as they are; of an object and a list only the word is told.
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict | list):
        return type_word(type(value))
    text = str(value)
    shown = "".join(_masked(sign) for sign in text[:MAX_SHOWN])
    shown = shown[: MAX_SHOWN - 1] + "…" if len(text) > MAX_SHOWN else shown
    return f'"{shown}"' if isinstance(value, str) else shown


def _masked(sign: str) -> str:
    if sign.isdecimal():
        return "9"
    if sign.isalpha():
        return "A" if sign.isupper() else "a"
    return sign if sign.isprintable() else "?"
