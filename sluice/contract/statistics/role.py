"""What is made of a path's values: it decides which tests make sense there.

Whether a path is used at all, and so whether a difference may block, is for the caller to judge.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class Role(StrEnum):
    """What the values of a path become. ANY: a function of the mapping stands between, or nobody reads it."""

    KEY = "key"
    REFERENCE = "reference"
    CODE = "code"
    NUMBER = "number"
    TIME = "time"
    BOOLEAN = "boolean"
    TEXT = "text"
    ANY = "any"


IDENTIFYING = frozenset({Role.KEY, Role.REFERENCE})

_BY_KIND = (
    ("decimal", Role.NUMBER),
    ("integer", Role.NUMBER),
    ("date", Role.TIME),
    ("date-time", Role.TIME),
    ("reference", Role.REFERENCE),
    ("boolean", Role.BOOLEAN),
    ("text", Role.TEXT),
)


def role_of(becomes: Collection[str], *, key: bool = False, listed: bool = False) -> Role:
    """Return the role of a path from the kinds that its value is converted to (``decimal``, ``date-time``).

    ``key``: it identifies the record. ``listed``: it is mapped through a table of known codes.
    """
    if key:
        return Role.KEY
    if listed:
        return Role.CODE
    return next((role for kind, role in _BY_KIND if kind in becomes), Role.ANY)
