"""What delivering needs beside the world: the queue that it works off, and who takes mail."""

from __future__ import annotations

from msgspec import Struct

from sluice.ports.mailer import Mailer
from sluice.ports.queue import Queue
from sluice.registry.telling.deliveries import Deliveries
from sluice.registry.telling.subscriptions import Subscriptions
from sluice.usecases.world import World


class Outbox(Struct, frozen=True):
    """``world.sender`` goes to public addresses only, with little time and small replies.

    ``console_url`` is where people find the console, empty where that is not known.
    """

    world: World
    queue: Queue
    mailer: Mailer
    console_url: str = ""

    @property
    def subscriptions(self) -> Subscriptions:
        """Who is told."""
        return Subscriptions(self.world.state)

    def deliveries(self, subscription: str) -> Deliveries:
        """Return what was sent to a subscription."""
        return Deliveries(self.world.state, subscription)
