"""How names are compared: ``InvoiceDate``, ``invoice_date`` and ``invoice-date`` are the same words."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_NOT_PLURAL = ("ss", "us", "is")


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name, in small letters."""
    return tuple(part.lower() for part in _PART.findall(name))


def plain(name: str) -> str:
    """Return a name without capitals and separators."""
    return "".join(words_of(name))


def singular(word: str) -> str:
    """Return the English singular, as far as names of lists need it."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(_NOT_PLURAL) else word


def first_in(wanted: Iterable[str], names: Iterable[str]) -> str | None:
    """Return the first name that is one of the wanted ones, in the order in which they are wanted."""
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(plain(name), name)
    return next((known[want] for want in wanted if want in known), None)


def quoted(name: str) -> str:
    """Return a name as a path writes it: in quotes where it holds more than letters, digits and ``_``."""
    return name if name.replace("_", "a").isalnum() and name.isascii() else f'"{name}"'
