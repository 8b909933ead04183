from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from sluice.local.memory_table import MemoryTable
from sluice.registry.paging import MOST_READ
from sluice.registry.runs import Run, RunFilter, Runs, StreamResult
from sluice.usecases.world import iso

START = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = 7
"""Days that ten thousand runs take, one a minute."""
EXPIRY = int((START + timedelta(days=90)).timestamp())


def filled(count: int, connections: int) -> tuple[Runs, MemoryTable]:
    """Return ``count`` runs over some connections, a minute apart; every hundredth of them failed."""
    table = MemoryTable()
    runs = Runs(table)
    for number in range(count):
        failed = number % 100 == 0
        run = Run(
            id=f"run-{number:05d}",
            connection=f"c{number % connections:02d}",
            connector="toy",
            trigger="manual" if number % 2 else "schedule",
            started_at=iso(START + timedelta(minutes=number)),
            status="failed" if failed else "succeeded",
            error="ErpUnavailable" if failed else "",
            cause="customer: 503 Slow Down" if failed else "",
        )
        runs.put(run, EXPIRY)
    return runs, table


def test_the_pages_give_every_run_once_newest_first() -> None:
    runs, _ = filled(23, 3)
    seen: list[str] = []
    after = None
    while True:
        page = runs.page(RunFilter(), after=after, limit=5)
        seen += [run.id for run in page.items]
        if (after := page.after) is None:
            break
    assert seen == [f"run-{number:05d}" for number in reversed(range(23))]


def test_the_last_page_says_that_it_is_the_last() -> None:
    runs, _ = filled(10, 2)
    first = runs.page(RunFilter(), limit=5)
    assert first.after is not None
    assert runs.page(RunFilter(), after=first.after, limit=5).after is None
    assert runs.page(RunFilter(), limit=10).after is None


@pytest.mark.thorough(most=0)
def test_a_page_of_ten_thousand_runs_reads_a_page_of_items() -> None:
    runs, table = filled(10_000, 50)
    for wanted in (RunFilter(), RunFilter(connection="c07"), RunFilter(until="2026-11-05T00:00:00Z")):
        # One more than the page, to know whether it goes on; of all connections the days are read, too, and
        # as much again where the page goes over midnight.
        most = 51 if wanted.connection else 2 * 51 + DAYS
        before = table.items_read
        page = runs.page(wanted, limit=50)
        assert len(page.items) == 50
        assert table.items_read - before <= most
        before = table.items_read
        assert len(runs.page(wanted, after=page.after, limit=50).items) == 50
        assert table.items_read - before <= most


def test_a_page_over_many_days_gives_them_in_order() -> None:
    runs = Runs(MemoryTable())
    for number in range(40):
        at = iso(START + timedelta(hours=17 * number))
        runs.put(Run(f"run-{number:05d}", "acme", "toy", "schedule", at, "succeeded"), EXPIRY)
    seen: list[str] = []
    after = None
    while True:
        page = runs.page(RunFilter(), after=after, limit=7)
        seen += [run.id for run in page.items]
        if (after := page.after) is None:
            break
    assert seen == [f"run-{number:05d}" for number in reversed(range(40))]
    until = runs.page(RunFilter(until=iso(START + timedelta(hours=17 * 5))), limit=50).items
    assert [run.id for run in until] == [f"run-{number:05d}" for number in (5, 4, 3, 2, 1, 0)]


@pytest.mark.thorough(most=0)
def test_a_filter_that_lets_few_through_is_bounded_and_goes_on() -> None:
    runs, table = filled(10_000, 50)
    before = table.items_read
    page = runs.page(RunFilter(status="failed"), limit=50)
    assert [run.status for run in page.items] == ["failed"] * 5
    assert table.items_read - before <= MOST_READ + 200
    found, after = list(page.items), page.after
    while after is not None:
        page = runs.page(RunFilter(status="failed"), after=after, limit=50)
        found, after = found + list(page.items), page.after
    assert len(found) == 100


def test_filters_by_connection_trigger_time_and_text() -> None:
    runs, _ = filled(300, 3)

    def ids(wanted: RunFilter) -> list[str]:
        return [run.id for run in runs.page(wanted, limit=500).items]

    assert ids(RunFilter(text="slow down")) == ["run-00200", "run-00100", "run-00000"]
    assert ids(RunFilter(text="ERPUNAVAILABLE", connection="c01")) == ["run-00100"]
    since, until = iso(START + timedelta(minutes=7)), iso(START + timedelta(minutes=9))
    assert ids(RunFilter(since=since, until=until)) == ["run-00009", "run-00008", "run-00007"]
    assert ids(RunFilter(since=since, until=until, trigger="manual")) == ["run-00009", "run-00007"]
    assert ids(RunFilter(since=since, until=until, connection="c02")) == ["run-00008"]


def test_a_place_of_another_listing_is_refused() -> None:
    runs, _ = filled(10, 2)
    after = runs.page(RunFilter(), limit=5).after
    with pytest.raises(ValueError, match="no place in this listing"):
        runs.page(RunFilter(connection="c01"), after=after, limit=5)


def test_when_a_stream_came_to_what_is_kept() -> None:
    runs = Runs(MemoryTable())
    runs.put_stream("run-1", StreamResult("customer", "reading"), EXPIRY)
    runs.put_stream("run-1", StreamResult("customer", "reading", records_fetched=5), EXPIRY)
    runs.put_stream("run-1", StreamResult("customer", "synced"), EXPIRY + 61)
    assert [(one.at, one.outcome) for one in runs.moments("run-1")] == [
        ("2026-11-01T00:00:00Z", "reading"),
        ("2026-11-01T00:01:01Z", "synced"),
    ]
    assert runs.streams("run-1")["customer"].outcome == "synced"


def test_the_last_run_of_each_connection_is_told_in_one_query() -> None:
    runs, table = filled(40, 3)
    before = table.items_read
    last = runs.last()
    assert table.items_read - before == 3
    assert {name: one.run for name, one in last.items()} == {
        name: next(runs.of(name)) for name in ("c00", "c01", "c02")
    }
    assert last["c00"].run.id == "run-00039"
    assert last["c00"].scheduled_at == iso(START + timedelta(minutes=36))


def test_an_older_run_that_ends_later_is_not_the_last() -> None:
    runs, _ = filled(6, 1)
    older = runs.get("run-00003")
    assert older is not None
    runs.put(replace(older, status="lost"), EXPIRY)
    assert runs.last()["c00"].run.id == "run-00005"
    newest = runs.get("run-00005")
    assert newest is not None
    runs.put(replace(newest, status="failed"), EXPIRY)
    assert runs.last()["c00"].run.status == "failed"
