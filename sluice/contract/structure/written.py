"""In which form dates (D60, D61), numbers in texts (D62) and keys (D59) are written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sluice.contract.records.column import Column
from sluice.contract.records.forms import DATE, EMPTY, ISO, NUMBERS, form_of, is_date_form, key_form_of
from sluice.contract.structure.suspect import Case, Suspect

ENOUGH = 20
"""So many texts of one form are a rule."""
_DECLARED = {"date": frozenset({DATE}), "date-time": ISO - {DATE}}


def judge_written(case: Case) -> Iterator[Suspect]:
    """Yield the forms that texts of this path never had."""
    now, look = case.now, case.look
    known = _known_forms(case, case.was)
    new = sorted(set(now.forms) - known - {EMPTY})
    if not known or not new:
        return
    for form in new:
        code = _code(case, known, form)
        if code:
            after = f"{form} in {now.forms[form]:,} of {now.parents:,} places"
            has = _Has(form, is_key=look.is_key)
            yield Suspect(code, case.path, " or ".join(sorted(known)), after, has, now.forms[form])


def is_moment(case: Case) -> bool:
    """Return whether the path held dates or times written as text."""
    known = _known_forms(case, case.was)
    return bool(known) and not case.look.is_key and all(map(is_date_form, known))


def _known_forms(case: Case, was: Column | None) -> frozenset[str]:
    """Return the forms that are the rule: those seen often enough; where nothing is known, those declared."""
    if was is not None and was.filled:
        found = frozenset(was.forms) - {EMPTY}
        return found if sum(was.forms.values()) >= ENOUGH else frozenset()
    declared = case.look.declared
    return _DECLARED.get(declared.form, frozenset()) if declared is not None else frozenset()


def _code(case: Case, known: frozenset[str], form: str) -> str:
    if case.look.is_key:
        return "D59" if len(known) == 1 else ""
    if all(map(is_date_form, known)):
        return "D61" if form in ISO and known <= ISO else "D60"
    if case.look.formed == "number" and known <= NUMBERS and form not in NUMBERS:
        return "D62"
    return ""


class _Has:
    """Tells whether a value has a form."""

    def __init__(self, form: str, *, is_key: bool) -> None:
        self._form = form
        self._form_of = key_form_of if is_key else form_of

    def __call__(self, value: Any) -> bool:
        return type(value) is str and self._form_of(value) == self._form
