"""No vendor ever counts more than its limit: however long requests travel, clocks differ and senders die."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.connector.limits import Limit, LimitKind
from sluice.local.memory_table import MemoryTable
from sluice.registry.budgets.account import LONGEST_EXCHANGE, LOST, Account
from sluice.registry.budgets.places import CLOCK_MARGIN
from sluice.transport.erp_sender import Limits
from tests.effort import examples, thorough

pytestmark = thorough

START = datetime(2026, 11, 21, 23, 59, 30, tzinfo=UTC)
STEPS = 250


class World:
    """Real time in milliseconds since START."""

    now = 0.0


@dataclass
class SkewedClock:
    """A sender's clock: a few milliseconds off."""

    world: World
    skew: float

    def now(self) -> datetime:
        return START + timedelta(milliseconds=self.world.now + self.skew)

    def monotonic(self) -> float:
        return self.world.now / 1000

    def sleep(self, seconds: float) -> None:
        self.world.now += seconds * 1000


@dataclass
class Vendor:
    """What the vendor saw, in real milliseconds."""

    arrivals: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    served: list[tuple[float, float]] = field(default_factory=list)

    def most_within(self, moments: list[float], milliseconds: float) -> int:
        ordered = sorted(moments)
        return max(
            (sum(1 for other in ordered[i:] if other - one <= milliseconds) for i, one in enumerate(ordered)),
            default=0,
        )

    def most_at_once(self) -> int:
        return max(
            (sum(1 for began, ended in self.served if began <= one < ended) for one, _ in self.served),
            default=0,
        )


@dataclass(frozen=True)
class Habits:
    """How the senders of one example behave."""

    senders: int
    slowest: float
    share_lost: float = 0.0
    share_dead: float = 0.0
    share_wrong: float = 0.0


def simulated(limit: Limit, habits: Habits, seed: int) -> Vendor:
    """Let several senders read side by side, and return what the vendor saw."""
    chance = random.Random(seed)  # noqa: S311  (a repeatable simulation)
    world, table, vendor = World(), MemoryTable(), Vendor()
    accounts = []
    for _ in range(habits.senders):
        skew = chance.uniform(-CLOCK_MARGIN / 2, CLOCK_MARGIN / 2)
        accounts.append((Account(table, SkewedClock(world, skew), limit, "key"), skew))
    events: list[tuple[float, int, str]] = [(0.0, sender, "ask") for sender in range(habits.senders)]
    for _ in range(STEPS):
        if not events:
            break
        world.now, sender, what = heapq.heappop(events)
        account, skew = accounts[sender]
        if what == "ask":
            wait = account.take()
            if wait is not None:
                again = wait.at - START.timestamp() * 1000 - skew
                heapq.heappush(events, (max(again, world.now) + chance.uniform(0, 20), sender, "ask"))
                continue
            account.sending()
            ended, what = exchange(vendor, world.now, habits, chance)
            if chance.random() >= habits.share_dead:
                heapq.heappush(events, (ended, sender, what))
            continue
        if what == "lost":
            account.lost()
        else:
            account.answered(400 if what == "wrong" else 200)
        heapq.heappush(events, (world.now + chance.uniform(0, habits.slowest), sender, "ask"))
    return vendor


def exchange(vendor: Vendor, sent: float, habits: Habits, chance: random.Random) -> tuple[float, str]:
    """Let one request travel; return when its sender knows the outcome, and which that is."""
    if chance.random() < habits.share_lost:
        given_up = sent + chance.uniform(0, 60_000)
        arrived = chance.uniform(sent, given_up + LOST)
        vendor.arrivals.append(arrived)
        vendor.served.append((arrived, given_up + LOST))
        return given_up, "lost"
    arrived = sent + chance.uniform(0, habits.slowest)
    ended = arrived + chance.uniform(0, habits.slowest)
    vendor.arrivals.append(arrived)
    vendor.served.append((arrived, ended))
    if chance.random() < habits.share_wrong:
        vendor.errors.append(chance.uniform(arrived, ended))
        return ended, "wrong"
    return ended, "answered"


HABITS = st.builds(
    Habits,
    senders=st.integers(1, 8),
    slowest=st.sampled_from([1.0, 30.0, 400.0, 5_000.0, 30_000.0]),
    share_lost=st.sampled_from([0.0, 0.1]),
    share_dead=st.sampled_from([0.0, 0.05]),
    share_wrong=st.sampled_from([0.1, 0.9]),
)


@settings(max_examples=examples(150), deadline=None)
@given(
    habits=HABITS,
    count=st.sampled_from([1, 2, 10, 33, 100, 400, 1000]),
    seconds=st.sampled_from([1, 2, 5, 60]),
    seed=st.integers(0, 2**32),
)
def test_no_window_holds_more_requests_than_allowed(
    habits: Habits, count: int, seconds: int, seed: int
) -> None:
    limit = Limit(LimitKind.REQUESTS, count, seconds)
    vendor = simulated(limit, habits, seed)
    assert vendor.most_within(vendor.arrivals, seconds * 1000) <= count


@settings(max_examples=examples(100), deadline=None)
@given(habits=HABITS, count=st.sampled_from([1, 3, 40]), seed=st.integers(0, 2**32))
def test_no_day_holds_more_requests_than_its_quota(habits: Habits, count: int, seed: int) -> None:
    limit = Limit(LimitKind.REQUESTS, count, 86_400, midnight=True)
    vendor = simulated(limit, habits, seed)
    midnight = 30_000.0
    for shift in (-50_000, 0, 50_000):
        days = [(arrived - midnight - shift) // 86_400_000 for arrived in vendor.arrivals]
        assert max((days.count(day) for day in days), default=0) <= count


@settings(max_examples=examples(100), deadline=None)
@given(habits=HABITS, count=st.sampled_from([2, 3, 10]), seed=st.integers(0, 2**32))
def test_no_window_holds_as_many_errors_as_block_the_key(habits: Habits, count: int, seed: int) -> None:
    limit = Limit(LimitKind.ERRORS, count, 60, statuses=frozenset({400}))
    vendor = simulated(limit, habits, seed)
    assert vendor.most_within(vendor.errors, 60_000) < count


@settings(max_examples=examples(100), deadline=None)
@given(habits=HABITS, count=st.sampled_from([1, 2, 5]), seed=st.integers(0, 2**32))
def test_never_more_at_once_than_allowed(habits: Habits, count: int, seed: int) -> None:
    vendor = simulated(Limit(LimitKind.CONCURRENT, count), habits, seed)
    assert vendor.most_at_once() <= count


@pytest.mark.parametrize(
    "limit",
    [Limit(LimitKind.REQUESTS, 10, 1), Limit(LimitKind.CONCURRENT, 2), Limit(LimitKind.REQUESTS, 400, 60)],
    ids=str,
)
def test_what_is_allowed_is_used(limit: Limit) -> None:
    """A budget that let nothing through would keep every promise above."""
    vendor = simulated(limit, Habits(senders=5, slowest=10), 1)
    took = max(vendor.arrivals) / 1000
    allowed = limit.count * max(took / (limit.seconds or took), 1)
    assert len(vendor.arrivals) > 20
    assert limit.kind is LimitKind.CONCURRENT or len(vendor.arrivals) >= 0.6 * min(allowed, 60)


def test_places_are_held_for_longer_than_any_exchange_takes() -> None:
    assert Limits().total_seconds * 1000 < LONGEST_EXCHANGE
