"""The structural detector: holds every path of a window against the contract, or against what is declared.

It needs no statistics and no minimum of records. What is done about a suspect is judged elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from sluice.contract.records.column import Column
from sluice.contract.records.observed import Observation
from sluice.contract.records.paths import LIST, Path
from sluice.contract.records.watch import Watch, declared_paths
from sluice.contract.records.window import Window
from sluice.contract.statistical import Guard
from sluice.contract.structure.emptiness import judge_emptiness
from sluice.contract.structure.expansion import judge_lists, judge_objects
from sluice.contract.structure.presence import judge_presence
from sluice.contract.structure.renames import Pair, Renames, as_suspect
from sluice.contract.structure.suspect import Case, Suspect, is_absent
from sluice.contract.structure.types import judge_types
from sluice.contract.structure.written import judge_written

MAX_ADDED = 50
_JUDGES = (judge_presence, judge_types, judge_emptiness, judge_written, judge_lists)


class Structure(Struct, frozen=True):
    """Judges windows against ``known``, what the contract learnt; None: only what is declared is held."""

    watch: Watch
    known: Observation | None
    omits: bool

    def suspects(self, window: Window, guard: Guard) -> list[Suspect]:
        """Return what is off in a window, each thing once; ``guard`` keeps a failure of the statistics."""
        cases = self._cases(window)
        changed = [case for case in cases.values() if not _is_as_ever(case.was, case.now)]
        found = [one for case in changed for judge in _JUDGES for one in judge(case)]
        if self.known is None or not changed:
            return found
        found = _reduced(found, cases)
        pairs = Renames(window, self.known, cases, guard).pairs(found)
        return [*_paired(found, pairs), *self._added(cases, pairs)]

    def _cases(self, window: Window) -> dict[Path, Case]:
        """Return a case for each path that is known, declared or there, if there was a place for it."""
        seen, known = window.observation, self.known or Observation()
        others = declared_paths(self.watch.reliance.declared) if self.known is None else known.columns
        paths = dict.fromkeys([*seen.columns, *others])
        return {
            path: Case(
                path,
                known.columns.get(path),
                seen.at(path),
                self.watch.at(path),
                window,
                known.histories.get(path),
                self.omits,
            )
            for path in paths
            if path in seen.columns or seen.places(path)
        }

    def _added(self, cases: Mapping[Path, Case], pairs: Sequence[Pair]) -> Iterator[Suspect]:
        """Yield the fields that are new, of a new object only itself."""
        known = self.known or Observation()
        taken = {pair.new[:length] for pair in pairs for length in range(1, len(pair.new) + 1)}
        new: list[Path] = []
        for path, case in cases.items():
            if case.was is not None or not case.now.present or case.look.used or path in taken:
                continue
            parent = path[:-1]
            if path[-1] == LIST or not _is_known(known, parent) or len(new) >= MAX_ADDED:
                continue
            new.append(path)
            after = f"{' or '.join(sorted(case.now.types))} in {case.now.present:,} places"
            yield Suspect(
                "D45", path, "not there", after, lambda value: not is_absent(value), case.now.present
            )


def _is_as_ever(was: Column | None, now: Column) -> bool:
    """Return whether a path shows nothing that was not seen before; no judge needs to look at it."""
    if was is None or now.absent or (now.nulls and not was.nulls):
        return False
    alike = now.types.keys() <= was.types.keys() and now.forms.keys() <= was.forms.keys()
    return alike and now.empty.keys() <= was.empty.keys() and "list" not in now.empty


def _is_known(known: Observation, place: Path) -> bool:
    """Return whether objects were seen at a place, whose fields therefore are known."""
    if not place:
        return known.records > 0
    holder = known.columns.get(place)
    return holder is not None and not holder.is_map and holder.types.get("object", 0) > 0


def _reduced(found: Sequence[Suspect], cases: Mapping[Path, Case]) -> list[Suspect]:
    """Return the suspects with the fields that an object lost all at once told as one."""
    told: list[Suspect] = []
    covered: set[Path] = set()
    for suspect, fields in judge_objects(cases):
        told.append(suspect)
        covered |= fields
    lost = Counter(one.path[:-1] for one in found if is_missing(one) and _is_by_hollow(one, cases))
    hollow = {one.path for one in found if one.code == "D54"}
    for one in found:
        # An object without its only field has lost that field; one without all of several is empty.
        if one.code == "D54" and lost[one.path] == 1:
            continue
        if is_missing(one) and (one.path in covered or (one.path[:-1] in hollow and lost[one.path[:-1]] > 1)):
            continue
        told.append(one)
    return told


def _is_by_hollow(one: Suspect, cases: Mapping[Path, Case]) -> bool:
    """Return whether a field is absent just where its object is empty."""
    holder = cases.get(one.path[:-1])
    return holder is not None and one.count == holder.now.empty.get("object", 0)


def is_missing(one: Suspect) -> bool:
    """Return whether the suspect is the absence of a field."""
    return one.holds is is_absent


def _paired(found: Sequence[Suspect], pairs: Sequence[Pair]) -> Iterator[Suspect]:
    """Yield the suspects, those that are one half of a pair as the pair."""
    by_gone = {pair.gone: pair for pair in pairs}
    for one in found:
        pair = by_gone.get(one.path) if is_missing(one) else None
        yield as_suspect(pair, one) if pair else one
