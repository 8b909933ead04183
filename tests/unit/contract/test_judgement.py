"""Sudden emptiness, the quarantine breaker, and a connection's policy."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from sluice.contract.breaker import fault_changes
from sluice.contract.emptiness import sudden_emptiness
from sluice.contract.policy import goes_on, strongest, with_policy
from sluice.faults import Fault
from sluice.model.change import Action, Change


@pytest.mark.parametrize(
    ("live", "gone", "held"),
    [
        (100, 0, False),
        (100, 1, False),
        (100, 30, False),
        (100, 31, True),
        (3, 1, False),
        (12, 9, False),
        (3, 3, True),
        (1, 1, True),
        (0, 0, False),
    ],
)
def test_much_gone_at_once_is_not_believed(live: int, gone: int, held: bool) -> None:
    change = sudden_emptiness(live, gone, 0, "customer")
    assert (change is not None) is held
    if change is not None:
        assert (change.code, change.action) == ("D38", Action.HOLD)


def test_most_gone_while_as_many_are_new_are_the_same_under_other_keys() -> None:
    change = sudden_emptiness(100, 90, 88, "customer")
    assert change is not None
    assert (change.code, change.action, change.used_by) == ("D59", Action.HOLD, ("key",))


@pytest.mark.parametrize(
    ("records", "bad", "held"),
    [(100, 20, False), (100, 21, True), (49, 20, False), (10, 10, True), (9, 9, False)],
)
def test_records_that_fail_alike_in_number_hold_the_stream(records: int, bad: int, held: bool) -> None:
    fault = Fault("not_a_date", "/lines/3/date", "came '24.12.2026', right is YYYY-MM-DD")
    [change] = fault_changes(records, [[fault]] * bad)
    assert (change.code, change.path) == ("D60", "lines[].date")
    assert change.action is (Action.HOLD if held else Action.QUARANTINE)
    assert change.share == pytest.approx(bad / records)


def test_of_several_faults_only_the_most_frequent_holds() -> None:
    faults = [[Fault("not_a_date", "/date", "no date")]] * 30 + [[Fault("unknown_code", "/code", "new")]] * 2
    found = fault_changes(100, faults)
    assert [(change.code, change.action) for change in found] == [
        ("D60", Action.HOLD),
        ("D55", Action.QUARANTINE),
    ]
    assert fault_changes(100, []) == ()


def test_a_connection_may_choose_its_own_action() -> None:
    change = sudden_emptiness(10, 10, 0, "customer")
    assert change is not None
    assert with_policy(change, {"D38": "notify"}).action is Action.NOTIFY
    assert with_policy(change, {"D11": "notify"}) == change


def test_the_strongest_action_counts() -> None:
    change = sudden_emptiness(10, 10, 0, "customer")
    assert change is not None
    assert strongest([replace(change, action=Action.NOTIFY), change]) is Action.HOLD
    assert strongest([]) is Action.GO_ON
    assert [goes_on(action) for action in Action] == [True, True, True, False, False]


def test_a_change_is_read_as_it_was_written() -> None:
    change = sudden_emptiness(10, 10, 0, "customer")
    assert change is not None
    assert Change.from_json(change.to_json()) == change
