"""Values of another form: dates, times, numbers, codes (D60, D61, D62, D67), and wrong encodings (D69).

A form counts as new where it never came, or hardly ever. What a free text looks like is not compared.
"""

from __future__ import annotations

from collections.abc import Iterator

from sluice.contract.statistics import forms
from sluice.contract.statistics.chances import chance
from sluice.contract.statistics.comparison import ACTED_ON, TOLD, Comparison, difference, percent
from sluice.contract.statistics.difference import Difference
from sluice.contract.statistics.marks import MASKED, WORD
from sluice.contract.statistics.role import Role

_RARE = 0.002
_NEARLY_ALL = 0.98
_UNIFORM = 0.995
_MOSTLY = 0.5
_BEFORE_POINT = 0.5
"""A number of n digits is about 10^(n - 0.5)."""
_REPLACED = 0.5
"""The share of one new code that says that a list is another one, in a list whose codes are all alike."""
_LONGER = 1.0
_SURELY = 50
_UNIT_FROM, _UNIT_TO = 1.6, 3.4
"""Digits more by which hundredths and thousandths show, about; amounts of one customer do not lose points."""
_MIN = 3
_MANY = 10
_ONE_LIST = frozenset({"upper2", "upper3", "uuid"})
"""Forms that say which list a code is from: ISO codes of two or three letters, UUIDs."""
_LETTERS = frozenset({"upper", "upper2", "upper3"})


def form_differences(seen: Comparison) -> Iterator[Difference]:
    """Yield one difference for each code, of the new forms that show it together."""
    total = seen.pooled.filled
    if not total or not seen.now.filled or seen.role is Role.KEY:
        return
    new = {form for form in seen.now.forms if seen.pooled.forms.get(form, 0) <= _RARE * total}
    by_code: dict[str, list[str]] = {}
    for form in sorted(new):
        code = _code(seen, form)
        if code:
            by_code.setdefault(code, []).append(form)
    for code, found in sorted(by_code.items()):
        shown = _difference(seen, code, found)
        if shown:
            yield shown
    if "D62" not in by_code:
        yield from _pointless(seen)


def _pointless(seen: Comparison) -> Iterator[Difference]:
    """Yield D63 or D66 where no number written as text has a decimal point any more.

    They are in a smaller unit where they have more digits than before, rounded where they have as many. It is
    certain where hardly one was without a point and the digits are as many more as those of a unit.
    """
    now, pooled, whole = seen.now, seen.pooled, forms.NUMERALS - {"decimal"}
    if "decimal" in now.forms or pooled.forms.get("decimal", 0) < _MOSTLY * pooled.filled:
        return
    count = sum(now.forms.get(form, 0) for form in whole)
    if count < _MANY or count < _NEARLY_ALL * now.filled:
        return
    likely = chance(count, now.filled, sum(pooled.forms.get(form, 0) for form in whole), pooled.filled)
    if likely <= ACTED_ON:
        longer = now.digits / max(1, now.forms.get("digits", 0)) - _BEFORE_POINT - pooled.numbers.level
        code = "D63" if longer > _LONGER else "D66"
        seen_as = ("decimals", "digits without a point")
        evidence = seen.evidence(likely, decades=round(longer, 1))
        always = pooled.forms.get("decimal", 0) >= _NEARLY_ALL * pooled.filled and count >= _SURELY
        certain = always and _UNIT_FROM <= longer <= _UNIT_TO
        yield difference(code, seen_as, count / now.filled, certain=certain, evidence=evidence)


def mark_differences(seen: Comparison) -> Iterator[Difference]:
    """Yield D69 for each sign of a wrong encoding, D23 for one of masking, that comes far more often now."""
    for mark, count in sorted(seen.now.marks.items()):
        if mark == WORD:
            continue
        known, filled = seen.pooled.marks.get(mark, 0), seen.now.filled
        likely = chance(count, filled, known, seen.pooled.filled)
        if count >= _MIN and count >= 0.01 * filled and likely <= TOLD:
            before = f"{mark} in {percent(known / max(1, seen.pooled.filled))}"
            seen_as = (before, f"{mark} in {percent(count / filled)}")
            evidence = seen.evidence(likely, mark=mark)
            code, certain = ("D23", likely <= ACTED_ON) if mark == MASKED else ("D69", True)
            yield difference(code, seen_as, count / filled, certain=certain, evidence=evidence)


def _code(seen: Comparison, form: str) -> str:
    """Return the change that a new form shows, given what the values were; empty where it shows none."""
    if _share(seen, forms.MOMENTS) >= (0.5 if seen.role is Role.TIME else _NEARLY_ALL):
        known = seen.pooled.forms.keys()
        if form in forms.TIMES or (form == "date" and forms.TIMES & known):
            return "D61" if known & (forms.TIMES | {"date"}) else "D60"
        return "" if form in {"true", "false", "nested"} else "D60"
    if _share(seen, forms.NUMBERS) >= _NEARLY_ALL and (
        seen.role is Role.NUMBER or "decimal" in seen.pooled.forms
    ):
        return "D62" if form in forms.WRITTEN else ""
    usual = max(sorted(seen.pooled.forms), key=lambda name: seen.pooled.forms[name])
    if (
        usual not in forms.CODES
        or _share(seen, {usual}) < _UNIFORM
        or form in {"number", "true", "false", "nested"}
    ):
        return ""
    if usual == "upper" and form in _LETTERS:
        return ""
    return "D67"


def _share(seen: Comparison, among: frozenset[str] | set[str]) -> float:
    return sum(seen.pooled.forms.get(form, 0) for form in among) / seen.pooled.filled


def _difference(seen: Comparison, code: str, new: list[str]) -> Difference | None:
    now, pooled = seen.now, seen.pooled
    count = sum(now.forms[form] for form in new)
    known = sum(pooled.forms.get(form, 0) for form in new)
    likely, share = chance(count, now.filled, known, pooled.filled), count / now.filled
    if count < _MIN or likely > TOLD or share < 0.01:
        return None
    usual = max(sorted(pooled.forms), key=lambda name: pooled.forms[name])
    values = tuple(sorted(set(now.codes or ()) - set(pooled.codes or ()))) if code == "D67" else ()
    certain = likely <= ACTED_ON and (code != "D67" or _other_list(seen, usual, share))
    return Difference(
        code,
        usual,
        ", ".join(new),
        round(share, 4),
        dict(seen.evidence(likely)),
        certain=certain,
        values=values,
    )


def _other_list(seen: Comparison, usual: str, share: float) -> bool:
    """Return whether codes are from another list for certain: several new ones, or hardly a known one."""
    if seen.now.codes is None:
        return share >= _NEARLY_ALL and seen.now.distinct >= _MANY
    several = len(set(seen.now.codes) - set(seen.pooled.codes or ())) > 1
    if seen.role in {Role.CODE, Role.REFERENCE} or usual in _ONE_LIST:
        return share >= (0.02 if several else _REPLACED)
    return share >= (0.9 if several else _NEARLY_ALL)
