"""What sweeps taught, added up: with weight for what is recent, and without what does not fit.

It stores nothing and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from sluice.contract.records.column import Column
from sluice.contract.records.observed import Observation
from sluice.contract.records.paths import Path, names_of
from sluice.contract.records.walk import MAX_PATHS
from sluice.contract.records.watch import declared_paths
from sluice.contract.records.witnesses import Witnesses
from sluice.contract.reliance import Reliance

HALVED_ABOVE = 100_000
"""Places of a path that are remembered; above, what came earlier counts half, so that the recent shows."""
_HISTORIES_KEPT = 40


def learnt_with(
    known: Observation, seen: Observation, reliance: Reliance, expected: Sequence[Path] = ()
) -> Observation:
    """Return what is known after a good sweep.

    That a path which is declared, or ``expected`` by a decision, was never there is learnt too.
    """
    merged = known.merged(seen)
    # A path that is new, or was forgotten, is known from its first showing on: before, it was not absent.
    columns = {**merged.columns, **{path: seen.columns[path] for path in seen.columns.keys() - known.columns}}
    for path in (*declared_paths(reliance.declared), *expected):
        if path and path not in columns and seen.places(path):
            columns[path] = Column(seen.places(path))
    maps = {path for path, column in columns.items() if column.is_map}
    kept = {
        path: column.halved() if column.parents > HALVED_ABOVE else column
        for path, column in columns.items()
        if not any(path[:length] in maps for length in range(1, len(path)))
    }
    return replace(merged, columns=_capped(kept, reliance))


def forgotten(known: Observation, gone: Path, *, rekeyed: bool = False) -> Observation:
    """Return what is known without a path and all below it; ``rekeyed``: without any record known again."""
    if not gone:
        return known
    names = names_of(gone)
    return replace(
        known,
        columns={path: one for path, one in known.columns.items() if path[: len(gone)] != gone},
        histories={path: one for path, one in known.histories.items() if path[: len(gone)] != gone},
        witnesses=Witnesses() if rekeyed else known.witnesses.without(names),
        sums=tuple(one for one in known.sums if not any(path[: len(names)] == names for path in one.paths)),
    )


def trimmed(known: Observation, reliance: Reliance) -> Iterator[tuple[str, Observation]]:
    """Yield what is known with ever more left out, and words for what that is; the dearest goes last."""
    used = {path: one for path, one in known.columns.items() if reliance.used_by(names_of(path))}
    known = replace(known, columns=used)
    yield "fields that are not used", known
    known = replace(known, witnesses=Witnesses())
    yield "the records known again by their keys", known
    largest = sorted(known.histories, key=lambda path: (len(path), path))
    while len(largest) > _HISTORIES_KEPT:
        largest = largest[: len(largest) * 3 // 4]
        kept = {path: known.histories[path] for path in largest}
        yield f"statistics of all but {len(kept)} used fields", replace(known, histories=kept)
    known = replace(known, histories={}, sums=())
    yield "all statistics", known
    while known.columns:
        few = dict(
            sorted(known.columns.items(), key=lambda one: (len(one[0]), one[0]))[: len(known.columns) // 2]
        )
        known = replace(known, columns=few)
        yield f"all but {len(few)} fields", known


def _capped(columns: Mapping[Path, Column], reliance: Reliance) -> Mapping[Path, Column]:
    """Return at most MAX_PATHS columns, or all that are used; those of long ago do not push out new ones."""
    if len(columns) <= MAX_PATHS:
        return columns
    used = {path for path in columns if reliance.used_by(names_of(path))}
    others = sorted(columns.keys() - used, key=lambda path: (-columns[path].present, len(path), path))
    kept = used.union(others[: max(0, MAX_PATHS - len(used))])
    return {path: column for path, column in columns.items() if path in kept}
