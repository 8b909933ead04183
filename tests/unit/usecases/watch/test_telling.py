"""When people are told: once a change, once a notice, again as the day comes near; whoever dies meanwhile."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from sluice.contract.contract import Contract
from sluice.model.change_kinds import change_of
from sluice.registry.contracts import Contracts
from sluice.registry.telling.announcements import Announcements, Touched
from sluice.usecases.watch.plan import MOST_PROBES, PlanWatch, plan_watch
from sluice.usecases.watch.probe import ProbeDescription, probe_description
from sluice.usecases.watch.tell import TellAhead, tell_ahead
from sluice.usecases.world import iso
from tests.unit.usecases.watch.rig import Rig, described

WITHOUT_NAME = {"id": {"type": "integer"}, "fax": {"type": "string"}}


class Died(BaseException):
    """The worker died here."""


def _ending(day: str) -> dict[str, Any]:
    said = f"[DEPRECATED] This field will be removed on {day}."
    return {"id": {"type": "integer"}, "name": {"type": "string", "description": said}}


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.connect("acme")
    rig.vendor.publish(described())
    rig.watch()
    return rig


def test_a_day_in_the_text_is_counted_down(rig: Rig) -> None:
    rig.vendor.publish(described(fields=_ending("2027-01-10")))
    rig.watch()
    [notice] = rig.news()
    assert (notice["data"]["change"]["code"], notice["data"]["due"]) == ("D17", "2027-01-10")
    assert "2027-01-10" in notice["data"]["title"]
    assert "will be removed on 2027-01-10" in notice["data"]["detail"]
    told = []
    while rig.clock.now().date() < date(2027, 2, 1):
        rig.watch()
        told += [
            (str(rig.clock.now().date() - timedelta(days=1)), n["data"]["days_left"]) for n in rig.news()
        ]
    assert told == [("2026-12-12", 29), ("2027-01-04", 6)]


def test_what_is_first_told_late_is_not_told_again_for_the_days_gone_by(rig: Rig) -> None:
    rig.vendor.publish(described(fields=_ending("2026-11-25")))
    rig.watch()
    assert [notice["data"]["days_left"] for notice in rig.news()] == [3]
    for _ in range(10):
        rig.watch()
    assert rig.news() == []


def test_a_day_that_moves_nearer_is_told_and_the_old_one_forgotten(rig: Rig) -> None:
    for day in ("2027-03-01", "2027-01-10"):
        rig.vendor.publish(described(fields=_ending(day)))
        rig.watch()
        assert [notice["data"]["due"] for notice in rig.news()] == [day]
    assert sorted((found.due, found.state) for found in rig.announced()) == [
        ("2027-01-10", "open"),
        ("2027-03-01", "over"),
    ]


def test_a_day_that_is_taken_back_is_not_counted_down(rig: Rig) -> None:
    rig.vendor.publish(described(fields=_ending("2027-01-10")))
    rig.watch()
    assert len(rig.news()) == 1
    rig.vendor.publish(described())
    for _ in range(60):
        rig.watch()
    assert rig.news() == []


def _learn(rig: Rig, connection: str, sweep: str, **wire: Any) -> None:
    contracts = Contracts(rig.world.state, rig.world.objects, connection)
    contracts.learn("customer", sweep, iso(rig.clock.now()), lambda known: Contract(wire=wire))


def test_a_sunset_header_is_counted_down_for_the_fleet_where_runs_stop_telling(rig: Rig) -> None:
    rig.connect("fjord")
    links = {"sunset": "https://erp.example/sunset"}
    for name in ("acme", "fjord"):
        _learn(rig, name, "sweep-1", sunset="2027-01-10", links=links)
    for _ in range(43):
        rig.watch()
    # Runs told of it when they met it, and again at 30 days.
    assert rig.news() == []
    for _ in range(10):
        rig.watch()
    [notice] = rig.news()
    data = notice["data"]
    assert (data["change"]["code"], data["due"], data["days_left"]) == ("D17", "2027-01-10", 6)
    assert data["connections"] == ["acme", "fjord"]
    assert (data["streams"], data["operations"]) == ({"customer": ["customer"]}, ["GET /customer"])
    assert data["change"]["evidence"] == {"seen_in": "headers", "links": links}


def test_a_sunset_header_that_is_taken_back_is_not_counted_down(rig: Rig) -> None:
    _learn(rig, "acme", "sweep-1", sunset="2027-01-10")
    rig.watch()
    assert [found.state for found in rig.announced()] == ["open"]
    _learn(rig, "acme", "sweep-2")
    for _ in range(60):
        rig.watch()
    assert rig.news() == []
    assert [found.state for found in rig.announced()] == ["over"]


def test_a_contract_that_is_lost_stops_no_other(rig: Rig) -> None:
    rig.connect("fjord")
    for name in ("acme", "fjord"):
        _learn(rig, name, "sweep-1", sunset="2027-01-10")
    [pointer] = [value for _, value in Contracts(rig.world.state, rig.world.objects, "acme").streams()]
    rig.world.objects.delete(pointer["key"])
    rig.watch()
    assert [found.connections for found in rig.announced()] == [["fjord"]]


def test_header_and_description_that_say_the_same_are_one_announcement(rig: Rig) -> None:
    ending = described()
    ending["paths"]["/customer"]["get"]["description"] = "[DEPRECATED] Will be removed on 2027-01-10."
    rig.vendor.publish(ending)
    rig.watch()
    assert len(rig.news()) == 1
    _learn(rig, "acme", "sweep-1", sunset="2027-01-10")
    rig.watch()
    assert rig.news() == []
    assert len(rig.announced()) == 1


def test_a_deprecation_header_without_a_day_is_listed_and_left_to_runs(rig: Rig) -> None:
    _learn(rig, "acme", "sweep-1", deprecation="2026-10-01")
    rig.watch()
    assert [(found.change["code"], found.due) for found in rig.announced()] == [("D16", "")]
    _learn(rig, "acme", "sweep-2", deprecation="2026-10-01", sunset="announced")
    rig.watch()
    found = {one.change["code"]: one.state for one in rig.announced()}
    assert found == {"D16": "over", "D17": "open"}
    assert rig.news() == []


def test_many_changes_of_one_kind_are_one_notice(rig: Rig) -> None:
    more = {f"field{number}": {"type": "string"} for number in range(60)}
    change = [change_of("D42", path, ("described", "not described"), (f"customer.{path}",)) for path in more]
    announcements = Announcements(rig.world.state, "toy")
    for one in change:
        announcements.note(one, Touched("customer", one.used_by, ("acme",)), iso(rig.clock.now()))
    rig.watch()
    [notice] = rig.news()
    assert (notice["data"]["changes_count"], len(notice["data"]["changes"])) == (60, 50)
    assert len(notice["data"]["fields"]) == 60
    rig.watch()
    assert rig.news() == []


def test_a_probe_that_dies_before_it_stores_notes_the_same_again(rig: Rig, monkeypatch: Any) -> None:
    rig.vendor.publish(described(fields=WITHOUT_NAME))
    [probe] = plan_watch(rig.world, PlanWatch())["probes"]
    with monkeypatch.context() as patched:

        def dies(*_: object) -> None:
            raise Died

        patched.setattr("sluice.registry.descriptions.Descriptions.keep", dies)
        with pytest.raises(Died):
            probe_description(rig.world, ProbeDescription(**probe))
    rig.watch()
    assert len(rig.announced()) == 1
    assert len(rig.news()) == 1


@pytest.mark.parametrize("same_run", [True, False])
def test_a_teller_that_dies_is_followed_by_one_that_sends_the_same_notice(
    rig: Rig, monkeypatch: Any, same_run: bool
) -> None:
    changed = described(fields={"id": {"type": "string"}})
    rig.vendor.publish(changed)
    [probe] = plan_watch(rig.world, PlanWatch())["probes"]
    rig.probe(probe)
    with monkeypatch.context() as patched:

        def dies(*_: object) -> None:
            raise Died

        patched.setattr("sluice.registry.telling.announcements.Announcements.mark_told", dies)
        with pytest.raises(Died):
            tell_ahead(rig.world, TellAhead("watch-a", ["toy"]))
    begun = {notice["id"] for notice in rig.news()}
    if not same_run:
        # While the first may still be at it, nobody else tells.
        assert tell_ahead(rig.world, TellAhead("watch-b", ["toy"]))["told"] == 1
        second = {notice["id"] for notice in rig.news()}
        assert not begun & second
        rig.clock.advance(120)
        begun |= second
    tell_ahead(rig.world, TellAhead("watch-a" if same_run else "watch-b", ["toy"]))
    again = {notice["id"] for notice in rig.news()}
    assert again
    tell_ahead(rig.world, TellAhead("watch-c", ["toy"]))
    assert rig.news() == []
    everything = begun | again
    assert len(everything) == len(rig.announced())


def test_a_plan_fits_into_a_state_and_takes_the_longest_unread_first() -> None:
    rig = Rig()
    for number in range(MOST_PROBES + 3):
        rig.connect(f"c{number:039d}"[:40], settings={"base_url": f"https://erp{number}.example/v2"})
    plan = plan_watch(rig.world, PlanWatch())
    assert (len(plan["probes"]), plan["waiting"]) == (MOST_PROBES, 3)
    assert len(str(plan).encode()) < 128 * 1024
    for probe in plan["probes"][:10]:
        rig.probe(probe)
    again = plan_watch(rig.world, PlanWatch())["probes"]
    assert not [probe for probe in plan["probes"][:10] if probe in again[: MOST_PROBES - 10]]


def test_only_the_connector_that_was_asked_for_is_watched(rig: Rig) -> None:
    plan = plan_watch(rig.world, PlanWatch("tripletex"))
    assert plan == {"connectors": [], "probes": [], "waiting": 0}


def test_a_lost_probe_leaves_the_watch_unfinished(rig: Rig) -> None:
    ended = tell_ahead(rig.world, TellAhead("watch-a", ["toy"], ["unchanged", "unrecorded"]))
    assert ended["outcome"] == "unfinished"
