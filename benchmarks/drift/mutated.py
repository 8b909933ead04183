"""Tries one mutation: what was said of it, where, and what would have been published that is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from benchmarks.drift.baseline import Baseline
from benchmarks.drift.cases import Case
from benchmarks.drift.expected import DECOY, MEANING, UNUSED, family, is_exact, is_near
from benchmarks.drift.judging import BLOCKING, Verdict, judge, without
from sandbox.mutations import Mutation
from sluice.connector.paths import look_up
from sluice.contract.breaker import fault_changes
from sluice.mapping.mapper import Mapper
from sluice.model.change import Action, Change
from sluice.model.change_kinds import KINDS

Records = Sequence[dict[str, Any]]
MAPPED = 60
"""Of so many mutated records at most it is worked out what would be published; the others are alike."""


@dataclass(slots=True)
class Outcome:
    """What became of a case.

    ``changed`` records were mutated; ``kind`` is the class it counts in. ``found``: a change of the row's
    family was told near the path; ``code``: it has the row's very code; ``exact``: it names the very path.
    ``by_mapping``: only the mapping refused the values. ``blocked``: something was at the path; ``astray``
    are blocking changes elsewhere. ``silent`` and ``warned`` count wrong records that would be published
    without and with a notice.
    """

    case: Case
    changed: int
    kind: str = ""
    found: bool = False
    code: bool = False
    exact: bool = False
    by_mapping: bool = False
    blocked: bool = False
    astray: list[Change] = field(default_factory=list)
    said: list[Change] = field(default_factory=list)
    silent: int = 0
    warned: int = 0
    failed: str = ""


def mutate(case: Case, window: Records) -> tuple[list[dict[str, Any]], list[int]]:
    """Return the window with the mutation made to its share of the records, and the indexes of those."""
    mutation = Mutation(case.code, case.variant.name, case.path)
    chosen = case.variant.choose
    if chosen is not None:
        mutation = mutation.prepared(window)
    random = Random(case.name)  # noqa: S311 (the same every time, not secret)
    order = list(range(len(window)))
    random.shuffle(order)
    wanted = max(1, round(len(window) * case.share))
    records, indexes = list(window), []
    for index in order:
        new = mutation.apply(records[index], random)
        if new is not records[index]:
            records[index] = new
            indexes.append(index)
            if len(indexes) == wanted:
                break
    return records, sorted(indexes)


def attempt(case: Case, baseline: Baseline) -> Outcome | None:
    """Return what became of the case; None where it changes nothing that could be noticed."""
    window = baseline.window(case.size)
    records, indexes = mutate(case, window)
    if not indexes or not _is_a_change(case, (window, records), indexes):
        return None
    verdict = without(judge(case.stage, baseline.contract(case.size), records), baseline.verdict(case.size))
    outcome = Outcome(case, len(indexes), _kind(case, records[indexes[0]]), failed=verdict.failed)
    faulty = _published(outcome, verdict, (window, records), indexes)
    _compare(outcome, case, verdict.changes, faulty)
    return outcome


def _kind(case: Case, record: dict[str, Any]) -> str:
    """Return the class the case counts in: a list is not open where the canonical model closes it."""
    if case.kind == DECOY and case.stage.mapper.map(record, "bench").data is None:
        return MEANING
    return case.kind


def _is_a_change(case: Case, windows: tuple[Records, Records], indexes: list[int]) -> bool:
    after = windows[1]
    if case.code == "D57" and case.variant.name in {"duplicated", "constant"}:
        keys = [tuple(str(look_up(record, key)) for key in case.stage.stream.key) for record in after]
        return len(set(keys)) < len(keys)
    if case.code == "D70":  # too large is what the canonical model has no room for
        return case.used and case.stage.mapper.map(after[indexes[0]], "bench").data is None
    return True


def _compare(outcome: Outcome, case: Case, changes: Sequence[Change], faulty: Sequence[Change]) -> None:
    path = ".".join(f'"{name}"' for name in case.path)
    quiet = KINDS[case.code].judged(used=case.used).action is Action.GO_ON or outcome.kind in {UNUSED, DECOY}
    codes = family(case.code)
    heard = [
        change for change in changes if change.code in codes and (quiet or change.action is not Action.GO_ON)
    ]
    hits = [change for change in heard if is_near(change, path) or change.code == "D65"]
    outcome.said = [*changes, *faulty]
    outcome.by_mapping = not hits and any(change.code in codes or is_near(change, path) for change in faulty)
    outcome.found = bool(hits) or outcome.by_mapping
    outcome.code = any(change.code == case.code for change in (hits or faulty))
    emptied = case.code == "D40" or case.variant.name.endswith("to_object")
    outcome.exact = any(is_exact(change, _marked(case), emptied=emptied) for change in hits)
    blocking = [change for change in changes if change.action in BLOCKING]
    near = [change for change in blocking if is_near(change, path) or change.code == "D65"]
    outcome.blocked = bool(near)
    outcome.astray = [change for change in blocking if change not in near and not _follows(change, case)]


def _follows(change: Change, case: Case) -> bool:
    """Return whether a change elsewhere is the other end of this one: where a field went."""
    return case.code in {"D44", "D46"} and change.code in {"D44", "D45", "D46"}


def _marked(case: Case) -> str:
    """Return the case's path as changes write it, with ``[]`` behind lists."""
    text = ""
    for size, name in enumerate(case.path, start=1):
        is_list = case.stage.declared.get(case.path[:size], {}).get("type") == "array"
        text += f'{"." if text else ""}"{name}"{"[]" if is_list and size < len(case.path) else ""}'
    return text


def _published(
    outcome: Outcome, verdict: Verdict, windows: tuple[Records, Records], indexes: list[int]
) -> tuple[Change, ...]:
    """Count the wrong records that would be published; return the changes that the mapping's faults show."""
    case = outcome.case
    if not case.used or verdict.stopped:
        return ()
    mapper: Mapper = case.stage.mapper
    faults = []
    before, after = windows
    wrong = 0
    left = [index for index in indexes if index not in verdict.aside]
    for index in left[:MAPPED]:
        mapped = mapper.map(after[index], "bench")
        if mapped.data is None:
            faults.append(mapped.faults)
        elif mapped.data != mapper.map(before[index], "bench").data:
            wrong += 1
    told = bool(verdict.told)
    outcome.warned, outcome.silent = (wrong, 0) if told else (0, wrong)
    share = len(left) / max(min(len(left), MAPPED), 1)
    outcome.warned, outcome.silent = round(outcome.warned * share), round(outcome.silent * share)
    return fault_changes(min(len(after), MAPPED), faults) if faults else ()
