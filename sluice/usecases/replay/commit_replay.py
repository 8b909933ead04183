"""CommitReplay: every chunk of the replay was handed over; what went through leaves the quarantine.

The stream's watermark stays where it is: nothing was read. Committing the same replay again changes nothing.
"""

from __future__ import annotations

import gzip
from typing import Any

from msgspec.structs import replace

from sluice.errors import LeaseLost, OutcomeUnknown
from sluice.messages.notification import Notice, Notification, page_of
from sluice.model.chunk import Counts
from sluice.registry.cursors import Cursors
from sluice.registry.runs import Run, StreamResult
from sluice.snapshot.receipts import Receipts
from sluice.usecases.keep import snapshot_with
from sluice.usecases.replay.plan import Replay, ReplayPlan, find_plan
from sluice.usecases.replay.sources import line_digest
from sluice.usecases.telling.tell import tell_untold
from sluice.usecases.world import World, iso


def commit_replay(world: World, wanted: Replay) -> dict[str, Any]:
    """Keep what was published, clear the quarantine of it, free the connection, tell; return the counts.

    Raises OutcomeUnknown if a chunk has no receipt or the plan is lost, LeaseLost.
    """
    run = world.runs.get(wanted.run)
    if run is None or run.status == "running":
        world.leases.renew(wanted.connection, wanted.run, world.clock.now())
    plan = find_plan(world, wanted)
    if run is None or plan is None:
        raise OutcomeUnknown(f"the replay {wanted.run} was never planned")
    if run.status == "running":
        _keep(world, wanted, plan)
        for key, digests in plan.cleared.items():
            _clear(world, key, set(digests))
    counts = world.runs.chunk_counts(wanted.run, wanted.stream)
    result = StreamResult(wanted.stream, "replayed", counts.to_json(), sweep=wanted.run, note=_left(plan))
    world.runs.put_stream(wanted.run, result, world.expiry())
    tell_untold(world, wanted.connection)
    if run.status == "running":
        _tell(world, wanted, plan, counts)
    _end(world, run, counts)
    return {"outcome": "replayed", "counts": counts.to_json(), "overtaken": plan.overtaken, "left": plan.left}


def _keep(world: World, wanted: Replay, plan: ReplayPlan) -> None:
    """Overlay the stream's snapshot index with what was published."""
    cursors = Cursors(world.state, wanted.connection)
    cursor = cursors.get(wanted.stream)
    if cursor.begun != wanted.run:
        return
    done = {receipt.number for receipt in Receipts(world.objects, *wanted.where, wanted.run).all()}
    missing = [chunk.number for chunk in plan.chunks if chunk.number not in done]
    if missing:
        raise OutcomeUnknown(f"{wanted.stream}: {len(missing)} chunks of the replay have no receipt")
    snapshot = snapshot_with(world, wanted.where, cursor, wanted.run)
    try:
        cursors.put(wanted.stream, replace(cursor, snapshot=snapshot, begun=None))
    except LeaseLost:
        # Another worker on this very step was faster: then it is done.
        if cursors.get(wanted.stream).begun is not None:
            raise


def _clear(world: World, key: str, digests: set[str]) -> None:
    """Take these lines out of an object of the quarantine; one that holds nothing else is removed."""
    if not world.objects.exists(key):
        return
    lines = gzip.decompress(world.objects.get(key)).split(b"\n")
    stay = [line for line in lines if line_digest(line) not in digests]
    if not stay:
        world.objects.delete(key)
    elif len(stay) < len(lines):
        world.objects.put(key, gzip.compress(b"\n".join(stay), 1, mtime=0))


def _tell(world: World, wanted: Replay, plan: ReplayPlan, counts: Counts) -> None:
    where = f"{wanted.connection}/{wanted.stream}"
    told = f"{counts.published} published, {counts.unchanged} unchanged, {counts.quarantined} quarantined"
    notification = Notification(
        kind=Notice.REPLAY_FINISHED,
        connection=wanted.connection,
        run=wanted.run,
        time=iso(world.clock.now()),
        title=f"{where}: replay finished, {told}",
        advice=f"See what stays: sluice quarantine list {wanted.connection}" if plan.left else "",
        stream=wanted.stream,
        facts={"counts": counts.to_json(), "overtaken": plan.overtaken, "left": plan.left},
        page=page_of("runs", wanted.run),
    )
    world.notification.publish([notification.to_message()])


def _left(plan: ReplayPlan) -> str:
    parts = [
        f"{plan.overtaken} overtaken by a later read" if plan.overtaken else "",
        f"{plan.left} stay quarantined" if plan.left else "",
    ]
    return ", ".join(part for part in parts if part)


def _end(world: World, run: Run, counts: Counts) -> None:
    ended = replace(run, status="succeeded", ended_at=iso(world.clock.now()), counts=counts.to_json())
    world.runs.put(run if run.status != "running" else ended, world.expiry())
    world.leases.free(run.connection, run.id)
