"""How time and memory grow with the number of records, against the first size; as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from benchmarks.backfill.measuring import Backfilled
from benchmarks.backfill.resuming import Resumed
from benchmarks.report import Goal, Section, at_most, machine
from benchmarks.workers import EMBEDDED

MOST = 1.2
"""Times of the first size: what a record may take."""
MOST_MEMORY = 1.1
"""Times of the first size: the memory of a function."""
_AT_WORK = 1.0
"""Seconds of the processor: who took less did hardly more than start, perhaps as the benchmark ended."""


@dataclass(frozen=True, slots=True)
class Growth:
    """What one size takes, of the first: ``time`` and ``cpu`` a record, ``peaks`` of memory as a whole.

    Each is 1 where it grows with the records (time), or not at all (memory). ``memory`` is the largest of the
    peaks of Sluice's own functions that had work to do, ``whose`` its function's name.
    """

    records: int
    time: float
    cpu: float
    peaks: dict[str, float]
    whose: str
    memory: float

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object, to three places."""
        return {
            "records": self.records,
            "time_a_record": round(self.time, 3),
            "cpu_a_record": round(self.cpu, 3),
            "peaks": {name: round(peak, 3) for name, peak in self.peaks.items()},
            "memory": round(self.memory, 3),
            "whose": self.whose,
        }


def growth(first: Backfilled, other: Backfilled) -> Growth:
    """Return what ``other`` takes, of what ``first`` takes."""
    share = first.records / other.records
    peaks = {name: peak / first.peaks[name] for name, peak in other.peaks.items() if first.peaks.get(name)}
    own = [name for name in peaks if name != EMBEDDED]
    at_work = [name for name in own if other.seconds.get(name, 0.0) >= _AT_WORK]
    whose = max(at_work or own, key=peaks.__getitem__)
    return Growth(
        other.records,
        other.run / first.run * share,
        other.own / first.own * share,
        peaks,
        whose,
        peaks[whose],
    )


def further(before: Backfilled, after: Backfilled) -> float | None:
    """Return the seconds of wall time of each record that one size has more than the size before it.

    What starting takes is not in it, which makes small sizes dear; None where there are not more.
    """
    more = after.records - before.records
    return (after.run - before.run) / more if more > 0 else None


def goals(found: Sequence[Backfilled]) -> tuple[Goal, ...]:
    """Return what was wanted of the largest size; nothing where there is one alone."""
    if len(found) < 2:
        return ()
    grown, sizes = growth(found[0], found[-1]), f"at {found[-1].records:,}, of that at {found[0].records:,}"
    early, late = further(*found[:2]), further(*found[-2:])
    steps = late / early if late and early and len(found) > 2 else None
    return (
        at_most("wall time of a further record, the last step of the first", steps, MOST, " times"),
        at_most(f"wall time a record {sizes}", grown.time, MOST, " times"),
        at_most(f"CPU of the functions a record {sizes}", grown.cpu, MOST, " times"),
        at_most(f"peak memory of a function ({grown.whose}) {sizes}", grown.memory, MOST_MEMORY, " times"),
    )


def section(found: Sequence[Backfilled], stopped: Resumed | None, command: str) -> Section:
    """Return it as a part of a report."""
    parts = [_sizes(found), _processes(found), *(f"- {one.in_words()}." for one in found)]
    if stopped is not None:
        parts.append(f"\n{stopped.in_words()}")
    return Section("A long history through a backfill", command, "\n".join(parts), goals(found))


def report(found: Sequence[Backfilled], stopped: Resumed | None) -> dict[str, Any]:
    """Return everything as a JSON object."""
    return {
        "machine": machine(),
        "sizes": [one.to_json() for one in found],
        "growth": [growth(found[0], one).to_json() for one in found[1:]],
        "further_record_seconds": [further(*two) for two in pairwise(found)],
        "resumed": stopped.to_json() if stopped else None,
    }


def _sizes(found: Sequence[Backfilled]) -> str:
    head = (
        "| records | windows | run, s | last event, s | lake, s | records/s | time a record, of the first "
        "| a further record, µs | CPU a record: functions, µs (of the first) | embedded AWS, µs |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n"
    )
    steps = [None, *(further(*two) for two in pairwise(found))]
    rows = (_size(found[0], one, step) for one, step in zip(found, steps, strict=True))
    return head + "".join(rows)


def _size(first: Backfilled, one: Backfilled, step: float | None) -> str:
    grown = growth(first, one)
    cells = (
        f"{one.records:,}",
        f"{one.windows}",
        f"{one.run:.1f}",
        f"{one.received:.1f}",
        f"{one.lake:.1f}",
        f"{one.records / one.run:,.0f}",
        f"{grown.time:.2f}",
        _figure(None if step is None else step * 1e6, 0),
        f"{one.own / one.records * 1e6:.0f} ({grown.cpu:.2f})",
        f"{one.seconds.get(EMBEDDED, 0.0) / one.records * 1e6:.0f}",
    )
    return f"| {' | '.join(cells)} |\n"


def _processes(found: Sequence[Backfilled]) -> str:
    """Return a table of what each kind of process took, its CPU and its peak at each size."""
    sizes = [f"{one.records:,}" for one in found]
    head = ["process", *(f"CPU at {size}, s" for size in sizes), *(f"peak at {size}, MB" for size in sizes)]
    rows = [f"| {' | '.join([*head, 'peak, of the first'])} |", f"|{'---|' * (2 * len(found) + 2)}"]
    for name in sorted({name for one in found for name in (*one.seconds, *one.beside)}):
        taken = [_figure((one.seconds | one.beside).get(name), 1) for one in found]
        peaks = [_figure(one.peaks.get(name), 0) for one in found]
        grown = _figure(growth(found[0], found[-1]).peaks.get(name), 2)
        rows.append(f"| {' | '.join([name, *taken, *peaks, grown])} |")
    return "\n".join([*rows, ""])


def _figure(value: float | None, places: int) -> str:
    return "-" if value is None else f"{value:,.{places}f}"
