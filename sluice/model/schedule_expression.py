"""The two forms of a connection's schedule, `rate(...)` and `cron(...)`; what runs them is elsewhere.

Source: EventBridge Scheduler user guide, "Schedule types", read 2026-11-21. A place that does not look
(the embedded AWS) would take a wrong expression and never start a run: so it is refused here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sluice.faults import Fault
from sluice.model.schedule_times import NoSchedule, next_times

_RATE = re.compile(r"rate\((?:1 (?:minute|hour|day)|(?:[2-9]|[1-9]\d+) (?:minutes|hours|days))\)")
_CRON_FIELD = re.compile(r"[0-9A-Z*?,/#-]+")


def schedule_fault(expression: str) -> Fault | None:
    """Return what is wrong with ``expression``, or None."""
    if _RATE.fullmatch(expression) or _is_cron(expression):
        return _wrong_field(expression)
    return Fault(
        code="schedule_invalid",
        pointer="/schedule",
        message=f"{expression[:60]!r} is no schedule; right would be rate(1 hour), rate(30 minutes), or"
        " cron(MINUTE HOUR DAY MONTH WEEKDAY YEAR) in UTC with ? for DAY or WEEKDAY: cron(0 5 * * ? *)",
    )


def _wrong_field(expression: str) -> Fault | None:
    try:
        next_times(expression, datetime(2026, 1, 1, tzinfo=UTC), 1)
    except NoSchedule as wrong:
        message = f"{expression[:60]!r} is no schedule: {wrong}"
        return Fault(code="schedule_invalid", pointer="/schedule", message=message)
    return None


def _is_cron(expression: str) -> bool:
    if not (expression.startswith("cron(") and expression.endswith(")")):
        return False
    fields = expression[len("cron(") : -1].split(" ")
    whole = len(fields) == 6 and all(_CRON_FIELD.fullmatch(field) for field in fields)
    return whole and (fields[2] == "?") != (fields[4] == "?")
