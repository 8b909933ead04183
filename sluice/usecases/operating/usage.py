"""What a run used: its states by its execution's history, all else by what its functions say in there.

A backfill's windows are executions of their own, each with a history of its own. A function that failed says
nothing: of it the history tells how long it took, and its requests are not known. What it costs is cost.py's.
It is kept when the run has ended, so that neither the 90 days for which Step Functions keeps histories nor
their length matters to whoever asks later.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.model.metered import KEY, Metered
from sluice.ports.workflow import MAX_STEPS, Step
from sluice.registry.backfills import TRIGGER
from sluice.registry.usages import Usage, Usages, Used
from sluice.usecases.operating.runs import path_of_run
from sluice.usecases.world import World

MEMORY = {
    "PlanRun": 512,
    "LookForNews": 512,
    "FetchPages": 1024,
    "HandOverChunk": 1769,
    "CommitCursor": 1769,
    "JudgeChange": 512,
    "RecordFailure": 512,
    "SummariseRun": 256,
    "PlanReplay": 1769,
    "ReplayChunk": 1769,
    "CommitReplay": 1769,
    "FailReplay": 512,
    "PlanBackfill": 1024,
    "ReadWindow": 1024,
    "CloseWindow": 512,
    "SumWindows": 1024,
}
"""MB of the function behind each state (infra/functions.yml); chunks are the transformer's.

For attempts of which the function says nothing: it says its memory, too.
"""

HANDING_OVER = frozenset({"HandOverChunk", "ReplayChunk"})
"""States that send a message and wait for the transformer, which counts receiving and removing it itself."""

SQS = "sqs_request"
_ITEMS = "items"
_UNSAID_OF_A_MESSAGE = 2
_MB_OF_A_GB = 1024
_PLACES = Decimal("0.000001")

Amounts = defaultdict[str, Decimal]


def keep_usage(world: World, run: str, seconds: float = 60) -> Usage | None:
    """Keep what the ended run used, and return it; None for one that did nothing and has no record.

    A record that still says "running" is of a run that the last net is about to call lost. Of a backfill the
    windows are read for ``seconds``: where they are more, what is kept says so.
    """
    known = world.runs.get(run)
    used = used_by(path_of_run(world, run, data=False), MAX_STEPS) if known else None
    if known is None or used is None:
        return None
    if known.trigger == TRIGGER:
        used = _with_windows(world, run, used, seconds)
    records = known.counts.get("fetched", 0)
    status = "lost" if known.status == "running" else known.status
    usage = Usage(run, known.connection, known.trigger, status, known.started_at, records, used)
    Usages(world.runs_table).put(usage, world.expiry())
    return usage


def used_of(world: World, run: str, steps: Sequence[Step], limit: int) -> Used | None:
    """Return what the run used: as it was kept, or, of one under way, so far by its first ``limit`` steps.

    The windows of a backfill are not read here: that can take minutes.
    """
    known = world.runs.get(run)
    kept = Usages(world.runs_table).get(run) if known and known.status != "running" else None
    if kept:
        return kept.used
    found = used_by(steps, limit)
    is_backfill = known is not None and known.trigger == TRIGGER
    return replace(found, lacks=_ITEMS) if found and is_backfill else found


def used_by(steps: Sequence[Step], limit: int) -> Used | None:
    """Return what the steps (the oldest first, at most ``limit`` of them) used; None where there are none."""
    if not steps:
        return None
    begun = [step for step in steps if step.kind == "retried" or (step.kind == "entered" and step.state)]
    said = [step.state for step in steps if KEY in step.details]
    functions = MEMORY.keys() | set(said)
    invoked = Counter(step.state for step in begun if step.state in functions)
    sums = _sums(steps)
    sums.requests[SQS] += sum(step.state in HANDING_OVER for step in begun)
    return Used(
        transitions=len(begun),
        invoked=dict(invoked),
        gb_seconds={state: _text(sums.gb_seconds[state]) for state in invoked},
        lacks="end" if len(steps) >= limit else "",
        requests={kind: f"{units.normalize():f}" for kind, units in sorted(sums.requests.items()) if units},
        unmetered=sums.unmetered,
        cpu_seconds={state: _text(found) for state, found in sums.cpu_seconds.items()},
    )


def _with_windows(world: World, run: str, used: Used, seconds: float) -> Used:
    """Return what is used with the windows': of each also its start, which is billed as a transition."""
    until = world.clock.monotonic() + seconds
    for steps in world.backfills.items(run, data=False):
        if world.clock.monotonic() >= until:
            return replace(used, lacks=_ITEMS)
        window = used_by(steps, MAX_STEPS)
        used = _both(used, window) if window else used
        used = replace(used, transitions=used.transitions + 1)
    return used


def _both(one: Used, other: Used) -> Used:
    return Used(
        transitions=one.transitions + other.transitions,
        invoked=dict(Counter(one.invoked) + Counter(other.invoked)),
        gb_seconds=_added(one.gb_seconds, other.gb_seconds),
        lacks=one.lacks or other.lacks,
        requests=_added(one.requests, other.requests),
        unmetered=one.unmetered + other.unmetered,
        cpu_seconds=_added(one.cpu_seconds, other.cpu_seconds),
    )


def _added(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """Return the sums of decimal texts by their names."""
    names = sorted(one.keys() | other.keys())
    return {name: f"{Decimal(one.get(name, '0')) + Decimal(other.get(name, '0')):f}" for name in names}


class _Sums(Struct):
    """What attempts that are over used; by state, and by kind of request."""

    gb_seconds: Amounts = field(default_factory=lambda: defaultdict(Decimal))
    cpu_seconds: Amounts = field(default_factory=lambda: defaultdict(Decimal))
    requests: Amounts = field(default_factory=lambda: defaultdict(Decimal))
    unmetered: int = 0


def _sums(steps: Iterable[Step]) -> _Sums:
    sums = _Sums()
    for step in steps:
        metered = _metered(step)
        if metered is not None:
            sums.gb_seconds[step.state] += metered.gb_seconds
            sums.cpu_seconds[step.state] += Decimal(metered.cpu_ms) / 1000
            for kind, units in metered.requests.items():
                sums.requests[kind] += Decimal(units)
        elif step.state in MEMORY and "seconds" in step.details:
            sums.unmetered += 1
            seconds = Decimal(str(step.details["seconds"]))
            sums.gb_seconds[step.state] += seconds * MEMORY[step.state] / _MB_OF_A_GB
            if step.state in HANDING_OVER:
                sums.requests[SQS] += _UNSAID_OF_A_MESSAGE
    return sums


def _metered(step: Step) -> Metered | None:
    """Return what the function says it used; None where it says nothing that can be read."""
    if KEY in step.details:
        with suppress(KeyError, TypeError, ValueError, ArithmeticError):
            return Metered.from_json(step.details[KEY])
    return None


def _text(found: Decimal) -> str:
    return f"{found.quantize(_PLACES):f}"
