"""What turns at logging in hold to, on every table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sluice.aws.session import AwsSession
from sluice.local.memory_table import MemoryTable
from sluice.ports.table import Table
from sluice.registry.login_turns import LIFE, LoginTurns, Turn
from tests.contracts.test_table import dynamo_table

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
LATER = NOW + LIFE + timedelta(seconds=1)


def taken(turns: LoginTurns, now: datetime = NOW) -> Turn:
    place = turns.free("acme", now)
    assert place is not None
    turn = turns.take("acme", place, now)
    assert turn is not None
    return turn


class LoginTurnsContract:
    """A subclass gives the fixture ``table`` (empty)."""

    @pytest.fixture
    def turns(self, table: Table) -> LoginTurns:
        return LoginTurns(table)

    def test_a_turn_is_had_by_one_until_it_is_given_back(self, turns: LoginTurns) -> None:
        first = taken(turns)
        assert turns.free("acme", NOW) is None
        assert turns.free("beta", NOW) is not None
        turns.give_back("acme", first)
        assert taken(turns).unfinished == ""

    def test_of_two_who_find_the_place_free_one_takes_it(self, turns: LoginTurns) -> None:
        places = [turns.free("acme", NOW) for _ in range(2)]
        found = [turns.take("acme", place, NOW) for place in places if place is not None]
        assert [turn is None for turn in found] == [False, True]

    def test_a_turn_that_came_and_went_since_makes_the_place_another_one(self, turns: LoginTurns) -> None:
        place = turns.free("acme", NOW)
        assert place is not None
        turns.give_back("acme", taken(turns))
        assert turns.take("acme", place, NOW) is None

    def test_a_dead_holder_is_followed_and_its_login_remembered(self, turns: LoginTurns) -> None:
        taken(turns)
        assert turns.free("acme", NOW + LIFE - timedelta(seconds=1)) is None
        follower = taken(turns, LATER)
        assert follower.unfinished == NOW.isoformat()

    def test_what_is_unfinished_is_remembered_until_a_login_ends_well(self, turns: LoginTurns) -> None:
        turns.give_back("acme", taken(turns), unfinished="then")
        second = taken(turns)
        assert second.unfinished == "then"
        turns.give_back("acme", second, unfinished=second.unfinished)
        turns.give_back("acme", taken(turns))
        assert taken(turns).unfinished == ""

    def test_a_stale_holder_keeps_nothing_and_ends_nobody_elses_turn(self, turns: LoginTurns) -> None:
        stale = taken(turns)
        follower = taken(turns, LATER)
        assert not turns.keep("acme", stale, LATER)
        turns.give_back("acme", stale)
        assert turns.free("acme", LATER) is None
        assert turns.keep("acme", follower, LATER)

    def test_a_late_holder_whom_nobody_followed_may_store(self, turns: LoginTurns) -> None:
        late = taken(turns)
        assert turns.keep("acme", late, LATER)
        assert turns.free("acme", LATER + LIFE - timedelta(seconds=1)) is None

    def test_a_seized_turn_is_lost_to_its_holder(self, turns: LoginTurns) -> None:
        holder = taken(turns)
        operator = turns.seize("acme", NOW)
        assert not turns.keep("acme", holder, NOW)
        turns.give_back("acme", operator)
        assert taken(turns).unfinished == ""

    def test_a_forgotten_connection_takes_the_turn_with_it(self, turns: LoginTurns) -> None:
        holder = taken(turns)
        turns.forget("acme")
        assert not turns.keep("acme", holder, NOW)
        turns.give_back("acme", holder, unfinished="then")
        assert taken(turns).unfinished == ""


class TestMemoryTable(LoginTurnsContract):
    @pytest.fixture
    def table(self) -> Table:
        return MemoryTable()


class TestDynamoTable(LoginTurnsContract):
    @pytest.fixture
    def table(self, aws: AwsSession) -> Table:
        return dynamo_table(aws)
