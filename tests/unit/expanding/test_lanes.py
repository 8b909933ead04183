"""Requests that are sent at the same time: never more than may be, and never past a limit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from sluice.connector.expanding.declared import requests_at_once
from sluice.connector.limits import Limit, LimitKind, limits_in_force
from sluice.connector.outcomes import Page, Throttled
from sluice.errors import ErpUnavailable
from sluice.local.fixed_clock import FixedClock
from sluice.local.memory_table import MemoryTable
from sluice.model.http import Reply, Request
from sluice.ports.sender import TransportFailed
from sluice.registry.budgets.account import Account
from sluice.registry.budgets.sending import Api, BudgetedSender
from sluice.usecases.access.lanes import LONGEST_SLICE
from sluice.usecases.fetching.reading import read_pages
from tests.unit.connector.scripted import CONNECTOR, reader, reply
from tests.unit.expanding.listing_erp import ListingErp, listing


class CountingSender:
    """Notes how many requests are on their way at the same time, and how many there were."""

    def __init__(self, server: Callable[[Request], Reply], seconds: float = 0.01) -> None:
        self._server, self._seconds = server, seconds
        self._lock = threading.Lock()
        self.now = self.most = self.sent = 0

    def send(self, request: Request) -> Reply:
        with self._lock:
            self.now, self.sent = self.now + 1, self.sent + 1
            self.most = max(self.most, self.now)
        time.sleep(self._seconds)
        try:
            with self._lock:
                return self._server(request)
        finally:
            with self._lock:
                self.now -= 1


class SlowBehind:
    """Answers what comes after the request to ``path`` a second late, so that its reply is seen first."""

    def __init__(self, server: Callable[[Request], Reply], path: str) -> None:
        self._server, self._path = server, path
        self._answered = False

    def __call__(self, request: Request) -> Reply:
        if self._answered:
            time.sleep(1)
        answer = self._server(request)
        self._answered = self._answered or request.url.endswith(self._path)
        return answer


def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 21, 12, tzinfo=UTC))


def numbers(events: object) -> list[int]:
    return [record["id"] for event in events if isinstance(event, Page) for record in event.records]  # type: ignore[attr-defined]


@pytest.mark.parametrize("concurrency", [1, 2, 4])
def test_so_many_are_on_their_way_as_the_stream_says_and_no_more(concurrency: int) -> None:
    sender = CountingSender(ListingErp(list(range(40))))
    events = read_pages(reader(listing(concurrency, size=40)), sender, clock())
    assert numbers(events) == list(range(40))
    assert sender.most == concurrency
    assert sender.sent == 41


def test_a_limit_of_requests_at_once_holds_for_all_lanes() -> None:
    time_is, table, sender = clock(), MemoryTable(), CountingSender(ListingErp(list(range(30))))
    accounts = [Account(table, time_is, Limit(LimitKind.CONCURRENT, 2), "key")]
    with_limits = BudgetedSender(sender, time_is, accounts, Api({"toy.example"}))
    assert numbers(read_pages(reader(listing(4, size=30)), with_limits, time_is)) == list(range(30))
    assert sender.most == 2
    assert time_is.slept == 0


def test_where_another_has_every_other_place_one_lane_goes_on_alone() -> None:
    time_is, table, sender = clock(), MemoryTable(), CountingSender(ListingErp(list(range(9))), 0)
    limit = Limit(LimitKind.CONCURRENT, 2)
    another = Account(table, time_is, limit, "key")
    assert another.take() is None
    with_limits = BudgetedSender(
        sender, time_is, [Account(table, time_is, limit, "key")], Api({"toy.example"})
    )
    assert numbers(read_pages(reader(listing(4, size=9)), with_limits, time_is)) == list(range(9))
    assert sender.most == 1


def test_requests_in_a_span_are_counted_over_all_lanes() -> None:
    time_is, table, sender = clock(), MemoryTable(), CountingSender(ListingErp(list(range(30))), 0)
    accounts = [Account(table, time_is, Limit(LimitKind.REQUESTS, 10, 3600), "key")]
    with_limits = BudgetedSender(sender, time_is, accounts, Api({"toy.example"}))
    reading = reader(listing(4, size=30))
    events = list(read_pages(reading, with_limits, time_is))
    assert sender.sent == 10
    assert numbers(events) == list(range(9))
    assert isinstance(events[-1], Throttled)
    assert events[-1].ours


def test_nothing_more_is_sent_once_one_was_throttled() -> None:
    erp = ListingErp(list(range(40)))
    erp.faults["/thing/3"] = [reply({}, 429, Retry_After="30")]
    sender = CountingSender(SlowBehind(erp, "/thing/3"), 0)
    reading = reader(listing(2, size=40))
    events = list(read_pages(reading, sender, clock()))
    assert numbers(events) == [0, 1, 2]
    assert isinstance(events[-1], Throttled)
    # The list, 0 to 3, and what the other lane began until the first one had looked at its reply; 41 without.
    assert 5 <= sender.sent <= 20
    later = reader(listing(2, size=40), position=reading.position())
    assert numbers(read_pages(later, sender, clock())) == list(range(3, 40))


def test_what_came_before_a_broken_connection_is_handed_on_first() -> None:
    erp = ListingErp(list(range(5)))

    def server(request: Request) -> Reply:
        if request.url.endswith("/3?verbose=true"):
            raise TransportFailed("cut")
        return erp(request)

    came: list[object] = []
    with pytest.raises(ErpUnavailable, match="cut"):
        came.extend(read_pages(reader(listing(1, size=5)), CountingSender(server, 0), clock(), tries=2))
    events = read_pages(reader(listing(1, size=5)), CountingSender(server, 0), clock())
    assert numbers([next(events)]) == [0, 1, 2]


def test_a_page_that_has_begun_is_not_begun_again_for_one_failure() -> None:
    erp = ListingErp(list(range(5)))
    erp.faults = {"/thing/0": [reply({}, 503)], "/thing/3": [reply({}, 503)]}
    assert numbers(read_pages(reader(listing(1, size=5)), CountingSender(erp, 0), clock())) == list(range(5))
    assert erp.asked.count("/thing") == 1


@pytest.mark.parametrize(("path", "tries"), [("/thing", 1), ("/thing/0", 2)])
def test_an_erp_that_stays_out_is_asked_once_more_at_most(path: str, tries: int) -> None:
    erp = ListingErp(list(range(5)))
    erp.faults = {path: [reply({}, 503)] * 9}
    with pytest.raises(ErpUnavailable, match="503"):
        list(read_pages(reader(listing(1, size=5)), CountingSender(erp, 0), clock()))
    assert erp.asked.count(path) == tries


def test_a_worker_that_dies_in_a_lane_dies_as_a_whole() -> None:
    class Killed(BaseException):
        pass

    erp = ListingErp(list(range(9)))

    def server(request: Request) -> Reply:
        if "/thing/" in request.url and threading.current_thread() is not threading.main_thread():
            raise Killed
        return erp(request)

    with pytest.raises(Killed):
        list(read_pages(reader(listing(2, size=9)), CountingSender(server), clock()))


def test_streams_with_lanes_make_the_concurrency_of_a_connector_a_limit() -> None:
    one, many = listing(1), listing(4)
    assert limits_in_force((), one.concurrency, requests_at_once(one)) == ()
    assert limits_in_force((), many.concurrency, requests_at_once(many)) == ()
    three = listing(3, connector=CONNECTOR + "concurrency: 3\n")
    assert limits_in_force((), 3, requests_at_once(three)) == (Limit(LimitKind.CONCURRENT, 3),)


def test_slow_records_are_handed_on_before_all_that_were_given_out_have_come() -> None:
    time_is, erp = clock(), ListingErp(list(range(8)))

    def server(request: Request) -> Reply:
        time_is.advance(LONGEST_SLICE / 2 + 0.1)
        return erp(request)

    pages = list(read_pages(reader(listing(2, size=8)), CountingSender(server, 0), time_is))
    assert numbers(pages) == list(range(8))
    assert max(len(page.records) for page in pages if isinstance(page, Page)) <= 4
