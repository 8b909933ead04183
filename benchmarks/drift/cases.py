"""Which mutations are tried: every way of every row, at used and unused paths, in all sizes and shares.

The full product is too large, so each (stream, variant, size, share, seed) draws a few of the paths at which
the variant makes sense; over sizes, shares and seeds that covers most of them. Same seeds, same sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.drift.expected import DECOY, MEANING, class_of
from benchmarks.drift.sense import ALL_OR_NOTHING, Sample, is_always_filled, is_sensible, is_used, tables
from benchmarks.drift.stage import Stage
from sandbox.mutations import RECORD
from sandbox.mutations.variant import Variant
from sluice.contract.reliance import Segments

SIZES = (10, 50, 200, 1000)
SHARES = (0.01, 0.05, 0.2, 1.0)
NEW_FIELD = "addedByVendor"
Records = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Case:
    """One mutation: a variant at a path, made to a share of the records of a window."""

    stage: Stage
    variant: Variant
    path: Segments
    used: bool
    size: int
    share: float
    seed: int

    @property
    def code(self) -> str:
        """The row of the study."""
        return self.variant.code

    @property
    def kind(self) -> str:
        """The class that the case counts in."""
        if self.code == "D55" and self.used and self.share < 1 and self.path not in tables(self.stage):
            return DECOY  # an open list is there to be added to
        if self.code == "D40" and self.used and self.variant.name == "empty":
            return MEANING  # a list may be empty: it is a matter of how often
        always = is_always_filled(self.stage, "D52" if self.code == "D52" else "D42", self.path)
        return class_of(self.code, used=self.used, always_filled=always)

    @property
    def name(self) -> str:
        """``D42/absent tripletex/invoice orderLines/count 200 5% 1``."""
        what = f"{self.variant.code}/{self.variant.name}"
        return f"{what} {self.stage.name} {'/'.join(self.path)} {self.size} {self.share:.0%} {self.seed}"


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is tried: ``seeds``, and how many used and unused paths each combination draws."""

    seeds: int
    used: int
    unused: int
    sizes: tuple[int, ...] = SIZES
    shares: tuple[float, ...] = SHARES


def variants() -> list[Variant]:
    """Return every variant that shows in records, in the order of the codes."""
    return [variant for many in RECORD.values() for variant in many]


def cases(stage: Stage, records: Records, extent: Extent) -> Iterator[Case]:
    """Yield the stream's cases; by the clean ``records`` it is judged what makes sense where."""
    sample = Sample(stage, records)
    for variant in variants():
        places = _places(variant, sample)
        for seed in range(1, extent.seeds + 1):
            for size in extent.sizes:
                for share in extent.shares:
                    if _is_tried(variant, size, share):
                        key = f"{stage.name}/{variant.code}/{variant.name}/{seed}/{size}/{share}"
                        for used, path in _drawn(places, extent, key):
                            yield Case(stage, variant, path, used, size, share, seed)


def _is_tried(variant: Variant, size: int, share: float) -> bool:
    if (variant.code, variant.name) in ALL_OR_NOTHING and share < 1:
        return False
    return size * share >= 1 or share == SHARES[0]  # below one record it is one, and that once


def _drawn(
    places: Mapping[bool, Sequence[Segments]], extent: Extent, key: str
) -> Iterator[tuple[bool, Segments]]:
    random = Random(key)  # noqa: S311 (the same every time, not secret)
    for used, wanted in ((True, extent.used), (False, extent.unused)):
        found = places[used]
        yield from ((used, path) for path in random.sample(found, min(wanted, len(found))))


def _places(variant: Variant, sample: Sample) -> dict[bool, list[Segments]]:
    stage = sample.stage
    found: dict[bool, list[Segments]] = {True: [], False: []}
    if variant.makes_field:
        return {**found, False: _new_places(stage)}
    for path in stage.declared:
        if is_sensible(sample, variant, path):
            found[is_used(stage, variant, path)].append(path)
    return found


def _new_places(stage: Stage) -> list[Segments]:
    """Return where a new field may come: in the record, and in each kind of object below it."""
    inside = [path for path, schema in stage.declared.items() if "properties" in schema.get("items", schema)]
    return [(NEW_FIELD,), *((*path, NEW_FIELD) for path in inside)]
