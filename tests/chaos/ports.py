"""Ports that fail to order: what a real adapter raises, raised before, after or in the middle of the work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError
from msgspec.structs import replace

from sluice.local.fixed_clock import FixedClock
from sluice.ports.sender import TransportFailed
from sluice.ports.topic import OutgoingMessage, PublishFailed
from sluice.usecases.world import World
from tests.flows.crashing import Aborted
from tests.flows.rig import Killed


class Kind(StrEnum):
    """What becomes of one call."""

    REFUSED = "refused"  # throttled: nothing was done, and it is said
    UNSAID = "unsaid"  # done, and then a timeout is told
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"
    OUT_OF_TIME = "out of time"  # done; the function's time is over
    STALLED = "stalled"  # the worker stands still for longer than a lease lasts, and goes on
    OVERTAKEN = "overtaken"  # the worker stands still, its execution ends, the next one runs; then it goes on
    ABORTED = "aborted"  # the execution is ended from outside; no step follows
    PART = "in part"  # of several messages some are taken


DEADLY = frozenset({Kind.KILLED_BEFORE, Kind.KILLED_AFTER, Kind.OUT_OF_TIME})

TABLES = ("connections_table", "state", "runs_table")
WRITES = {
    "objects": {"put", "put_file", "delete", "delete_all"},
    **{name: {"put", "delete"} for name in TABLES},
    "secrets": {"put", "delete"},
    "information": {"publish"},
    "notification": {"publish"},
    "workflow": {"start", "succeed", "fail"},
    "replays": {"start"},
    "sender": {"send"},
}
READS = {
    "objects": {"get", "get_file", "exists", "keys", "entries"},
    **{name: {"get", "get_many", "query"} for name in TABLES},
    "secrets": {"get", "get_many"},
}

FUNCTION_SECONDS = 930
LEASE_SECONDS = 46 * 60


class OutOfTime(Killed):
    """The function's time was over."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a port; ``number`` counts from 1, ``is_write`` says whether it leaves a trace."""

    number: int
    port: str
    method: str
    is_write: bool

    @property
    def name(self) -> str:
        """What the call is named by."""
        return f"{self.port}.{self.method}"


@dataclass
class Injector:
    """Stands between use cases and ports, and asks ``plan`` of each call what becomes of it.

    A worker that died calls nothing more until :meth:`new_worker`. ``met`` counts what was met by call and
    kind; ``wrote`` is told of each item that was written into the state. ``meanwhile`` is what runs while a
    worker is overtaken.
    """

    clock: FixedClock
    plan: Callable[[Call], Kind | None] = lambda call: None
    meanwhile: Callable[[], None] = lambda: None
    wrote: Callable[[str, dict[str, Any]], None] = lambda sort, value: None
    met: Counter[tuple[str, str]] = field(default_factory=Counter)
    calls: int = 0
    dead: bool = False
    ended: bool = False
    off: int = 0

    def watch(self, world: World) -> World:
        """Return the world with each port behind this."""
        names = {*WRITES, *READS}
        return replace(world, **{name: _Port(getattr(world, name), name, self) for name in names})

    def new_worker(self) -> None:
        """The next worker takes over; raises Aborted where the execution has ended meanwhile."""
        if self.ended:
            raise Aborted
        self.dead = False

    def call(self, where: tuple[str, str], work: Callable[[], Any]) -> Any:
        """Do the work, or what was planned in its place."""
        port, method = where
        if self.dead:
            raise Killed
        if self.off:
            return work()
        self.calls += 1
        call = Call(self.calls, port, method, method in WRITES.get(port, ()))
        kind = self.plan(call)
        if kind is None:
            return work()
        self.met[call.name, kind] += 1
        return self._struck(call, kind, work)

    def _struck(self, call: Call, kind: Kind, work: Callable[[], Any]) -> Any:
        if kind is Kind.REFUSED:
            raise _refusal(call)
        if kind is Kind.OVERTAKEN:
            self._stand_still()
        if kind is Kind.STALLED:
            self.clock.advance(LEASE_SECONDS)
        if kind is Kind.KILLED_BEFORE:
            self.dead = True
            raise Killed
        found = work()
        if kind is Kind.UNSAID:
            raise _timeout(call)
        if kind in DEADLY:
            self.dead = True
            self.clock.advance(FUNCTION_SECONDS if kind is Kind.OUT_OF_TIME else 0)
            raise OutOfTime if kind is Kind.OUT_OF_TIME else Killed
        if kind is Kind.ABORTED:
            self.dead = self.ended = True
            raise Killed
        return found

    def _stand_still(self) -> None:
        self.off += 1
        try:
            self.meanwhile()
        finally:
            self.off -= 1
        self.ended = True

    def publish(self, where: tuple[str, str], topic: Any, messages: Sequence[OutgoingMessage]) -> int:
        """Publish; a worker may die, and a topic refuse, between any two messages of a batch."""
        for number, message in enumerate(messages):
            try:
                self.call(where, lambda message=message: topic.publish([message]))
            except PublishFailed as failed:
                if 0 < number < len(messages):
                    self.met[f"{where[0]}.{where[1]}", Kind.PART] += 1
                raise PublishFailed(f"{len(messages) - number} messages: {failed}") from failed
        return len(messages)


class _Port:
    def __init__(self, inner: Any, name: str, injector: Injector) -> None:
        self._inner, self._name, self._injector = inner, name, injector
        self._known = WRITES.get(name, set()) | READS.get(name, set())

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name not in self._known:
            return method
        injector, where = self._injector, (self._name, name)

        def called(*given: Any, **named: Any) -> Any:
            if name == "publish":
                return injector.publish(where, self._inner, *given)
            return injector.call(where, lambda: method(*given, **named))

        def put(partition: str, sort: str, value: dict[str, Any], **named: Any) -> Any:
            def work() -> Any:
                version = method(partition, sort, value, **named)
                injector.wrote(sort, value)
                return version

            return injector.call(where, work)

        return put if where == ("state", "put") else called


def _refusal(call: Call) -> Exception:
    if call.method == "publish":
        return PublishFailed("Throttled: rate exceeded")
    if call.port == "sender":
        return TransportFailed("connection refused")
    told = {"Error": {"Code": "ThrottlingException", "Message": "rate exceeded"}}
    return ClientError(told, call.name)


def _timeout(call: Call) -> Exception:
    if call.method == "publish":
        return PublishFailed("read timeout")
    if call.port == "sender":
        return TransportFailed("read timeout")
    return ReadTimeoutError(endpoint_url=f"https://{call.port}.example")
