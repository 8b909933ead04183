"""Starting a backfill, or one that reads the windows which another has left."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any, TypeGuard

from sluice.registry.audit import Act
from sluice.registry.backfills import TRIGGER, Backfill, Backfills
from sluice.usecases.backfill.plan import PlanBackfill
from sluice.usecases.backfill.windows import Cut, checked_keys, refused
from sluice.usecases.operating.auditing import audited
from sluice.usecases.world import World


def start_backfill(world: World, wanted: dict[str, Any]) -> str:
    """Start the state machine `backfill` and return the run's id.

    ``wanted``: connection, stream, and as far as they are given since, until (ISO 8601 days), days, keys (two
    whole numbers), size, resumes. Raises ConfigurationInvalid for an unknown connection or stream, for days
    that are none, and for keys that cannot be; what else the stream and its other readers say to it is for
    PlanBackfill.
    """
    cut = asked(wanted, "", "").cut
    connection = world.connections.get(wanted["connection"])
    streams = world.connector_of(connection).streams
    if wanted["stream"] not in streams:
        message = f"{connection.connector} has no stream {wanted['stream']!r}; it has: {', '.join(streams)}"
        raise refused("unknown_stream", message)
    if cut.is_of_keys:
        checked_keys(streams[wanted["stream"]], cut)
    moment = world.clock.now().strftime("%Y%m%dT%H%M%SZ")
    run = f"{connection.name}-{TRIGGER}-{moment}-{secrets.token_hex(2)}"
    given = {name: value for name, value in wanted.items() if value is not None}
    where = f"{connection.name}/{wanted['stream']}"
    with audited(world, Act(world.who, "backfills.start", where, connection.name)) as outcome:
        world.backfills.start(run, {**given, "trigger": TRIGGER})
        outcome.after = {"run": run, **given}
    return run


def resume_backfill(world: World, sweep: str) -> str:
    """Start a run that reads the windows that are left of a backfill, and return its id.

    Raises ConfigurationInvalid for an unknown one.
    """
    backfill = find_backfill(world, sweep)
    where = {"connection": backfill.connection, "stream": backfill.stream}
    return start_backfill(world, {**where, "resumes": backfill.sweep})


def find_backfill(world: World, name: str) -> Backfill:
    """Return the backfill by its id, or by the id of a run of it; raises ConfigurationInvalid."""
    backfills = Backfills(world.runs_table)
    found = backfills.get(name)
    if found is None:
        run = world.runs.get(name)
        sweeps = run.sweeps.values() if run else ()
        found = next((one for one in map(backfills.get, sweeps) if one is not None), None)
    if found is None:
        raise refused("unknown_backfill", f"{name} is no backfill; see: sluice runs list --trigger backfill")
    return found


def asked(given: dict[str, Any], run: str, started_at: str) -> PlanBackfill:
    """Return what an execution's input asks for; raises ConfigurationInvalid for what is no day or key."""
    return PlanBackfill(
        run=run,
        started_at=started_at,
        connection=str(given["connection"]),
        stream=str(given["stream"]),
        cut=Cut(
            since=_day("from", given.get("since")),
            until=_day("to", given.get("until")),
            days=_count("days", given.get("days")),
            keys=_keys(given.get("keys")),
            size=_count("size", given.get("size")),
        ),
        resumes=str(given.get("resumes") or ""),
    )


def _day(name: str, value: object) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as err:
        raise refused("bad_days", f"--{name} {value}; should be a day such as 2024-01-31") from err


def _count(name: str, value: object) -> int | None:
    if value is None or (_is_whole(value) and value > 0):
        return value
    code = "bad_days" if name == "days" else "bad_keys"
    raise refused(code, f"--{name} {value}; should be a whole number from 1")


def _keys(value: object) -> tuple[int, int] | None:
    if value is None:
        return None
    if isinstance(value, list) and len(value) == 2 and all(map(_is_whole, value)):
        return value[0], value[1]
    raise refused("bad_keys", f"keys are {value}; should be two whole numbers such as [0, 5000000]")


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
