"""Runs over the API: listed in pages, shown with their path, started, stopped and redriven."""

from __future__ import annotations

import pytest

from sluice.registry.runs import Run
from sluice.usecases.plan_run import PlanRun, plan_run
from sluice.usecases.world import iso
from tests.unit.api.client import Client

KEY = {"Idempotency-Key": "click-00001"}


def started(client: Client) -> str:
    answer = client("POST", "/connections/acme/runs", group="ops")
    assert answer.status == 202
    run: str = answer.json["run"]
    plan_run(client.rig.world, PlanRun("acme", "manual", run, iso(client.rig.clock.now())))
    return run


def fill(client: Client, count: int) -> None:
    for number in range(count):
        failed = number % 10 == 0
        run = Run(
            f"run-{number:04d}",
            "acme",
            "toy",
            "schedule",
            f"2026-11-{1 + number // 24:02d}T{number % 24:02d}:00:00Z",
            "failed" if failed else "succeeded",
            error="ErpUnavailable" if failed else "",
            cause="<script>alert(1)</script> 503" if failed else "",
        )
        client.rig.world.runs.put(run, 0)


def test_runs_come_in_pages_the_newest_first(client: Client) -> None:
    fill(client, 25)
    first = client("GET", "/runs", group="viewer", query={"limit": "20"}).json
    assert [one["id"] for one in first["items"][:2]] == ["run-0024", "run-0023"]
    rest = client("GET", "/runs", group="viewer", query={"limit": "20", "cursor": first["next"]}).json
    assert [one["id"] for one in rest["items"]] == [f"run-{number:04d}" for number in (4, 3, 2, 1, 0)]
    assert rest["next"] is None


def test_runs_are_filtered_and_a_cursor_is_of_its_filter(client: Client) -> None:
    fill(client, 50)
    failed = client("GET", "/runs", query={"status": "failed", "text": "SCRIPT", "limit": "3"}).json
    assert [one["id"] for one in failed["items"]] == ["run-0040", "run-0030", "run-0020"]
    other = client("GET", "/runs", query={"status": "succeeded", "cursor": failed["next"]})
    assert (other.status, other.json["type"]) == (400, "urn:sluice:problem:wrong_cursor")
    day = client("GET", "/runs", query={"since": "2026-11-02", "until": "2026-11-02", "limit": "100"}).json
    assert len(day["items"]) == 24
    assert client("GET", "/runs", query={"connection": "other"}).json["items"] == []


def test_a_wrong_filter_is_refused(client: Client) -> None:
    for query in ({"status": "fine"}, {"limit": "201"}, {"limit": "0"}, {"text": ""}):
        assert client("GET", "/runs", query=query).status == 422, query


@pytest.mark.parametrize("name", ["since", "until"])
@pytest.mark.parametrize("when", ["yesterday", "2026-02-30", "2026-11-21T25:00:00Z"])
def test_a_time_that_is_none_is_refused_in_words(client: Client, name: str, when: str) -> None:
    refused = client("GET", "/runs", query={name: when})
    assert refused.status == 422
    (fault,) = refused.json["errors"]
    assert (fault["pointer"], fault["code"]) == (name, "not_a_time")
    assert fault["detail"].startswith(f"{when!r} is no day and no time; right would be a day (2026-11-21)")


def test_a_run_is_started_once_for_each_key(client: Client) -> None:
    first = client("POST", "/connections/acme/runs", headers=KEY)
    again = client("POST", "/connections/acme/runs", headers=KEY)
    assert (first.status, again.status) == (202, 202)
    assert first.json == again.json
    assert first.headers["Location"] == f"/runs/{first.json['run']}"
    assert client("POST", "/connections/acme/runs").json != first.json
    assert client("POST", "/connections/nobody/runs").status == 404
    assert client("POST", "/connections/acme/runs", headers={"Idempotency-Key": "x"}).status == 422


def test_a_run_that_has_not_begun_is_shown(client: Client) -> None:
    run = client("POST", "/connections/acme/runs").json["run"]
    shown = client("GET", f"/runs/{run}", group="viewer")
    assert shown.status == 200
    assert (shown.json["id"], shown.json["status"], shown.json["execution_status"]) == (run, None, "RUNNING")
    assert shown.json["can_be_stopped"] is True


def test_a_run_that_is_over_is_shown_with_streams_and_times(client: Client) -> None:
    client.rig.erp.put("customer", 1, "Kari")
    run = client.rig.run()["run"]
    shown = client("GET", f"/runs/{run}", group="viewer").json
    assert shown["status"] == "succeeded"
    assert {one["stream"]: one["outcome"] for one in shown["streams"]} == {
        "customer": "synced",
        "department": "synced",
    }
    assert {one["spans"][-1]["outcome"] for one in shown["timeline"]} == {"synced"}


def test_an_error_comes_with_what_it_means_and_what_to_do(client: Client) -> None:
    client.rig.erp.key = "another"
    run = client.rig.run()["run"]
    shown = client("GET", f"/runs/{run}", group="viewer").json
    assert shown["error"] == "CredentialsRejected"
    for advice in (shown["advice"], *(stream["advice"] for stream in shown["streams"])):
        assert advice["meaning"].startswith("The ERP refuses the connection's credentials")
        assert "sluice connections authorize acme" in advice["what_to_do"]
        assert advice["runbook"] == "docs/runbook.md#credentialsrejected"


def test_where_nothing_is_wrong_nothing_is_advised(client: Client) -> None:
    run = client.rig.run()["run"]
    shown = client("GET", f"/runs/{run}", group="viewer").json
    assert [shown["advice"], *(stream["advice"] for stream in shown["streams"])] == [None, None, None]


def test_the_definition_is_the_one_of_the_machine(client: Client) -> None:
    machine = {"StartAt": "PlanRun", "States": {"PlanRun": {"Type": "Task", "End": True}}}
    client.rig.world.workflow._machine.update(machine)  # type: ignore[attr-defined]
    run = started(client)
    assert client("GET", f"/runs/{run}/definition", group="viewer").json == {"definition": machine}


def test_what_is_not_there_is_not_found(client: Client) -> None:
    for method, path, body in (
        ("GET", "/runs/none", None),
        ("GET", "/runs/none/definition", None),
        ("POST", "/runs/none/stop", {}),
        ("POST", "/runs/none/redrive", None),
    ):
        assert client(method, path, body).status == 404, path


def test_a_run_is_stopped_by_a_person_with_a_reason_and_goes_on(client: Client) -> None:
    run = started(client)
    stopped = client("POST", f"/runs/{run}/stop", {"reason": "wrong tenant"}, group="ops", user="ola")
    assert stopped.json["status"] == "stopped"
    assert stopped.json["cause"] == "stopped by ola: wrong tenant"
    again = client("POST", f"/runs/{run}/stop", {}, group="ops")
    assert (again.status, again.json["type"]) == (409, "urn:sluice:problem:not_running")
    going = client("POST", f"/runs/{run}/redrive", group="ops")
    assert (going.status, going.json["status"]) == (200, "running")


def test_where_a_run_cannot_go_on_a_new_one_is_offered(client: Client) -> None:
    run = client.rig.run()["run"]
    client.rig.world.workflow.start(run, {})
    client.rig.world.workflow.end(run, "SUCCEEDED")  # type: ignore[attr-defined]
    refused = client("POST", f"/runs/{run}/redrive", group="ops")
    assert (refused.status, refused.json["type"]) == (409, "urn:sluice:problem:not_to_be_redriven")
    assert refused.json["detail"].endswith("right would be a new run, which reads on from the cursors")


def test_a_redrive_while_another_run_holds_the_connection_is_a_conflict(client: Client) -> None:
    run = started(client)
    client("POST", f"/runs/{run}/stop", {})
    client.rig.world.leases.take("acme", "other", client.rig.clock.now())
    refused = client("POST", f"/runs/{run}/redrive")
    assert (refused.status, refused.json["type"]) == (409, "urn:sluice:problem:run_under_way")


def test_a_run_tells_who_did_what_to_it(client: Client) -> None:
    run = started(client)
    client.rig.clock.advance(3)
    client("POST", f"/runs/{run}/stop", {"reason": "wrong tenant"}, group="ops", user="ola")
    other = started(client)
    shown = client("GET", f"/runs/{run}", group="viewer").json["audit"]
    assert [(one["who"], one["action"], one["reason"]) for one in shown] == [
        ("ola", "runs.stop", "wrong tenant"),
        ("kari", "runs.start", ""),
    ]
    assert {one["target"] for one in client("GET", f"/runs/{other}").json["audit"]} == {other}
