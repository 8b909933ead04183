"""A long history through the state machine `backfill`: windows side by side, each record once."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.registry.backfills import Backfills
from sluice.usecases.backfill.start import resume_backfill, start_backfill
from sluice.usecases.operating.ending import stop_run
from tests.live.pipeline.conftest import Customer, end_of
from tests.live.pipeline.witness import Operator, as_arrived, received, truth

STREAM = "time_entry"
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def operator(home: Path) -> Operator:
    return Operator(home)


def whole(customer: Customer) -> dict[tuple[str, str, int], dict[str, object]]:
    """Return what is to arrive: every record of the ERP, each once."""
    return as_arrived(STREAM, 1, truth(customer, STREAM))


def test_a_history_is_read_in_windows_beside_the_connections_runs(
    customer_of: Callable[..., Customer], operator: Operator
) -> None:
    acme = customer_of("acme-fill", {STREAM: 300, "department": 5}, streams=(STREAM, "department"))
    found = operator.reads("backfill", "start", acme.name, STREAM, "--days", "60", "--wait")
    assert (found["status"], found["trigger"]) == ("succeeded", "backfill")
    assert (found["progress"]["failed"], found["progress"]["records"]) == (0, 300)
    assert found["progress"]["done"] == found["progress"]["windows"] > 5
    arrived, _ = received(acme)
    assert arrived == whole(acme)
    assert len(arrived) == 300
    # It counts as a whole read: a run finds nothing new in the stream.
    counts = {stream.stream: stream.counts for stream in acme.run().streams}
    assert (counts[STREAM]["published"], counts["department"]["published"]) == (0, 5)
    listed = operator.reads("runs", "list", acme.name, "--trigger", "backfill")
    assert [run["id"] for run in listed] == [found["id"]]


def test_one_that_was_stopped_is_resumed_and_reads_what_is_left(
    customer_of: Callable[..., Customer],
) -> None:
    acme = customer_of("acme-stopped", {STREAM: 300}, streams=(STREAM,))
    world = acme.deployment.world
    begun = start_backfill(world, {"connection": acme.name, "stream": STREAM, "days": 30})
    backfills, until = Backfills(world.runs_table), time.monotonic() + 120
    while not any(window.outcome == "done" for window in backfills.windows(begun)):
        assert time.monotonic() < until
        time.sleep(0.2)
    stop_run(world, begun, "enough for now")
    # What is at work ends by itself: it has lost the stream's lease.
    done = {window.number for window in backfills.windows(begun) if window.outcome == "done"}
    resumed = end_of(acme.deployment, resume_backfill(world, begun))
    assert resumed.run is not None
    assert resumed.run.status == "succeeded", resumed.run.cause
    read_again = {window.number for window in backfills.windows(begun) if window.run == resumed.run.id}
    assert not read_again & done
    arrived, _ = received(acme)
    assert arrived == whole(acme)
    assert len(arrived) == 300


def test_a_change_in_one_window_holds_the_stream_by_name(customer_of: Callable[..., Customer]) -> None:
    acme = customer_of("acme-changed", {STREAM: 200}, streams=(STREAM,))
    acme.run()
    acme.events()
    acme.order("mutate", mutation="D42:time_entry.hours")
    run = start_backfill(acme.deployment.world, {"connection": acme.name, "stream": STREAM, "days": 30})
    view = end_of(acme.deployment, run)
    assert view.run is not None
    assert (view.run.status, view.run.error) == ("held", "ApiChanged")
    assert "D42" in str(view.run.cause)
    assert acme.events() == []


def test_a_list_without_dates_is_read_in_ranges_of_its_keys(
    customer_of: Callable[..., Customer], operator: Operator
) -> None:
    acme = customer_of("acme-keys", {"product": 300}, connector="odoo", streams=("product",))
    wanted = truth(acme, "product")
    lowest = min(map(int, wanted))
    keys = f"{lowest}:{lowest + 300}"
    found = operator.reads(
        "backfill", "start", acme.name, "product", "--keys", keys, "--size", "50", "--wait"
    )
    assert (found["status"], found["trigger"]) == ("succeeded", "backfill")
    progress = found["progress"]
    assert (progress["windows"], progress["done"], progress["records"]) == (6, 6, 300)
    states = Backfills(acme.deployment.world.runs_table).windows(found["id"])
    assert [(state.in_words(), state.records) for state in states] == [
        (f"keys before {lowest + 50}", 50),
        *((f"keys {lowest + at} to before {lowest + at + 50}", 50) for at in range(50, 250, 50)),
        (f"keys from {lowest + 250}", 50),
    ]
    arrived, _ = received(acme)
    assert arrived == as_arrived("product", 1, wanted)
    # It counts as a whole read: the next run asks for changes.
    [stream] = acme.run().streams
    assert stream.counts["published"] == 0
