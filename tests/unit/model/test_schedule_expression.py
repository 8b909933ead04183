"""Which schedules are taken."""

from __future__ import annotations

import pytest

from sluice.model.schedules.expression import schedule_fault, start_window

RIGHT = [
    "rate(1 minute)",
    "rate(15 minutes)",
    "rate(1 day)",
    "rate(100 hours)",
    "cron(0 5 * * ? *)",
    "cron(0/15 6-18 ? * MON-FRI *)",
    "cron(0 0 L * ? 2026-2030)",
]
WRONG = [
    "rate(1 minutes)",
    "rate(2 hour)",
    "rate(-1 hours)",
    "rate(1.5 hours)",
    "rate(30 seconds)",
    "rate(0 minutes)",
    "rate(NaN hours)",
    "cron(* * * * * ? *)",
    "cron(0/1 0/1 * * * ? *)",
    "Rate(1 hour)",
    " rate(1 hour)",
    "at(2026-11-21T00:00:00)",
    "cron(0 5 * * ?)",
    "cron(0 5 * * * *)",
    "cron(0 5 ? * ? *)",
    "cron(0  5 * * ? *)",
    "0 5 * * *",
]


@pytest.mark.parametrize("expression", RIGHT)
def test_right(expression: str) -> None:
    assert schedule_fault(expression) is None


@pytest.mark.parametrize("expression", WRONG)
def test_wrong(expression: str) -> None:
    fault = schedule_fault(expression)
    assert fault is not None
    assert (fault.code, fault.pointer) == ("schedule_invalid", "/schedule")
    assert repr(expression) in fault.message


@pytest.mark.parametrize(
    ("expression", "minutes"),
    [
        ("rate(1 minute)", 0),
        ("rate(5 minutes)", 0),
        ("rate(6 minutes)", 1),
        ("cron(0/15 * * * ? *)", 2),
        ("rate(1 hour)", 10),
        ("cron(0 * * * ? *)", 10),
        ("cron(0 5,6 * * ? *)", 10),
        ("cron(0 2 * * ? *)", 15),
        ("rate(30 days)", 15),
        ("cron(0 2 1 1 ? 2027)", 15),
    ],
)
def test_within_how_many_minutes_a_run_is_started(expression: str, minutes: int) -> None:
    assert start_window(expression) == minutes
