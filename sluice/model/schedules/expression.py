"""The two forms of a connection's schedule, `rate(...)` and `cron(...)`; what runs them is elsewhere.

Source: EventBridge Scheduler user guide, "Schedule types", read 2026-11-21. A place that does not look
(the embedded AWS) would take a wrong expression and never start a run: so it is refused here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from sluice.faults import Fault
from sluice.model.schedules.times import NoSchedule, next_times

_RATE = re.compile(r"rate\((?:1 (?:minute|hour|day)|(?:[2-9]|[1-9]\d+) (?:minutes|hours|days))\)")
_MOST_LATE = 15
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
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


def start_window(expression: str) -> int:
    """Return within how many minutes after its planned moment a run is started.

    A sixth of the time to the next, at most 15; 0 where runs are less than six minutes apart. It spreads what
    many connections have planned for one minute, so that not all ask for what they share at once.
    """
    times = next_times(expression, _BEGIN, 25)
    apart = min((later - earlier for earlier, later in pairwise(times)), default=timedelta(days=1))
    return min(int(apart.total_seconds() / 60 / 6), _MOST_LATE)


def _wrong_field(expression: str) -> Fault | None:
    try:
        found = next_times(expression, _BEGIN, 1)
        wrong = "" if found else "that time never comes; right would be a day that exists, in a year to come"
    except NoSchedule as no_such_time:
        wrong = str(no_such_time)
    if not wrong:
        return None
    return Fault("schedule_invalid", "/schedule", f"{expression[:60]!r} is no schedule: {wrong}")


def _is_cron(expression: str) -> bool:
    if not (expression.startswith("cron(") and expression.endswith(")")):
        return False
    fields = expression[len("cron(") : -1].split(" ")
    whole = len(fields) == 6 and all(_CRON_FIELD.fullmatch(field) for field in fields)
    return whole and (fields[2] == "?") != (fields[4] == "?")
