from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sluice.model.schedules.expression import schedule_fault
from sluice.model.schedules.times import NoSchedule, next_times

SUNDAY = datetime(2026, 11, 22, 1, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("rate(1 hour)", ["2026-11-22T02:00:05", "2026-11-22T03:00:05"]),
        ("rate(30 minutes)", ["2026-11-22T01:30:05", "2026-11-22T02:00:05"]),
        ("cron(0 5 * * ? *)", ["2026-11-22T05:00:00", "2026-11-23T05:00:00"]),
        ("cron(0 1 * * ? *)", ["2026-11-23T01:00:00", "2026-11-24T01:00:00"]),
        ("cron(0/15 8-9 ? * MON-FRI *)", ["2026-11-23T08:00:00", "2026-11-23T08:15:00"]),
        ("cron(5,35 22-2/2 * * ? *)", ["2026-11-22T02:05:00", "2026-11-22T02:35:00"]),
        ("cron(0 0 ? * SAT-MON *)", ["2026-11-23T00:00:00", "2026-11-28T00:00:00"]),
        ("cron(0 0 L * ? *)", ["2026-11-30T00:00:00", "2026-12-31T00:00:00"]),
        ("cron(0 0 LW FEB ? *)", ["2027-02-26T00:00:00", "2028-02-29T00:00:00"]),
        ("cron(0 0 1W * ? 2027)", ["2027-01-01T00:00:00", "2027-02-01T00:00:00"]),
        ("cron(0 0 1W 5 ? *)", ["2027-05-03T00:00:00", "2028-05-01T00:00:00"]),
        ("cron(0 0 15W 11 ? 2026-2027)", ["2027-11-15T00:00:00"]),
        ("cron(0 0 ? * 6L *)", ["2026-11-27T00:00:00", "2026-12-25T00:00:00"]),
        ("cron(0 0 ? * L *)", ["2026-11-28T00:00:00", "2026-12-05T00:00:00"]),
        ("cron(0 0 ? * 2#1 *)", ["2026-12-07T00:00:00", "2027-01-04T00:00:00"]),
        ("cron(0 0 29 2 ? *)", ["2028-02-29T00:00:00", "2032-02-29T00:00:00"]),
    ],
)
def test_the_next_times(expression: str, expected: list[str]) -> None:
    assert schedule_fault(expression) is None
    found = next_times(expression, SUNDAY, 2)
    assert [time.isoformat().removesuffix("+00:00") for time in found] == expected


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 0 31 2 ? *)",
        "cron(0 0 30 FEB ? *)",
        "cron(0 0 31 4,6 ? *)",
        "cron(0 0 1 1 ? 2020)",
        f"rate({'9' * 30} days)",
    ],
)
def test_a_time_that_never_comes_is_no_schedule(expression: str) -> None:
    assert next_times(expression, SUNDAY, 2) == []
    fault = schedule_fault(expression)
    assert fault is not None
    assert (fault.code, fault.pointer) == ("schedule_invalid", "/schedule")
    assert "never comes" in fault.message


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("cron(60 5 * * ? *)", "'60' is no minute; right would be 0 to 59"),
        ("cron(0 24 * * ? *)", "'24' is no hour"),
        ("cron(0 5 32 * ? *)", "'32' is no day of the month"),
        ("cron(0 5 * 13 ? *)", "'13' is no month"),
        ("cron(0 5 ? * 8 *)", "or SUN, MON, TUE"),
        ("cron(0 5 ? * 2#6 *)", "right would be 2#1 to 2#5"),
        ("cron(0 5 * * ? 1969)", "'1969' is no year"),
        ("cron(0/0 5 * * ? *)", "'0/0' is no minute"),
        ("cron(0 5 32W * ? *)", "'32' is no day of the month"),
    ],
)
def test_a_wrong_field_is_named(expression: str, says: str) -> None:
    with pytest.raises(NoSchedule, match="right would be"):
        next_times(expression, SUNDAY, 1)
    fault = schedule_fault(expression)
    assert fault is not None
    assert says in fault.message
