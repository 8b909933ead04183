"""Where a value stands in records: names of fields, with a mark where a list is entered.

It reads no record; see sluice.contract.records.walk.
"""

from __future__ import annotations

import re

from sluice.contract.reliance import Segments
from sluice.faults import pointer_of

LIST = "[]"
"""The mark for "every element of the list"; a field of this very name is not looked at."""

Path = tuple[str, ...]
"""Names and marks from the record down: ``("lines", "[]", "amount")``; ``()`` is the record."""

_PLAIN = re.compile(r'[^."\s\[\]*]+')
_PARTS = re.compile(r'"([^"]*)"|([^."\s\[\]*]+)|\[\]')


def names_of(path: Path) -> Segments:
    """Return the path without its marks, as mappings name it."""
    return tuple(part for part in path if part != LIST)


def text_of(path: Path) -> str:
    """Return ``lines[].amount``; a name that holds dots or blanks stands in double quotes."""
    text = ""
    for part in path:
        if part == LIST:
            text += LIST
        else:
            text += ("." if text else "") + (part if _PLAIN.fullmatch(part) else f'"{part}"')
    return text


def path_in(text: str) -> Path:
    """Return the path that :func:`text_of` wrote, or that a JSON pointer into a record names."""
    if text.startswith("/"):
        return tuple(LIST if part.isdecimal() else part for part in path_of(text))
    return tuple(quoted or plain or LIST for quoted, plain in _PARTS.findall(text))


def key_of(path: Path) -> str:
    """Return the path as the key of a JSON object: ``/lines/[]/amount``."""
    return pointer_of(*path)


def path_of(key: str) -> Path:
    """Return the path that :func:`key_of` wrote."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in key.split("/")[1:])
