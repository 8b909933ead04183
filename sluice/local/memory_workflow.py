"""Workflow in memory: the book of executions and task tokens, without an engine that runs states.

Who drives it (a test, the simulator) opens tokens, adds steps and ends executions by the methods that
the port does not have.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from threading import Lock
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.ports.clock import Clock
from sluice.ports.workflow import (
    MAX_PAYLOAD_BYTES,
    MAX_STEPS,
    Execution,
    ExecutionNotFound,
    NotRedrivable,
    PayloadTooLarge,
    Step,
    TokenExpired,
)


class Succeeded(Struct, frozen=True):
    """A token's answer: its step succeeded with ``output``."""

    output: dict[str, Any]


class Failed(Struct, frozen=True):
    """A token's answer: its step failed."""

    error: str
    cause: str


class _Kept(Struct):
    execution: Execution
    payload: dict[str, Any]
    steps: list[Step] = field(default_factory=list)
    items: list[list[Step]] = field(default_factory=list)


class MemoryWorkflow:
    """``answers`` holds what each token was answered with, by token; ``machine`` is the definition (ASL)."""

    def __init__(self, clock: Clock, machine: dict[str, Any] | None = None) -> None:
        self._clock = clock
        self._machine = machine or {}
        self._kept: dict[str, _Kept] = {}
        self._waiting: set[str] = set()
        self._lock = Lock()
        self.answers: dict[str, Succeeded | Failed] = {}

    def start(self, name: str, payload: dict[str, Any]) -> None:
        """Start an execution of this name; a name that was started before changes nothing."""
        copy = _checked_copy(payload)
        with self._lock:
            if name not in self._kept:
                started = Execution(name=name, status="RUNNING", started_at=self._now())
                self._kept[name] = _Kept(started, copy)
                self._kept[name].steps.append(Step(self._now(), "entered", "", {"input": copy}))

    def describe(self, name: str) -> Execution:
        """Return the execution; raises ExecutionNotFound."""
        return self._found(name).execution

    def history(self, name: str, limit: int = MAX_STEPS, *, data: bool = True) -> list[Step]:  # noqa: ARG002
        """Return the execution's first ``limit`` steps, oldest first; raises ExecutionNotFound."""
        return self._found(name).steps[:limit]

    def items(self, name: str, *, data: bool = True) -> Iterator[list[Step]]:  # noqa: ARG002
        """Yield the history of each execution that a Map of this one started; raises ExecutionNotFound."""
        yield from self._found(name).items

    def definition(self, name: str) -> dict[str, Any]:
        """Return the definition (ASL) that the execution runs by; raises ExecutionNotFound."""
        self._found(name)
        copy: dict[str, Any] = json.loads(json.dumps(self._machine))
        return copy

    def stop(self, name: str, error: str, cause: str) -> bool:
        """End a running execution as ABORTED; return False where it had ended; raises ExecutionNotFound."""
        if self._found(name).execution.status != "RUNNING":
            return False
        self.add_step(name, "failed", "", {"error": error, "cause": cause})
        self.end(name, "ABORTED", error, cause)
        return True

    def redrive(self, name: str) -> None:
        """Let an ended execution go on; raises ExecutionNotFound, NotRedrivable."""
        found = self._found(name)
        if found.execution.status not in {"FAILED", "TIMED_OUT", "ABORTED"}:
            raise NotRedrivable(f"{name} is {found.execution.status}")
        found.execution = replace(found.execution, status="RUNNING", stopped_at=None, error=None, cause=None)

    def succeed(self, token: str, output: dict[str, Any]) -> None:
        """Tell the waiting step that it succeeded; raises TokenExpired, PayloadTooLarge."""
        self._answer(token, Succeeded(_checked_copy(output)))

    def fail(self, token: str, error: str, cause: str) -> None:
        """Tell the waiting step that it failed with ``error``; raises TokenExpired."""
        self._answer(token, Failed(error, cause))

    def payload(self, name: str) -> dict[str, Any]:
        """Return what the execution was started with; raises ExecutionNotFound."""
        return self._found(name).payload

    def wait_for(self, token: str) -> None:
        """A step waits on ``token`` from now on, until it is answered or given up."""
        self._waiting.add(token)

    def give_up(self, token: str) -> None:
        """Nobody waits on ``token`` any more."""
        self._waiting.discard(token)

    def add_step(self, name: str, kind: str, state: str, details: dict[str, Any] | None = None) -> None:
        """Add a step to the execution's history, at the present time."""
        self._found(name).steps.append(Step(self._now(), kind, state, details or {}))

    def add_item(self, name: str, steps: list[Step]) -> None:
        """Add an execution that a Map of this one started, with its history."""
        self._found(name).items.append(steps)

    def end(self, name: str, status: str, error: str | None = None, cause: str | None = None) -> None:
        """End the execution with ``status``: SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""
        found = self._found(name)
        found.execution = replace(
            found.execution, status=status, stopped_at=self._now(), error=error, cause=cause
        )

    def _found(self, name: str) -> _Kept:
        try:
            return self._kept[name]
        except KeyError:
            raise ExecutionNotFound(name) from None

    def _answer(self, token: str, answer: Succeeded | Failed) -> None:
        with self._lock:
            if token not in self._waiting:
                raise TokenExpired("nobody waits on this token")
            self._waiting.discard(token)
            self.answers[token] = answer

    def _now(self) -> str:
        return self._clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _checked_copy(payload: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    if len(text.encode()) > MAX_PAYLOAD_BYTES:
        raise PayloadTooLarge(f"{len(text.encode())} bytes of JSON, a state takes {MAX_PAYLOAD_BYTES}")
    copy: dict[str, Any] = json.loads(text)
    return copy
