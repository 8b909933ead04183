"""Subscriptions over the API: who is told, changed as it was read, tried out, and never with its secrets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing

import pytest
from msgspec.structs import replace

from lambdas import serve_api
from sluice.local.memory_queue import MemoryQueue
from sluice.transport.erp_sender import ErpSender
from sluice.usecases.telling.people.outbox import Outbox
from sluice.usecases.telling.people.secrets import receiver_of
from tests.unit.api.client import Client
from tests.unit.usecases.telling.receiver import Answer, receiving

MAIL = {"name": "night", "channel": "email", "target": "ops@example.com", "severities": ["error"]}
HOOK = {"name": "pager", "channel": "webhook", "target": "https://hooks.example/canary/zz11"}


@pytest.fixture
def reaching(client: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A client whose tests of subscriptions are really sent, to this machine."""
    with closing(ErpSender(allow_loopback_http=True)) as sender:
        monkeypatch.setattr(
            serve_api,
            "api_outbox",
            lambda world: Outbox(replace(world, sender=sender), MemoryQueue(client.rig.clock), client.mailer),
        )
        yield client


def test_a_subscription_is_added_and_read_back_by_admins_only(client: Client) -> None:
    added = client("POST", "/subscriptions", MAIL)
    assert (added.status, added.headers["Location"]) == (201, "/subscriptions/night")
    assert (added.json["state"], added.json["signing_key"]) == ("active", None)
    shown = client("GET", "/subscriptions/night")
    assert shown.headers["ETag"] == added.headers["ETag"]
    assert added.json == {**shown.json, "signing_key": None}
    assert client("GET", "/subscriptions", group="operator").status == 403
    again = client("POST", "/subscriptions", MAIL)
    assert (again.status, again.json["errors"][0]["code"]) == (409, "subscription_exists")


def test_the_key_is_told_once_and_the_address_never(client: Client) -> None:
    added = client("POST", "/subscriptions", HOOK)
    key = added.json["signing_key"]
    assert key.startswith("whsec_")
    answers = [client("GET", "/subscriptions"), client("GET", "/subscriptions/pager")]
    said = json.dumps([[one.headers, one.body] for one in answers])
    assert key not in said
    assert "canary" not in said + added.body
    assert answers[1].json["target"] == "hooks.example ...zz11"
    assert "canary" not in json.dumps(client("GET", "/audit").json)
    own = client("POST", "/subscriptions", {**HOOK, "name": "other", "key": key})
    assert (own.status, own.json["signing_key"]) == (201, None)
    rotated = client("POST", "/subscriptions/pager/rotate").json["signing_key"]
    assert rotated != key


def test_everything_wrong_with_a_subscription_is_told_at_once(client: Client) -> None:
    wrong = {
        "name": "bad",
        "channel": "slack",
        "target": "http://hooks.example/x",
        "severities": ["loud"],
        "kinds": ["run.sideways"],
    }
    answer = client("POST", "/subscriptions", wrong)
    assert answer.status == 422
    assert {one["code"] for one in answer.json["errors"]} == {"bad_url", "bad_severity", "bad_kind"}
    assert client("GET", "/subscriptions").json["items"] == []


def test_a_subscription_is_changed_by_whoever_has_read_it(client: Client) -> None:
    tag = client("POST", "/subscriptions", HOOK).headers["ETag"]
    wanted = {"severities": ["error"], "connections": ["north-*"], "paused": True}
    assert client("PUT", "/subscriptions/pager", wanted).status == 428
    assert client("PUT", "/subscriptions/pager", wanted, headers={"If-Match": '"x"'}).status == 412
    changed = client("PUT", "/subscriptions/pager", wanted, headers={"If-Match": tag})
    assert (changed.status, changed.json["state"]) == (200, "paused")
    assert changed.json["connections"] == ["north-*"]
    world = client.rig.world
    keys = receiver_of(world.secrets, "pager", client.rig.clock.now()).keys
    client.rig.clock.advance(1)
    moved = client(
        "PUT",
        "/subscriptions/pager",
        {"target": "https://elsewhere.example/yy22"},
        headers={"If-Match": changed.headers["ETag"]},
    )
    assert (moved.json["state"], moved.json["target"]) == ("active", "elsewhere.example ...yy22")
    stored = receiver_of(world.secrets, "pager", client.rig.clock.now())
    assert stored.url.reveal() == "https://elsewhere.example/yy22"
    assert stored.keys == keys
    [newest, *_] = client("GET", "/audit").json["items"]
    assert (newest["action"], newest["before"]["paused"]) == ("notifications.change", True)


def test_a_subscription_is_removed_by_whoever_has_read_it(client: Client) -> None:
    tag = client("POST", "/subscriptions", HOOK).headers["ETag"]
    assert client("DELETE", "/subscriptions/pager").status == 428
    removed = client("DELETE", "/subscriptions/pager", headers={"If-Match": tag})
    assert (removed.status, removed.json) == (200, {"name": "pager"})
    assert client("GET", "/subscriptions/pager").status == 404
    for method, path in (("POST", "/subscriptions/none/test"), ("POST", "/subscriptions/none/rotate")):
        assert client(method, path).status == 404


def test_subscriptions_come_in_pages(client: Client) -> None:
    for name in ("b", "a", "c"):
        assert client("POST", "/subscriptions", {**MAIL, "name": name}).status == 201
    first = client("GET", "/subscriptions", query={"limit": "2"}).json
    rest = client("GET", "/subscriptions", query={"limit": "2", "cursor": first["next"]}).json
    assert [one["name"] for one in first["items"] + rest["items"]] == ["a", "b", "c"]
    assert rest["next"] is None


def test_a_mail_is_sent_to_try_it(client: Client) -> None:
    client("POST", "/subscriptions", MAIL)
    assert client("POST", "/subscriptions/night/test").json == {"arrived": True, "error": ""}
    assert len(client.mailer.mails) == 1
    assert client("GET", "/subscriptions/night").json["last_sent_at"] is not None
    assert client("POST", "/subscriptions/night/rotate").status == 422


def test_a_webhook_is_really_called_and_its_refusal_told(reaching: Client) -> None:
    with receiving(Answer(), Answer(503)) as receiver:
        reaching("POST", "/subscriptions", {**HOOK, "target": receiver.url})
        assert reaching("POST", "/subscriptions/pager/test").json["arrived"] is True
        assert "webhook-signature" in receiver.received[0].headers
        refused = reaching("POST", "/subscriptions/pager/test").json
        assert refused == {"arrived": False, "error": "the receiver answered 503"}
    assert reaching("GET", "/subscriptions/pager").json["state"] == "failing"
