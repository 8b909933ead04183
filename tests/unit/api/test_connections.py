from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from sluice.local.memory_schedules import KeptSchedule
from sluice.registry.audit import AuditFilter
from sluice.usecases.access.credentials import credentials_name
from sluice.usecases.connections import ConnectionDesk
from tests.unit.api.client import Client

BETA: dict[str, Any] = {"name": "beta", "connector": "toy", "secrets": {"key": "canary=1"}}


def without_name(wanted: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {key: value for key, value in wanted.items() if key != "name"} | more


def test_a_connection_is_added_and_read_back(client: Client) -> None:
    added = client("POST", "/connections", {**BETA, "schedule": "cron(0 5 * * ? *)", "streams": ["customer"]})
    assert added.status == 201
    assert added.headers["Location"] == "/connections/beta"
    shown = client("GET", "/connections/beta", group="viewer")
    assert shown.json == added.json
    assert shown.headers["ETag"] == added.headers["ETag"]
    assert shown.json["settings"] == {"base_url": "https://erp.example"}
    assert shown.json["next_run"] == "2026-11-22T05:00:00Z"
    assert client.rig.schedules.kept["beta"] == KeptSchedule("cron(0 5 * * ? *)", enabled=True)


def test_a_secret_goes_to_the_store_and_nowhere_else(client: Client) -> None:
    answers = [client("POST", "/connections", BETA), client("GET", "/connections/beta")]
    answers.append(client("POST", "/connections", {**BETA, "name": "gamma", "streams": ["none"]}))
    assert [one.status for one in answers] == [201, 200, 422]
    assert "canary" not in json.dumps([[one.headers, one.body] for one in answers])
    assert answers[1].json["secrets"] == ["key"]
    assert client.rig.world.secrets.get(credentials_name("beta"))["key"].reveal() == "canary=1"


def test_what_is_done_is_written_down_in_the_callers_name(client: Client) -> None:
    client("POST", "/connections", BETA, user="ola", group="operator")
    [entry] = client.rig.world.audit.page(AuditFilter("beta")).items
    assert (entry.who, entry.action, entry.state) == ("ola", "connections.add", "done")
    assert "canary" not in json.dumps(entry.after)


def test_connections_come_in_pages(client: Client) -> None:
    for name in ("beta", "gamma", "delta"):
        assert client("POST", "/connections", {**BETA, "name": name}).status == 201
    first = client("GET", "/connections", query={"limit": "3"})
    assert [one["name"] for one in first.json["items"]] == ["acme", "beta", "delta"]
    rest = client("GET", "/connections", query={"limit": "3", "cursor": first.json["next"]})
    assert [one["name"] for one in rest.json["items"]] == ["gamma"]
    assert rest.json["next"] is None
    other = client("GET", "/connections", query={"cursor": first.json["next"], "connector": "toy"})
    assert (other.status, other.json["type"]) == (400, "urn:sluice:problem:wrong_cursor")
    assert client("GET", "/connections", query={"connector": "fiken"}).json == {"items": [], "next": None}


def test_a_forged_cursor_is_refused(client: Client) -> None:
    for forged in ("x", "!", "YWNtZQ", "AAAAAAAAYWNtZQ", "ø", "AAAA" * 200):
        answer = client("GET", "/connections", query={"cursor": forged})
        assert (answer.status, answer.json["type"]) == (400, "urn:sluice:problem:wrong_cursor"), forged
    assert client("GET", "/connections", query={"cursor": "A" * 2000}).status == 422


def test_a_name_that_is_taken_is_a_conflict(client: Client) -> None:
    answer = client("POST", "/connections", {**BETA, "name": "acme"})
    assert answer.status == 409
    assert [fault["code"] for fault in answer.json["errors"]] == ["connection_exists"]


def test_everything_wrong_is_told_at_once_and_nothing_is_stored(client: Client) -> None:
    wrong = {
        "name": "Beta & Co",
        "connector": "toy",
        "settings": {"bas_url": "https://erp.example"},
        "streams": ["nothing"],
        "schedule": "cron(99 5 * * ? *)",
        "policy": {"D21": "shrug", "D99": "hold"},
        "events_per_message": 5000,
    }
    answer = client("POST", "/connections/validate", wrong)
    assert (answer.status, answer.json["valid"]) == (200, False)
    found = {(fault["pointer"], fault["code"]) for fault in answer.json["faults"]}
    assert found == {
        ("/schedule", "schedule_invalid"),
        ("/name", "wrong_name"),
        ("/policy/D21", "unknown_action"),
        ("/policy/D99", "unknown_kind"),
        ("/events_per_message", "out_of_range"),
        ("/settings/bas_url", "unknown_key"),
        ("/streams", "unknown_stream"),
        ("/secrets/key", "missing_secret"),
    }
    nothing = client("POST", "/connections/validate", {**BETA, "name": "", "streams": [], "schedule": ""})
    assert [fault["pointer"] for fault in nothing.json["faults"]] == ["/name", "/schedule", "/streams"]
    assert client("POST", "/connections/validate", BETA).json == {"valid": True, "faults": []}
    unknown = client("POST", "/connections/validate", {**BETA, "connector": "nothing"}).json
    assert [fault["pointer"] for fault in unknown["faults"]] == ["/connector"]
    # Of a connection that exists its secrets are known.
    assert client("POST", "/connections/validate", {"name": "acme", "connector": "toy"}).json["valid"]
    assert client("GET", "/connections/beta").status == 404


def test_a_connection_is_replaced_by_whoever_has_read_it(client: Client) -> None:
    tag = client("GET", "/connections/acme").headers["ETag"]
    wanted = without_name(BETA, secrets={}, schedule="rate(1 hour)")
    assert client("PUT", "/connections/acme", wanted).status == 428
    assert client("PUT", "/connections/acme", wanted, headers={"If-Match": '"1-other"'}).status == 412
    changed = client("PUT", "/connections/acme", wanted, headers={"If-Match": f'"x", {tag}'})
    assert (changed.status, changed.json["schedule"]) == (200, "rate(1 hour)")
    late = client("PUT", "/connections/acme", wanted, headers={"If-Match": tag})
    assert (late.status, late.headers["ETag"]) == (412, changed.headers["ETag"])
    # The secret that was not given again is kept.
    assert client.rig.world.secrets.get(credentials_name("acme"))["key"].reveal() == "canary-key"


def test_a_paused_connection_stays_so_when_it_is_replaced(client: Client) -> None:
    paused = client("POST", "/connections/acme/pause", group="ops")
    assert paused.json["paused"] is True
    changed = client(
        "PUT", "/connections/acme", without_name(BETA), headers={"If-Match": paused.headers["ETag"]}
    )
    assert changed.json["paused"] is True
    assert client("POST", "/connections/acme/resume", group="ops").json["paused"] is False


def test_two_who_change_it_at_once_do_not_both_win(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    connections = client.rig.world.connections
    tag = client("GET", "/connections/acme").headers["ETag"]
    add = ConnectionDesk.add

    def meanwhile(desk: ConnectionDesk, *given: Any, **more: Any) -> Any:
        # Another change comes between the look at the tag and the write.
        connections.replace(replace(connections.get("acme"), schedule="rate(2 days)"))
        return add(desk, *given, **more)

    monkeypatch.setattr(ConnectionDesk, "add", meanwhile)
    answer = client("PUT", "/connections/acme", without_name(BETA), headers={"If-Match": tag})
    assert (answer.status, answer.json["type"]) == (412, "urn:sluice:problem:changed_meanwhile")
    assert connections.get("acme").schedule == "rate(2 days)"


def test_a_connection_is_removed_by_whoever_has_read_it(client: Client) -> None:
    client.rig.world.leases.take("acme", "run-1", client.rig.clock.now())
    assert client("DELETE", "/connections/acme").status == 428
    tag = client("GET", "/connections/acme").headers["ETag"]
    removed = client("DELETE", "/connections/acme", headers={"If-Match": tag})
    assert (removed.status, removed.json) == (200, {"run": "run-1"})
    gone = client("GET", "/connections/acme")
    assert (gone.status, gone.json["type"]) == (404, "urn:sluice:problem:not_found")
    # Made anew, it is another: the old tag fits it no more.
    assert client("POST", "/connections", {**BETA, "name": "acme", "schedule": "rate(1 hour)"}).status == 201
    assert client("DELETE", "/connections/acme", headers={"If-Match": tag}).status == 412


def test_what_is_not_there_is_not_found(client: Client) -> None:
    anything = {"If-Match": "*"}
    assert client("PUT", "/connections/none", without_name(BETA), headers=anything).status == 404
    assert client("DELETE", "/connections/none", headers=anything).status == 404
    assert client("POST", "/connections/none/pause").status == 404
    assert client("POST", "/connections/none/resume").status == 404


def test_whole_numbers_are_stored_and_decimals_refused(client: Client) -> None:
    whole = client("POST", "/connections/validate", {**BETA, "settings": {"base_url": 30.0}})
    assert [fault["pointer"] for fault in whole.json["faults"]] == ["/settings/base_url"]
    assert "30" in whole.json["faults"][0]["detail"]
    refused = client("POST", "/connections", {**BETA, "settings": {"days": [1.5]}})
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/settings")
