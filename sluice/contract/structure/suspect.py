"""What the structural judges work on, and what they find: a case per path, suspects where something is off.

Which records a suspect touches, and what is done about it, is found out afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from sluice.contract.records.column import Column
from sluice.contract.records.paths import Path
from sluice.contract.records.places import ABSENT
from sluice.contract.records.watch import Look
from sluice.contract.records.window import Window
from sluice.contract.statistics import History
from sluice.contract.structure.odds import UNLIKELY, all_on_one_side
from sluice.model.change import Action

STRONG = 50
"""So many places must have shown something always for one exception to count."""
PERHAPS = 0.01
"""How unlikely a total change must be by chance where little is known."""


class Case(Struct, frozen=True):
    """One path: what ``was`` known of it (None: nothing), what it shows ``now``, and how it is looked at.

    ``omits`` says that this stream leaves out fields without a value. ``history`` is what its values were.
    """

    path: Path
    was: Column | None
    now: Column
    look: Look
    window: Window
    history: History | None = None
    omits: bool = False

    @property
    def values(self) -> list[Any]:
        """The values of the path in this window."""
        return self.window.values(self.path)

    @property
    def is_strong(self) -> bool:
        """Whether enough is known for a single exception to count."""
        return self.was is not None and self.was.parents >= STRONG

    @property
    def was_sparse(self) -> bool:
        """Whether the field was missing at times before."""
        return self.was is None or self.was.absent > 0

    def is_new(self, odd: int) -> bool:
        """Return whether chance cannot explain that so many, and only now, are odd."""
        before = self.was.parents if self.was else 0
        return all_on_one_side(self.now.parents, before, odd) <= UNLIKELY

    def is_gone(self, before: int) -> bool:
        """Return whether chance cannot explain that none of what showed so often is seen now."""
        known = self.was.parents if self.was else 0
        return all_on_one_side(known, self.now.parents, before) <= UNLIKELY


class Suspect(Struct, frozen=True):
    """Something is off at ``path``, in ``count`` places: ``holds`` tells it of a value (or of ABSENT) there.

    ``before`` and ``after`` are for people. ``action`` overrules what the table says, ``lossless`` that no
    value was changed in meaning. ``facts`` go into the evidence.
    """

    code: str
    path: Path
    before: str
    after: str
    holds: Callable[[Any], bool]
    count: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    action: Action | None = None
    lossless: bool = False


def is_absent(value: Any) -> bool:
    """Return whether the field was not there."""
    return value is ABSENT


def is_null(value: Any) -> bool:
    """Return whether the value is null."""
    return value is None
