"""Limits as a sender meets them: who is counted together, how long it waits, what is told to the others."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from sluice.connector.limits import Limit, LimitKind, limits_in_force
from sluice.connector.values import Call, Scope
from sluice.local.memory_table import MemoryTable
from sluice.model.secret import Secret
from sluice.ports.sender import TransportFailed
from sluice.registry.budgets.account import HOLD, LOST
from sluice.registry.budgets.sending import PATIENCE, Caller, MustWait, budgeted
from tests.unit.connector.scripted import CANARY, CONNECTOR, toy
from tests.unit.registry.budget_street import (
    AT_ONCE,
    ERRORS,
    MARGIN,
    NOW,
    Raced,
    Street,
    a_day,
    a_second,
    item_of,
    version_of,
)


def test_as_many_as_allowed_go_at_once_and_the_next_when_the_first_no_longer_counts() -> None:
    street = Street(a_second(3))
    one, other = street.sender(), street.sender()
    for sender in (one, other, one, other):
        street.ask(sender)
    assert street.vendor.asked[:3] == [0, 0, 0]
    assert 1 < street.vendor.asked[3] <= 1 + MARGIN + 0.25


def test_a_request_counts_from_its_reply_because_it_may_have_travelled_until_then() -> None:
    street = Street(a_second(1), seconds=2.0)
    sender = street.sender()
    street.ask(sender)
    street.ask(sender)
    assert street.vendor.asked[1] >= 2 + 1 + MARGIN


def test_a_request_without_a_reply_counts_from_when_it_can_no_longer_arrive() -> None:
    street = Street(a_second(1), status=0)
    sender = street.sender()
    for _ in range(2):
        with pytest.raises(TransportFailed):
            street.ask(sender)
    assert street.vendor.asked[1] >= LOST / 1000 + 1 + MARGIN


def test_another_key_has_a_budget_of_its_own() -> None:
    street = Street(a_second(1))
    street.ask(street.sender("mine"))
    street.ask(street.sender("yours"))
    assert street.vendor.asked == [0, 0]


def test_a_days_quota_that_is_used_up_is_not_slept_for() -> None:
    street = Street(a_day(2))
    sender = street.sender()
    street.ask(sender)
    street.clock.advance(3600)
    street.ask(sender)
    with pytest.raises(MustWait, match=r"2 requests in 86400 s .* 2026-11-22T12:00") as caught:
        street.ask(sender)
    assert caught.value.until >= NOW + timedelta(days=1, seconds=MARGIN)
    assert street.clock.slept == 0
    street.clock.advance((caught.value.until - street.clock.now()).total_seconds())
    street.ask(sender)
    assert len(street.vendor.asked) == 3


def test_a_quota_may_begin_anew_at_midnight() -> None:
    street = Street(a_day(1, midnight=True))
    sender = street.sender()
    street.ask(sender)
    with pytest.raises(MustWait) as caught:
        street.ask(sender)
    midnight = datetime(2026, 11, 22, tzinfo=UTC)
    assert midnight < caught.value.until < midnight + timedelta(minutes=2)


def test_a_request_just_before_midnight_counts_for_the_new_day_too() -> None:
    street = Street(a_day(1, midnight=True))
    street.clock.advance(12 * 3600 - 30)
    sender = street.sender()
    street.ask(sender)
    with pytest.raises(MustWait) as caught:
        street.ask(sender)
    assert caught.value.until >= datetime(2026, 11, 23, tzinfo=UTC)


def test_many_places_are_taken_with_one_write_and_those_not_used_are_given_back() -> None:
    street = Street(a_day(600))
    sender = street.sender()
    for _ in range(5):
        street.ask(sender)
    assert item_of(street)["holds"]
    writes = version_of(street)
    sender.close()
    assert writes == 1
    assert item_of(street) == {"used": item_of(street)["used"], "holds": {}, "not_before": 0}
    assert [places for _, places in item_of(street)["used"]] == [5]


def test_errors_stop_one_before_the_vendor_blocks_and_good_replies_cost_nothing() -> None:
    street = Street(ERRORS)
    sender, other = street.sender(), street.sender()
    for _ in range(30):
        street.ask(sender)
    street.vendor.status = 404
    for _ in range(9):
        street.ask(sender)
        sender.close()
    with pytest.raises(MustWait) as caught:
        street.ask(other)
    assert caught.value.until >= NOW + timedelta(seconds=3600)
    assert len(street.vendor.asked) == 39


def test_a_status_that_the_vendor_does_not_count_is_no_error() -> None:
    street = Street(ERRORS, status=500)
    sender = street.sender()
    for _ in range(20):
        assert street.ask(sender) == 500


def test_one_request_at_once_is_one_over_all_senders() -> None:
    street = Street(AT_ONCE)
    one, other = street.sender(), street.sender()
    street.ask(one)
    with pytest.raises(MustWait) as caught:
        street.ask(other)
    assert street.clock.slept <= PATIENCE
    assert timedelta(seconds=15) < caught.value.until - street.clock.now() < timedelta(seconds=60)
    street.ask(one)
    one.close()
    assert street.ask(other) == 200


def test_what_a_dead_sender_held_is_free_after_a_while() -> None:
    street = Street(AT_ONCE)
    street.ask(street.sender())
    street.clock.advance(HOLD / 1000 + 1)
    assert street.ask(street.sender()) == 200


def test_waiting_for_one_limit_holds_no_place_of_another() -> None:
    street = Street(AT_ONCE, a_second(1))
    street.ask(street.sender())
    waiting = street.sender()
    with pytest.raises(MustWait):
        street.ask(waiting)
    for item in street.table.query(f"_budget/key{a_second(1)}"):
        assert len(item.value["holds"]) == 0


def test_a_long_wait_for_one_place_renews_the_others() -> None:
    slow = Limit(LimitKind.REQUESTS, 1, 7)
    street = Street(AT_ONCE, slow)
    sender = street.sender()
    for _ in range(10):
        street.ask(sender)
        street.clock.advance(20)
    hold = next(iter(item_of(street, AT_ONCE)["holds"].values()))
    assert hold[1] / 1000 > street.clock.now().timestamp() - 20 + 60


def test_a_throttled_sender_slows_all_down() -> None:
    street = Street(a_second(10))
    one, other = street.sender(), street.sender()
    street.ask(one)
    one.slow_down(NOW + timedelta(seconds=5))
    street.ask(other)
    assert street.vendor.asked[1] >= 5


def test_where_only_requests_at_once_are_limited_these_are_slowed_down() -> None:
    street = Street(AT_ONCE)
    one = street.sender()
    street.ask(one)
    one.slow_down(NOW + timedelta(seconds=5))
    one.close()
    street.ask(street.sender())
    assert street.vendor.asked[1] >= 5


def test_a_small_limit_costs_two_writes_a_request() -> None:
    street = Street(a_second(100))
    sender = street.sender()
    for _ in range(10):
        street.ask(sender)
    assert version_of(street) == 20


def test_a_wait_longer_than_a_window_is_blamed_on_the_limit_with_the_longer_one() -> None:
    street = Street(a_day(1000), a_second(10))
    sender = street.sender()
    sender.slow_down(NOW + timedelta(hours=3))
    assert item_of(street, a_day(1000))["not_before"] == (NOW + timedelta(hours=3)).timestamp() * 1000
    assert item_of(street, a_second(10))["not_before"] == (NOW + timedelta(seconds=1)).timestamp() * 1000


def test_of_two_who_saw_the_same_place_one_takes_it() -> None:
    street = Street(a_second(1))
    street.table = raced = Raced()
    one, other = street.sender(), street.sender()
    raced.meanwhile = lambda: street.ask(other)
    street.ask(one)
    assert len(street.vendor.asked) == 2
    assert street.vendor.asked[1] > 1


def test_a_table_that_cannot_be_reached_lets_nothing_through() -> None:
    class Unreachable(MemoryTable):
        def put(self, *_: Any, **__: Any) -> int:
            raise ConnectionError

    street = Street(a_second(10))
    street.table = Unreachable()
    with pytest.raises(ConnectionError):
        street.ask(street.sender())
    assert street.vendor.asked == []


def test_a_table_that_fails_once_a_batch_is_used_lets_nothing_more_through() -> None:
    street = Street(a_second(2))
    sender = street.sender()
    street.ask(sender)
    street.table.put = _fails  # type: ignore[method-assign]
    with pytest.raises(ConnectionError):
        street.ask(sender)
    assert street.vendor.asked == [0]


def test_a_reply_is_never_lost_because_the_table_does_not_answer() -> None:
    street = Street(a_second(1))
    sender = street.sender()
    kept, puts = street.table.put, iter([True, False, False])

    def put(*keys: Any, **conditions: Any) -> int:
        return kept(*keys, **conditions) if next(puts) else _fails()

    street.table.put = put  # type: ignore[method-assign]
    assert street.ask(sender) == 200
    with pytest.raises(ConnectionError):
        street.ask(sender)
    assert street.vendor.asked == [0]


def test_other_hosts_count_where_the_limit_says_so() -> None:
    street = Street(a_second(1))
    sender = street.sender()
    for _ in range(3):
        street.ask(sender, "https://login.example/token")
    street.ask(sender, "https://TOY.example:443/v1/thing")
    assert street.vendor.asked == [0, 0, 0, 0]
    street.ask(sender)
    assert street.vendor.asked[4] >= 1
    street.limits = (replace(a_second(1), every_host=True),)
    sender = street.sender("any")
    for _ in range(2):
        street.ask(sender, "https://login.example/token")
    assert street.vendor.asked[-1] >= 1


def test_requests_at_once_below_what_a_run_reads_are_a_limit_of_the_connection() -> None:
    assert limits_in_force((), 1) == (AT_ONCE,)
    assert limits_in_force((), 4) == ()
    assert [limit.seconds for limit in limits_in_force((a_second(1), a_day(9)), 2)] == [0, 86_400, 1]


class TestKeys:
    """Who is counted together."""

    SHARED = Limit(
        LimitKind.REQUESTS, 10, 1, "value", (Call("secret", "api_key"), Call("setting", "company"))
    )

    def key(self, limit: Limit, connection: str = "acme", secret: str = CANARY, company: str = "1") -> str:
        scope = Scope({"company": company}, {"api_key": Secret(secret)}, NOW)
        return limit.key("toy", connection, scope)

    def test_the_same_values_have_the_same_key_whatever_the_connection(self) -> None:
        assert self.key(self.SHARED, "acme") == self.key(self.SHARED, "bygg")
        assert self.key(self.SHARED, secret="other") != self.key(self.SHARED)
        assert self.key(self.SHARED, company="2") != self.key(self.SHARED)
        assert self.key(self.SHARED, secret="a", company="bc") != self.key(
            self.SHARED, secret="ab", company="c"
        )

    def test_a_connection_and_a_connector_are_counted_as_such(self) -> None:
        own, everybody = a_second(1), replace(a_second(1), per="connector")
        assert self.key(own, "acme") != self.key(own, "bygg")
        assert self.key(everybody, "acme") == self.key(everybody, "bygg")

    def test_neither_key_nor_table_hold_a_secret(self) -> None:
        connector = toy(CONNECTOR + "limits: [{requests: 5, seconds: 1, shared_by: [{secret: api_key}]}]\n")
        street = Street()
        scope = Scope({"base_url": "https://toy.example/v1"}, {"api_key": Secret(CANARY)}, NOW)
        sender = budgeted(street.vendor, street.clock, street.table, Caller("acme", connector, scope))
        street.ask(sender)
        stored = {partition: item.value for (partition, _), item in street.table._items.items()}
        assert len(stored) == 1
        assert CANARY not in json.dumps(stored)


def _fails(*_: Any, **__: Any) -> int:
    raise ConnectionError
