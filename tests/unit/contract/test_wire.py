"""The facts of one reading held against those of earlier ones."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.connector.facts.facts import Facts, is_round
from sluice.contract.wire import learnt_wire, wire_changes
from sluice.model.change import Action, Change

TODAY = date(2026, 11, 21)
PLAIN = {"pages": 10, "asked": 100, "listed": 930, "records": 930, "whole": True, "on": "2026-11-21"}


def changes(before: dict[str, Any], today: date = TODAY, **facts: Any) -> list[Change]:
    return list(wire_changes(before, {**PLAIN, **facts}, entity="customer", today=today))


def codes(before: dict[str, Any], today: date = TODAY, **facts: Any) -> list[str]:
    return [change.code for change in changes(before, today, **facts)]


def after(*readings: dict[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for facts in readings:
        known = learnt_wire(known, {**PLAIN, **facts})
    return known


def whole(*counts: int) -> dict[str, Any]:
    return after(*(at(count) for count in counts))


def at(count: int) -> dict[str, Any]:
    return {"listed": count, "records": count, "ends": {str(count): 1} if is_round(count) else {}}


def test_a_first_reading_tells_only_what_is_announced_or_capped() -> None:
    facts = {
        "version": {"x-api-version": "2"},
        "rate_limit": 5,
        "token": 60,
        "scheme": "basic",
        "total": "missing",
        "unusual": [403],
        "throttled": {"403": 30},
        **at(1000),
    }
    assert codes({}, **facts) == []
    announced = {"deprecation": "2026-01-01", "sunset": "2027-06-01", "warning": "old", "followed": [50, 50]}
    assert codes({}, **announced) == ["D16", "D17", "D17", "D28"]


def test_the_same_again_is_silent() -> None:
    facts = {
        "deprecation": "2026-01-01",
        "sunset": "2027-06-01",
        "warning": "old since 2026-11-20",
        "followed": [50, 50],
        "version": {"x-api-version": "2"},
        "rate_limit": 5,
        "token": 60,
        "scheme": "basic",
        "size": 50,
        "total": "equal",
        "unusual": [403],
        "throttled": {"403": 3},
    }
    again = {**facts, "warning": "old since 2026-11-21"}
    assert codes(after(facts), **again) == []
    assert after(facts) == after(facts)


def test_a_deprecation_is_told_with_its_date_and_links_and_again_when_it_moves() -> None:
    links = {"deprecation": "https://toy.example/old"}
    [change] = changes(after({}), deprecation="2026-01-01", links=links)
    assert (change.code, change.before, change.after) == ("D16", "none", "2026-01-01")
    assert change.evidence == {"date": "2026-01-01", "links": links}
    assert (change.action, change.used_by) == (Action.NOTIFY, ("customer",))
    assert codes(after({"deprecation": "2026-01-01"}), deprecation="2026-06-01") == ["D16"]


@pytest.mark.parametrize(
    ("known", "on", "said", "today", "stage"),
    [
        ("", "2026-11-20", "2027-06-01", "2026-11-21", "announced"),
        ("2027-06-01", "2026-11-20", "2027-05-01", "2026-11-21", "announced"),
        ("2027-06-01", "2026-11-20", "2027-07-01", "2026-11-21", None),
        ("2026-12-21", "2026-11-21", "2026-12-21", "2026-11-22", "30 days or less"),
        ("2026-12-21", "2026-11-22", "2026-12-21", "2026-11-23", None),
        ("2026-12-21", "2026-12-21", "2026-12-21", "2026-12-22", "the day has passed"),
        ("2026-12-21", "2026-12-22", "2026-12-21", "2026-12-23", None),
        ("announced", "2026-11-20", "2026-12-01", "2026-11-21", "30 days or less"),
        ("announced", "2026-11-20", "announced", "2026-11-21", None),
        ("", "", "announced", "2026-11-21", "announced"),
    ],
)
def test_a_sunset_is_told_first_and_when_it_comes_near_and_when_it_passes(
    known: str, on: str, said: str, today: str, stage: str | None
) -> None:
    before = {"sunset": known, "on": on} if known else {}
    found = changes(before, date.fromisoformat(today), sunset=said)
    assert [change.evidence["stage"] for change in found] == ([stage] if stage else [])


def test_a_countdown_tells_three_times() -> None:
    known: dict[str, Any] = {}
    told = []
    for day in range(0, 70, 3):
        today = TODAY + timedelta(days=day)
        facts = {**PLAIN, "sunset": "2027-01-15", "on": today.isoformat()}
        told += [change.evidence["days"] for change in wire_changes(known, facts, entity="x", today=today)]
        known = learnt_wire(known, facts)
    assert told == [55, 28, -2]


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        ({"version": {"a": "1"}}, {"version": {"a": "2"}}, ["D15"]),
        ({"version": {"a": "1"}}, {"version": {"b": "2"}}, []),
        ({"version": {"a": "1"}}, {}, []),
        ({"token": 3600}, {"token": 1700}, ["D24"]),
        ({"token": 3600}, {"token": 1900}, []),
        ({"token": 3600}, {}, []),
        ({"scheme": "basic"}, {"scheme": "bearer"}, ["D20"]),
        ({"rate_limit": 100}, {"rate_limit": 60}, ["D26"]),
        ({"rate_limit": 100}, {"rate_limit": 200}, []),
        ({}, {"links": {"successor-version": "https://x.example/v3"}}, ["D16"]),
        ({}, {"links": {"sunset": "https://x.example/when"}}, ["D17"]),
        (
            {"links": {"sunset": "https://x.example/when"}},
            {"links": {"sunset": "https://x.example/when"}},
            [],
        ),
        ({}, {"links": {"deprecation": "https://x.example/"}, "deprecation": "2026-01-01"}, ["D16"]),
        ({"unusual": [403]}, {"unusual": [403]}, []),
        ({"unusual": [403]}, {"unusual": [403, 500]}, ["D27"]),
        ({}, {"unusual": [403]}, ["D27"]),
        ({"total": "equal"}, {"total": "missing"}, ["D33"]),
        ({"total": "equal"}, {"total": "below"}, ["D33"]),
        ({"total": "missing"}, {"total": "equal"}, []),
        ({"total": "below"}, {"total": "missing"}, []),
        ({"followed": [100, 100]}, {"followed": [25, 25]}, ["D28"]),
        ({"followed": [25, 25]}, {"followed": [50, 50]}, []),
        ({"followed": [25, 25]}, {"followed": [10, 10]}, ["D28"]),
        ({}, {"followed": [20, 60]}, []),
        ({}, {"followed": [100, 100]}, []),
        ({}, {"size": 25}, ["D29"]),
        ({"size": 25}, {"size": 12}, ["D29"]),
    ],
)
def test_what_differs_from_before_is_told_and_stops_nothing(
    before: dict[str, Any], now: dict[str, Any], found: list[str]
) -> None:
    told = changes(after(before), **now)
    assert [change.code for change in told] == found
    assert all(change.action is Action.NOTIFY for change in told)


def test_a_page_size_that_is_taken_again_and_then_refused_again_is_told_again() -> None:
    assert codes(after({"size": 25}, {}), size=25) == ["D29"]


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        ([0, 0, 0], {"429": 5}, ["D26"]),
        ([0, 0, 0], {"429": 4}, []),
        ([0, 0], {"429": 50}, []),
        ([4, 4, 4], {"429": 6}, []),
        ([4, 4, 4], {"429": 30}, ["D26"]),
    ],
)
def test_much_more_throttling_than_ever_before(
    before: list[int], now: dict[str, int], found: list[str]
) -> None:
    known = after(*({"throttled": {"429": times} if times else {}} for times in before))
    assert codes(known, throttled=now) == found


@pytest.mark.parametrize(
    ("counts", "now", "cut"),
    [
        ([1040], 1000, True),
        ([1003], 1000, True),
        ([1002], 1000, False),
        ([250, 260], 250, False),
        ([300], 250, True),
        ([104], 100, False),
        ([106], 100, True),
        ([1040], 1001, False),
        ([1000], 1000, False),
        ([990], 1000, False),
        ([850, 900, 950, 1000], 1000, True),
        ([950, 1000], 1000, False),
        ([997, 998, 999, 1000], 1000, False),
        ([850, 900, 950, 1000], 1050, False),
        ([98, 99, 100], 100, False),
        ([12_345], 10_000, True),
        ([], 1000, False),
    ],
)
def test_a_whole_read_that_was_cut_at_a_round_number_is_held(counts: list[int], now: int, cut: bool) -> None:
    found = changes(whole(*counts), **at(now))
    assert [(change.code, change.action) for change in found] == [("D39", Action.HOLD)] * cut


@pytest.mark.parametrize(
    ("lefts", "left", "told"),
    [([5900, 5950, 5990], 55, True), ([5900, 40, 5990], 30, False), ([5900, 5950], 55, False)],
)
def test_far_fewer_requests_left_than_ever_before(lefts: list[int], left: int, told: bool) -> None:
    known = after(*({"left": one} for one in lefts))
    assert codes(known, left=left) == ["D26"] * told
    assert codes(known, left=left, rate_limit=6000) == []


def test_one_window_of_several_that_was_cut() -> None:
    before = after({"listed": 2300, "ends": {"200": 1}})
    assert codes(before, listed=2260, ends={"1000": 1, "200": 1}) == ["D39"]
    assert codes(before, listed=2260, ends={"200": 1}) == []


def test_what_shifted_or_was_read_in_part_is_no_cut_list() -> None:
    before = whole(1040)
    assert codes(before, **at(1000), shifted=True) == []
    assert codes(before, **{**at(1000), "whole": False}) == []
    assert learnt_wire(before, {**PLAIN, **at(5), "shifted": True})["whole"] == [1040]


def increments(*counts: int) -> dict[str, Any]:
    known = whole(600)
    for count in counts:
        known = learnt_wire(known, {**PLAIN, "listed": count, "whole": False})
    return known


@pytest.mark.parametrize(
    ("counts", "now", "told"),
    [([3, 0], 598, True), ([3, 0], 300, False), ([3], 598, False), ([3, 590, 9], 598, False)],
)
def test_an_incremental_read_that_brings_everything_is_told(counts: list[int], now: int, told: bool) -> None:
    found = changes(increments(*counts), listed=now, whole=False)
    assert [(change.code, change.action) for change in found] == [("D35", Action.NOTIFY)] * told


@pytest.mark.parametrize(("unchanged", "action"), [(590, Action.HOLD), (100, Action.NOTIFY)])
def test_an_incremental_read_of_what_did_not_change_is_held(unchanged: int, action: Action) -> None:
    [change] = changes(increments(3, 0), listed=598, whole=False, unchanged=unchanged)
    assert (change.code, change.action) == ("D35", action)


def test_growing_lists_and_quiet_readings_tell_nothing() -> None:
    """2,000 readings of lists that grow or shrink a little, from 50 to some thousand records."""
    told = 0
    for first in (50, 95, 180, 480, 940, 4_900, 9_800):
        for growth in (0, 1, 3, 7, 40):
            known: dict[str, Any] = {}
            for run in range(60):
                count = first + growth * run - (run % 7 == 0)
                facts = {**PLAIN, **at(count), "total": "equal", "version": {"api-version": "2"}}
                told += len(wire_changes(known, facts, entity="customer", today=TODAY))
                known = learnt_wire(known, facts)
    assert told == 0


JSON_FACTS = st.fixed_dictionaries(
    {},
    optional={
        "deprecation": st.text(max_size=12),
        "sunset": st.text(max_size=12) | st.dates().map(str),
        "warning": st.text(max_size=80),
        "version": st.dictionaries(st.text(max_size=30), st.text(max_size=30), max_size=2),
        "throttled": st.dictionaries(st.sampled_from(["429", "403"]), st.integers(1, 99), max_size=2),
        "unusual": st.lists(st.integers(100, 599), max_size=5),
        "followed": st.tuples(st.integers(1, 99), st.integers(1, 99)).map(sorted),
        "asked": st.integers(0, 100),
        "listed": st.integers(0, 10**12),
        "ends": st.dictionaries(st.sampled_from(["100", "1000"]), st.integers(1, 9), max_size=2),
        "total": st.sampled_from(["equal", "below", "missing"]),
        "whole": st.booleans(),
        "shifted": st.booleans(),
        "pages": st.integers(0, 1000),
    },
)


@settings(deadline=None)
@given(st.lists(JSON_FACTS, max_size=12))
def test_what_is_learnt_stays_small_and_is_the_same_each_time(readings: list[dict[str, Any]]) -> None:
    known: dict[str, Any] = {}
    for facts in readings:
        first = wire_changes(known, facts, entity="customer", today=TODAY)
        assert first == wire_changes(known, facts, entity="customer", today=TODAY)
        known = json.loads(json.dumps(learnt_wire(known, facts)))
        assert len(json.dumps(known)) <= 2_048
    json.dumps([change.to_json() for change in wire_changes(known, {}, entity="x", today=TODAY)])


def test_the_facts_that_are_compared_are_those_that_are_collected() -> None:
    """The two sides may not import each other; the names have to agree all the same."""
    collected = set(Facts.__struct_fields__) | {"on", "shifted", "records", "whole", "unchanged"}
    assert set(PLAIN) <= collected
    read: set[str] = set()

    class Watched(dict[str, Any]):
        def get(self, name: str, default: Any = None) -> Any:
            read.add(name)
            return super().get(name, default)

    before = after({"version": {"a": "1"}, "total": "equal"}, {}, {}, {})
    for known in ({}, before):
        wire_changes(known, Watched(PLAIN), entity="x", today=TODAY)
        learnt_wire(known, Watched(PLAIN))
    assert read <= collected
    assert {"sunset", "unusual", "listed", "total", "token"} <= read
