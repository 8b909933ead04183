"""What an API may be asked for by somebody who wants more than is theirs (OWASP API Top 10, 2023)."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from lambdas.api.roles import LOWEST, Role
from sluice.bootstrap.documents import ROOT
from sluice.local.memory_queue import MemoryQueue
from sluice.model.egress.reach import Reach
from sluice.transport.egress import Door
from tests.unit.api.client import Client
from tests.unit.api.test_operating import held, with_bad

DOCUMENT = json.loads((ROOT / "docs" / "openapi.json").read_text())
NEW: dict[str, Any] = {"connector": "toy", "secrets": {"key": "canary=1"}}
ANYTHING = {"If-Match": "*"}
NOBODYS = {
    "name": "nobody", "run": "run-none", "id": "0000abcd", "backfill": "fill-none", "stream": "customer",
    "record": "none", "entity": "customer", "chart": "records",
}  # fmt: skip
BODIES: dict[str, Any] = {
    "PUT /connections/{name}": NEW,
    "POST /connections/{name}/authorizations": {"redirect_uri": "https://console.example/authorized"},
    "POST /connections/{name}/authorizations/complete": {"state": "made-up", "code": "x"},
    "POST /connections/{name}/backfills": {"stream": "customer"},
    "POST /connectors/{name}/preview": {"stream": "customer", "body": "{}"},
    "PUT /subscriptions/{name}": {"paused": True},
}
"""What an operation has to be asked for to get as far as its thing; where nothing stands here: ``{}``."""

MADE_BY_THEIR_NAME = {"POST /connectors/{name}/versions"}
ABOUT_NO_ONE_THING = {
    "POST /data/entities/{entity}/exports", "GET /data/entities/{entity}/records", "GET /data/charts/{chart}",
}  # fmt: skip


def of_a_thing() -> list[str]:
    named = [called for called in LOWEST if "{" in called]
    return [called for called in named if called not in MADE_BY_THEIR_NAME | ABOUT_NO_ONE_THING]


def texts_of(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the parameters of every operation, each with the operation it is of."""
    for path, item in value["paths"].items():
        for method, operation in item.items():
            yield from ({**one, "of": f"{method.upper()} {path}"} for one in operation.get("parameters", ()))


LISTINGS = sorted(one["of"] for one in texts_of(DOCUMENT) if one["name"] == "limit")


@pytest.mark.parametrize("called", of_a_thing())
def test_what_is_nobodys_is_not_found_by_any_verb(client: Client, called: str) -> None:
    method, _, path = called.partition(" ")
    client.rig.run()
    body = None if method in {"GET", "DELETE"} else BODIES.get(called, {})
    answer = client(method, path.format(**NOBODYS), body, headers=ANYTHING)
    assert (answer.status, answer.json["type"]) == (404, "urn:sluice:problem:not_found"), answer.body


def test_a_thing_of_one_connection_is_not_found_under_another(client: Client) -> None:
    assert client("POST", "/connections", {"name": "beta", **NEW}).status == 201
    with_bad(client, 2)
    [record] = client("GET", "/connections/acme/quarantine").json["items"]
    place = f"/quarantine/customer/{record['id']}"
    assert client("GET", f"/connections/acme{place}").status == 200
    assert client("GET", f"/connections/beta{place}").status == 404
    assert client("GET", "/connections/beta/quarantine").json["items"] == []
    wanted = {"stream": "customer", "source_ids": ["2"]}
    assert client("POST", "/connections/beta/quarantine/replays", wanted).json == {"replays": []}
    assert client("GET", "/changes", query={"connection": "beta"}).json["items"] == []
    notes = client("GET", "/connections/beta/audit").json["items"]
    assert {one["target"] for one in notes} == {"beta"}


def test_a_place_in_one_listing_is_none_in_another(client: Client) -> None:
    for name in ("beta", "gamma"):
        client("POST", "/connections", {"name": name, **NEW})
    with_bad(client, 2, 4)
    found = client("GET", "/connections/acme/quarantine", query={"limit": "1"}).json["next"]
    for path in ("/connections/beta/quarantine", "/connections", "/runs", "/audit"):
        assert client("GET", path, query={"cursor": found}).json["type"] == "urn:sluice:problem:wrong_cursor"


@pytest.mark.parametrize(
    "extra", ["tenantId", "role", "paused", "created_at", "who", "version", "held", "baseUrl"]
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_what_is_not_the_callers_to_set_is_refused(client: Client, method: str, extra: str) -> None:
    before = client("GET", "/connections/acme").json
    path = "/connections" if method == "POST" else "/connections/acme"
    body = {**NEW, extra: "admin", **({"name": "beta"} if method == "POST" else {})}
    answer = client(method, path, body, headers=ANYTHING)
    assert (answer.status, [one["pointer"] for one in answer.json["errors"]]) == (422, [f"/{extra}"])
    assert client("GET", "/connections/beta").status == 404
    assert client("GET", "/connections/acme").json == before


def test_a_role_is_the_tokens_and_no_requests(client: Client) -> None:
    for headers in ({"X-Role": "admin"}, {"cognito:groups": "admin"}, {"X-Forwarded-User": "kari"}):
        answer = client("GET", "/audit", group="viewer", query={"role": "admin"}, headers=headers)
        assert answer.status == 403
    client.rig.clock.advance(1)
    client("POST", "/connections/acme/pause", group="ops", user="ola", headers={"X-Forwarded-User": "kari"})
    assert client("GET", "/audit").json["items"][0]["who"] == "ola"


@pytest.mark.parametrize("limit", ["1000000", "0", "-1", "1e3", "__class__", "9" * 400])
@pytest.mark.parametrize("called", LISTINGS)
def test_no_page_is_larger_than_the_document_says(client: Client, called: str, limit: str) -> None:
    path = called.partition(" ")[2].format(**{**NOBODYS, "name": "acme"})
    answer = client("GET", path, query={"limit": limit})
    assert answer.status == 422
    assert "limit" in {one["pointer"] for one in answer.json["errors"]}


def test_a_text_to_search_for_is_a_text_and_no_pattern(client: Client) -> None:
    client.rig.erp.key = "another"
    client.rig.run()
    assert client("GET", "/runs", query={"text": "Credentials"}).json["items"]
    begun = time.process_time()
    for pattern in ("(a+)+$", ".*", "[", "Cred.ntials", "\\", "%", "_"):
        assert client("GET", "/runs", query={"text": pattern}).json["items"] == [], pattern
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("name", ["sort", "order", "filter", "fields", "__class__", "where"])
def test_nothing_is_sorted_or_chosen_by_names_from_outside(client: Client, name: str) -> None:
    for path in ("/runs", "/connections", "/changes"):
        asked = client("GET", path, query={name: "__class__.__init__.__globals__"})
        assert asked.json == client("GET", path).json


PRIVATE = [
    "https://169.254.169.254/latest", "https://10.0.0.8", "https://localhost", "https://[::1]/", "https://[fd00::1]/",
    "https://2852039166/", "https://0xa9fea9fe/", "https://erp.internal", "http://erp.example", "file:///etc/passwd",
    "https://user:pass@erp.example", "https://erp.example:22",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_no_connection_is_tried_in_a_private_network(client: Client, address: str) -> None:
    # As on AWS, where a name of the internet leads there.
    door = Door(Reach(), look_up=lambda host, port: [(socket.AF_INET, ("8.8.8.8", port))])
    client.rig.desk = replace(client.rig.desk, world=replace(client.rig.world, addresses=door))
    wanted = {"name": "beta", **NEW, "settings": {"base_url": address}}
    for path in ("/connections/test", "/connections"):
        answer = client("POST", path, wanted)
        assert answer.status == 422, answer.body
        assert [one["pointer"].rpartition("/")[2] for one in answer.json["errors"]] == ["base_url"]
    assert client.rig.erp.asked == 0


def test_a_trial_answers_in_one_form_and_repeats_nothing_of_the_reply(client: Client) -> None:
    client.rig.erp.put("customer", 1, "canary-of-a-customer")
    fine = client("POST", "/connections/acme/test").json
    client.rig.erp.headers = {"x_inside": "canary-of-a-header"}
    client.rig.erp.key = "another"
    failed = client("POST", "/connections/acme/test").json
    for answer in (fine, failed):
        assert set(answer) == {"fine", "requests", "streams"}
        assert {frozenset(one) for one in answer["streams"]} == {
            frozenset({"stream", "outcome", "records", "fields", "error", "cause", "advice"})
        }
        assert "canary-of" not in json.dumps(answer)


def test_no_operation_gives_a_secret_back(client: Client) -> None:
    client("POST", "/connections", {"name": "beta", **NEW, "secrets": {"key": "canary/write+only"}})
    client(
        "POST",
        "/subscriptions",
        {"name": "pager", "channel": "webhook", "target": "https://h.example/canary/1"},
    )
    gets = [
        called.partition(" ")[2] for called in LOWEST if called.startswith("GET") and called.count("{") <= 1
    ]
    names = {**NOBODYS, "name": "beta"}
    gets.remove("/openapi.json")  # which has examples
    paths = [path.format(**names) for path in gets] + ["/subscriptions/pager", "/connectors/toy"]
    for path in paths:
        answer = client("GET", path)
        assert not re.search(r"canary|whsec_", f"{answer.headers} {answer.body}"), path
    assert not [called for called in LOWEST if "secret" in called or "credential" in called]


def test_the_audit_can_be_read_and_not_changed() -> None:
    about = {called: role for called, role in LOWEST.items() if "audit" in called}
    assert about == {"GET /audit": Role.ADMIN, "GET /connections/{name}/audit": Role.VIEWER}


def test_of_two_who_accept_a_change_one_decides(client: Client) -> None:
    change = held(client)
    path = f"/changes/{change}/accept"
    match = {"If-Match": client("GET", f"/changes/{change}").headers["ETag"]}
    first = client("POST", path, {"apply_suggestion": True}, user="ola", group="operator", headers=match)
    second = client("POST", path, {"apply_suggestion": True}, user="kari", group="operator", headers=match)
    assert (first.status, second.status) == (200, 412)
    # Whoever insists does nothing twice: it stays the first one's decision, with its one replay.
    again = client("POST", path, {"apply_suggestion": True}, user="kari", group="operator", headers=ANYTHING)
    assert again.status == 200
    [one], [other] = first.json["accepted"], again.json["accepted"]
    assert (other["decided_by"], other["contract"], other["replay"]) == (
        "ola",
        one["contract"],
        one["replay"],
    )


def test_a_task_token_is_shown_to_nobody(client: Client) -> None:
    queue = MemoryQueue(client.rig.clock)
    for body in ({"task_token": "canary-a", "chunk": 1}, {"chunk": 2, "task_token": "canary-b"}):
        queue.send(json.dumps(body), {})
        queue.send(json.dumps(body, separators=(",", ":")), {})
    client.rig.desk = replace(client.rig.desk, world=replace(client.rig.world, queues={"erp_system": queue}))
    shown = client("GET", "/topics/erp_system/messages", group="ops")
    assert len(shown.json["items"]) == 4
    assert {json.loads(one["body"])["task_token"] for one in shown.json["items"]} == {"***"}
