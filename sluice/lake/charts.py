"""Charts over time: a closed list of them, each one statement whose values are parameters.

Amounts are sums of exact decimals; amounts of different currencies are never added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.lake.presence import Database
from sluice.lake.values import json_value
from sluice.lake.views import View
from sluice.model.connection import VERSIONS_OF_A_LIFE

PERIODS = ("day", "week", "month")
MOST_PERIODS = 400
"""Periods of one chart: a year of days, and what surrounds it."""

_USUAL = {"day": 30, "week": 26, "month": 12}
"""How many periods there are where no beginning is given."""


class Chart(Struct, frozen=True):
    """A chart: the view that it counts in, the day of a row, what a row is counted as, and by what.

    An empty ``entity`` means that one has to be asked for.
    """

    title: str
    entity: str
    day: str
    value: str
    part: str
    is_history: bool = False
    is_running: bool = False


_CREATED = f"event_version % {VERSIONS_OF_A_LIFE} = 1"
_WHAT = f"CASE WHEN deleted THEN 'deleted' WHEN {_CREATED} THEN 'created' ELSE 'changed' END"
_STEP = f"""CASE WHEN deleted THEN -1
    WHEN {_CREATED} OR lag(deleted) OVER (PARTITION BY connection, id ORDER BY event_version) THEN 1
    ELSE 0 END"""

CHARTS: Mapping[str, Chart] = {
    "records": Chart(
        "Records there are", "", "event_time", _STEP, "connection", is_history=True, is_running=True
    ),
    "changes": Chart("Changes published", "", "event_time", "1", _WHAT, is_history=True),
    "invoice_amounts": Chart(
        "Invoiced without tax", "invoice", "issue_date", "total_excluding_tax", "currency"
    ),
    "outstanding_amounts": Chart(
        "Outstanding by due date", "invoice", "due_date", "outstanding_amount", "currency"
    ),
    "supplier_amounts": Chart(
        "Invoiced by suppliers without tax",
        "supplier_invoice",
        "issue_date",
        "total_excluding_tax",
        "currency",
    ),
    "hours": Chart("Hours worked", "time_entry", "date", "hours", "connection"),
}


class Asked(Struct, frozen=True):
    """A chart as it is asked for; days are inclusive, None means the usual number of periods until today."""

    chart: str
    by: str = "month"
    entity: str = ""
    connections: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


class Series(Struct, frozen=True):
    """One line of a chart: a value for each period, as a decimal string."""

    name: str
    values: Sequence[str]


class Drawn(Struct, frozen=True):
    """A chart: the first day of each period in order, and its lines."""

    title: str
    entity: str
    by: str
    periods: Sequence[str]
    series: Sequence[Series]


def view_of(asked: Asked, entities: Sequence[str]) -> View:
    """Return the view that a chart is drawn from; raises ConfigurationInvalid for an unknown one."""
    chart = CHARTS.get(asked.chart)
    if chart is None:
        raise _wrong("chart", f"{asked.chart!r} is no chart; there are {', '.join(CHARTS)}")
    if chart.entity and asked.entity not in ("", chart.entity):
        raise _wrong("entity", f"{asked.chart} is of {chart.entity}; right would be to leave the entity out")
    entity = chart.entity or asked.entity
    if entity not in entities:
        raise _wrong("entity", f"{entity!r} is no entity; right would be one of {', '.join(entities)}")
    return View(entity, chart.is_history)


def draw(database: Database, view: View, asked: Asked, today: date) -> Drawn:
    """Return the chart, drawn from ``view``; raises ConfigurationInvalid for too many periods."""
    chart = CHARTS[asked.chart]
    periods = periods_of(asked, today)
    found = _sums(database, view, asked, (periods[0], _next(periods[-1], asked.by)))
    lines = {name: [found[name].get(period, "0") for period in periods] for name in sorted(found)}
    if chart.is_running:
        began = _before(database, view, asked, periods[0])
        lines = {
            name: list(_running(began.get(name, 0), lines.get(name, ["0"] * len(periods))))
            for name in sorted({*lines, *began})
        }
    series = [Series(name, values) for name, values in lines.items()]
    return Drawn(chart.title, view.entity, asked.by, [one.isoformat() for one in periods], series)


def periods_of(asked: Asked, today: date) -> list[date]:
    """Return the first day of each period; raises ConfigurationInvalid where there are none or too many."""
    if asked.by not in PERIODS:
        raise _wrong("by", f"{asked.by!r} came; right would be one of {', '.join(PERIODS)}")
    last = _first_day(asked.until or today, asked.by)
    if asked.since is None:
        found = [last]
        while len(found) < _USUAL[asked.by] and found[-1] > date.min + timedelta(days=31):
            found.append(_first_day(found[-1] - timedelta(days=1), asked.by))
        return found[::-1]
    first, found = _first_day(asked.since, asked.by), []
    while first <= last and len(found) <= MOST_PERIODS and first not in found[-1:]:
        found.append(first)
        first = _next(first, asked.by)
    if not 1 <= len(found) <= MOST_PERIODS:
        raise _wrong("since", f"right would be 1 to {MOST_PERIODS} periods from since to until")
    return found


def _sums(
    database: Database, view: View, asked: Asked, between: tuple[date, date]
) -> dict[str, dict[date, str]]:
    chart = CHARTS[asked.chart]
    rows = database.execute(
        f"SELECT part, date_trunc('{asked.by}', day)::DATE AS period, sum(value) FROM {_rows(chart, view)} "  # noqa: S608
        "WHERE day >= ? AND day < ? AND (? = [] OR list_contains(?, connection)) "
        "GROUP BY ALL HAVING sum(value) IS NOT NULL",
        [*between, list(asked.connections), list(asked.connections)],
    ).fetchall()
    found: dict[str, dict[date, str]] = {}
    for part, period, value in rows:
        found.setdefault(part or "", {})[period] = str(json_value(value))
    return found


def _before(database: Database, view: View, asked: Asked, first: date) -> dict[str, int]:
    """Return what the lines begin with: the sum of all that was before the first period."""
    rows = database.execute(
        f"SELECT part, sum(value) FROM {_rows(CHARTS[asked.chart], view)} "  # noqa: S608 - our own words
        "WHERE day < ? AND (? = [] OR list_contains(?, connection)) GROUP BY part",
        [first, list(asked.connections), list(asked.connections)],
    ).fetchall()
    return {part or "": int(value) for part, value in rows}


def _rows(chart: Chart, view: View) -> str:
    return (
        f"(SELECT connection, {chart.part} AS part, {chart.day} AS day, {chart.value} AS value "  # noqa: S608
        f'FROM "{view.name}")'
    )


def _running(began: int, steps: Sequence[str]) -> Iterator[str]:
    for step in steps:
        began += int(step)
        yield str(began)


def _first_day(day: date, by: str) -> date:
    if by == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if by == "week" and day.toordinal() > day.weekday() else day


def _next(first: date, by: str) -> date:
    """Return the first day of the next period; the last day that there is where the calendar ends."""
    try:
        if by == "month":
            return (first + timedelta(days=31)).replace(day=1)
        return first + timedelta(days=7 if by == "week" else 1)
    except OverflowError:
        return date.max


def _wrong(pointer: str, message: str) -> ConfigurationInvalid:
    return ConfigurationInvalid("The chart cannot be drawn", [Fault(f"wrong_{pointer}", pointer, message)])
