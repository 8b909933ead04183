"""Fields that are not there any more (D42, D43), also as key (D57) or as what filters and orders (D58).

A field whose object is not there is not missed: that is the object's case.
"""

from __future__ import annotations

from collections.abc import Iterator

from sluice.contract.records.column import Column
from sluice.contract.structure.odds import all_on_one_side
from sluice.contract.structure.suspect import PERHAPS, Case, Suspect, is_absent
from sluice.model.change import Action

FEW = 10
"""A first reading of fewer records proves nothing about a field that is declared and absent."""
NEARLY_ALWAYS = 0.95


def judge_presence(case: Case) -> Iterator[Suspect]:
    """Yield what is off about the field's presence."""
    now = case.now
    if not now.absent:
        return
    was = case.was
    if case.look.is_key:
        yield _suspect(case, "D57", "in every record, as the key")
    elif was is None or not was.parents:
        if _is_missed_as_declared(case):
            yield _suspect(case, _code(case), "declared")
    elif was.present:
        yield from _against(case, was)


def _against(case: Case, was: Column) -> Iterator[Suspect]:
    now, always = case.now, was.absent == 0
    seen = f"in all of {was.parents:,} places" if always else f"in {was.present:,} of {was.parents:,} places"
    if always and _stands_for_null(case, was):
        yield _suspect(case, "D54", "null where there is no value", Action.NOTIFY)
    elif always and _is_missed(case, was):
        yield _suspect(case, _code(case), seen, Action.NOTIFY if _may_be_natural(case) else None)
    elif not now.present and not always and case.is_gone(was.present):
        nearly = was.present >= NEARLY_ALWAYS * was.parents and not case.omits
        yield _suspect(case, _code(case) if nearly or case.look.is_ordered else "D43", seen)


def _is_missed(case: Case, was: Column) -> bool:
    """Return whether an absence of what was always there counts."""
    now = case.now
    if _is_required(case):
        return True
    if case.omits:
        return case.is_new(now.absent)
    if case.is_strong:
        return True
    return not now.present and all_on_one_side(now.parents, was.parents, now.absent) <= PERHAPS


def _may_be_natural(case: Case) -> bool:
    """Return whether the field may be left out as one without a value: it is not gone, and not required."""
    return case.omits and not _is_required(case) and case.now.present > 0


def _is_required(case: Case) -> bool:
    """Return whether no record may lack the field: so it is declared, or lists are filtered or ordered by it.

    A record that a filter found has a value there, even where the vendor leaves out what has none.
    """
    declared = case.look.declared
    if declared is not None and (declared.required or declared.nullable):
        return declared.required
    return case.look.is_ordered and case.is_strong


def _is_missed_as_declared(case: Case) -> bool:
    """Return whether an absence counts where nothing is known but the declared schema."""
    now, look = case.now, case.look
    if not look.used or look.declared is None:
        return False
    all_absent = not now.present and now.parents >= FEW and not case.omits
    return look.declared.required or all_absent


def _stands_for_null(case: Case, was: Column) -> bool:
    """Return whether the field is now left out where it was null: the mapping reads both alike."""
    now = case.now
    if not was.nulls or now.nulls or not now.present:
        return False
    return now.absent / now.parents <= 2 * was.nulls / was.present


def _code(case: Case) -> str:
    return "D58" if case.look.is_ordered else "D42"


def _suspect(case: Case, code: str, before: str, action: Action | None = None) -> Suspect:
    now = case.now
    after = f"absent in {now.absent:,} of {now.parents:,} places"
    return Suspect(code, case.path, before, after, is_absent, now.absent, action=action)
