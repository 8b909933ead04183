"""Several senders at one clock and one table, with a vendor that notes when it was asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sluice.connector.limits import Limit, LimitKind
from sluice.local.fixed_clock import FixedClock
from sluice.local.memory_table import MemoryTable
from sluice.model.http import Reply, Request
from sluice.ports.sender import TransportFailed
from sluice.ports.table import Item
from sluice.registry.budgets.account import Account
from sluice.registry.budgets.places import CLOCK_MARGIN
from sluice.registry.budgets.sending import Api, BudgetedSender

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MARGIN = CLOCK_MARGIN / 1000
ERRORS = Limit(LimitKind.ERRORS, 10, 3600, statuses=frozenset({400, 404}))
AT_ONCE = Limit(LimitKind.CONCURRENT, 1)


def a_second(count: int) -> Limit:
    return Limit(LimitKind.REQUESTS, count, 1)


def a_day(count: int, *, midnight: bool = False) -> Limit:
    return Limit(LimitKind.REQUESTS, count, 86_400, midnight=midnight)


class Raced(MemoryTable):
    """Lets somebody else do something between a look and what follows it."""

    meanwhile: Callable[[], object] | None = None

    def get(self, partition: str, sort: str) -> Item | None:
        found = super().get(partition, sort)
        if self.meanwhile is not None:
            do, self.meanwhile = self.meanwhile, None
            do()
        return found


class Vendor:
    """Answers with a status, and notes when it was asked; a status of 0 is no answer."""

    def __init__(self, clock: FixedClock, status: int = 200, seconds: float = 0.0) -> None:
        self.clock, self.status, self.seconds = clock, status, seconds
        self.asked: list[float] = []

    def send(self, request: Request) -> Reply:
        self.asked.append((self.clock.now() - NOW).total_seconds())
        self.clock.advance(self.seconds)
        if not self.status:
            raise TransportFailed(f"{request.label}: no complete reply")
        return Reply(self.status, {}, b"{}")


class Street:
    """Several senders at one clock and one table."""

    def __init__(self, *limits: Limit, status: int = 200, seconds: float = 0.0) -> None:
        self.clock = FixedClock(NOW)
        self.table = MemoryTable()
        self.vendor = Vendor(self.clock, status, seconds)
        self.limits = limits

    def sender(self, key: str = "key") -> BudgetedSender:
        accounts = [Account(self.table, self.clock, limit, f"{key}{limit}") for limit in self.limits]
        return BudgetedSender(self.vendor, self.clock, accounts, Api({"toy.example"}))

    def ask(self, sender: BudgetedSender, url: str = "https://toy.example/v1/thing") -> int:
        return sender.send(Request("GET", url)).status


def item_of(street: Street, limit: Limit | None = None) -> dict[str, Any]:
    item = street.table.get(f"_budget/key{limit or street.limits[0]}", "usage")
    assert item is not None
    return item.value


def version_of(street: Street) -> int:
    item = street.table.get(f"_budget/key{street.limits[0]}", "usage")
    assert item is not None
    return item.version
