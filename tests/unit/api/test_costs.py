"""Costs over the API: of a connection's runs, and of an API change."""

from __future__ import annotations

from sluice.registry.usages import Usage, Usages, Used
from sluice.usecases.deciding.changes import list_changes
from tests.flows.replay.replaying import rename
from tests.unit.api.client import Client

USED = Used(40, {"FetchPages": 2, "HandOverChunk": 1}, {"FetchPages": "2", "HandOverChunk": "3.5"})


def keep(client: Client, run: str, at: str) -> None:
    usage = Usage(run, "acme", "schedule", "succeeded", at, 120, USED)
    Usages(client.rig.world.runs_table).put(usage, 1)


def test_a_viewer_sees_what_a_connections_runs_cost(client: Client) -> None:
    keep(client, "run-1", "2026-11-20T08:00:00Z")
    keep(client, "run-2", "2026-11-21T08:00:00Z")
    found = client("GET", "/connections/acme/cost", group="viewer")
    assert found.status == 200
    assert [one["run"] for one in found.json["runs"]] == ["run-2", "run-1"]
    # 40 states, 5.5 GB-seconds, 3 functions, 3 requests.
    assert found.json["mean"] == found.json["runs"][0]["dollars"] == "0.0010754"
    assert (found.json["starts"], found.json["a_month"]) == (None, None)
    assert client("GET", "/connections/nobody/cost").status == 404


def test_a_viewer_sees_what_a_change_costs(client: Client) -> None:
    rig = client.rig
    for key in range(1, 31):
        rig.erp.put("department", key, f"Avdeling {key}")
    rig.run()
    rename(rig, name="title")
    rig.clock.advance(3600)
    for key in range(1, 31):
        rig.erp.put("department", key, f"Ny avdeling {key}")
    rig.run()
    [change] = list_changes(rig.world)
    keep(client, change.run, change.opened_at)
    found = client("GET", f"/changes/{change.id}/cost", group="viewer")
    assert found.status == 200
    assert [one["run"] for one in found.json["runs"]] == [change.run]
    assert found.json["waiting"]["records"] == 30
    assert float(found.json["replay"]["dollars"]) > 0
    assert found.json["basis"][0].startswith("30 records wait")
    assert client("GET", "/changes/0123456789ab/cost").status == 404
