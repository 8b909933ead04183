"""Fields that are gone and stand elsewhere: under another name (D44) or in another object (D46).

A pair needs evidence: the same records' values, or the same look of them; and no second candidate as good.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from sluice.contract.records.observed import Observation
from sluice.contract.records.paths import LIST, Path, text_of
from sluice.contract.records.window import Window
from sluice.contract.statistical import Guard
from sluice.contract.structure.likeness import Likeness, by_fields, by_form, by_witnesses, name_likeness
from sluice.contract.structure.suspect import Case, Suspect, is_absent

VANISHED = frozenset({"D42", "D43", "D57", "D58"})
_MARGIN = 0.1
_SAME_NAME = 0.8
_LIKE_NAME = 0.4
_FEWEST, _MOST = 0.5, 1.5
_ONLY = 0.5


class Pair(Struct, frozen=True):
    """A field that is gone, the new one that holds its values, and why that is believed."""

    gone: Path
    new: Path
    likeness: Likeness

    @property
    def is_move(self) -> bool:
        """Whether the field stands in another object."""
        return self.gone[:-1] != self.new[:-1]


class Renames(Struct, frozen=True):
    """Finds the pairs of one window; ``guard`` keeps a failure of the statistics, as if none were alike."""

    window: Window
    known: Observation
    cases: Mapping[Path, Case]
    guard: Guard

    def pairs(self, suspects: Sequence[Suspect]) -> list[Pair]:
        """Return the believed pairs among the vanished fields of ``suspects`` and the new ones."""
        gone = [one.path for one in suspects if one.code in VANISHED or one.holds is is_absent]
        new = [path for path, case in self.cases.items() if case.now.present and _is_unknown(case)]
        if not gone or not new or len(gone) * len(new) > 10_000:
            return []
        # What may be null and left out is no rename only because something else is new.
        alone = len(gone) == 1 and all(one.code in VANISHED for one in suspects if one.path == gone[0])
        found = [pair for path in gone for pair in self._candidates(path, new, alone=alone)]
        return _unique(found)

    def _candidates(self, gone: Path, new: Sequence[Path], *, alone: bool) -> Iterator[Pair]:
        fitting = [path for path in new if self._may_be(gone, path)]
        siblings = [path for path in fitting if path[:-1] == gone[:-1]]
        for path in fitting:
            only = alone and siblings == [path]
            likeness = self._likeness(gone, path)
            if likeness is None and only and gone not in self.known.histories:
                likeness = Likeness(_ONLY, "no other field is gone, and no other is new, of the same type")
            if likeness is None:
                continue
            name = name_likeness(gone[-1], path[-1])
            enough = _SAME_NAME if path not in siblings else _LIKE_NAME
            if likeness.proven or only or name >= enough:
                yield Pair(gone, path, likeness)

    def _may_be(self, gone: Path, new: Path) -> bool:
        """Return whether the new field could hold the values: as often there, of the same types."""
        if _list_of(gone) != _list_of(new):
            return False
        before, case, now = self.known.at(gone), self.cases[gone], self.cases[new].now
        if not now.kinds or not now.kinds <= before.kinds:
            return False
        missing = case.now.absent * before.present / max(1, before.parents)
        return _FEWEST * missing - 1 <= now.present <= _MOST * missing + 2

    def _likeness(self, gone: Path, new: Path) -> Likeness | None:
        column = self.cases[new].now
        if "object" in column.kinds:
            return by_fields(_fields(self.known, gone), _fields(self.window.observation, new), gone, new)
        if "list" in column.kinds:
            inner, other = (*gone, LIST), (*new, LIST)
            return by_fields(_fields(self.known, inner), _fields(self.window.observation, other), gone, new)
        proof = by_witnesses(self.window, self.known.witnesses, gone, new)
        if proof is not None:
            return replace(proof, score=1.0 + proof.score + name_likeness(gone[-1], new[-1]))
        history, values = self.known.histories.get(gone), self.window.values(new)
        return self.guard(lambda: by_form(history, values, gone, new), None)


def as_suspect(pair: Pair, gone: Suspect) -> Suspect:
    """Return the suspect that tells the pair in place of the field's absence."""
    kind = "move" if pair.is_move else "rename"
    suggestion = {
        "kind": kind,
        "from": text_of(pair.gone),
        "to": text_of(pair.new),
        "because": pair.likeness.because,
    }
    code = "D46" if pair.is_move else "D44"
    facts = {**gone.facts, "suggestion": suggestion}
    after = f"{text_of(pair.new)}, {gone.after}"
    return replace(gone, code=code, before=text_of(pair.gone), after=after, facts=facts, action=None)


def _is_unknown(case: Case) -> bool:
    return case.was is None or not case.was.present


def _list_of(path: Path) -> Path:
    """Return the list that a path enters last; ``()`` where it enters none."""
    marks = [position for position, part in enumerate(path) if part == LIST]
    return path[: marks[-1] + 1] if marks else ()


def _fields(seen: Observation, place: Path) -> frozenset[str]:
    """Return the names of the fields of the objects at a place."""
    depth = len(place) + 1
    return frozenset(
        path[-1]
        for path, column in seen.columns.items()
        if column.present and len(path) == depth and path[:-1] == place
    )


def _unique(found: Sequence[Pair]) -> list[Pair]:
    """Return the best pairs, each field in one, none of them with a rival nearly as good."""
    chosen: list[Pair] = []
    for pair in sorted(found, key=lambda one: (-one.likeness.score, one.gone, one.new)):
        if any(pair.gone == other.gone or pair.new == other.new for other in chosen):
            continue
        rivals = (
            other
            for other in found
            if other != pair
            and (other.gone == pair.gone or other.new == pair.new)
            and not any(other.gone == one.gone or other.new == one.new for one in chosen)
        )
        if all(other.likeness.score < pair.likeness.score - _MARGIN for other in rivals):
            chosen.append(pair)
    return chosen
