"""Changes, quarantine, topics, the overview and the audit over the API."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from sluice.local.memory_queue import MemoryQueue
from sluice.ports.topic import OutgoingMessage
from sluice.usecases.operating.redaction import MASK
from sluice.usecases.world import iso
from tests.flows.replay.replaying import mend, rename, replay_all
from tests.unit.api.client import Client


def with_bad(client: Client, *keys: int) -> None:
    """Let these customers be set aside, as they come without a name."""
    for key in range(1, 41):
        client.rig.erp.put("customer", key, f"Kari Nordmann {key}")
    client.rig.run()
    for key in keys:
        client.rig.erp.put("customer", key, None)
    client.rig.run()


def held(client: Client) -> str:
    """Let the departments be held, and return the change that suggests a patch."""
    for key in range(1, 26):
        client.rig.erp.put("department", key, f"Avdeling {key}")
    client.rig.run()
    rename(client.rig, name="title")
    client.rig.desk = replace(client.rig.desk, world=client.rig.world)
    client.rig.erp.put("department", 3, "Ny 3")
    client.rig.run()
    (found,) = [one for one in client("GET", "/changes").json["items"] if one["has_suggestion"]]
    change: str = found["id"]
    return change


def test_changes_are_listed_filtered_and_paged(client: Client) -> None:
    held(client)
    with_bad(client, 2)
    everything = client("GET", "/changes", group="viewer").json["items"]
    assert len(everything) >= 2
    first = client("GET", "/changes", query={"limit": "1", "state": "open"}).json
    rest = client("GET", "/changes", query={"limit": "50", "state": "open", "cursor": first["next"]}).json
    assert [one["id"] for one in first["items"] + rest["items"]] == [one["id"] for one in everything]
    assert client("GET", "/changes", query={"state": "accepted"}).json["items"] == []
    assert client("GET", "/changes", query={"connection": "nobody"}).json["items"] == []


def test_a_change_is_decided_only_as_it_was_read(client: Client) -> None:
    change = held(client)
    shown = client("GET", f"/changes/{change}", group="viewer")
    assert shown.json["used_by"] == ["department.name"]
    path = f"/changes/{change}/accept"
    assert client("POST", path, {}, group="operator").status == 428
    assert client("POST", path, {}, headers={"If-Match": '"0-x"'}).status == 412
    match = {"If-Match": shown.headers["ETag"]}
    wanted = {"reason": "the release notes say so", "apply_suggestion": True}
    accepted = client("POST", path, wanted, group="operator", user="kari", headers=match)
    assert accepted.status == 200
    (one,) = accepted.json["accepted"]
    assert (one["patched"], one["decided_by"], one["held_by"]) == (True, "kari", None)
    replay_all(client.rig)
    assert client.rig.consumer.names("department")[3] == "Ny 3"
    assert client("POST", path, wanted, headers=match).status == 412


def test_a_change_that_is_rejected_says_by_whom_and_why(client: Client) -> None:
    change = held(client)
    match = {"If-Match": client("GET", f"/changes/{change}").headers["ETag"]}
    answer = client(
        "POST", f"/changes/{change}/reject", {"reason": "a bug of theirs"}, user="ola", headers=match
    )
    assert (answer.json["state"], answer.json["decided_by"]) == ("rejected", "ola")
    assert answer.json["reason"] == "a bug of theirs"
    assert client("GET", "/changes/0000abcd").status == 404


def test_a_patch_is_shown_on_held_records_before_it_is_taken(client: Client) -> None:
    change = held(client)
    found = client("GET", f"/changes/{change}/preview", group="operator", query={"limit": "2"}).json
    assert (found["redacted"], len(found["records"])) == (False, 2)
    assert all(one["after"]["name"] for one in found["records"])
    viewed = client("GET", f"/changes/{change}/preview", group="viewer").json
    assert viewed["redacted"] is True
    with_bad(client, 2)
    other = next(one["id"] for one in client("GET", "/changes").json["items"] if not one["has_suggestion"])
    none = client("GET", f"/changes/{other}/preview")
    assert (none.status, none.json["errors"][0]["code"]) == (422, "no_suggestion")


def test_the_quarantine_comes_in_pages_and_shows_no_value_to_viewers(client: Client) -> None:
    with_bad(client, 2, 4)
    path = "/connections/acme/quarantine"
    first = client("GET", path, group="viewer", query={"limit": "1"}).json
    rest = client("GET", path, group="viewer", query={"limit": "5", "cursor": first["next"]}).json
    found = first["items"] + rest["items"]
    assert {one["source_id"] for one in found} == {"2", "4"}
    assert "record" not in found[0]
    one = f"{path}/customer/{found[0]['id']}"
    viewed, whole = client("GET", one, group="ops").json, client("GET", one, group="operator").json
    assert (viewed["redacted"], whole["redacted"]) == (True, False)
    assert str(whole["record"]["id"]) == whole["source_id"]
    assert set(viewed["record"].values()) <= {whole["record"]["id"], None, MASK}
    assert client("GET", f"{path}/customer/none").status == 404
    assert client("GET", "/connections/nobody/quarantine").status == 404


def test_all_or_some_quarantined_records_are_handed_over_again_once(client: Client) -> None:
    with_bad(client, 2, 4)
    mend(client.rig, "customer")
    client.rig.world.replays._kept.clear()  # type: ignore[attr-defined]
    path, key = "/connections/acme/quarantine/replays", {"Idempotency-Key": "click-0001"}
    some = {"stream": "customer", "source_ids": ["2"]}
    first = client("POST", path, some, group="ops", headers=key)
    assert first.status == 202
    assert client("POST", path, some, group="ops", headers=key).json == first.json
    (replayed,) = replay_all(client.rig)
    assert replayed["left"] == 1
    assert client.rig.consumer.names("customer")[2] == "unnamed"
    assert client("POST", path, {"source_ids": ["2"]}).status == 422
    assert len(client("POST", path, {}).json["replays"]) == 1
    assert client("POST", path, {"stream": "department"}).json == {"replays": []}


@pytest.fixture
def queues(client: Client) -> dict[str, MemoryQueue]:
    names = ("information", "information-dead-letters", "triggers-dead-letters")
    queues = {name: MemoryQueue(client.rig.clock) for name in names}
    client.rig.world = replace(client.rig.world, queues=queues)
    client.rig.desk = replace(client.rig.desk, world=client.rig.world)
    return queues


def test_topics_are_listed_looked_at_and_redriven(client: Client, queues: dict[str, MemoryQueue]) -> None:
    for number in range(12):
        queues["information-dead-letters"].accept(OutgoingMessage(f'{{"n": {number}}}', {"type": "x"}))
    listed = client("GET", "/topics", group="viewer").json["items"]
    assert [(one["name"], one["depth"], one["dead_letters"]) for one in listed] == [
        ("information", 0, 12),
        ("triggers", None, 0),
    ]
    assert listed[0]["oldest_seconds"] is None
    peeked = client("GET", "/topics/information/messages", query={"dead_letters": "true", "limit": "3"})
    assert len(peeked.json["items"]) == 3
    assert {one["sent_at"] for one in peeked.json["items"]} == {iso(client.rig.clock.now())}
    assert queues["information-dead-letters"].depth() == 12
    client.rig.clock.advance(10)
    moved = client("POST", "/topics/information/redrive", {"limit": 5}, group="ops")
    assert moved.json == {"moved": 5, "left": 7}
    client.rig.clock.advance(10)
    ids = [one.id for one in queues["information-dead-letters"].receive(7, 0, 0)]
    some = client("POST", "/topics/information/redrive", {"ids": [ids[1], ids[4], "gone"]}, group="ops")
    assert some.json == {"moved": 2, "left": 5}
    slow = client("POST", "/topics/information/redrive", {"rate": 1, "limit": 2}, group="ops")
    assert (slow.json, client("GET", "/topics").json["items"][0]["depth"]) == ({"moved": 2, "left": 3}, 9)
    for wrong in (
        {"ids": []},
        {"ids": ["x"] * 501},
        {"ids": [""]},
        {"rate": 0.5},
        {"rate": 101},
        {"id": "x"},
    ):
        assert client("POST", "/topics/information/redrive", wrong).status == 422, wrong
    assert client("POST", "/topics/triggers/redrive", {}).status == 404
    assert client("GET", "/topics/none/messages").status == 404


def test_the_overview_names_first_what_needs_a_person(client: Client, queues: dict[str, MemoryQueue]) -> None:
    change = held(client)
    queues["information-dead-letters"].accept(OutgoingMessage("{}", {}))
    found = client("GET", "/overview", group="viewer").json
    assert (found["first"][0]["need"], found["first"][0]["connection"]) == ("stream_held", "acme")
    assert change in {one["target"].removeprefix("/changes/") for one in found["first"]}
    assert found["dead_letters"] == {"information": 1, "triggers": 0}
    (acme,) = found["connections"]
    assert acme["last_run"]["status"] == "held"
    assert acme["needs"] >= 1


def test_the_audit_is_for_admins_and_tells_who_did_what(client: Client) -> None:
    client.rig.clock.advance(1)
    client("POST", "/connections/acme/pause", user="ola", group="ops")
    client.rig.clock.advance(1)
    client("POST", "/connections/acme/resume", user="kari", group="operator")
    assert client("GET", "/audit", group="operator").status == 403
    first = client("GET", "/audit", query={"limit": "1"}).json
    assert [(one["who"], one["action"]) for one in first["items"]] == [("kari", "connections.resume")]
    rest = client("GET", "/audit", query={"cursor": first["next"], "limit": "1"}).json
    assert [(one["who"], one["action"]) for one in rest["items"]] == [("ola", "connections.pause")]
    of_ola = client("GET", "/audit", query={"who": "ola", "connection": "acme"}).json["items"]
    assert [(one["before"]["paused"], one["after"]["paused"]) for one in of_ola] == [(False, True)]


def test_what_is_shown_tells_who_did_what_to_it(client: Client) -> None:
    change = held(client)
    match = {"If-Match": client("GET", f"/changes/{change}").headers["ETag"]}
    client("POST", f"/changes/{change}/reject", {"reason": "theirs"}, user="ola", headers=match)
    shown = client("GET", f"/changes/{change}", group="viewer").json
    assert [(one["who"], one["action"], one["reason"]) for one in shown["audit"]] == [
        ("ola", "changes.reject", "theirs")
    ]
    client.rig.clock.advance(1)
    client("POST", "/connections/acme/pause", user="kari", group="ops")
    first = client("GET", "/connections/acme/audit", group="viewer", query={"limit": "1"}).json
    assert [(one["who"], one["action"]) for one in first["items"]] == [("kari", "connections.pause")]
    assert not {"before", "after"} & set(first["items"][0])
    rest = client("GET", "/connections/acme/audit", query={"cursor": first["next"]}).json
    assert "changes.reject" in {one["action"] for one in rest["items"]}
    assert client("GET", "/connections/nobody/audit").status == 404


def test_the_audit_is_filtered_by_what_was_done_and_when(client: Client) -> None:
    for action in ("pause", "resume"):
        client.rig.clock.advance(86_400)
        client("POST", f"/connections/acme/{action}")

    def actions(**query: str) -> list[str]:
        return [one["action"] for one in client("GET", "/audit", query=query).json["items"]]

    assert actions(action="connections.pause") == ["connections.pause"]
    assert actions(action="connections") == ["connections.resume", "connections.pause", "connections.add"]
    assert actions(since="2026-11-22", until="2026-11-22") == ["connections.pause"]
    assert client("GET", "/audit", query={"since": "yesterday"}).status == 422
