"""What people do is written down around it: as begun before, as done or failed after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, field

from sluice.registry.audit import Act, AuditFilter, Entry
from sluice.registry.incidents import Incident
from sluice.usecases.operating.periods import check_period
from sluice.usecases.world import World, iso


class Outcome(Struct):
    """What an action came to: whoever does it puts into ``after`` how things are then; JSON, no secrets."""

    after: dict[str, Any] = field(default_factory=dict)


_BEFORE = timedelta(minutes=5)
"""What starts something is written down before it is there."""


def audit_filter(**wanted: str) -> AuditFilter:
    """Return the filter; raises ConfigurationInvalid where since or until is no day and no time, in UTC."""
    check_period(wanted, "entries of the audit")
    return AuditFilter(**wanted)


def done_to_run(world: World, run: str) -> list[Entry]:
    """Return who did what to the run, the newest first; nothing is known of one without a record yet."""
    known = world.runs.get(run)
    return _done_to(world, known.connection, run, known.started_at) if known else []


def done_to_change(world: World, incident: Incident) -> list[Entry]:
    """Return who did what about the change, the newest first."""
    return _done_to(world, incident.connection, incident.id, incident.opened_at)


def _done_to(world: World, connection: str, target: str, since: str) -> list[Entry]:
    begins = datetime.fromisoformat(since) - _BEFORE
    return world.audit.of_target(connection, target, iso(begins))


@contextmanager
def audited(world: World, act: Act) -> Iterator[Outcome]:
    """Write down what is done inside; where that cannot be written, nothing is done.

    An action that raises is written down as failed, with the first line of the error. If only the last write
    fails, the error is raised though the action was done: its entry stays begun.
    """
    entry = world.audit.begin(act, world.clock.now())
    outcome = Outcome()
    try:
        yield outcome
    except BaseException as error:
        told = f"{type(error).__name__}: {error}".splitlines()[0]
        with suppress(Exception):  # what went wrong first is raised; the entry stays begun, which is seen
            world.audit.end(entry, world.clock.now(), after=outcome.after, error=told)
        raise
    world.audit.end(entry, world.clock.now(), after=outcome.after)
