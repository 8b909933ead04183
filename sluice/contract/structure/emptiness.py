"""Null where there was none (D52), and null, empty text, zero and empty object in each other's place (D54).

Rates of nulls that merely shift are a matter of statistics.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sluice.contract.records.column import Column
from sluice.contract.structure.odds import all_on_one_side
from sluice.contract.structure.suspect import PERHAPS, STRONG, Case, Suspect, is_null
from sluice.model.change import Action

_WORDS = {"text": "empty text", "object": "an empty object", "list": "an empty list", "integer": "zero"}
_HALF, _VERY_UNLIKELY, _FEW = 0.5, 1e-6, 10
_KNOWN_NULLS = 5
_SEVERAL = 20


def judge_emptiness(case: Case) -> Iterator[Suspect]:
    """Yield what is off about empty values."""
    was, now = case.was, case.now
    if case.look.is_key:
        yield from _keys(case)
        return
    if was is None or not was.present:
        return
    if now.nulls and not was.nulls and not was.absent:
        yield from _nulls(case, was)
    for word in ("text", "object", "integer"):
        if now.empty.get(word) and not was.empty.get(word) and was.types.get(word, 0) >= STRONG:
            yield from _substitutes(case, was, word)


def _keys(case: Case) -> Iterator[Suspect]:
    count = case.now.nulls + case.now.empty.get("text", 0)
    if count:
        after = f"null or empty in {count:,} of {case.now.parents:,} places"
        yield Suspect("D57", case.path, "in every record, as the key", after, _is_no_key, count)


def _is_no_key(value: Any) -> bool:
    return value is None or value == ""


def _nulls(case: Case, was: Column) -> Iterator[Suspect]:
    now, declared = case.now, case.look.declared
    stood_in = [word for word in ("text", "object", "list") if was.empty.get(word)]
    if not stood_in and was.empty.get("integer") and not now.empty.get("integer"):
        stood_in = ["integer"] if case.is_gone(was.empty["integer"]) else []
    after = f"null in {now.nulls:,} of {now.parents:,} places"
    nullable = declared is not None and declared.nullable
    if nullable and not (_is_everywhere(case, now.nulls) and case.is_strong):
        return
    if stood_in and not nullable:
        yield Suspect("D54", case.path, _WORDS[stood_in[0]], after, is_null, now.nulls)
    elif case.is_strong or declared is not None or _is_total(case, was, now.nulls):
        code = "D58" if case.look.is_ordered else "D52"
        before = f"never null in {was.parents:,} places"
        # Where null is declared, records of one kind may all have it: only none without it is more than that.
        told = Action.NOTIFY if nullable and now.nulls < max(now.parents, _SEVERAL) else None
        yield Suspect(code, case.path, before, after, is_null, now.nulls, action=told)


def _is_everywhere(case: Case, odd: int) -> bool:
    """Return whether so many are odd that no natural first case explains it."""
    now, was = case.now, case.was
    if was is None or now.parents < _FEW or odd < _HALF * now.parents:
        return False
    return all_on_one_side(now.parents, was.parents, odd) <= _VERY_UNLIKELY


def _is_total(case: Case, was: Column, odd: int) -> bool:
    parents = case.now.parents
    return odd == parents and all_on_one_side(parents, was.parents, odd) <= PERHAPS


def _substitutes(case: Case, was: Column, word: str) -> Iterator[Suspect]:
    """Yield the suspect of a new kind of emptiness, in place of null or of values that were always there."""
    count = case.now.empty[word]
    after = f"{_WORDS[word]} in {count:,} of {case.now.parents:,} places"
    nulls_gone = was.nulls >= _KNOWN_NULLS and not case.now.nulls and case.is_gone(was.nulls)
    if was.nulls or was.absent:
        if nulls_gone:
            yield Suspect("D54", case.path, "null where there is no value", after, _test(word), count)
        elif word == "text" and was.nulls >= _KNOWN_NULLS:
            before = "null, never empty text"
            yield Suspect("D54", case.path, before, after, _test(word), count, action=Action.NOTIFY)
    elif word != "integer" and not _may_be_empty(case, word):
        before = f"never empty in {was.parents:,} places"
        yield Suspect("D54", case.path, before, after, _test(word), count)


def _may_be_empty(case: Case, word: str) -> bool:
    """Return whether a value may well be empty for the first time: text for null, an object of no fields."""
    declared = case.look.declared
    return case.omits if word == "object" else declared is not None and declared.nullable


def _test(word: str) -> Callable[[Any], bool]:
    if word == "integer":
        return lambda value: type(value) is int and value == 0
    empty: Any = {"text": "", "object": {}}[word]
    return lambda value: bool(value == empty)
