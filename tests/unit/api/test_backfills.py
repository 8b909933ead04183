"""Backfills over the API: started, shown while they go on, and resumed where windows are left."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from sluice.local.memory_workflow import MemoryWorkflow
from sluice.registry.catalog import Catalog
from sluice.usecases.world import iso
from tests.flows.backfill.backfilling import DatedDocuments, DatedErp, Filling, day_of
from tests.unit.api.client import Client

HISTORY = "/connections/acme/backfills"


@pytest.fixture
def dated(client: Client) -> Client:
    rig = client.rig
    rig.erp = DatedErp(rig.clock)
    rig.world = replace(rig.world, sender=rig.erp, catalog=Catalog(DatedDocuments()))
    for key in range(300):
        rig.erp.put("customer", key, f"Firma {key}")
    return client


def given_to(client: Client, run: str) -> dict[str, Any]:
    machine = client.rig.world.backfills
    assert isinstance(machine, MemoryWorkflow)
    return machine.payload(run)


def test_a_backfill_is_started_by_an_operator(dated: Client) -> None:
    wanted = {"stream": "customer", "since": "2026-01-01", "until": "2026-03-01", "days": 10}
    assert dated("POST", HISTORY, wanted, group="ops").status == 403
    answer = dated("POST", HISTORY, wanted, group="operator")
    assert answer.status == 202
    run = answer.json["run"]
    assert answer.headers["Location"] == f"/runs/{run}"
    assert given_to(dated, run) == {"connection": "acme", "trigger": "backfill", **wanted}
    written = [(one.action, one.state) for one in dated.rig.world.audit.all()]
    assert ("backfills.start", "done") in written


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"stream": "nothing"},
        {"stream": "customer", "since": "last year"},
        {"stream": "customer", "since": "2026-02-30"},
        {"stream": "customer", "days": 0},
        {"stream": "customer", "keys": [1]},
        {"stream": "customer", "keys": [0, 100], "size": 10},
        {"stream": "customer", "from": "2026-01-01"},
    ],
)
def test_what_is_no_history_is_refused(dated: Client, wanted: dict[str, Any]) -> None:
    assert dated("POST", HISTORY, wanted).status == 422
    assert dated("POST", "/connections/nobody/backfills", {"stream": "customer"}).status == 404


def test_a_backfill_is_shown_with_how_far_it_is(dated: Client) -> None:
    filling = Filling(dated.rig)
    plan = filling.plan()
    [item] = [{"window": 10, "span": [day_of(300), day_of(325)]}]
    shown = dated("GET", "/runs/fill-1", group="viewer").json
    assert (shown["trigger"], shown["progress"]["windows"]) == ("backfill", 11)
    assert (shown["progress"]["done"], shown["progress"]["seconds_left"]) == (0, None)
    dated.rig.clock.advance(60)
    filling.window(plan, {**item, "span": [day_of(270), day_of(300)]})
    shown = dated("GET", "/runs/fill-1", group="viewer").json["progress"]
    assert (shown["done"], shown["failed"], shown["reading"], shown["records"]) == (1, 0, 0, 30)
    assert shown["per_second"] == round(30 / 60, 1)
    assert shown["seconds_left"] == 60 * 10
    assert shown["can_be_resumed"] is False
    dated.rig.clock.advance(60)
    assert dated("GET", "/runs/fill-1").json["progress"]["seconds_left"] == 2 * 60 * 10
    other = dated.rig.run()["run"]
    assert dated("GET", f"/runs/{other}").json["progress"] is None


def test_what_a_backfill_left_is_read_by_one_that_resumes_it(dated: Client) -> None:
    assert isinstance(dated.rig.erp, DatedErp)
    dated.rig.erp.broken = {day_of(45)}
    Filling(dated.rig)()
    shown = dated("GET", "/runs/fill-1").json
    assert (shown["status"], shown["progress"]["failed"]) == ("failed", 1)
    assert shown["progress"]["can_be_resumed"] is True
    answer = dated("POST", "/backfills/fill-1/resume", group="ops", user="ola")
    assert answer.status == 202
    assert [one.action for one in dated.rig.world.audit.all() if one.who == "ola"] == ["backfills.start"]
    given = given_to(dated, answer.json["run"])
    assert (given["resumes"], given["stream"]) == ("fill-1", "customer")
    dated.rig.erp.broken = set()
    Filling(dated.rig, "fill-2")(resumes="fill-1")
    for run in ("fill-1", "fill-2"):
        progress = dated("GET", f"/runs/{run}").json["progress"]
        assert (progress["done"], progress["failed"], progress["can_be_resumed"]) == (11, 0, False)
    assert dated("GET", "/runs/fill-2").json["status"] == "succeeded"


def test_what_a_run_has_read_since_is_not_to_be_resumed(dated: Client) -> None:
    assert isinstance(dated.rig.erp, DatedErp)
    dated.rig.erp.broken = {day_of(45)}
    Filling(dated.rig)()
    dated.rig.erp.broken = set()
    dated.rig.run()
    assert dated("GET", "/runs/fill-1").json["progress"]["can_be_resumed"] is False


def test_what_is_no_backfill_is_not_resumed(dated: Client) -> None:
    run = dated.rig.run()["run"]
    for name in (run, "nobody"):
        refused = dated("POST", f"/backfills/{name}/resume")
        assert (refused.status, refused.json["type"]) == (404, "urn:sluice:problem:not_found")
    assert dated("POST", "/backfills/fill-1/resume", group="viewer").status == 403


def test_backfills_are_listed_by_what_started_them(dated: Client) -> None:
    dated.rig.run()
    Filling(dated.rig)(since=day_of(0), until=day_of(30))
    listed = dated("GET", "/runs", query={"trigger": "backfill"}).json["items"]
    assert [(one["id"], one["status"]) for one in listed] == [("fill-1", "succeeded")]
    assert listed[0]["started_at"] <= iso(dated.rig.clock.now())
