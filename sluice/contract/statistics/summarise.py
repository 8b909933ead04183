"""Makes the summary of a window's values at one path, with as little work per value as can be.

It compares nothing, and never raises: what cannot be read as anything is a form of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sluice.contract.statistics.forms import NUMERALS, TIMES, form_of, masks_of
from sluice.contract.statistics.magnitudes import Number, numbers_of
from sluice.contract.statistics.marks import marks_in
from sluice.contract.statistics.summary import MAX_CODES, Counts, Summary, few

MAX_CODE_LENGTH = 40
_MAX_CODE_DIGITS = 6
_NOT_IN_CODES = frozenset(' @"\\')
_NUMBER_TYPES = frozenset({int, float, Decimal})
_SCALARS = frozenset({str, bool, type(None), *_NUMBER_TYPES})

_MIDNIGHT = frozenset({"00:00:00", "00:00", "00:00Z"})

_ByForm = dict[str, Counts]


def summarise(values: Sequence[Any], *, absent: int = 0) -> Summary:
    """Return the summary of raw values (a sample of at most some 250 places of one path).

    ``absent`` is in how many more sampled places the field was not there. Objects and lists are allowed; of
    them only whether they are empty is seen. No JSON value makes it raise.
    """
    types = Counter(map(type, values))
    texts = _counted(values, types, str)
    blanks = {"null": types[type(None)], "empty": texts.pop("", 0)}
    numbers = _numbers(values, types)
    count_of = Counter(numbers)
    by_form = _by_form(texts)
    forms = {form: sum(found.values()) for form, found in by_form.items()}
    forms |= {"number": len(numbers), **_rest(values, types)}
    blanks["hollow"] = forms.pop("hollow", 0)
    times = [found for form, found in by_form.items() if form in TIMES]
    hours = _hours(times)
    frequent = [*texts.values(), *count_of.values(), forms.get("true", 0), forms.get("false", 0)]
    return Summary(
        places=len(values) + absent,
        absent=absent,
        blanks=_positive(blanks),
        forms=_positive(forms),
        codes=_codes(texts, count_of),
        distinct=len(frequent) - frequent.count(0),
        top=max(frequent),
        marks=marks_in(texts) if texts else {},
        numbers=numbers_of(numbers + _written(by_form)),
        hours=hours,
        midnight=_midnight(times) if "00" in hours else 0,
        digits=_digits(by_form),
    )


def _counted(values: Sequence[Any], types: Counter[type], kind: type) -> Counter[Any]:
    if types[kind] == len(values):
        return Counter(values)
    return Counter([value for value in values if type(value) is kind]) if kind in types else Counter()


def _rest(values: Sequence[Any], types: Counter[type]) -> dict[str, int]:
    """Return the forms of what is neither text nor number nor null; ``hollow`` is an empty object or list."""
    found = {}
    if bool in types:
        found["true"] = sum([value is True for value in values])
        found["false"] = types[bool] - found["true"]
    if not types.keys() <= _SCALARS:
        rest = [bool(value) for value in values if type(value) not in _SCALARS]
        found |= {"nested": sum(rest), "hollow": len(rest) - sum(rest)}
    return found


def _by_form(texts: Counts) -> _ByForm:
    if not texts:
        return {}
    forms = list(map(form_of, masks_of(list(texts))))
    if len(set(forms)) == 1:
        return {forms[0]: texts}
    grouped: dict[str, dict[str, int]] = {form: {} for form in forms}
    for form, (text, count) in zip(forms, texts.items(), strict=True):
        grouped[form][text] = count
    return dict(grouped)


def _numbers(values: Sequence[Any], types: Counter[type]) -> list[Number]:
    if types.keys().isdisjoint(_NUMBER_TYPES):
        return []
    if types.keys() <= _NUMBER_TYPES:
        return list(values)
    return [value for value in values if type(value) in _NUMBER_TYPES]


def _written(by_form: _ByForm) -> list[Number]:
    """Return the numbers that are written as text, where some of these have decimals.

    Texts of digits alone are more often names of things than numbers.
    """
    if "decimal" not in by_form:
        return []
    found = [by_form[form] for form in sorted(NUMERALS & by_form.keys())]
    return [float(text) for texts in found for text, count in texts.items() for _ in range(count)]


def _digits(by_form: _ByForm) -> int:
    """Return the mean length of distinct texts of digits, times how many there are."""
    found = by_form.get("digits")
    return round(len("".join(found)) / len(found) * sum(found.values())) if found else 0


def _hours(times: Sequence[Counts]) -> dict[str, int]:
    hours: Counter[str] = Counter()
    for found in times:
        for text, count in found.items():
            hours[text[11:13]] += count
    return dict(hours)


def _midnight(times: Sequence[Counts]) -> int:
    return sum(count for found in times for text, count in found.items() if text[11:19] in _MIDNIGHT)


def _codes(texts: Counts, numbers: Mapping[Number, int]) -> Counts | None:
    """Return how often each value came, or None: too many, too long, or like an address or a phone number."""
    if len(texts) + len(numbers) > MAX_CODES or not all(map(_may_be_code, texts)):
        return None
    return few({**{_plain(number): count for number, count in numbers.items()}, **texts})


def _may_be_code(text: str) -> bool:
    digits = sum(map(str.isdecimal, text))
    plain = text.isprintable() and _NOT_IN_CODES.isdisjoint(text)
    return plain and len(text) <= MAX_CODE_LENGTH and digits <= _MAX_CODE_DIGITS


def _plain(number: Number) -> str:
    return str(number) if isinstance(number, int) else f"{number:.12g}"


def _positive(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
