"""ReadWindow and CloseWindow: one window of a backfill, page by page, as FetchPages reads a stream."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.errors import ApiChanged, ConfigurationInvalid, OutcomeUnknown, SluiceError
from sluice.registry.backfills import Backfill, Backfills, WindowState
from sluice.registry.cursors import Cursors
from sluice.usecases.backfill.windows import refused
from sluice.usecases.contracts.noted_changes import remembered_changes
from sluice.usecases.fetching.step import MAX_CHUNKS, Fetched, Of, Step, read_on
from sluice.usecases.fetching.sweep import Sweep
from sluice.usecases.world import World, iso


class ReadWindow(Struct, frozen=True):
    """``number`` and ``span`` say which window of the backfill ``sweep``; the rest is as in FetchPages."""

    run: str
    connection: str
    stream: str
    sweep: str
    number: int
    span: list[str] | list[int | None] | None
    position: dict[str, Any] | None
    seconds: float
    chunks: int = MAX_CHUNKS


def read_window(world: World, wanted: ReadWindow) -> dict[str, Any]:
    """Return what FetchPages returns, of one window; what it came to is written down.

    Raises a wire error if not a page came in this step; ApiChanged too where another window has met a change;
    ConfigurationInvalid where the window has more chunks than there are numbers; LeaseLost.
    """
    world.leases.renew(wanted.connection, wanted.run, world.clock.now())
    world = world.of_run(wanted.run)
    backfills = Backfills(world.runs_table)
    known = backfills.window(wanted.sweep, wanted.number)
    backfill = _backfill(world, wanted)
    if known is not None and known.outcome == "done":
        return Fetched("done", _begun(backfill, wanted, known)).to_json(world.bucket)
    sweep = Sweep.from_json(wanted.position) if wanted.position else _begun(backfill, wanted, known)
    before = known or WindowState(wanted.number, wanted.run)
    try:
        _stop_if_changed(world, wanted)
        fetched = _read(world, wanted, sweep)
        state = _state(world, (wanted, backfill), fetched.sweep, "reading")
        if state.used > backfill.per_window:
            raise refused(
                "window_too_large", f"{state.in_words()} has more than {backfill.per_window} chunks"
            )
    except SluiceError as error:
        failed = replace(
            before, run=wanted.run, outcome="failed", span=wanted.span, at=iso(world.clock.now())
        )
        failed = replace(failed, error=type(error).__name__, cause=str(error)[:500])
        backfills.put_window(wanted.sweep, failed, world.expiry())
        raise
    # Before the chunks are handed over: an attempt that fails from here on never uses their numbers again.
    backfills.put_window(wanted.sweep, state, world.expiry())
    return fetched.to_json(world.bucket)


def _backfill(world: World, wanted: ReadWindow) -> Backfill:
    found = Backfills(world.runs_table).get(wanted.sweep)
    if found is None:
        raise ConfigurationInvalid(f"the backfill {wanted.sweep} was never planned", [])
    return found


def _stop_if_changed(world: World, wanted: ReadWindow) -> None:
    changes = remembered_changes(world, wanted.run, wanted.stream)
    if changes:
        raise ApiChanged(f"another window has met it: {changes[0].in_words()}", changes)
    held = Cursors(world.state, wanted.connection).get(wanted.stream).held
    if held:
        raise refused("held", f"{wanted.stream} is held: decide first, sluice changes show {held}")


def _begun(backfill: Backfill, wanted: ReadWindow, known: WindowState | None) -> Sweep:
    """Return the sweep of a window of which nothing was read in this attempt."""
    return Sweep(
        sweep=backfill.sweep,
        since=None,
        watermark=backfill.started_at,
        shape=backfill.shape,
        first=wanted.number * backfill.per_window + (known.used if known else 0),
        window=wanted.span,
    )


def _read(world: World, wanted: ReadWindow, sweep: Sweep) -> Fetched:
    connection = world.connections.get(wanted.connection)
    connector = world.connector_of(connection)
    of = Of(connection, connector, connector.streams[wanted.stream])
    fetched = read_on(world, of, sweep, Step(wanted.sweep, wanted.seconds, wanted.chunks))
    if fetched.outcome == "throttled":
        world.leases.renew(wanted.connection, wanted.run, datetime.fromisoformat(fetched.resume_at))
    return fetched


def _state(world: World, where: tuple[ReadWindow, Backfill], sweep: Sweep, outcome: str) -> WindowState:
    wanted, backfill = where
    return WindowState(
        number=wanted.number,
        run=wanted.run,
        outcome=outcome,
        records=sweep.records,
        begins=sweep.first,
        chunks=sweep.chunks,
        used=sweep.first + sweep.chunks - wanted.number * backfill.per_window,
        span=wanted.span,
        highest=sweep.highest,
        shifted=sweep.shifted,
        at=iso(world.clock.now()),
    )


def close_window(world: World, wanted: ReadWindow) -> dict[str, Any]:
    """Note that every chunk of the window was handed over; return its ``outcome`` and number of records.

    ``position`` is what the last ReadWindow returned. Raises OutcomeUnknown without one.
    """
    if wanted.position is None:
        raise OutcomeUnknown(f"window {wanted.number} of {wanted.sweep} was closed before it was read")
    sweep = Sweep.from_json(wanted.position)
    backfills = Backfills(world.runs_table)
    known = backfills.window(wanted.sweep, wanted.number)
    if known is None or known.outcome != "done":
        state = _state(world, (wanted, _backfill(world, wanted)), sweep, "done")
        backfills.put_window(wanted.sweep, state, world.expiry())
    return {"outcome": "done", "records": sweep.records}


def window_of(event: dict[str, Any], seconds: float) -> ReadWindow:
    """Return what a step's payload says; ``seconds`` is how long it may go on asking for pages."""
    return ReadWindow(
        run=event["run"],
        connection=event["connection"],
        stream=event["stream"],
        sweep=event["sweep"],
        number=event["window"]["window"],
        span=event["window"]["span"],
        position=event.get("position"),
        seconds=seconds,
    )
