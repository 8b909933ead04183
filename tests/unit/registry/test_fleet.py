"""Whose change it is: of one connection, or of several of a connector."""

from __future__ import annotations

import pytest

from sluice.local.memory_table import MemoryTable
from sluice.model.change_kinds import change_of
from sluice.registry.fleet import Fleet, Scope

CHANGE = change_of("D42", "name", ("present", "absent"), ("customer.name",))


@pytest.fixture
def fleet() -> Fleet:
    return Fleet(MemoryTable(), "tripletex")


def test_the_first_connection_is_a_customer_and_news_once(fleet: Fleet) -> None:
    first = fleet.sight("customer", CHANGE, "acme", "2026-11-21T08:00:00Z")
    assert (first.scope, first.is_news) == (Scope.CUSTOMER, True)
    fleet.mark_told("customer", CHANGE, first.scope)
    assert not fleet.sight("customer", CHANGE, "acme", "2026-11-21T09:00:00Z").is_news


def test_the_second_makes_it_the_vendors_which_is_news_once(fleet: Fleet) -> None:
    for name in ("acme", "bygg", "cembra"):
        view = fleet.sight("customer", CHANGE, name, "2026-11-21T08:00:00Z")
        assert view.is_news is (name != "cembra")
        fleet.mark_told("customer", CHANGE, view.scope)
    assert fleet.view("customer", CHANGE).scope is Scope.VENDOR


def test_another_stream_path_or_kind_is_another_change(fleet: Fleet) -> None:
    fleet.sight("customer", CHANGE, "acme", "2026-11-21T08:00:00Z")
    other = change_of("D42", "email", ("present", "absent"))
    assert fleet.sight("supplier", CHANGE, "bygg", "2026-11-21T08:00:00Z").scope is Scope.CUSTOMER
    assert fleet.sight("customer", other, "bygg", "2026-11-21T08:00:00Z").scope is Scope.CUSTOMER


def test_what_was_met_a_month_ago_is_not_the_same_release(fleet: Fleet) -> None:
    fleet.sight("customer", CHANGE, "acme", "2026-10-01T08:00:00Z")
    assert fleet.sight("customer", CHANGE, "bygg", "2026-11-21T08:00:00Z").scope is Scope.CUSTOMER


def test_a_change_that_is_over_everywhere_is_news_when_it_comes_back(fleet: Fleet) -> None:
    view = fleet.sight("customer", CHANGE, "acme", "2026-11-21T08:00:00Z")
    fleet.mark_told("customer", CHANGE, view.scope)
    fleet.over("customer", CHANGE, "acme")
    assert fleet.view("customer", CHANGE).seen == {}
    assert fleet.sight("customer", CHANGE, "acme", "2026-11-22T08:00:00Z").is_news


@pytest.mark.parametrize(("connections", "is_most"), [(1, True), (2, True), (4, True), (5, False)])
def test_refused_credentials_of_most_connections_at_once(
    fleet: Fleet, connections: int, is_most: bool
) -> None:
    assert not fleet.refused("acme", "2026-11-21T08:00:00Z", connections)[1]
    view, found = fleet.refused("bygg", "2026-11-21T08:10:00Z", connections)
    assert (sorted(view.seen), found) == (["acme", "bygg"], is_most)


def test_refusals_an_hour_apart_are_two_customers(fleet: Fleet) -> None:
    fleet.refused("acme", "2026-11-21T08:00:00Z", 2)
    assert fleet.refused("bygg", "2026-11-21T09:00:00Z", 2)[1] is False


def test_a_removed_connection_makes_nobody_else_the_vendor(fleet: Fleet) -> None:
    fleet.sight("customer", CHANGE, "acme", "2026-11-21T08:00:00Z")
    fleet.refused("acme", "2026-11-21T08:00:00Z", 2)
    fleet.forget("acme")
    assert fleet.sight("customer", CHANGE, "bygg", "2026-11-21T08:05:00Z").scope is Scope.CUSTOMER
    assert fleet.refused("bygg", "2026-11-21T08:05:00Z", 2)[1] is False
