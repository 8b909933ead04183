"""More blanks than before, other blanks than before, or nothing but one value (D43, D52, D54, D68).

Blanks are null, empty text, empty objects and lists, and absent fields; a zero may stand for them.
Whether a single record may have one is for the checks of records to say.
"""

from __future__ import annotations

from collections.abc import Iterator

from sluice.contract.statistics.chances import chance
from sluice.contract.statistics.comparison import ACTED_ON, TOLD, Comparison, difference, percent
from sluice.contract.statistics.difference import Difference
from sluice.contract.statistics.role import Role
from sluice.contract.statistics.summary import Summary

_WORDS = {
    "null": "null",
    "empty": "empty text",
    "hollow": "empty object or list",
    "zero": "zero",
    "absent": "absent",
}
_MIN = 3
_OPEN = frozenset({Role.TEXT, Role.ANY})
"""Roles of which values are often left out: a new kind of customer may be the first without an address."""


def blank_differences(seen: Comparison) -> Iterator[Difference]:
    """Yield at most one difference in blanks, and one for a column that became constant."""
    found = next(_substituted(seen), None) or next(_new(seen), None) or _vanished(seen) or _more(seen)
    if found:
        yield found
    constant = _constant(seen)
    if constant:
        yield constant


def _counts(summary: Summary) -> dict[str, int]:
    return {**dict(summary.blanks), "absent": summary.absent, "zero": summary.numbers.zero}


def _new(seen: Comparison) -> Iterator[Difference]:
    """Yield blanks of a kind that never came before: null is D52, the others are D54."""
    known, places = _counts(seen.pooled), seen.now.places
    for kind, count in sorted(_counts(seen.now).items()):
        if known.get(kind, 0) or kind == "absent" or count < _MIN:
            continue
        share, likely = count / places, chance(count, places, 0, seen.pooled.places)
        if likely > TOLD or share < (0.05 if kind == "zero" else 0.01):
            continue
        enough = {"null": 0.9, "zero": 0.5}.get(kind, 0.2)
        yield difference(
            "D52" if kind == "null" else "D54",
            (f"never {_WORDS[kind]}", f"{_WORDS[kind]} in {percent(share)}"),
            share,
            certain=seen.role not in _OPEN and share >= enough and likely <= ACTED_ON,
            evidence=seen.evidence(likely),
        )


def _substituted(seen: Comparison) -> Iterator[Difference]:
    """Yield a kind of blank that never came before and takes the place of one that comes less."""
    known, now, places = _counts(seen.pooled), _counts(seen.now), seen.now.places
    new = {kind: count for kind, count in now.items() if count >= _MIN and not known.get(kind, 0)}
    for kind, count in sorted(new.items()):
        likely = chance(count, places, 0, seen.pooled.places)
        for other, before in sorted(known.items()):
            missing = before / seen.pooled.places * places - now.get(other, 0)
            if other == kind or likely > TOLD or missing < max(_MIN, 0.4 * count):
                continue
            share = count / places
            yield difference(
                "D54",
                (
                    f"{_WORDS[other]} in {percent(before / seen.pooled.places)}",
                    f"{_WORDS[kind]} in {percent(share)}",
                ),
                share,
                certain=seen.role not in _OPEN and "absent" not in (kind, other) and likely <= ACTED_ON,
                evidence=seen.evidence(likely, instead_of=other),
            )


def _vanished(seen: Comparison) -> Difference | None:
    """Return D43: a field filled at times is not any more; D52 where it nearly always was, and is null."""
    now, pooled = seen.now, seen.pooled
    filled, measured = pooled.filled / pooled.places, seen.before.of("filled")
    spread = measured.spread(max(0.02, 2 * _error(filled, now.places)))
    if now.filled or filled > 0.99 or measured.mean - 3 * spread <= 0:
        return None
    likely = chance(now.places, now.places, pooled.places - pooled.filled, pooled.places)
    seen_as = (f"filled in {percent(filled)}", "never filled")
    if likely > TOLD:
        return None
    nearly_always = measured.mean - 4 * spread > 0.5 and now.blanks.get("null", 0) == now.places
    certain = not nearly_always or seen.role not in _OPEN
    return difference(
        "D52" if nearly_always else "D43", seen_as, 1.0, certain=certain, evidence=seen.evidence(likely)
    )


def _more(seen: Comparison) -> Difference | None:
    """Return D68: many more blanks than any window is likely to have."""
    measured, places = seen.before.of("filled"), seen.now.places
    if places < 50 or measured.count < 3:
        return None
    blank, usual = 1 - seen.now.filled / places, 1 - measured.mean
    spread = measured.spread(max(0.01, 2 * _error(usual, places)))
    likely = chance(
        places - seen.now.filled, places, seen.pooled.places - seen.pooled.filled, seen.pooled.places
    )
    if blank - usual < max(0.1, 5 * spread) and not (
        blank - usual > max(0.03, 5 * spread) and blank > 3 * usual
    ):
        return None
    if likely > TOLD:
        return None
    seen_as = (f"blank in {percent(usual)}", f"blank in {percent(blank)}")
    return difference("D68", seen_as, blank, certain=True, evidence=seen.evidence(likely))


def _constant(seen: Comparison) -> Difference | None:
    """Return D68: one value only, where every window had several."""
    now, measured = seen.now, seen.before.of("top")
    if now.filled < 100 or now.top < now.filled or measured.count < 3:
        return None
    if measured.mean + 5 * measured.spread(0.05) > 0.98:
        return None
    seen_as = (f"the most frequent value in {percent(measured.mean)}", "one value only")
    return difference("D68", seen_as, 1.0, certain=True, evidence=seen.evidence(-99.0, constant=True))


def _error(share: float, places: int) -> float:
    return float((max(share * (1 - share), 1 / places) / places) ** 0.5)
