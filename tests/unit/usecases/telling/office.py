"""Delivering on memory adapters over real HTTP: a clock moved by hand, a queue that is worked off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from sluice.local.memory_mailer import MemoryMailer
from sluice.local.memory_queue import MemoryQueue
from sluice.local.memory_topic import MemoryTopic
from sluice.messages.notification import Notice, Notification
from sluice.model.secret import Secret
from sluice.registry.telling.subscriptions import Channel
from sluice.transport.erp_sender import ErpSender, Limits
from sluice.usecases.telling.people.deliver import LAST_TRY, deliver
from sluice.usecases.telling.people.outbox import Outbox
from sluice.usecases.telling.people.subscribing import Wanted, add_subscription, shown
from tests.flows.rig import Rig


@dataclass
class Office:
    """``outbox`` delivers what the world's notification topic is told; ``dead`` are the dead letters."""

    rig: Rig
    outbox: Outbox
    queue: MemoryQueue
    mailer: MemoryMailer
    dead: list[str]

    def add(self, name: str, channel: str, target: str, **given: Any) -> Secret | None:
        wanted = Wanted(name, Channel(channel), Secret(target), **given)
        return add_subscription(self.outbox.world, wanted)[1]

    def tell(self, kind: Notice = Notice.STREAM_HELD, run: str = "run-1", **given: Any) -> None:
        found = {"title": "acme/customer: held", "stream": "customer", "incident": f"i-{run}", **given}
        notice = Notification(kind, found.pop("connection", "acme"), run, "2026-11-21T08:00:00Z", **found)
        self.outbox.world.notification.publish([notice.to_message()])

    def work(self) -> int:
        """Work off what can be received now, as the event source mapping does; return how many messages."""
        worked = 0
        while found := self.queue.receive(10, 0, 180):
            for message in found:
                worked += 1
                if message.deliveries > LAST_TRY:
                    self.dead.append(message.body)
                    self.queue.delete(message)
                    continue
                wait = deliver(self.outbox, message)
                if wait is None:
                    self.queue.delete(message)
                else:
                    self.queue.hide(message, wait)
        return worked

    def pass_time(self, seconds: float) -> int:
        self.rig.clock.advance(seconds)
        return self.work()

    def state(self, name: str) -> dict[str, Any]:
        return shown(self.outbox.world, self.outbox.subscriptions.get(name))


@contextmanager
def office(seconds: float = 5) -> Iterator[Office]:
    """Give an office whose receivers have so many seconds to answer."""
    rig = Rig()
    queue, mailer = MemoryQueue(rig.clock, 180), MemoryMailer()
    limits = Limits(connect_seconds=2, total_seconds=seconds)
    with closing(ErpSender(limits, allow_loopback_http=True)) as sender:
        topic = MemoryTopic(queue.accept, *rig.world.notification._subscribers)  # type: ignore[attr-defined]
        rig.world = replace(rig.world, notification=topic)
        world = replace(rig.world, sender=sender)
        yield Office(rig, Outbox(world, queue, mailer, "https://console.example"), queue, mailer, [])
