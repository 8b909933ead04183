"""Which vanished name probably lives on under which new one. A guess with its grounds, never a proof."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

ALIKE = 0.8


def renamed(
    gone: Sequence[str], come: Sequence[str], same_kind: Callable[[str, str], bool]
) -> dict[str, tuple[str, float]]:
    """Return old name -> (new name, likeness 0..1) for names that are alike; each is used once."""
    rated = sorted(
        ((likeness(old, new), old, new) for old in gone for new in come if same_kind(old, new)),
        key=lambda one: (-one[0], one[1], one[2]),
    )
    found: dict[str, tuple[str, float]] = {}
    taken: set[str] = set()
    for rating, old, new in rated:
        if rating >= ALIKE and old not in found and new not in taken:
            found[old] = (new, rating)
            taken.add(new)
    return found


def likeness(one: str, other: str) -> float:
    """Return how alike two names are; 1 where they differ in case, underscores and the like only."""
    first, second = _letters(one), _letters(other)
    if not first or not second:
        return 0.0
    if re.sub(r"\D", "", first) != re.sub(r"\D", "", second):
        return 0.0  # address1 and address2 are neighbours, not one field
    return round(SequenceMatcher(None, first, second, autojunk=False).ratio(), 2)


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
