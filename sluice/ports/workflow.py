"""Port: executions of a state machine and the task tokens it waits on. Nothing here knows Step Functions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from msgspec import Struct

MAX_PAYLOAD_BYTES = 262_144
"""Most bytes of UTF-8 JSON that a state may take or give (Step Functions service quotas, read 2026-11-21)."""

MAX_STEPS = 25_000
"""Most events that an execution's history can hold."""


class TokenExpired(Exception):
    """Nobody waits on this task token any more: the run ended, or the step was given up."""


class ExecutionNotFound(LookupError):
    """No execution has this name."""


class NotRedrivable(Exception):
    """The execution cannot go on from where it ended; the message says why."""


class PayloadTooLarge(ValueError):
    """An input or output is over MAX_PAYLOAD_BYTES: what is that large travels as a reference."""


class Execution(Struct, frozen=True):
    """One execution; times are ISO 8601 UTC.

    ``status`` is RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED or PENDING_REDRIVE. ``arn`` is what whoever
    executes it knows it by, for links to there.
    """

    name: str
    status: str
    started_at: str
    stopped_at: str | None = None
    error: str | None = None
    cause: str | None = None
    arn: str | None = None


class Step(Struct, frozen=True):
    """One event of an execution's history, as far as people care: which state, what happened, when.

    ``at`` is ISO 8601 UTC. ``kind`` is entered, exited, failed, retried (a failed state tries again) or
    waited (a Wait state is over). ``state`` is "" for the execution itself. ``details`` holds what the
    kind has: ``type`` of the state, ``input`` of entered, ``output`` of exited, ``error`` and ``cause``; and
    ``came_from`` of entered, the state before it: the Map, of the first one inside; absent for the first.
    What ends a task's attempt (exited, failed) has ``used``, what its function says it used (Metered), or,
    where nothing is said, ``seconds``, which the attempt took.
    """

    at: str
    kind: str
    state: str
    details: dict[str, Any]


class Workflow(Protocol):
    """One state machine: `sync`, `replay`, `backfill`, `watch` or `housekeeping`."""

    def start(self, name: str, payload: dict[str, Any]) -> None:
        """Start an execution of this name; a name that was started before, ended or not, changes nothing.

        Raises :class:`PayloadTooLarge`.
        """

    def describe(self, name: str) -> Execution:
        """Return the execution; raises :class:`ExecutionNotFound`."""

    def history(self, name: str, limit: int = MAX_STEPS, *, data: bool = True) -> list[Step]:
        """Return the execution's first ``limit`` steps, oldest first; raises :class:`ExecutionNotFound`.

        Without ``data`` what went into states and came out of them is not told: it is most of a history.
        """

    def items(self, name: str, *, data: bool = True) -> Iterator[list[Step]]:
        """Yield the history of each execution that a distributed Map of this one started, as :meth:`history`.

        One after the other, as they are asked for: there can be thousands. Raises :class:`ExecutionNotFound`.
        """

    def definition(self, name: str) -> dict[str, Any]:
        """Return the definition (ASL) that the execution runs by; raises :class:`ExecutionNotFound`."""

    def stop(self, name: str, error: str, cause: str) -> bool:
        """End a running execution as ABORTED; return False where it had ended before, which changes nothing.

        Raises :class:`ExecutionNotFound`.
        """

    def redrive(self, name: str) -> None:
        """Let an execution that ended FAILED, TIMED_OUT or ABORTED go on from the step that did not succeed.

        Raises :class:`ExecutionNotFound`, :class:`NotRedrivable`.
        """

    def succeed(self, token: str, output: dict[str, Any]) -> None:
        """Tell the waiting step that it succeeded; raises :class:`TokenExpired`, :class:`PayloadTooLarge`."""

    def fail(self, token: str, error: str, cause: str) -> None:
        """Tell the waiting step that it failed with ``error``; raises :class:`TokenExpired`."""
