"""How far a backfill is: windows, records, their rate, and how long it will go on as it does."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from msgspec import Struct

from sluice.model.structs import as_dict
from sluice.registry.backfills import TRIGGER, Backfill, Backfills
from sluice.registry.cursors import Cursors
from sluice.registry.runs import Run
from sluice.usecases.world import World


class Progress(Struct, frozen=True):
    """``windows`` is all of them; ``records`` of the run alone, ``per_second`` their rate since it began.

    ``seconds_left`` supposes windows of equal work; None until one of the run's is done, and at its end.
    ``can_be_resumed``: it has ended, and what it left may be read by another run.
    """

    backfill: str
    windows: int
    done: int
    failed: int
    reading: int
    records: int
    per_second: float
    seconds_left: int | None
    can_be_resumed: bool = False

    def in_words(self) -> str:
        """Return ``34 of 300 windows, 2 failed, 1,250 records/s, about 12 min left``."""
        parts = [f"{self.done} of {self.windows} windows"]
        parts += [f"{self.failed} failed"] if self.failed else []
        parts += [f"{self.per_second:,.0f} records/s"] if self.records else []
        parts += [f"about {_span(self.seconds_left)} left"] if self.seconds_left is not None else []
        return ", ".join(parts)

    def to_json(self) -> dict[str, Any]:
        """Return the progress as a JSON object."""
        return as_dict(self)


def progress_of_run(world: World, run: Run) -> Progress | None:
    """Return how far the run is; None where it is no backfill, or nothing was planned."""
    if run.trigger != TRIGGER:
        return None
    sweep = next(iter(run.sweeps.values()), None)
    return progress_of(world, run, sweep) if sweep else None


def can_be_resumed(world: World, run: Run, backfill: Backfill | None) -> bool:
    """Return whether the run has left windows that another may read; PlanBackfill may still refuse."""
    if backfill is None or backfill.run != run.id or run.status in {"running", "succeeded"}:
        return False
    cursor = Cursors(world.state, backfill.connection).get(backfill.stream)
    return cursor.begun == backfill.sweep and not cursor.held


def progress_of(world: World, run: Run, sweep: str) -> Progress | None:
    """Return how far the run's backfill is; None where nothing was planned."""
    backfill = Backfills(world.runs_table).get(sweep)
    if backfill is None:
        return None
    windows = list(Backfills(world.runs_table).windows(sweep))
    ours = [window for window in windows if window.run == run.id]
    outcomes = Counter(window.outcome for window in windows)
    ended = datetime.fromisoformat(run.ended_at) if run.ended_at else world.clock.now()
    seconds = max((ended - datetime.fromisoformat(run.started_at)).total_seconds(), 1.0)
    records = sum(window.records for window in ours)
    finished = sum(window.outcome == "done" for window in ours)
    left = backfill.windows - outcomes["done"]
    is_going = run.status == "running" and finished > 0
    return Progress(
        backfill=sweep,
        windows=backfill.windows,
        done=outcomes["done"],
        failed=outcomes["failed"],
        reading=outcomes["reading"],
        records=records,
        per_second=round(records / seconds, 1),
        seconds_left=round(seconds / finished * left) if is_going else None,
        can_be_resumed=can_be_resumed(world, run, backfill),
    )


def _span(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7_200 else f"{seconds / 3_600:.1f} h"
