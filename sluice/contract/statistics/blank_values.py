"""More blanks than before, other blanks than before, or nothing but one value (D43, D52, D54, D68).

Blanks are null, empty text, empty objects and lists, and absent fields; a zero may stand for them.
Whether a single record may have one is for the checks of records to say.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from sluice.contract.statistics.chances import chance, chance_of_more
from sluice.contract.statistics.comparison import ACTED_ON, TOLD, Comparison, difference, percent
from sluice.contract.statistics.difference import Difference
from sluice.contract.statistics.marks import WORD
from sluice.contract.statistics.role import Role
from sluice.contract.statistics.summary import Counts, Summary

_WORDS = {
    "null": "null",
    "empty": "empty text",
    "hollow": "empty object or list",
    "zero": "zero",
    "absent": "absent",
    "word": "a word for null",
}
_MIN = 3
_MANY = 50
_OPEN = frozenset({Role.TEXT, Role.ANY})
"""Roles of which values are often left out: a new kind of customer may be the first without an address."""
_UNSURE = frozenset({"absent", WORD})
_TELLING = -2.0
"""Enough for a word for null (log10 of the chance) where no null is left: both together are no chance."""
_ALL, _SOME = 0.98, 0.3
_SURELY = 100
_LEAST_MORE = 0.03
_MUCH_LATER = 0.65
"""New records have no time of change yet: a read of the newest alone has many more blanks than the whole."""


def blank_differences(seen: Comparison) -> Iterator[Difference]:
    """Yield at most one difference in blanks, and one for a column that became constant."""
    known, now = _counts(seen.pooled), _counts(seen.now)
    new = {kind: count for kind, count in now.items() if count >= _MIN and not known.get(kind, 0)}
    found = next(_substituted(seen, new, known, now), None) if new else None
    found = found or next(_new(seen, new), None) or _vanished(seen) or _more(seen)
    if found:
        yield found
    constant = _constant(seen)
    if constant:
        yield constant


def _counts(summary: Summary) -> dict[str, int]:
    return {
        **dict(summary.blanks),
        "absent": summary.absent,
        "zero": summary.numbers.zero,
        WORD: summary.marks.get(WORD, 0),
    }


def _new(seen: Comparison, new: Counts) -> Iterator[Difference]:
    """Yield blanks of a kind that never came before: null is D52, the others are D54."""
    places = seen.now.places
    for kind, count in sorted(new.items()):
        if kind in _UNSURE:
            continue
        share, likely = count / places, chance(count, places, 0, seen.pooled.places)
        if likely > TOLD or share < (0.05 if kind == "zero" else 0.01):
            continue
        enough = _enough(seen, kind)
        yield difference(
            "D52" if kind == "null" else "D54",
            (f"never {_WORDS[kind]}", f"{_WORDS[kind]} in {percent(share)}"),
            share,
            certain=share >= enough and likely <= ACTED_ON,
            evidence=seen.evidence(likely),
        )


def _enough(seen: Comparison, kind: str) -> float:
    """Return the share of new blanks from which on they are no matter of what some records are like."""
    if seen.role not in _OPEN:
        return {"null": 0.9, "zero": 0.5}.get(kind, 0.2)
    if seen.now.places < _SURELY:
        return math.inf
    # Some fields had no value before either; but all that had one are empty now, as none ever was.
    return _SOME if kind == "empty" and not seen.now.filled else _ALL


def _substituted(seen: Comparison, new: Counts, known: Counts, now: Counts) -> Iterator[Difference]:
    """Yield a kind of blank that never came before and takes the place of one that comes less."""
    places = seen.now.places
    for kind, count in sorted(new.items()):
        likely = chance(count, places, 0, seen.pooled.places)
        for other, before in sorted(known.items()):
            missing = before / seen.pooled.places * places - now.get(other, 0)
            limit = _TELLING if kind == WORD and not now.get(other, 0) else TOLD
            if other == kind or likely > limit or missing < max(_MIN, 0.4 * count):
                continue
            share = count / places
            yield difference(
                "D54",
                (
                    f"{_WORDS[other]} in {percent(before / seen.pooled.places)}",
                    f"{_WORDS[kind]} in {percent(share)}",
                ),
                share,
                certain=_is_certain(seen, kind, other) and likely <= ACTED_ON,
                evidence=seen.evidence(likely, instead_of=other),
            )


def _is_certain(seen: Comparison, kind: str, other: str) -> bool:
    """Return whether a blank takes another's place for certain: a word does where no null is left."""
    if kind == WORD:
        return not _counts(seen.now).get(other, 0) and seen.now.places >= _SURELY
    return seen.role not in _OPEN and not _UNSURE & {kind, other}


def _vanished(seen: Comparison) -> Difference | None:
    """Return D43: a field filled at times is not any more; D52 where it nearly always was, and is null."""
    now, pooled = seen.now, seen.pooled
    if now.filled:
        return None
    filled, measured = pooled.filled / pooled.places, seen.before.of("filled")
    spread = measured.spread(max(0.02, 2 * _error(filled, now.places)))
    if filled > 0.99 or measured.mean - 3 * spread <= 0:
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
    if blank - usual <= _LEAST_MORE:
        return None
    error = _error(usual, places)
    spread, narrow = measured.spread(max(0.01, 2 * error)), measured.spread(max(0.01, 1.2 * error))
    if seen.role is Role.TIME and usual > 0.05 and blank - usual < _MUCH_LATER:
        return None
    if blank - usual < max(0.1, 5 * (narrow if blank > 0.5 > usual else spread)) and not (
        blank - usual > max(_LEAST_MORE, 5 * spread) and blank > 3 * usual
    ):
        return None
    likely = chance(
        places - seen.now.filled, places, seen.pooled.places - seen.pooled.filled, seen.pooled.places
    )
    if likely > TOLD:
        return None
    seen_as = (f"blank in {percent(usual)}", f"blank in {percent(blank)}")
    return difference("D68", seen_as, blank, certain=True, evidence=seen.evidence(likely))


def _constant(seen: Comparison) -> Difference | None:
    """Return D68: one value only, where every window had several."""
    now, measured = seen.now, seen.before.of("top")
    if now.filled < _MANY or now.top < now.filled or measured.count < 3:
        return None
    usual = measured.mean + (
        5 * measured.spread(0.05) if seen.role is Role.TIME else 3 * measured.spread(0.03)
    )
    likely = chance_of_more(now.filled, now.filled, min(1.0, usual))
    if likely > TOLD:
        return None
    seen_as = (f"the most frequent value in {percent(measured.mean)}", "one value only")
    return difference("D68", seen_as, 1.0, certain=True, evidence=seen.evidence(likely, constant=True))


def _error(share: float, places: int) -> float:
    return float((max(share * (1 - share), 1 / places) / places) ** 0.5)
