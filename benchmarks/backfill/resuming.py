"""A backfill that is stopped in the middle and gone on with: what comes of each record, and how often."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.backfill.arrivals import Arrivals, Tally
from benchmarks.backfill.measuring import Say, Watch, days_of_a_window
from benchmarks.backfill.stage import STREAM, Stage
from benchmarks.peers.usage import Broken
from benchmarks.workers import Workers
from sluice.registry.backfills import Backfills
from sluice.usecases.backfill.start import resume_backfill, start_backfill
from sluice.usecases.operating.ending import stop_run

_WINDOWS = 12
"""At 60,000 records two chunks each: one is handed over when the other is not."""
_SHARE = 3
"""It is stopped when one record in so many has come."""
_EVERY = 0.05
_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Resumed:
    """Of ``windows`` windows ``done`` were when it was stopped, and ``came`` records had come."""

    windows: int
    done: int
    came: int
    tally: Tally

    def to_json(self) -> dict[str, Any]:
        """Return all of it as a JSON object."""
        return asdict(self)

    def in_words(self) -> str:
        """Return what was done, and what came."""
        return (
            f"Stopped when {self.done} of {self.windows} windows were done and {self.came:,} records had "
            f"come, then resumed: {self.tally.in_words()}."
        )


def resumed(stage: Stage, records: int, say: Say) -> Resumed:
    """Stop a backfill of so many records in the middle and resume it; raises Broken where it fails."""
    world, name = stage.deployment.world, "bench-resumed"
    history = stage.connect(name, records)
    days = days_of_a_window(history, max(records // _WINDOWS, 1))
    arrivals = Arrivals(records)
    receiver = stage.receiver(arrivals)
    receiver.start()
    run = start_backfill(world, {"connection": name, "stream": STREAM, "days": days})
    began = time.monotonic()
    while arrivals.came * _SHARE < records:
        if receiver.failed is not None or time.monotonic() - began > _PATIENCE:
            raise Broken(f"{arrivals.came} records came in {_PATIENCE:g} s") from receiver.failed
        time.sleep(_EVERY)
    stop_run(world, run, "benchmark")
    came = arrivals.came
    done = sum(window.outcome == "done" for window in Backfills(world.runs_table).windows(run))
    say(f"  stopped with {done} windows done and {came:,} records received; resuming")
    watch = Watch(stage, Workers(stage.embedded), arrivals, say)
    watch.until_ended(resume_backfill(world, run))
    receiver.wait_for(records, _PATIENCE)
    receiver.stop()
    return Resumed(-(-history.days // days), done, came, arrivals.tally())
