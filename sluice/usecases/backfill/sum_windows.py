"""SumWindows: what the windows of a backfill came to, and so what is to be done about the stream."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.errors import ApiChanged, ErpUnavailable, OutcomeUnknown
from sluice.registry.backfills import Backfill, Backfills, WindowState
from sluice.registry.cursors import Cursors
from sluice.registry.runs import StreamResult
from sluice.snapshot.receipts import Receipts, receipts_prefix
from sluice.usecases.contracts.noted_changes import remembered_changes
from sluice.usecases.fetching.sweep import Sweep
from sluice.usecases.keep import keep_what_arrived
from sluice.usecases.telling.tell import resolve_incidents
from sluice.usecases.world import World

_TOLD = 3


class SumWindows(Struct, frozen=True):
    """``sweep`` is the backfill's id."""

    run: str
    connection: str
    stream: str
    sweep: str


def sum_windows(world: World, wanted: SumWindows) -> dict[str, Any]:
    """Return ``outcome``, ``position``, ``failure`` and ``ended``, the stream's result where there is one.

    ``outcome``: whole (all that the stream has was handed over, and is to be committed), part (so were the
    days asked for, and they are kept), changed (a change is to be judged), incomplete (windows are left).
    Raises OutcomeUnknown if a chunk of a window has no receipt; LeaseLost.
    """
    world.leases.renew(wanted.connection, wanted.run, world.clock.now())
    backfills = Backfills(world.runs_table)
    backfill = backfills.get(wanted.sweep)
    if backfill is None:
        raise OutcomeUnknown(f"the backfill {wanted.sweep} was never planned")
    windows = list(backfills.windows(wanted.sweep))
    done = [window for window in windows if window.outcome == "done"]
    changes = remembered_changes(world, wanted.run, wanted.stream)
    if changes or len(done) < backfill.windows:
        # Here, where there is time for it: an index of millions takes minutes.
        keep_what_arrived(world, (wanted.connection, wanted.stream), wanted.run, wanted.sweep)
    if changes:
        return _summed("changed", failure=(ApiChanged.__name__, changes[0].in_words()))
    if len(done) < backfill.windows:
        return _summed("incomplete", failure=_why(backfill, windows, len(done)))
    position = _whole_sweep(world, backfill, done)
    if backfill.whole:
        return _summed("whole", position=position)
    return _summed("part", ended=_kept(world, wanted, position))


def _summed(
    outcome: str,
    *,
    position: Sweep | None = None,
    failure: tuple[str, str] = ("", ""),
    ended: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "position": position.to_json() if position else {},
        "failure": {"Error": failure[0], "Cause": failure[1]},
        "ended": ended,
    }


def _why(backfill: Backfill, windows: Sequence[WindowState], done: int) -> tuple[str, str]:
    """Return the error that most of the windows met that are left, and in words what to do."""
    failed = [window for window in windows if window.outcome == "failed"]
    most = Counter(window.error for window in failed).most_common(1)
    error = most[0][0] if most else ErpUnavailable.__name__
    told = [f"{window.in_words()}: {window.cause}" for window in failed[:_TOLD]]
    more = [f"and {len(failed) - _TOLD} more"] if len(failed) > _TOLD else []
    left = f"{backfill.windows - done} of {backfill.windows} windows were not read to their end"
    go_on = f"what came is kept; read the others: sluice backfill resume {backfill.sweep}"
    return error, f"{left}; {'; '.join([*told, *more, go_on])}"


def _whole_sweep(world: World, backfill: Backfill, done: Sequence[WindowState]) -> Sweep:
    """Return the sweep that the windows make together; its chunks are all that have receipts.

    Those of attempts that failed are among them: what they published has been seen, too.
    """
    prefix = receipts_prefix(backfill.connection, backfill.stream, backfill.sweep)
    found = {int(PurePosixPath(key).name[:6]) for key in world.objects.keys(prefix)}
    wanted = {number for one in done for number in range(one.begins, one.begins + one.chunks)}
    if not wanted <= found:
        missing = len(wanted - found)
        raise OutcomeUnknown(f"{backfill.stream}: {missing} of {len(wanted)} chunks have no receipt")
    given_up = _read_again(world, backfill, found - wanted)
    highest = max((one.highest for one in done if one.highest is not None), default=None, key=_ordered)
    return Sweep(
        sweep=backfill.sweep,
        since=None,
        watermark=backfill.started_at,
        chunks=len(found),
        records=sum(one.records for one in done),
        reader={"highest": highest, "shifted": any(one.shifted for one in done), "facts": {}},
        shape=backfill.shape,
        repeated=given_up,
    )


def _read_again(world: World, backfill: Backfill, numbers: set[int]) -> int:
    """Return how many records the chunks of failed attempts held."""
    if not numbers:
        return 0
    receipts = Receipts(world.objects, backfill.connection, backfill.stream, backfill.sweep)
    found = receipts.between(min(numbers), max(numbers) + 1)
    return sum(one.counts.fetched for one in found if one.number in numbers)


def _ordered(version: str) -> tuple[int, str]:
    """Row versions are whole numbers, or text that is ordered as it is written."""
    return (int(version), "") if version.isdecimal() else (0, version)


def _kept(world: World, wanted: SumWindows, sweep: Sweep) -> dict[str, Any]:
    """Keep what was handed over of some days only: the cursor stays, and nothing counts as gone."""
    keep_what_arrived(world, (wanted.connection, wanted.stream), wanted.run, wanted.sweep)
    cursors = Cursors(world.state, wanted.connection)
    cursor = cursors.get(wanted.stream)
    if cursor.begun == wanted.sweep:
        cursors.put(wanted.stream, replace(cursor, begun=None))
    counts = world.runs.chunk_counts(wanted.run, wanted.stream).to_json()
    result = StreamResult(wanted.stream, "synced", counts, records_fetched=sweep.records, sweep=wanted.sweep)
    world.runs.put_stream(wanted.run, result, world.expiry())
    resolve_incidents(world, wanted.connection, wanted.stream, wanted.run)
    return {"stream": wanted.stream, "outcome": "synced", "counts": counts}
