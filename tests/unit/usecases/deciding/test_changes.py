from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from sluice.errors import ConfigurationInvalid
from sluice.model.change import Action, Change, Severity
from sluice.model.connection import Connection
from sluice.registry.incident_index import IncidentIndex
from sluice.registry.incidents import Incident, Incidents, Sighting
from sluice.registry.paging import MOST_READ
from sluice.registry.runs import Run
from sluice.usecases.deciding.changes import (
    describe_change,
    describe_changes,
    find_change,
    list_changes,
    page_of_changes,
)
from sluice.usecases.operating.standing import standings
from sluice.usecases.world import World, iso
from tests.flows.rig import Rig
from tests.unit.usecases.counting import CountingTable

NAMES = ("acme", "globex", "initech")


@pytest.fixture
def world() -> World:
    world = Rig().world
    for name in NAMES[1:]:
        world.connections.add(Connection(name, "toy"))
    return world


def meet(world: World, name: str, number: int, *, hour: int | None = None) -> Incident:
    """Report a change as a run does that meets it so many hours from now."""
    change = Change("D44", "renamed", f"field_{number}", "a", "b", Severity.HIGH, Action.HOLD)
    at = iso(world.clock.now() + timedelta(hours=number if hour is None else hour))
    sighting = Sighting(f"run-{number}", "customer", "ApiChanged", change.in_words(), at, change)
    return Incidents(world.state, name).report(sighting)[0]


def all_pages(world: World, state: str | None = None, limit: int = 4) -> list[str]:
    seen: list[str] = []
    after = None
    while True:
        page = page_of_changes(world, state, after=after, limit=limit)
        seen += [one.id for one in page.items]
        if (after := page.after) is None:
            return seen


def open_in(world: World) -> set[str]:
    connections = list(world.connections.all())
    return {one.id for found in standings(world, connections).values() for one in found.open}


def test_the_pages_give_every_change_of_all_connections_once_newest_first(world: World) -> None:
    for number in range(23):
        meet(world, NAMES[number % 3], number)
    Incidents(world.state, "acme").report(Sighting("run-1", None, "CredentialsRejected", "401", "2026-11-21"))
    listed = [one.id for one in list_changes(world)]
    assert len(listed) == 23
    assert all_pages(world) == listed
    assert all_pages(world, limit=23) == listed


def test_a_state_lets_through_only_its_own(world: World) -> None:
    found = [meet(world, NAMES[number % 3], number) for number in range(12)]
    for incident in found[::2]:
        Incidents(world.state, incident.connection).close(incident.id, iso(world.clock.now()))
    assert set(all_pages(world, "resolved")) == {one.id for one in found[::2]}
    assert set(all_pages(world, "open")) == {one.id for one in found[1::2]} == open_in(world)
    assert all_pages(world, "accepted") == []


def test_one_that_comes_back_is_there_once_where_it_came_back(world: World) -> None:
    first = meet(world, "acme", 1)
    meet(world, "globex", 2)
    Incidents(world.state, "acme").close(first.id, first.opened_at)
    assert first.id not in open_in(world)
    again = meet(world, "acme", 1, hour=5)
    assert again.id == first.id
    assert all_pages(world, limit=1)[0] == first.id
    assert sorted(all_pages(world)) == sorted(one.id for one in list_changes(world))
    assert first.id in open_in(world)


def test_an_entry_whose_incident_never_came_to_be_is_skipped(world: World) -> None:
    known = meet(world, "acme", 1)
    lost = meet(world, "acme", 2)
    world.state.delete("acme", f"incident#{lost.id}")  # its writer died in between
    assert all_pages(world) == [known.id]
    assert open_in(world) == {known.id}


def test_what_is_over_is_forgotten_only_once_nobody_can_be_opening_it(world: World) -> None:
    index = IncidentIndex(world.state)
    fresh = meet(world, "acme", 0)
    old = meet(world, "acme", 1, hour=-2)
    for one in (fresh, old):
        world.state.delete("acme", f"incident#{one.id}")
    assert open_in(world) == set()
    assert [entry.id for entry in index.open()] == [fresh.id]


def test_incidents_of_before_there_was_an_index_are_found(world: World) -> None:
    found = [meet(world, NAMES[number % 3], number) for number in range(7)]
    Incidents(world.state, found[0].connection).close(found[0].id, found[0].opened_at)
    for item in list(world.state.query("#incidents")):
        world.state.delete("#incidents", item.sort)
    assert all_pages(world) == [one.id for one in reversed(found)]
    assert open_in(world) == {one.id for one in found[1:]}
    assert find_change(world, found[3].id).id == found[3].id


def test_a_change_of_a_removed_connection_is_gone_everywhere(world: World) -> None:
    gone, kept = meet(world, "globex", 1), meet(world, "acme", 2)
    Incidents(world.state, "globex").forget()
    assert all_pages(world) == [kept.id]
    assert [entry.id for entry in IncidentIndex(world.state).open()] == [kept.id]
    with pytest.raises(ConfigurationInvalid, match=kept.id):
        find_change(world, gone.id)


def test_an_incident_that_is_no_change_is_not_found_as_one(world: World) -> None:
    sighting = Sighting("run-1", None, "CredentialsRejected", "401", iso(world.clock.now()))
    incident, _ = Incidents(world.state, "acme").report(sighting)
    with pytest.raises(ConfigurationInvalid, match="there are: none"):
        find_change(world, incident.id)


def test_several_are_described_as_each_is(world: World) -> None:
    found = [meet(world, NAMES[number % 3], number) for number in range(5)]
    assert describe_changes(world, found) == [describe_change(world, one) for one in found]


def requests_of(connections: int, ask: Callable[[World], object]) -> int:
    """Return how many requests it takes where there are so many connections with five changes each."""
    table = CountingTable()
    world = replace(Rig().world, connections_table=table, state=table, runs_table=table)
    for number in range(connections):
        name = f"c{number}"
        world.connections.add(Connection(name, "toy"))
        world.runs.put(Run(f"run-{number}", name, "toy", "schedule", iso(world.clock.now())), 0)
        for change in range(5):
            meet(world, name, change)
    ask(world)
    table.requests = 0
    ask(world)
    return table.requests


def test_a_page_takes_as_many_requests_whatever_there_is() -> None:
    def ask(world: World) -> None:
        describe_changes(world, page_of_changes(world, limit=20).items)

    assert requests_of(10, ask) == requests_of(200, ask) < 8


def test_how_all_connections_stand_takes_as_many_requests_whatever_there_is() -> None:
    def ask(world: World) -> None:
        standings(world, list(world.connections.all()))

    assert requests_of(2, ask) == requests_of(40, ask) < 10


def test_a_filter_that_lets_nothing_through_reads_no_further_than_it_may(world: World) -> None:
    for number in range(MOST_READ + 20):
        meet(world, NAMES[number % 3], number)
    page = page_of_changes(world, "rejected")
    assert page.items == ()
    assert page.after is not None
    assert page_of_changes(world, "rejected", after=page.after).after is None
