"""The detector of one stream: takes a window of records, gives the changes that they show.

Structure is judged from the first record on, values by statistics once enough is known. If the statistics
fail, structure is judged all the same, and the finding says so. Nothing is stored here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from sluice.contract.contract import Contract
from sluice.contract.examination import Examination, Finding
from sluice.contract.judging import (
    FIRST_SHARE,
    SINGLE_SHARE,
    Judged,
    in_order,
    is_waived,
    judged,
    single,
    without_echoes,
)
from sluice.contract.records.column import NUMBERS
from sluice.contract.records.expected import Expected, expected_of
from sluice.contract.records.forms import EMPTY, is_date_form
from sluice.contract.records.observed import SAMPLE, Observation
from sluice.contract.records.paths import Path, names_of, path_in, text_of
from sluice.contract.records.places import affected
from sluice.contract.records.watch import Watch
from sluice.contract.records.window import Window, window_of
from sluice.contract.reliance import Reliance, Segments
from sluice.contract.statistical import Guard, broken_sums, differing, sampled, sums_of
from sluice.contract.statistics import Breach, Difference, Invariant, Role
from sluice.contract.structure.keys import rekeyed, repeated
from sluice.contract.structure.structure import Structure
from sluice.contract.structure.suspect import STRONG, Suspect
from sluice.model.change import Action, Change
from sluice.model.change_kinds import change_of

RUNS = 3
"""Good sweeps before statistics may alarm; for so many, new sums are learnt."""
SPARED = 2_000
"""Records from which on it is worth while to see first whether any of them shows anything new.

Of fewer, a sample would be too small for statistics; where there are none, a sample's worth is enough."""
COUNTED = 250
"""Records of a window in which none does that are taken apart, counted and held against the statistics.

These summarise at most 200 values of a path and window, so more would only be counted."""
GLANCED = 100
"""The same where nobody learns: what the type cannot show is then only how often a field is there at all."""
FIRST = 8
"""Records from which the order of the fields is taken."""
_MOVES_SUMS = frozenset({"D63", "D64"})
_STOPS = frozenset({Action.QUARANTINE, Action.HOLD})


class Detector:
    """Examines windows of one stream against its contract; None holds what is declared and mapped only."""

    def __init__(self, reliance: Reliance, contract: Contract | None, *, learns: bool = True) -> None:
        """Examine against ``contract``; without one, and where nobody ``learns``, no value is counted."""
        self._contract = contract
        self._learns = learns or contract is not None
        self._spared, self._counted = (SPARED, COUNTED) if self._learns else (COUNTED, GLANCED)
        self._known = contract.learnt if contract is not None and contract.learnt.records else None
        known = self._known or Observation()
        moments = {
            path
            for path, column in known.columns.items()
            if column.forms and all(is_date_form(form) or form == EMPTY for form in column.forms)
        }
        self._watch = Watch(reliance, moments)
        self._few = SINGLE_SHARE if known.records >= STRONG else FIRST_SHARE
        self._structure = Structure(self._watch, self._known, reliance.omits_empty or _omits(known))
        self._expected: Expected | None = None
        self._expects = False
        self._shown = Observation()
        self._learns_sums = self._learns and (contract is None or contract.runs < RUNS)
        self._waived = {(code, path_in(path)) for code, path in contract.waived} if contract else set()

    def examine(self, records: Sequence[Any]) -> Finding:
        """Return what the records show; raises nothing for whatever records."""
        return self.examining(records).finding()

    def examining(self, records: Sequence[Any]) -> Examination:
        """Return the examination of a window, for whoever goes through its records meanwhile.

        The next window may be begun once this one's finding was taken.
        """
        first = None
        if len(records) >= SPARED and self._expected is None and self._known is None:
            first = self._good_sample(records)
            if first is not None:
                self._expect(first.observation)
        expected = self._expected_in(records) if len(records) >= self._spared else None
        return Examination(records, expected, partial(self._concluded, records, first))

    def _expected_in(self, records: Sequence[Any]) -> Expected | None:
        """Return what is expected; of what is known before, the fields are in the order of these records."""
        if self._known is not None and not self._expects:
            self._expected, self._expects = expected_of(self._known, self._watch, list(records[:FIRST])), True
        return self._expected

    def _concluded(self, records: Sequence[Any], sample: Finding | None, as_expected: bool) -> Finding:  # noqa: FBT001
        """Return what a sample shows where no record shows anything new, else what all of them do."""
        finding = (sample or self._good_sample(records)) if as_expected else None
        if finding is None:
            records = list(records)
            finding = self._examined(records, records)
            if self._known is None and not finding.changes:
                self._expect(finding.observation)
        return finding

    def _good_sample(self, records: Sequence[Any]) -> Finding | None:
        """Return what a sample of the records shows, None where it shows a change."""
        finding = self._examined(records, list(records[:: -(-len(records) // self._counted)]))
        return None if finding.changes else finding

    def _expect(self, observation: Observation) -> None:
        """Expect what good records showed, where there is no contract that knows more."""
        self._shown = self._shown.merged(observation) if self._shown.records else observation
        self._expected = expected_of(self._shown, self._watch)

    def _examined(self, records: Sequence[Any], walked: Sequence[Any]) -> Finding:
        guard = Guard()
        window = self._window(records, walked, guard)
        found = [self._judged(one, window) for one in self._structure.suspects(window, guard)]
        found += self._keys(window)
        statistical: list[Judged] = []
        statistical = guard(lambda: list(self._statistical(window)), statistical)
        found = _without_weaker(found, statistical)
        left = without_echoes((one.change for one in statistical), [one.change for one in found])
        found += [one for one in statistical if one.change in left]
        ordered = in_order([one for one in found if not self._is_waived(one.change)])
        bad = {index for one in ordered if one.change.action is Action.QUARANTINE for index in one.records}
        if bad:
            good = [record for index, record in enumerate(records) if index not in bad]
            window = self._window(good, good, guard)
        changes = tuple(one.change for one in ordered)
        return Finding(changes, _touched(ordered), self._with_sums(window, guard), guard.failed)

    def observed(self, records: Sequence[Any]) -> Observation:
        """Return what the contract can learn from records that are good."""
        guard = Guard()
        return self._with_sums(self._window(records, records, guard), guard)

    def _window(self, records: Sequence[Any], walked: Sequence[Any], guard: Guard) -> Window:
        limit = (self._known or self._shown).witnesses.limit
        return window_of(records, walked, self._watch, guard, limit if self._learns else None)

    def _judged(self, suspect: Suspect, window: Window) -> Judged:
        return judged(suspect, window.records, self._watch, self._few)

    def _keys(self, window: Window) -> Iterator[Judged]:
        """Yield what is off about keys as a whole: one key twice, or the same records under other keys."""
        paths = self._watch.reliance.key
        if not paths:
            return
        place, total = text_of(paths[0]), max(1, len(window.records))
        used_by = self._watch.at(paths[0]).used_by
        twice = repeated(window)
        if twice:
            seen = ("one record for each key", f"{len(twice):,} records share their key with another one")
            change = change_of("D57", place, seen, used_by, share=len(twice) / total)
            facts = change.with_evidence(records=len(window.records), affected=len(twice))
            yield Judged(single(facts, len(twice), self._few), tuple(twice))
        again = rekeyed(window, self._known.witnesses) if self._known else None
        if again:
            seen = ("the keys of before", f"other keys on {again.records:,} records that are known")
            change = change_of("D59", place, seen, used_by)
            facts = change.with_evidence(
                records=len(window.records), affected=again.records, known_by=text_of(again.path)
            )
            yield Judged(facts, ())

    def _statistical(self, window: Window) -> Iterator[Judged]:
        """Yield what statistics of values and sums show, where enough is known."""
        if self._contract is None or self._known is None or self._contract.runs < RUNS:
            return
        moved = set()
        now = window.observation.histories
        for path, difference in differing(self._known.histories, now, self._watch):
            one = self._differs(path, difference, window)
            yield one
            if one.change.action in _STOPS and difference.code in _MOVES_SUMS:
                moved.add(names_of(path))
        # What has another unit adds up no more: that is one change, and not to be accepted twice.
        sums = [known for known in self._known.sums if moved.isdisjoint(known.paths)]
        for breach in broken_sums(sums, window.records):
            path = next(
                (one for one in window.observation.columns if names_of(one) == breach.path), breach.path
            )
            yield self._breaks(path, breach, window)

    def _differs(self, path: Path, difference: Difference, window: Window) -> Judged:
        change = _at_most(self._told(path, difference, window), Action.HOLD)
        if not difference.certain or (difference.may_be_of_ids and self._is_mere_number(path, window)):
            return Judged(_at_most(change, Action.NOTIFY), ())
        if change.action is Action.QUARANTINE:
            values = frozenset(difference.values)
            hit = affected(window.records, path, lambda value: str(value) in values) if values else {}
            return Judged(change if hit else replace(change, action=Action.HOLD), tuple(hit))
        return Judged(change, ())

    def _is_mere_number(self, path: Path, window: Window) -> bool:
        """Return whether a function of the mapping reads whole numbers here: ids that it only looks for."""
        kinds = window.observation.at(path).kinds
        if self._known is not None:
            kinds |= self._known.at(path).kinds
        return self._watch.at(path).role is Role.ANY and kinds == {"integer"}

    def _breaks(self, path: Path, breach: Breach, window: Window) -> Judged:
        change = self._told(path, breach.difference, window)
        if not breach.difference.certain:
            return Judged(_at_most(change, Action.NOTIFY), ())
        return Judged(single(change, len(breach.records)), breach.records)

    def _told(self, path: Path, difference: Difference, window: Window) -> Change:
        seen = (difference.before, difference.after)
        used_by = self._watch.at(path).used_by
        change = change_of(difference.code, text_of(path), seen, used_by, share=difference.share)
        return change.with_evidence(**difference.evidence, records=len(window.records))

    def _is_waived(self, change: Change) -> bool:
        return bool(self._waived) and is_waived(change.code, path_in(change.path), self._waived)

    def _with_sums(self, window: Window, guard: Guard) -> Observation:
        sums: list[Invariant] = []
        sums = guard(lambda: self._sums(window), sums)
        return replace(window.observation, sums=tuple(sums))

    def _sums(self, window: Window) -> list[Invariant]:
        known, sample = self._known.sums if self._known else (), sampled(window.records, SAMPLE)
        amounts: list[Segments] = []
        if self._learns_sums:
            paths = window.observation.columns
            amounts = sorted({names_of(path) for path in paths if self._is_amount(path, window)})
        found = sums_of(known, sample, amounts)
        # What does not hold in so many records is no sum, whatever the next ones show.
        self._learns_sums = self._learns_sums and len(window.records) < SAMPLE
        return found

    def _is_amount(self, path: Path, window: Window) -> bool:
        """Return whether numbers are read here: JSON's own, or decimals written as text, also in objects."""
        shown = window.observation.histories.get(path)
        if shown is not None and "decimal" in shown.pooled.forms:
            return True
        numeric = not window.observation.at(path).kinds.isdisjoint(NUMBERS)
        return numeric and self._watch.is_read(path)


def _touched(found: Sequence[Judged]) -> dict[int, tuple[int, ...]]:
    """Return the changes by the records that they touch; what needs no action touches none."""
    touched: dict[int, list[int]] = {}
    for position, one in enumerate(found):
        if one.change.action is not Action.GO_ON:
            for index in one.records:
                touched.setdefault(index, []).append(position)
    return {index: tuple(touched[index]) for index in sorted(touched)}


def _without_weaker(found: Sequence[Judged], surer: Sequence[Judged]) -> list[Judged]:
    """Return what was found, but for what is only told where statistics are certain of the very same."""
    certain = {(one.change.code, one.change.path) for one in surer if one.change.action in _STOPS}
    return [
        one
        for one in found
        if one.change.action in _STOPS or (one.change.code, one.change.path) not in certain
    ]


def _at_most(change: Change, action: Action) -> Change:
    order = list(Action)
    return replace(change, action=action) if order.index(change.action) > order.index(action) else change


def _omits(known: Observation) -> bool:
    """Return whether the stream was seen to leave out fields without a value: some are absent, none null."""
    columns = known.columns.values()
    return (
        known.records >= STRONG
        and not any(column.nulls for column in columns)
        and any(column.absent for column in columns)
    )
