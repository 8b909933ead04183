"""The lake against the ERP: equal after a run, and what was changed in the ERP since, exactly."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.live.pipeline.conftest import Customer
from tests.live.pipeline.witness import Operator

pytestmark = pytest.mark.timeout(600)

NAME = "acme-reconciled"
STREAMS = ("invoice", "time_entry")


def reconciled(home: Path) -> dict[str, dict[str, Any]]:
    """Return what the command tells of each entity, of all months that the sandbox has."""
    command = ("data", "reconcile", "--connections", NAME, "--months", "36", "--json")
    (printed,) = Operator(home).does_at_once(command)
    found = json.loads(printed)
    return {one["entity"]: one for one in found}


def named(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return each record that differs, by its id: its kind and fields."""
    return {
        record["source_id"]: {"kind": record["kind"], "fields": record["fields"]}
        for row in told["rows"]
        for record in row["records"]
    }


def settled(home: Path, patience: float = 240) -> dict[str, dict[str, Any]]:
    """Return what the command tells once nothing differs any more."""
    until = time.monotonic() + patience
    while True:
        found = reconciled(home)
        if not any(map(named, found.values())):
            return found
        assert time.monotonic() < until, json.dumps(found)
        time.sleep(2)


def records(customer: Customer, stream: str) -> list[dict[str, Any]]:
    reply = customer.http.request("GET", f"{customer.sandbox.url}/_sandbox/records?stream={stream}")
    found: list[dict[str, Any]] = reply.json()["records"]
    return found


def test_what_changed_in_the_erp_is_shown_and_nothing_else(
    customer_of: Callable[..., Customer], home: Path
) -> None:
    acme = customer_of(NAME, {"invoice": 120, "time_entry": 80}, streams=STREAMS)
    acme.run()
    found = settled(home)
    assert {entity: told["whole"] for entity, told in found.items()} == dict.fromkeys(STREAMS, True)
    assert sum(row["erp"]["records"] for row in found["invoice"]["rows"]) == 120
    assert sum(row["lake"]["records"] for row in found["time_entry"]["rows"]) == 80

    first, second, *_ = records(acme, "invoice")
    entry = records(acme, "time_entry")[0]
    acme.order("change", stream="invoice", id=first["id"], set={"amountCurrencyOutstanding": 1234.56})
    acme.order("delete", stream="invoice", id=second["id"])
    acme.order("change", stream="time_entry", id=entry["id"], set={"hours": 11.25})
    found = reconciled(home)
    shown = named(found["invoice"])
    assert {name: one["kind"] for name, one in shown.items()} == {
        str(first["id"]): "differing",
        str(second["id"]): "only_in_lake",
    }
    assert shown[str(first["id"])]["fields"]["outstanding_amount"]["erp"] == "1234.56"
    hours = named(found["time_entry"])[str(entry["id"])]["fields"]["hours"]
    assert hours["erp"] == "11.25"
    assert list(named(found["time_entry"])) == [str(entry["id"])]

    acme.run()
    settled(home)
