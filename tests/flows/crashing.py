"""Ports that count the calls which leave a trace, and a worker that dies at one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from sluice.ports.topic import OutgoingMessage
from tests.flows.rig import Killed, Rig

COUNTED = {
    "objects": {"put", "get", "delete"},
    "connections_table": {"put", "delete"},
    "state": {"put", "delete"},
    "runs_table": {"put", "delete"},
    "secrets": {"put", "delete"},
    "information": {"publish"},
    "notification": {"publish"},
    "workflow": {"start", "succeed", "fail"},
    "replays": {"start"},
}


class Aborted(BaseException):
    """The execution was ended from outside; no step follows."""


@dataclass
class Crash:
    """The worker dies ``before`` or ``after`` call number ``at`` (from 1; 0: never).

    A dead worker calls nothing more. With ``again`` another takes its step up, as the state machine has it;
    if ``lasting``, that one and the next die at once too. With ``meanwhile`` the worker does not die: it
    stands still for as long as that takes, goes on, and its execution has ended.
    """

    at: int = 0
    after: bool = False
    again: bool = True
    lasting: bool = False
    meanwhile: Callable[[], None] | None = None
    calls: int = 0
    dead: bool = False
    ended: bool = False

    def watch(self, rig: Rig) -> None:
        """Stand between the rig's use cases and its ports."""
        ports = {name: _Port(getattr(rig.world, name), methods, self) for name, methods in COUNTED.items()}
        rig.world = replace(rig.world, **ports)
        rig.hook = self._new_worker

    def heal(self) -> None:
        """From here on nobody dies any more, and new executions run."""
        self.at, self.dead, self.ended = 0, False, False

    def call(self, work: Callable[[], Any], *, counted: bool) -> Any:
        if self.dead:
            raise Killed
        self.calls += counted
        hit = counted and self.calls == self.at
        if hit and not self.after:
            self._hit()
        found = work()
        if hit and self.after:
            self._hit()
        return found

    def _hit(self) -> None:
        if self.meanwhile is not None:
            self.heal()
            self.meanwhile()
            self.ended = True
            return
        self.dead, self.ended = True, not self.again
        raise Killed

    def _new_worker(self, place: str) -> None:
        if self.ended:
            raise Aborted
        if place == "step" or not self.lasting:
            self.dead = False


class _Port:
    def __init__(self, inner: Any, methods: set[str], crash: Crash) -> None:
        self._inner, self._methods, self._crash = inner, methods, crash

    def publish(self, messages: Sequence[OutgoingMessage]) -> int:
        """Publish one by one: a worker may die between two messages of a batch."""
        return sum(
            self._crash.call(lambda message=message: self._inner.publish([message]), counted=True)
            for message in messages
        )

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)

        def called(*given: Any, **named: Any) -> Any:
            return self._crash.call(lambda: method(*given, **named), counted=name in self._methods)

        return called
