"""When records changed, by clocks that differ, jump or make no sense: no change is passed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from sluice.ports.clock import Clock
from tests.flows.rig import Rig
from tests.flows.toy_erp import Row

LOOKBACK = timedelta(minutes=10)
"""How far the toy's increments go back behind the last read."""

PAGE = 10
FAR = datetime(2999, 1, 1, tzinfo=UTC)


@dataclass
class Wrong:
    """The ERP's clock: ``by`` so much ahead of the true time."""

    true: Clock
    by: timedelta

    def now(self) -> datetime:
        return self.true.now() + self.by


def put(rig: Rig, key: int, name: str, at: datetime | None = None) -> None:
    rig.erp.rows["customer"][key] = Row(name, at or rig.erp.clock.now())


def arrived(rig: Rig) -> bool:
    return rig.consumer.names("customer") == {key: row.name for key, row in rig.erp.rows["customer"].items()}


@pytest.mark.parametrize("minutes", [-10, -3, 0, 3, 10, 600])
def test_an_erps_clock_may_be_wrong_by_as_much_as_is_read_again(minutes: int) -> None:
    rig = Rig(between=0)
    rig.erp.clock = Wrong(rig.clock, timedelta(minutes=minutes))  # type: ignore[assignment]
    for number in range(1, 30):
        put(rig, number, f"in run {number}")
        assert rig.run()["outcome"] == "succeeded"
        # Right after the read began, which is what the next one asks from.
        put(rig, 100 + number, f"after run {number}")
        rig.clock.advance(7)
    assert rig.run()["outcome"] == "succeeded"
    assert arrived(rig)
    versions = [(event["data"]["id"], event["entityversion"]) for event in rig.consumer.events]
    assert len(versions) == len(set(versions)) == 58


def test_a_record_that_changed_in_the_year_2999_hides_no_other() -> None:
    rig = Rig()
    put(rig, 1, "A")
    put(rig, 2, "from the future", FAR)
    for number in range(3, 8):
        assert rig.run()["outcome"] == "succeeded"
        put(rig, number, "B")
        put(rig, 1, f"A {number}")
    rig.run()
    assert arrived(rig)
    events = [event for event in rig.consumer.events if event["data"]["source_id"] == "2"]
    assert len(events) == 1, "it is read each time, and published once"


@pytest.mark.parametrize("count", [PAGE - 1, PAGE, 3 * PAGE + 1, 120])
def test_more_records_of_one_moment_than_a_page_holds_all_come(count: int) -> None:
    rig = Rig()
    put(rig, 1_000, "first")
    rig.run()
    moment = rig.clock.now()
    for key in range(1, count + 1):
        put(rig, key, "of one moment", moment)
    for _ in range(2):
        asked = rig.erp.asked
        assert rig.run()["outcome"] == "succeeded"
        assert rig.erp.asked - asked < 60, "it ends"
    assert arrived(rig)
    assert len(rig.consumer.events) == count + 1


@pytest.mark.parametrize(
    "night",
    [datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)],
    ids=["an hour is left out", "an hour comes twice"],
)
def test_the_nights_on_which_clocks_are_changed_lose_no_hour(night: datetime) -> None:
    rig = Rig(between=0)
    rig.clock.advance((night - rig.clock.now()).total_seconds() % (365 * 86_400))
    for number in range(1, 40):
        put(rig, number, f"change {number}")
        rig.clock.advance(300)
        if number % 3 == 0:
            assert rig.run()["outcome"] == "succeeded"
    rig.run()
    assert arrived(rig)
    assert len(rig.consumer.events) == 39
