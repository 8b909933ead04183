"""Values of another type (D47-D51); where dates, numbers or keys stood also D59, D60 and D62.

A change that loses nothing, because every value converts back exactly, is marked as such.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from sluice.contract.records.column import NUMBERS
from sluice.contract.records.forms import COMMA, DIGITS, GROUPED, form_of, key_form_of
from sluice.contract.records.masks import type_word
from sluice.contract.structure.odds import all_on_one_side
from sluice.contract.structure.suspect import PERHAPS, Case, Suspect
from sluice.contract.structure.written import is_moment

ENOUGH = 20
_CONTAINERS = frozenset({"object", "list"})
_PLAIN_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})", re.ASCII)
_PLAIN_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?", re.ASCII)
_NUMERAL_FORMS = frozenset({"digits", "integer", "decimal"})
_TEXT_FITS = {
    "integer": frozenset({"text", "decimal", "integer", "reference"}),
    "decimal": frozenset({"text", "decimal"}),
    "boolean": frozenset({"boolean"}),
}
"""What a value of this type may become for its text to become the same."""


def judge_types(case: Case) -> Iterator[Suspect]:
    """Yield the types that values of this path never had."""
    known = _known_types(case)
    for kind in sorted(case.now.kinds - known) if known else ():
        code = _code(case, known, kind)
        if code:
            yield _suspect(case, known, kind, code)


def _known_types(case: Case) -> frozenset[str]:
    """Return the types that are the rule: those seen, and those declared beside them."""
    was, declared = case.was, case.look.declared
    kinds = declared.kinds if declared is not None else frozenset()
    if was is None or not was.filled:
        return kinds if case.look.used else frozenset()
    if was.kinds <= kinds:
        return was.kinds | kinds
    odd = sum(count for kind, count in case.now.types.items() if kind != "null" and kind not in was.kinds)
    if was.filled < ENOUGH and (
        odd < case.now.filled or all_on_one_side(case.now.filled, was.filled, odd) > PERHAPS
    ):
        return frozenset()
    return was.kinds


def _code(case: Case, known: frozenset[str], kind: str) -> str:
    """Return the kind of change; empty where nothing changed that matters."""
    if kind in _CONTAINERS or known <= _CONTAINERS:
        lists = "list" in {kind, *known}
        return "D51" if lists else "D50"
    if kind == "text" and case.now.empty.get("text", 0) == case.now.types["text"]:
        return "D54"
    if case.look.is_key:
        return _key_code(case, known, kind)
    return _scalar_code(case, known, kind)


def _scalar_code(case: Case, known: frozenset[str], kind: str) -> str:
    if kind in NUMBERS and known & NUMBERS:
        return "D49" if kind == "decimal" and "decimal" not in known else ""
    if kind in NUMBERS and is_moment(case):
        return "D60"
    if kind == "text" and known <= NUMBERS:
        return _number_as_text(case, known)
    return "D48"


def _number_as_text(case: Case, known: frozenset[str]) -> str:
    texts = [value for value in case.values if type(value) is str and value]
    if any(form_of(text) in {COMMA, GROUPED} for text in texts):
        return "D62"
    return "D48" if "decimal" in known else "D47"


def _key_code(case: Case, known: frozenset[str], kind: str) -> str:
    """Return D47 where the same keys came as text, D59 where they are other keys."""
    if kind in NUMBERS and known & NUMBERS:
        return "D49" if "decimal" not in known else ""
    if kind != "text" or not known <= NUMBERS:
        return "D48" if kind == "boolean" else "D59"
    texts = [value for value in case.values if type(value) is str]
    return "D47" if all(key_form_of(text) == DIGITS for text in texts) else "D59"


def _suspect(case: Case, known: frozenset[str], kind: str, code: str) -> Suspect:
    count = case.now.types[kind]
    before, after = " or ".join(sorted(known)), f"{kind} in {count:,} of {case.now.parents:,} places"
    if code == "D54":
        return Suspect(code, case.path, before, after, lambda value: bool(value == ""), count)
    lossless = code in {"D47", "D48"} and not case.look.is_key and _is_lossless(case, known, kind)
    facts = {"lossless": lossless} if code in {"D47", "D48"} else {}
    return Suspect(code, case.path, before, after, is_of(kind), count, facts, lossless=lossless)


def is_of(kind: str) -> Callable[[Any], bool]:
    """Return what tells whether a value is of this type."""
    return lambda value: type_word(type(value)) == kind


def _is_lossless(case: Case, known: frozenset[str], kind: str) -> bool:
    """Return whether every new value converts back exactly, and the mapping reads both alike."""
    becomes = case.look.becomes
    if not case.look.certain or (len(known) > 1 and not known <= NUMBERS):
        return False
    if kind == "text":
        old = "decimal" if "decimal" in known else next(iter(known))
        fits = _TEXT_FITS.get(old, frozenset())
        texts = (value for value in case.values if type(value) is str and value)
        return becomes <= fits and all(_is_plain(text, old) for text in texts)
    if known != {"text"} or case.was is None or case.was.padded or case.history is None:
        return False
    if kind == "boolean":
        codes = case.history.pooled.codes
        return becomes <= _TEXT_FITS["boolean"] and bool(codes) and set(codes or ()) <= {"true", "false"}
    forms = case.history.pooled.forms
    return becomes <= _TEXT_FITS["integer"] and bool(forms) and set(forms) <= _NUMERAL_FORMS


def _is_plain(text: str, old: str) -> bool:
    if old == "boolean":
        return text in {"true", "false"}
    return bool((_PLAIN_DECIMAL if old == "decimal" else _PLAIN_INTEGER).fullmatch(text))
