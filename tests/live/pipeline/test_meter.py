"""A run says what it used: every function of it is metered, and `runs show` tells what AWS would bill."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sluice.bootstrap.deployment import Deployment
from sluice.cli.main import run as sluice
from sluice.cli.reach import Reach
from sluice.registry.backfills import Backfills
from sluice.registry.usages import Usage, Usages
from sluice.usecases.backfill.start import start_backfill
from tests.live.pipeline.conftest import Customer, end_of

TEN = (
    "customer", "invoice", "product", "supplier", "project",
    "supplier_invoice", "order", "account", "employee", "ledger_entry",
)  # fmt: skip
TRANSITIONS_WITHOUT_NEWS = 6


def kept(deployment: Deployment, run: str, patience: float = 60) -> Usage:
    """Return what is kept of a run that has ended, as soon as it is."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        found = Usages(deployment.world.runs_table).get(run)
        if found is not None:
            return found
        time.sleep(0.2)
    raise AssertionError(f"nothing was kept of {run} within {patience} s")


def usage_of(customer: Customer) -> Usage:
    view = customer.run()
    assert view.execution is not None
    assert view.execution.status == "SUCCEEDED"
    return kept(customer.deployment, view.execution.name)


def told(deployment: Deployment, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    reach = Reach()
    reach.__dict__["deployment"] = deployment
    capsys.readouterr()
    assert sluice(list(arguments), reach) == 0
    return capsys.readouterr().out


def test_every_function_of_a_run_is_metered(
    customer_of: Callable[..., Customer], capsys: pytest.CaptureFixture[str]
) -> None:
    acme = customer_of("acme-metered", {"customer": 300}, streams=("customer",))
    usage = usage_of(acme)
    used = usage.used
    assert (used.unmetered, used.lacks) == (0, "")
    assert {"PlanRun", "HandOverChunk", "CommitCursor", "SummariseRun"} <= used.invoked.keys()
    assert all(Decimal(found) > 0 for found in used.gb_seconds.values())
    assert {"dynamodb_read", "dynamodb_write", "s3_read", "s3_write", "secrets_request", "sns_publish"} < (
        used.requests.keys()
    )
    # The message of the only chunk: sent by its state, received and removed by Lambda.
    assert used.requests["sqs_request"] == "3"
    cost: dict[str, Any] = json.loads(
        told(acme.deployment, capsys, "runs", "show", usage.run, "--cost", "--json")
    )["cost"]
    assert len(cost["lines"]) == 10
    assert sum(Decimal(line["dollars"]) for line in cost["lines"]) == Decimal(cost["dollars"])
    shown = told(acme.deployment, capsys, "runs", "show", usage.run, "--cost")
    assert f"about ${cost['dollars']}" in shown
    assert "DynamoDB on demand, write request units" in shown
    assert "the time is counted" not in shown


def test_a_run_of_ten_streams_without_news_takes_few_transitions(
    customer_of: Callable[..., Customer],
) -> None:
    quiet = customer_of("quiet", dict.fromkeys(TEN, 20), connector="erpnext", scale=0, streams=TEN)
    usage_of(quiet)
    idle = usage_of(quiet).used
    assert idle.transitions <= TRANSITIONS_WITHOUT_NEWS
    assert idle.unmetered == 0


@pytest.mark.timeout(300)
def test_the_windows_of_a_backfill_are_metered_with_it(
    customer_of: Callable[..., Customer], capsys: pytest.CaptureFixture[str]
) -> None:
    acme = customer_of("acme-filled", {"time_entry": 200}, streams=("time_entry",))
    wanted = {"connection": acme.name, "stream": "time_entry", "days": 180}
    run = start_backfill(acme.deployment.world, wanted)
    view = end_of(acme.deployment, run)
    assert view.execution is not None
    assert view.execution.status == "SUCCEEDED"
    usage = kept(acme.deployment, run)
    used, windows = usage.used, len(list(Backfills(acme.deployment.world.runs_table).windows(run)))
    assert (usage.trigger, used.unmetered, used.lacks) == ("backfill", 0, "")
    assert windows > 1
    assert used.invoked["ReadWindow"] == used.invoked["CloseWindow"] == windows
    assert used.invoked["HandOverChunk"] > 1
    # A window is started, reads, hands over (with its chunks), asks what is next, and is closed.
    assert used.transitions >= windows * 5 + used.invoked["HandOverChunk"]
    assert "not all of them are counted" not in told(acme.deployment, capsys, "runs", "show", run, "--cost")


def test_what_failed_is_counted_by_its_time(customer_of: Callable[..., Customer]) -> None:
    broken = customer_of("acme-unavailable", {"department": 20}, streams=("department",))
    broken.order("faults", kind="status", status=503, times=50, stream="department")
    view = broken.run()
    assert view.execution is not None
    assert view.execution.status == "FAILED"
    used = kept(broken.deployment, view.execution.name).used
    assert used.unmetered == used.invoked["FetchPages"] > 1
    assert Decimal(used.gb_seconds["FetchPages"]) > 0
