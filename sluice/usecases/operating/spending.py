"""What a connection's runs cost, and what an API change has cost and will: estimates, each with its basis.

They are reckoned from what was kept of each run (sluice.registry.usages): no history is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import islice, takewhile

from msgspec import Struct

from sluice.model.schedules.times import next_times
from sluice.ports.clock import Clock
from sluice.registry.backfills import TRIGGER as BACKFILL
from sluice.registry.decisions import Decided
from sluice.registry.incidents import Incident
from sluice.registry.usages import Usage, Usages
from sluice.usecases.operating.cost import Cost, dollars_of, plain, priced, prices_of
from sluice.usecases.operating.replay_estimate import basis_of_replay, replay_of
from sluice.usecases.replay.plan_replay import TRIGGER
from sluice.usecases.replay.starting import names_of_replays
from sluice.usecases.replay.waiting import Waiting, waiting_of
from sluice.usecases.world import World

DAYS = 30
LOOKED_AT = 50
"""Runs and replays of a connection that are looked at: one request's worth."""

SHOWN = 10


class RunCost(Struct, frozen=True):
    """What one run, replay or backfill cost: ``dollars`` is a decimal text."""

    run: str
    trigger: str
    status: str
    started_at: str
    dollars: str


class Spending(Struct, frozen=True):
    """What the runs of a connection cost, ``runs`` the newest first; dollars are decimal texts.

    ``mean``, ``least`` and ``most`` are of the ``looked_at`` newest runs, None where none is kept.
    ``starts`` is how often its schedule starts one in DAYS days, None without schedule; ``a_month`` is what
    those would cost. ``replays`` and ``backfills`` are those among what was looked at. ``basis`` says in
    words whence it comes.
    """

    runs: tuple[RunCost, ...]
    replays: tuple[RunCost, ...]
    backfills: tuple[RunCost, ...]
    looked_at: int
    mean: str | None
    least: str | None
    most: str | None
    starts: int | None
    a_month: str | None
    region: str
    read: str
    basis: tuple[str, ...]


class ChangeSpending(Struct, frozen=True):
    """What a change has cost and will.

    ``runs`` met it first and last, ``replays`` handed over what it held: each cost all that it did, for other
    streams, too. ``replay`` is what it would cost to hand over what waits now, None where nothing does.
    """

    runs: tuple[RunCost, ...]
    replays: tuple[RunCost, ...]
    waiting: Waiting
    replay: Cost | None
    basis: tuple[str, ...]


def spending_of(world: World, name: str) -> Spending:
    """Return what the connection's runs cost; raises ConfigurationInvalid for an unknown connection."""
    connection = world.connections.get(name)
    known = list(islice(Usages(world.runs_table).of(name, LOOKED_AT), LOOKED_AT))
    # What is done once says nothing of a usual run.
    runs = [usage for usage in known if usage.trigger not in {TRIGGER, BACKFILL}]
    each = [dollars_of(usage.used) for usage in runs]
    mean = sum(each, Decimal(0)) / len(each) if each else None
    starts = (
        starts_of(world.clock, connection.schedule) if connection.schedule and not connection.paused else None
    )
    region, read = prices_of()
    return Spending(
        runs=_costs(runs[:SHOWN]),
        replays=_costs([usage for usage in known if usage.trigger == TRIGGER][:SHOWN]),
        backfills=_costs([usage for usage in known if usage.trigger == BACKFILL][:SHOWN]),
        looked_at=len(each),
        mean=plain(mean) if mean is not None else None,
        least=plain(min(each)) if each else None,
        most=plain(max(each)) if each else None,
        starts=starts,
        a_month=plain(mean * starts) if mean is not None and starts is not None else None,
        region=region,
        read=read,
        basis=_basis_of_runs(len(each), connection.schedule, starts, paused=connection.paused),
    )


def change_spending_of(world: World, incident: Incident) -> ChangeSpending:
    """Return what the change has cost, and what the replay of what it keeps waiting would cost now."""
    usages = Usages(world.runs_table)
    met = [usages.get(run) for run in dict.fromkeys((incident.run, incident.last_run)) if run]
    decided = Decided(incident.id, incident.opened_at, accepted=True, who="", reason="", at="")
    # Whatever ended is kept: behind a name that is not, no other was started.
    done = takewhile(bool, map(usages.get, names_of_replays(incident.connection, decided)))
    waiting = waiting_of(world, (incident.connection, incident.stream)) if incident.stream else Waiting()
    known = list(islice(usages.of(incident.connection, LOOKED_AT), LOOKED_AT)) if waiting.chunks else []
    return ChangeSpending(
        runs=_costs([usage for usage in met if usage]),
        replays=_costs([usage for usage in done if usage]),
        waiting=waiting,
        replay=priced(replay_of(waiting, known)) if waiting.chunks else None,
        basis=basis_of_replay(waiting, known) if waiting.chunks else (),
    )


def _costs(usages: Sequence[Usage]) -> tuple[RunCost, ...]:
    return tuple(
        RunCost(one.run, one.trigger, one.status, one.started_at, plain(dollars_of(one.used)))
        for one in usages
    )


def starts_of(clock: Clock, schedule: str) -> int:
    """Return how many runs the schedule starts in the next DAYS days; raises NoSchedule for what is none."""
    now = clock.now()
    until, wanted = now + timedelta(days=DAYS), 64
    while True:
        times = next_times(schedule, now, wanted)
        if len(times) < wanted or times[-1] > until:
            return sum(time <= until for time in times)
        wanted *= 8


def _basis_of_runs(
    looked_at: int, schedule: str | None, starts: int | None, *, paused: bool
) -> tuple[str, ...]:
    if not looked_at:
        return ("no run has ended since costs are kept",)
    by = f"the mean of the last {looked_at}, by what each used" if looked_at > 1 else "what its only one used"
    found = [f"a run: {by}"]
    if starts is not None:
        found.append(f"{DAYS} days: that, {starts} times, which is how often {schedule} starts a run")
    elif paused:
        found.append(f"{DAYS} days: nothing, while the connection is paused")
    else:
        found.append(f"{DAYS} days: not told, as it has no schedule")
    return (*found, "replays, and runs started by hand beside the schedule, come on top")
