"""What counts as having noticed a mutation: which codes are near enough, which path is the right one.

A change of an API seldom has one name only: a field that moved is also a field that is absent. So every row
of the study has a family of codes that tell the reader the same; the row's own code is counted apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sluice.model.change import Change

STRUCTURE, WIRE, MEANING = "structure", "wire", "meaning"
UNUSED, DECOY = "unused", "decoy"
"""Of these two nothing may ever be blocked."""

_STRUCTURE = frozenset(
    {"D40", "D42", "D44", "D46", "D47", "D48", "D49", "D50", "D51", "D52", "D57", "D58", "D59"}
)
"""Rows that single records show; the other rows of records are about what values mean."""

_FAMILIES: Mapping[str, str] = {
    "D23": "D23 D48 D54 D55 D56 D57 D59 D60 D61 D62 D67 D68 D69",
    "D40": "D40 D42 D43 D44 D46 D50 D51 D52 D54 D68",
    "D42": "D40 D42 D43 D44 D46 D52 D54 D57 D58 D68",
    "D43": "D42 D43 D44 D46 D52 D68",
    "D44": "D40 D42 D43 D44 D46 D54 D57 D58",
    "D45": "D45",
    "D46": "D40 D42 D43 D44 D46 D50 D51 D54 D57 D58",
    "D47": "D47 D48 D57 D59 D60",
    "D48": "D47 D48 D54 D55 D56 D57 D59 D60 D67",
    "D49": "D49 D66",
    "D50": "D40 D42 D48 D50 D51 D52",
    "D51": "D40 D42 D50 D51 D52",
    "D52": "D42 D48 D52 D54 D57 D58 D68",
    "D54": "D42 D47 D48 D50 D51 D52 D54 D55 D56 D57 D60 D67 D68",
    "D55": "D55 D56 D67",
    "D56": "D55 D56 D63 D67 D68",
    "D57": "D42 D44 D46 D52 D54 D57 D58 D59",
    "D58": "D42 D43 D44 D46 D52 D58",
    "D59": "D47 D48 D56 D57 D59 D67",
    "D60": "D47 D48 D50 D60 D61",
    "D61": "D60 D61",
    "D62": "D47 D48 D62",
    "D63": "D63 D65 D66",
    "D64": "D64 D65",
    "D65": "D63 D64 D65",
    "D66": "D49 D65 D66",
    "D67": "D47 D48 D55 D56 D67",
    "D68": "D42 D43 D52 D54 D57 D58 D68",
    "D69": "D48 D50 D51 D54 D55 D56 D60 D62 D67 D69",
    "D70": "D48 D55 D57 D59 D60 D63 D67 D70",
    "D71": "D45 D55 D68 D71",
}

_PART = re.compile(r'"([^"]*)"|([^".\[\]]+)|\[\]')


def family(code: str) -> frozenset[str]:
    """Return the codes that tell of this row; of a row that is not listed, its own."""
    return frozenset(_FAMILIES.get(code, code).split())


def class_of(code: str, *, used: bool, always_filled: bool) -> str:
    """Return the class of a mutation; ``always_filled``: the field must not be absent or null by its schema.

    A null, or a field that is absent, where the schema lets it be, is a matter of how often: of statistics.
    """
    if not used:
        return UNUSED
    if code in {"D42", "D44", "D46", "D52"} and not always_filled:
        return MEANING
    return STRUCTURE if code in _STRUCTURE else MEANING


def parts(path: str) -> tuple[str, ...]:
    """Return a path's names, with ``[]`` where a list is entered, but not at its end."""
    found = [match[0] if match[0] == "[]" else (match[1] or match[2]) for match in _PART.finditer(path)]
    while found and found[-1] == "[]":
        found.pop()
    return tuple(found)


def names(path: str) -> tuple[str, ...]:
    """Return a path's names alone."""
    return tuple(part.rstrip(".") for part in parts(path) if part != "[]")


def is_near(change: Change, path: str) -> bool:
    """Return whether a change is at the path, above or below it."""
    one, other = names(change.path), names(path)
    shared = min(len(one), len(other))
    return bool(one) and one[:shared] == other[:shared]


def is_exact(change: Change, path: str, *, emptied: bool = False) -> bool:
    """Return whether a change names the very path; a broken sum may name it among its terms.

    Of an object that was ``emptied`` the fields that it lacks are as exact.
    """
    wanted = parts(path)
    if parts(change.path)[: len(wanted) if emptied else None] == wanted:
        return True
    told = f"{change.before} {change.after} {change.evidence}"
    return change.code == "D65" and any(names(word.strip("',;:()=+")) == names(path) for word in told.split())
