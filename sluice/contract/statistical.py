"""The one place where the detector meets the statistics of values, so that their failure stays here.

Whatever they raise becomes a text; structural judgement goes on without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, TypeVar

from msgspec import Struct

from sluice.contract import statistics
from sluice.contract.records.observed import Observation
from sluice.contract.records.paths import Path
from sluice.contract.records.walk import Object, Walked
from sluice.contract.records.watch import Watch
from sluice.contract.reliance import Segments
from sluice.contract.statistics import Breach, Difference, History, Invariant, Role
from sluice.contract.statistics.history import measures
from sluice.contract.statistics.moments import Moments

Result = TypeVar("Result")

TEXTS = 100
"""Values of a text that are looked at: what texts look like shows in fewer than what numbers do."""


class Guard(Struct):
    """Runs what may fail; ``failed`` says what did, and where, without the values it failed on."""

    failed: str = ""

    def __call__(self, work: Callable[[], Result], otherwise: Result) -> Result:
        """Return what ``work`` returns, or ``otherwise`` where it raises."""
        try:
            return work()
        except Exception as err:  # noqa: BLE001 - whatever it is, it must not stop the structural checks
            self.failed = self.failed or _place(err)
            return otherwise


def histories_of(
    blocks: Sequence[Walked], counted: Observation, watch: Watch, sample: int
) -> dict[Path, History]:
    """Return what a sample of the values of each used path shows, as the history of one window."""
    found: dict[Path, History] = {}
    for path, column in counted.columns.items():
        look = watch.at(path)
        if look.is_looked_into:
            wanted = min(sample, TEXTS) if look.role is Role.TEXT else sample
            step = -(-column.present // wanted) or 1
            values = [
                value
                for block in blocks
                if path in block.columns
                for value in block.columns[path].values[::step]
            ]
            summary = statistics.summarise(values, absent=column.absent // step)
            moments = {name: Moments.of(value) for name, value in measures(summary).items()}
            found[path] = History(summary, 1, moments)
    return found


def differing(
    known: Mapping[Path, History], now: Mapping[Path, History], watch: Watch
) -> Iterator[tuple[Path, Difference]]:
    """Yield how the values of each path differ from what is known."""
    for path, history in now.items():
        before = known.get(path)
        if before is not None:
            for difference in statistics.differences(before, history.pooled, role=watch.at(path).role):
                yield path, difference


def sums_of(
    known: Sequence[Invariant], records: Sequence[Object], paths: Sequence[Segments]
) -> list[Invariant]:
    """Return what these records show of the known sums, and which more hold between numbers at ``paths``."""
    found = statistics.recounted(known, records) if known else []
    relations = {one.relation for one in known}
    new = statistics.learn_invariants(records, paths) if paths else []
    return [*found, *(one for one in new if one.relation not in relations)]


def broken_sums(known: Sequence[Invariant], records: Sequence[Object]) -> list[Breach]:
    """Return the sums that held and do not hold in these records."""
    return statistics.broken(known, records) if known else []


def sampled(records: Sequence[Any], sample: int) -> Sequence[Any]:
    """Return every n-th record, at most ``sample`` of them."""
    return records[:: -(-len(records) // sample) or 1]


def _place(err: BaseException) -> str:
    at = err.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    where = f" in {PurePath(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at else ""
    return f"the statistics of values failed: {type(err).__name__}{where}"
