"""Topics as people look at them: how much waits on the queues behind them, what it is, and its dead letters.

A queue has a name here (``information``), and its dead letters another (``information-dead-letters``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Generator
from contextlib import closing

from msgspec import Struct

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.ports.queue import Queue, ReceivedMessage
from sluice.ports.traffic import QueueTraffic
from sluice.registry.audit import Act
from sluice.usecases.operating.auditing import audited
from sluice.usecases.world import World

DEAD_LETTERS = "-dead-letters"
"""What the name of a queue's dead letters ends with."""

PEEKED_SECONDS = 5
"""How long a message that somebody looks at is hidden from its consumers."""

MOST_PEEKED = 50
MOST_MOVED = 500
"""Messages of one step of a redrive: some 30 s of sending. Who has more asks again."""

MOST_A_SECOND = 100.0
"""Messages that a redrive sends in a second, so that consumers that have just been mended are not overrun."""

MOST_SEARCHED = 10_000
"""Dead letters among which those with the ids asked for are looked for, in one step."""

_A_TIME = 10
_LATER = 4.0
"""Seconds that are spent beyond those of a step on letting what was passed over be seen again."""

_MOVING_SECONDS = 60
"""How long dead letters are hidden while they are moved: longer than ten take."""


class TopicView(Struct, frozen=True):
    """A queue and its dead letters: how many messages, how old the oldest is in seconds, sent in an hour.

    ``depth`` is None where there are dead letters only: starts of runs that could not be made. What was not
    measured is None.
    """

    name: str
    depth: int | None
    dead_letters: int | None
    oldest_seconds: int | None = None
    sent_last_hour: int | None = None
    dead_letters_oldest_seconds: int | None = None


class Redriving(Struct, frozen=True):
    """Which dead letters go back in one step, and how: up to ``limit``, of all or only those with ``ids``.

    At most ``rate`` (1..) go in a second. After ``seconds`` none is begun: whoever waits asks again.
    """

    limit: int = MOST_MOVED
    ids: Collection[str] = ()
    rate: float = MOST_A_SECOND
    seconds: float = math.inf

    @property
    def most(self) -> int:
        """How many go back at most."""
        return min(self.limit, MOST_MOVED, len(set(self.ids)) or MOST_MOVED)


class Moved(Struct, frozen=True):
    """How many dead letters went back to their queue, and about how many are left."""

    moved: int
    left: int


def list_topics(world: World) -> list[TopicView]:
    """Return every queue that people look at, by name."""
    names = sorted({name.removesuffix(DEAD_LETTERS) for name in world.queues})
    traffic = dict(world.traffic.of(world.queues.keys())) if world.traffic else {}
    return [_view(world, name, traffic) for name in names]


def dead_letters(world: World) -> dict[str, int]:
    """Return about how many dead letters each queue has, by the queue's name; nothing else is asked."""
    found = (name for name in sorted(world.queues) if name.endswith(DEAD_LETTERS))
    return {name.removesuffix(DEAD_LETTERS): world.queues[name].depth() for name in found}


def peek(world: World, name: str, limit: int = 10) -> list[ReceivedMessage]:
    """Return up to ``limit`` (1..MOST_PEEKED) messages, which stay in the queue; raises ConfigurationInvalid.

    Looking counts as a delivery: who looks at the same message too often (maxReceiveCount) sends it to the
    dead letters. Its consumers do not get it for PEEKED_SECONDS.
    """
    return _queue(world, name).receive(min(limit, MOST_PEEKED), 0, PEEKED_SECONDS)


_ALL = Redriving()


def redrive(world: World, name: str, wanted: Redriving = _ALL) -> Moved:
    """Move dead letters back to the queue ``name``, and return how many; raises ConfigurationInvalid.

    Message by message, sent before it is deleted: whoever dies in between leaves one that comes twice, which
    every consumer here bears, and none is lost. So doing it twice, or two people at once, does no harm. SQS
    has a task for it (StartMessageMoveTask); it is not used, as the embedded AWS has none, and one way that
    is tried everywhere is worth more than the faster one. It also moves all or none.
    """
    target, source = _with_dead_letters(world, name)
    began = world.clock.monotonic()

    def is_over(later: float = 0.0) -> bool:
        return world.clock.monotonic() - began >= wanted.seconds + later

    with audited(world, Act(world.who, "topics.redrive", name)) as outcome:
        moved = 0
        with closing(_wanted(source, wanted, is_over)) as letters:
            for message in letters:
                target.send(message.body, message.attributes, group=message.group)
                source.delete(message)
                moved += 1
                outcome.after = {"moved": moved}
                at = moved / max(wanted.rate, 1.0)
                if at >= wanted.seconds:
                    break
                world.clock.sleep(max(0.0, at - (world.clock.monotonic() - began)))
    return Moved(moved, source.depth())


def _wanted(source: Queue, wanted: Redriving, is_over: Callable[..., bool]) -> Generator[ReceivedMessage]:
    """Yield the dead letters that go back; what was received and goes not is seen again at once.

    Where many were passed over and time is over, the last of them are seen again within _MOVING_SECONDS.
    """
    ids, most, found = frozenset(wanted.ids), wanted.most, 0
    held: dict[str, ReceivedMessage] = {}
    has_waited = False
    try:
        while found < most and len(held) < MOST_SEARCHED and not is_over():
            at_a_time = _A_TIME if ids else min(_A_TIME, most - found)
            messages = source.receive(at_a_time, 0, _MOVING_SECONDS)
            if not messages and not has_waited and source.depth() > len(held):
                # Whoever moves them has often just looked at them, which hides them for a moment.
                has_waited = True
                messages = source.receive(at_a_time, PEEKED_SECONDS + 1, _MOVING_SECONDS)
            new = [message for message in messages if message.id not in held]
            held |= {message.id: message for message in messages}
            if not new or len(new) < len(messages):
                return
            for message in new:
                if found < most and not is_over() and (not ids or message.id in ids):
                    found += 1
                    yield held.pop(message.id)
    finally:
        for message in held.values():
            if is_over(_LATER):
                break
            source.hide(message, 0)


def _view(world: World, name: str, traffic: dict[str, QueueTraffic]) -> TopicView:
    live, dead = world.queues.get(name), world.queues.get(name + DEAD_LETTERS)
    measured = traffic.get(name, QueueTraffic())
    return TopicView(
        name=name,
        depth=live.depth() if live else None,
        dead_letters=dead.depth() if dead else None,
        oldest_seconds=measured.oldest_seconds,
        sent_last_hour=measured.sent_last_hour,
        dead_letters_oldest_seconds=traffic.get(name + DEAD_LETTERS, QueueTraffic()).oldest_seconds,
    )


def _with_dead_letters(world: World, name: str) -> tuple[Queue, Queue]:
    """Return the queue and its dead letters; an unknown name is told among those that can be redriven."""
    target, source = world.queues.get(name), world.queues.get(name + DEAD_LETTERS)
    if target is not None and source is not None:
        return target, source
    known = [one for one in sorted(world.queues) if one + DEAD_LETTERS in world.queues]
    what = f"{name!r} has dead letters only" if source is not None else f"no queue {name!r} with dead letters"
    message = f"{what}; right would be one of: {', '.join(known) or 'none'}"
    raise ConfigurationInvalid(message, [Fault("unknown_queue", "/name", message)])


def _queue(world: World, name: str) -> Queue:
    found = world.queues.get(name)
    if found is None:
        message = f"no queue {name!r}; there are: {', '.join(sorted(world.queues)) or 'none'}"
        raise ConfigurationInvalid(message, [Fault("unknown_queue", "/name", message)])
    return found
