"""An invariant: a sum of a record's numbers that holds in every record, and how often it was seen to.

It knows nothing of VAT: what held in nearly all records long enough is what is relied on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

Path = tuple[str, ...]

HELD = 0.995
MIN_SEEN = 50
_MIN_CONFIRMED = 2
"""Windows an invariant must be counted in after the one it was learnt from: three runs before an alarm."""


class Invariant(Struct, frozen=True):
    """A relation between numbers of a record, or of an item of a list.

    ``kind``: ``equal`` (a = b), ``sum`` (a + b = c), ``ratio`` (a x ``factor`` = b), ``total`` (the items' a
    add up to b); the last of ``paths`` is the right side. ``seen`` counts informative records (or items),
    ``held`` those where it held; ``confirmed`` the windows it was counted in after it was learnt.
    """

    kind: str
    paths: tuple[Path, ...]
    factor: str = ""
    seen: int = 0
    held: int = 0
    confirmed: int = 0

    @property
    def is_identity(self) -> bool:
        """Whether it is what the numbers mean (a sum), not how business happens to be (one rate)."""
        return self.kind in {"sum", "total"}

    @property
    def holds(self) -> bool:
        """Whether it held in nearly all of enough records."""
        return self.seen >= MIN_SEEN and self.held >= HELD * self.seen

    @property
    def armed(self) -> bool:
        """Whether it held often enough, also after it was learnt, for a breach to mean something."""
        return self.holds and self.confirmed >= _MIN_CONFIRMED

    @property
    def relation(self) -> tuple[str, tuple[Path, ...], str]:
        """What it says, without how often it was seen."""
        return self.kind, self.paths, self.factor

    def in_words(self) -> str:
        """Return it as people write it: ``net + vat = gross``."""
        *left, right = [".".join(path) for path in self.paths]
        if self.kind == "total":
            return f"total of {left[0]} = {right}"
        return f"{' + '.join(left)}{f' x {self.factor}' if self.factor else ''} = {right}"

    def counted(self, seen: int, held: int, *, confirmed: int) -> Invariant:
        """Return the same relation with other counts."""
        return replace(self, seen=seen, held=held, confirmed=confirmed)

    def to_json(self) -> list[Any]:
        """Return it as a JSON list."""
        paths = [list(path) for path in self.paths]
        return [self.kind, paths, self.factor, self.seen, self.held, self.confirmed]

    @classmethod
    def from_json(cls, found: Sequence[Any]) -> Invariant:
        """Read what :meth:`to_json` wrote."""
        kind, paths, factor, seen, held, confirmed = found
        return cls(kind, tuple(tuple(path) for path in paths), factor, seen, held, confirmed)


def merged_invariants(one: Iterable[Invariant], other: Iterable[Invariant]) -> list[Invariant]:
    """Return all of both, their counts added; those refuted stay, so that they are not relied on again."""
    found: dict[tuple[str, tuple[Path, ...], str], Invariant] = {}
    for invariant in (*one, *other):
        known = found.get(invariant.relation)
        found[invariant.relation] = invariant if known is None else _added(known, invariant)
    return [found[relation] for relation in sorted(found)]


def _added(one: Invariant, other: Invariant) -> Invariant:
    return one.counted(
        one.seen + other.seen, one.held + other.held, confirmed=one.confirmed + other.confirmed
    )
