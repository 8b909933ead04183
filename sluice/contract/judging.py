"""From what is off to changes: which records it touches, how grave it is, and what is done about it.

Whether something is off is found out before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.contract.records.masks import mask
from sluice.contract.records.paths import Path, names_of, path_in, text_of
from sluice.contract.records.places import ABSENT, affected
from sluice.contract.records.watch import Watch
from sluice.contract.reliance import Segments
from sluice.contract.structure.suspect import Suspect
from sluice.model.change import Action, Change
from sluice.model.change_kinds import change_of

SINGLE_SHARE = 0.01
"""Up to this share of a window's records are single ones: they are set aside, and the rest goes on."""
FIRST_SHARE = 0.2
"""The same while little is known: records that were never right are no change."""
MAX_EXAMPLES = 3

_ORDER = list(Action)
_FAMILIES = (
    frozenset({"D40", "D42", "D43", "D44", "D46", "D57", "D58"}),
    frozenset({"D47", "D48", "D49", "D50", "D51", "D59", "D60", "D61", "D62"}),
    frozenset({"D52", "D54", "D68"}),
    frozenset({"D55", "D56", "D67"}),
)
"""Codes under which one and the same change may show: accepting one of them accepts it."""


class Judged(Struct, frozen=True):
    """A change and the indices of the records that it touches."""

    change: Change
    records: tuple[int, ...]


def judged(suspect: Suspect, records: Sequence[Any], watch: Watch, few: float = SINGLE_SHARE) -> Judged:
    """Return the suspect as a change; up to the share ``few``, records are single ones."""
    used_by = watch.at(suspect.path).used_by
    # Nobody needs to know which records hold what is not used: the count of places is enough.
    hit = affected(records, suspect.path, suspect.holds) if used_by else {}
    count = len(hit) if used_by else min(suspect.count, len(records))
    share = count / max(1, len(records))
    change = change_of(
        suspect.code, text_of(suspect.path), (suspect.before, suspect.after), used_by, share=share
    )
    change = change.with_evidence(
        **suspect.facts, **_retyped(suspect), records=len(records), affected=count, examples=_examples(hit)
    )
    action = _action(change, suspect, (len(hit), few))
    return Judged(replace(change, action=action), tuple(hit))


def single(change: Change, records: int, few: float = SINGLE_SHARE) -> Change:
    """Return the change with single records set aside, where it would hold the stream for them."""
    # One record is no pattern, however few came with it: an incremental read may bring no other.
    are_few = records == 1 or (0 < change.share <= few and records > 0)
    return replace(change, action=Action.QUARANTINE) if are_few and change.action is Action.HOLD else change


def is_waived(code: str, path: Path, waived: Collection[tuple[str, Path]]) -> bool:
    """Return whether an operator has accepted this change, at this path or above it."""
    alike = next((family for family in _FAMILIES if code in family), frozenset({code}))
    return any(other in alike and path[: len(place)] == place for other, place in waived)


def in_order(found: Sequence[Judged]) -> list[Judged]:
    """Return the changes, the strongest action first, then by path and code."""
    return sorted(found, key=lambda one: (-_ORDER.index(one.change.action), one.change.path, one.change.code))


def without_echoes(changes: Iterable[Change], told: Iterable[Change]) -> list[Change]:
    """Return the changes that none of those ``told`` explains: one at, above or below the path does."""
    paths = [names_of(path_in(one.path)) for one in told if one.code != "D45"]
    return [one for one in changes if not _is_explained(names_of(path_in(one.path)), paths)]


def _is_explained(names: Segments, paths: Iterable[Segments]) -> bool:
    return any(names[: len(other)] == other or other[: len(names)] == names for other in paths)


def _action(change: Change, suspect: Suspect, hit: tuple[int, float]) -> Action:
    if not change.used_by:
        return change.action
    if suspect.action is not None:
        return suspect.action
    if suspect.lossless:
        return Action.NOTIFY
    return single(change, *hit).action


def _retyped(suspect: Suspect) -> Mapping[str, Any]:
    if not suspect.lossless:
        return {}
    path = text_of(suspect.path)
    because = f"every value converts back exactly: {suspect.after}"
    return {"suggestion": {"kind": "retype", "from": path, "to": path, "because": because}}


def _examples(hit: Mapping[int, Any]) -> list[str]:
    """Return the first values as masks, each once."""
    masks = dict.fromkeys("absent" if value is ABSENT else mask(value) for value in list(hit.values())[:50])
    return list(masks)[:MAX_EXAMPLES]
