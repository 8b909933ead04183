"""Has MiniStack write down the states inside of a Map, each event with the one before it, as AWS does.

MiniStack 1.5.33 writes when a state of the machine itself is entered and left, and of those inside of a Map
only anonymous tasks. Here each is written with its name; what went in and came out is left out. Imported by
the embedded AWS's own process only (sluice/local/embedded_server.py).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import ContextVar
from types import ModuleType
from typing import Any

Execution = dict[str, Any]
AddEvent = Callable[..., dict[str, Any]]

_BEFORE: ContextVar[tuple[str, int]] = ContextVar("before", default=("", 0))
"""The execution and the event that were written last in this branch: MiniStack gives each a copy."""

_WRITING = threading.Lock()


class _Followed(dict[str, Any]):
    """The states of an inner machine: MiniStack looks each up as it enters it."""

    def __init__(self, states: dict[str, Any], note: Callable[[str, str, dict[str, Any]], object]) -> None:
        super().__init__(states)
        self._note = note
        self._inside: tuple[str, str] | None = None

    def get(self, name: str, default: Any = None) -> Any:
        """Return the state, which is entered; the one before it has been left."""
        self.leave()
        state = super().get(name, default)
        if state is not None:
            self._inside = (state.get("Type", ""), name)
            self._note(f"{state.get('Type', '')}StateEntered", "stateEnteredEventDetails", {"name": name})
        return state

    def leave(self) -> None:
        """Write down that the state is left that is entered."""
        if self._inside is not None:
            kind, name = self._inside
            self._inside = None
            self._note(f"{kind}StateExited", "stateExitedEventDetails", {"name": name})


def write_whole_histories(engine: ModuleType) -> None:
    """Have ``engine`` (ministack.services.stepfunctions) write every step; raises AttributeError."""
    add_event: AddEvent = engine._add_event  # noqa: SLF001 - no other way in
    run_inner = engine._run_sub_machine  # noqa: SLF001 - no other way in

    def add_chained(execution: Execution, kind: str, details: dict[str, Any] | None = None) -> dict[str, Any]:
        of, before = _BEFORE.get()
        arn = str(execution.get("executionArn", ""))
        with _WRITING:  # an event's id is how many there are
            event = add_event(execution, kind, details)
            event["previousEventId"] = before if of == arn else 0
        _BEFORE.set((arn, event["id"]))
        return event

    def run_followed(states: dict[str, Any], start_at: str, given: Any, *context: Any) -> Any:
        execution: Execution = context[0]

        def note(kind: str, name: str, details: dict[str, Any]) -> object:
            return add_chained(execution, kind, {name: details})

        followed = _Followed(states, note)
        result = run_inner(followed, start_at, given, *context)
        followed.leave()
        return result

    engine._add_event = add_chained  # type: ignore[attr-defined]  # noqa: SLF001
    engine._run_sub_machine = run_followed  # type: ignore[attr-defined]  # noqa: SLF001
