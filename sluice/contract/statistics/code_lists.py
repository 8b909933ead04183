"""Small lists of codes: a new member, members renamed or in another case, another list (D55, D56, D67).

A list is one that was learnt: few members, each seen often. A single new member is told and never acted on,
because currencies, towns and states come and go; records with a code that a mapping's table does not
know are found record by record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from sluice.contract.statistics.chances import chance
from sluice.contract.statistics.comparison import ACTED_ON, TOLD, Comparison, difference, percent
from sluice.contract.statistics.difference import Difference
from sluice.contract.statistics.forms import shown
from sluice.contract.statistics.role import Role

_MIN_SEEN = 200
_MIN_EACH = 20
_EXPECTED = 20
_SHOWN = 6
_MOST = 0.6
_SEVERAL = 2
_NO_LISTS = frozenset({Role.KEY, Role.REFERENCE, Role.NUMBER, Role.TIME})


def code_differences(seen: Comparison) -> Iterator[Difference]:
    """Yield at most one difference of a learnt code list, and one for a flag that means the opposite."""
    flipped = _flipped(seen)
    if flipped:
        yield flipped
    known = seen.pooled.codes
    if seen.role in _NO_LISTS or not known or sum(known.values()) < max(_MIN_SEEN, _MIN_EACH * len(known)):
        return
    if seen.now.codes is None:
        yield from _opened(seen, known)
        return
    new = {value: count for value, count in seen.now.codes.items() if value not in known}
    if new:
        found = _respelt(seen, known, new)
        if not found and not all(map(_is_dated, known)):
            found = _replaced(seen, known, new) or _grown(seen, known, new)
        if found:
            yield replace(found, values=tuple(sorted(new)))


def plain(value: str) -> str:
    """Return a code without what a respelling changes: case, separators, leading zeros."""
    return "".join(letter for letter in value.casefold() if letter.isalnum()).lstrip("0")


def _is_dated(value: str) -> bool:
    """Return whether a code may be a year, a period or a series: such lists grow by the clock."""
    return sum(map(str.isdecimal, value)) >= 4


def _listed(values: Mapping[str, int]) -> str:
    names = sorted(values, key=lambda value: (-values[value], value))
    return _shown(names) + (", …" if len(names) > _SHOWN else "")


def _shown(names: Iterable[str]) -> str:
    """Return the first few members; as masks where they are written like names, which may be people's."""
    first = list(names)[:_SHOWN]
    return ", ".join(dict.fromkeys(shown(name) if name.istitle() else name for name in first))


def _respelt(seen: Comparison, known: Mapping[str, int], new: Mapping[str, int]) -> Difference | None:
    """Return D56: known members in another case, with other separators or without leading zeros."""
    spelt = {plain(value): value for value in known}
    respelt = {value: count for value, count in new.items() if plain(value) in spelt}
    count = sum(respelt.values())
    likely, share = _chance(seen, count), count / seen.now.filled
    if count < 3 or share < 0.02 or likely > TOLD:
        return None
    before = _shown(spelt[plain(value)] for value in sorted(respelt))
    free = seen.role is not Role.CODE and share < 0.5 and any(not value.isupper() for value in known)
    return difference(
        "D56", (before, _shown(sorted(respelt))), share,
        certain=likely <= ACTED_ON and not free, evidence=seen.evidence(likely, respelt=True),
    )  # fmt: skip


def _replaced(seen: Comparison, known: Mapping[str, int], new: Mapping[str, int]) -> Difference | None:
    """Return D67 where hardly a known member is left, D56 where new members take the place of known ones."""
    count, filled = sum(new.values()), seen.now.filled
    likely, share, total = _chance(seen, count), count / filled, sum(known.values())
    now = seen.now.codes or {}
    expected = {value: times * filled / total for value, times in known.items()}
    gone = {
        value: known[value] for value, times in expected.items() if times >= _EXPECTED and value not in now
    }
    if likely > TOLD or filled < 50:
        return None
    several = min(len(gone), len(new)) > 1 and _steady(seen, known)
    if share >= 0.9 and len(new) > 1:
        certain = likely <= ACTED_ON and (seen.role is Role.CODE or several or _is_spelling(known, new))
        evidence = seen.evidence(likely, new=len(new))
        return difference("D67", (_listed(known), _listed(new)), share, certain=certain, evidence=evidence)
    taken = sum(expected[value] for value in gone)
    if gone and taken / 2 <= count <= 2 * taken:
        surely = seen.role is Role.CODE or several or _is_spelling(gone, new)
        certain = likely <= ACTED_ON and surely
        evidence = seen.evidence(likely, gone=len(gone), new=len(new))
        return difference("D56", (_listed(gone), _listed(new)), share, certain=certain, evidence=evidence)
    return None


def _is_spelling(gone: Iterable[str], new: Iterable[str]) -> bool:
    """Return whether each new member is a vanished one with more before or after it: ``en`` and ``eng``.

    One letter is in many words, but not in each of several new ones.
    """
    spelt = [plain(value) for value in new]
    least = 1 if len(spelt) > _SEVERAL else 2
    words = tuple(word for word in map(plain, gone) if len(word) >= least and not word.isdecimal())
    return bool(words) and all(value.startswith(words) or value.endswith(words) for value in spelt)


def _steady(seen: Comparison, known: Mapping[str, int]) -> bool:
    """Return whether each window showed most of the members; periods and series come one after the other."""
    return seen.pooled.distinct >= _MOST * seen.before.windows * len(known)


def _grown(seen: Comparison, known: Mapping[str, int], new: Mapping[str, int]) -> Difference | None:
    """Return D55: new members of a list that was complete as far as one could see."""
    count = sum(new.values())
    likely = _chance(seen, count)
    if count < 3 or likely > TOLD or not _steady(seen, known):
        return None
    seen_as, share = (f"one of {_listed(known)}", _listed(new)), count / seen.now.filled
    return difference("D55", seen_as, share, certain=False, evidence=seen.evidence(likely, new=len(new)))


def _opened(seen: Comparison, known: Mapping[str, int]) -> Iterator[Difference]:
    """Yield D67: more, longer or freer values than a learnt list of codes could have."""
    filled, strange = seen.now.filled, seen.now.distinct - len(known)
    likely = _chance(seen, max(0, strange))
    if filled < 50 or likely > ACTED_ON or sum(known.values()) < 1000 or strange < 5:
        return
    seen_as = (f"one of {_listed(known)}", f"{seen.now.distinct} distinct values")
    certain = seen.role is Role.CODE
    yield difference("D67", seen_as, strange / filled, certain=certain, evidence=seen.evidence(likely))


def _flipped(seen: Comparison) -> Difference | None:
    """Return D56: true where it was false; told only, as flags come in runs where a list is sorted."""
    measured, filled = seen.before.of("true"), seen.now.filled
    if measured.count < 3 or filled < 50:
        return None
    share = seen.now.forms.get("true", 0) / filled
    moved = abs(share - measured.mean)
    if moved < 0.5 or moved < 6 * measured.spread(0.05) or abs(share - (1 - measured.mean)) > 0.15:
        return None
    seen_as = (f"true in {percent(measured.mean)}", f"true in {percent(share)}")
    return difference("D56", seen_as, 1.0, certain=False, evidence=seen.evidence(-99.0, flipped=True))


def _chance(seen: Comparison, count: int) -> float:
    return chance(min(count, seen.now.filled), seen.now.filled, 0, seen.pooled.filled)
