"""A vendor's wish for no request, as all who read a connection know it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sluice.connector.values import Scope
from sluice.local.memory_table import MemoryTable
from sluice.model.secret import Secret
from sluice.ports.table import Item
from sluice.registry.budgets.pause import Pause
from sluice.registry.budgets.sending import PATIENCE, BudgetedSender, Caller, MustWait, budgeted
from tests.unit.connector.scripted import CANARY, CONNECTOR, toy
from tests.unit.registry.budget_street import NOW, Raced, Street


def sender(street: Street, connection: str = "acme", limits: str = "") -> BudgetedSender:
    connector = toy(f"{CONNECTOR}{limits}")
    scope = Scope({"base_url": "https://toy.example/v1"}, {"api_key": Secret(CANARY)}, NOW)
    return budgeted(street.vendor, street.clock, street.table, Caller(connection, connector, scope))


def paused(seconds: float) -> Street:
    """Return a street on which one of acme's senders was told to wait for so long."""
    street = Street()
    sender(street).slow_down(NOW + timedelta(seconds=seconds))
    return street


def test_nobody_of_the_connection_sends_before_its_end() -> None:
    street = paused(5)
    street.ask(sender(street))
    assert 5 < street.vendor.asked[0] < 5 + 1.1
    street.ask(sender(street))
    assert street.vendor.asked[1] == street.vendor.asked[0]


def test_a_long_pause_is_the_callers_to_wait_for() -> None:
    street = paused(PATIENCE + 60)
    with pytest.raises(MustWait, match="the ERP wants no request before 2026-11-21T12:01:08Z") as raised:
        street.ask(sender(street))
    assert NOW + timedelta(seconds=68) < raised.value.until < NOW + timedelta(seconds=71)
    assert street.vendor.asked == []


def test_a_lane_beside_waits_for_nothing() -> None:
    street = paused(2)
    with pytest.raises(MustWait):
        street.ask(sender(street).beside())
    assert street.vendor.asked == []


def test_others_are_not_concerned() -> None:
    street = paused(60)
    street.ask(sender(street, "bygg"))
    street.ask(sender(street), "https://login.example/token")
    assert street.vendor.asked == [0, 0]


def test_a_pause_is_never_made_shorter() -> None:
    street = paused(60)
    sender(street).slow_down(NOW + timedelta(seconds=1))
    with pytest.raises(MustWait):
        street.ask(sender(street))


@pytest.mark.parametrize(
    "limits",
    [
        "",
        "limits: [{errors: 4, seconds: 60, statuses: [403], per: connection}]",
        "limits: [{requests: 4, seconds: 60, per: connection}]",
        "limits: [{requests: 5000, seconds: 60, per: connector}]",
        "concurrency: 1",
    ],
)
def test_whatever_the_limits_and_the_places_that_are_held_nobody_sends(limits: str) -> None:
    street = Street()
    holding = sender(street, limits=limits)
    street.ask(holding)
    sender(street, limits=limits).slow_down(NOW + timedelta(seconds=60))
    for one in (holding, sender(street, limits=limits)):
        with pytest.raises(MustWait):
            street.ask(one)
    assert street.vendor.asked == [0]


SHARED = [
    "limits: [{requests: 5000, seconds: 60, per: connector}]",
    "limits: [{requests: 5000, seconds: 60, shared_by: [{setting: base_url}]}]",
    "limits: [{concurrent: 2, per: connector}]",
]


def told_another(limits: str, seconds: float) -> tuple[Street, BudgetedSender]:
    """Return a street on which acme is asked to wait for so long, and bygg, which holds a place by then."""
    street = Street()
    other = sender(street, "bygg", limits)
    street.ask(other)
    sender(street, limits=limits).slow_down(NOW + timedelta(seconds=seconds))
    return street, other


@pytest.mark.parametrize("limits", SHARED)
def test_who_shares_the_limit_sends_nothing_more_of_what_it_holds(limits: str) -> None:
    street, other = told_another(limits, 60)
    with pytest.raises(MustWait) as raised:
        street.ask(other)
    assert raised.value.shared
    assert raised.value.until >= NOW + timedelta(seconds=60)
    assert street.vendor.asked == [0]


@pytest.mark.parametrize("limits", SHARED)
def test_a_short_wait_of_another_is_waited_for(limits: str) -> None:
    street, other = told_another(limits, 5)
    street.ask(other)
    assert 5 <= street.vendor.asked[1] < 7


def test_places_of_the_connections_own_are_not_looked_up_again() -> None:
    street = Street()
    holding = sender(street, limits="limits: [{requests: 5000, seconds: 60, per: connection}]")
    street.ask(holding)
    seen: list[str] = []
    read = street.table.get
    street.table.get = lambda partition, sort: seen.append(sort) or read(partition, sort)  # type: ignore[method-assign,func-returns-value]
    street.ask(holding)
    assert seen == ["pause"]


def test_of_two_who_are_told_at_once_the_longer_wait_is_kept() -> None:
    table = Raced()
    pause = Pause(table, "toy")
    table.meanwhile = lambda: Pause(table, "toy").lengthen(NOW + timedelta(seconds=90))
    pause.lengthen(NOW + timedelta(seconds=30))
    assert pause.until() == NOW + timedelta(seconds=90)
    table.meanwhile = lambda: Pause(table, "toy").lengthen(NOW + timedelta(seconds=120))
    pause.lengthen(NOW + timedelta(seconds=300))
    assert pause.until() == NOW + timedelta(seconds=300)


def test_a_table_that_cannot_be_reached_loses_no_reply_and_lets_nothing_through() -> None:
    class Unreachable(MemoryTable):
        def get(self, *_: Any) -> Item | None:
            raise ConnectionError

    street = Street()
    street.table = Unreachable()
    one = sender(street)
    one.slow_down(NOW + timedelta(seconds=5))
    with pytest.raises(ConnectionError):
        street.ask(one)
    assert street.vendor.asked == []
