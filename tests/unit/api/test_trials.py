"""Connections are tested over the API: really logged in to, a record a stream, nothing handed on or kept."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from lambdas import serve_api
from sluice.local.memory_mailer import MemoryMailer
from sluice.registry.audit import AuditFilter
from sluice.usecases.access import trying
from sluice.usecases.access.credentials import known_credentials, load_session
from tests.flows.oauth_erp import NAME, OAuthRig
from tests.flows.toy_erp import reply
from tests.unit.api.client import Client

NEW: dict[str, Any] = {"name": "beta", "connector": "toy", "secrets": {"key": "canary-key"}}


def by_stream(answer: Any) -> dict[str, dict[str, Any]]:
    assert answer.status == 200, answer.body
    return {one["stream"]: one for one in answer.json["streams"]}


@pytest.fixture
def filled(client: Client) -> Client:
    for number in range(1, 31):
        client.rig.erp.put("customer", number, f"canary-name {number}")
    return client


def test_a_stored_connection_is_read_a_record_a_stream(filled: Client) -> None:
    answer = filled("POST", "/connections/acme/test", group="operator", user="ola")
    found = by_stream(answer)
    assert (answer.json["fine"], answer.json["requests"]) == (True, 2)
    assert (found["customer"]["outcome"], found["customer"]["records"]) == ("read", 1)
    assert found["customer"]["fields"] == ["id", "name"]
    assert (found["department"]["outcome"], found["department"]["records"]) == ("read", 0)
    # Names only: no value of a record comes back.
    assert "canary-name" not in answer.body
    [entry] = filled.rig.world.audit.page(AuditFilter("acme", "ola")).items
    assert (entry.action, entry.after) == ("connections.test", {"customer": "read", "department": "read"})


def test_nothing_is_handed_on_or_kept(filled: Client) -> None:
    before = set(filled.rig.world.objects.keys(""))
    filled("POST", "/connections/acme/test")
    filled("POST", "/connections/test", NEW)
    assert set(filled.rig.world.objects.keys("")) == before
    assert filled.rig.consumer.events == []
    assert filled("GET", "/connections/acme").json["cursors"] == {}
    assert filled("GET", "/connections/beta").status == 404
    assert known_credentials(filled.rig.world, "beta") == {}


def test_a_connection_that_is_not_stored_is_read_with_what_is_given(filled: Client) -> None:
    assert by_stream(filled("POST", "/connections/test", NEW))["customer"]["records"] == 1
    one = filled("POST", "/connections/test", {**NEW, "streams": ["department"]})
    assert list(by_stream(one)) == ["department"]
    wrong = filled("POST", "/connections/test", {**NEW, "secrets": {}, "streams": ["none"]})
    assert wrong.status == 422
    assert {(one["pointer"], one["code"]) for one in wrong.json["errors"]} == {
        ("/secrets/key", "missing_secret"),
        ("/streams", "unknown_stream"),
    }
    # What is stored under the name is not used: who asks has to know it.
    assert filled("POST", "/connections/test", {**NEW, "name": "acme", "secrets": {}}).status == 422


def test_what_is_wrong_is_told_in_words_with_what_to_do(filled: Client) -> None:
    refused = filled("POST", "/connections/test", {**NEW, "secrets": {"key": "canary-other"}})
    found = by_stream(refused)
    assert refused.json["fine"] is False
    assert found["customer"]["error"] == "CredentialsRejected"
    assert found["customer"]["cause"]
    assert "secrets" in found["customer"]["advice"]
    assert "canary-other" not in refused.body
    filled.rig.erp.faults = [reply(500, {}), reply(429, {}, retry_after="60")]
    found = by_stream(filled("POST", "/connections/acme/test"))
    assert (found["customer"]["error"], found["department"]["outcome"]) == ("ErpUnavailable", "waits")


def test_after_two_failures_the_rest_is_left_so_that_no_account_is_locked(
    filled: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "_MOST_FAILURES", 1)
    found = by_stream(filled("POST", "/connections/test", {**NEW, "secrets": {"key": "other"}}))
    assert [one["outcome"] for one in found.values()] == ["failed", "left"]
    assert filled.rig.erp.asked == 1


def test_a_test_ends_in_time(filled: Client) -> None:
    world, clock = filled.rig.world, filled.rig.clock

    class Slow:
        def send(self, request: Any) -> Any:
            clock.advance(trying.SECONDS + 1)
            return world.sender.send(request)

    filled.rig.desk = replace(filled.rig.desk, world=replace(world, sender=Slow()))
    found = by_stream(filled("POST", "/connections/acme/test"))
    assert [one["outcome"] for one in found.values()] == ["read", "left"]
    assert "time" in found["department"]["cause"]


@pytest.fixture
def oauth(monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client of a world whose connection logs in with a refresh token that rotates."""
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    rig = OAuthRig()
    monkeypatch.setattr(serve_api, "desk", lambda: rig.desk)
    return Client(rig, MemoryMailer())


def test_what_a_login_gave_is_kept_for_the_next_run(oauth: Client) -> None:
    rig = oauth.rig
    assert isinstance(rig, OAuthRig)
    assert by_stream(oauth("POST", f"/connections/{NAME}/test"))["customer"]["records"] == 1
    # The refresh token was spent: what came for it is stored, and a run goes on with it.
    assert rig.vendor.granted == 1
    assert load_session(rig.world, NAME) is not None
    assert rig.synced()
    assert rig.vendor.refused == 0


def test_no_refresh_token_is_spent_for_a_connection_that_is_not_stored(oauth: Client) -> None:
    rig = oauth.rig
    assert isinstance(rig, OAuthRig)
    secrets = {name: text.reveal() for name, text in known_credentials(rig.world, NAME).items()}
    new = {"name": "beta", "connector": "rotor", "secrets": secrets}
    refused = oauth("POST", "/connections/test", new)
    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "must_be_authorised")
    assert rig.vendor.granted == 0


def test_a_login_that_fails_is_told_once(oauth: Client) -> None:
    rig = oauth.rig
    assert isinstance(rig, OAuthRig)
    rig.vendor.faults = [reply(400, {"error": "invalid_grant"})]
    answer = oauth("POST", f"/connections/{NAME}/test")
    found = list(by_stream(answer).values())
    assert [one["outcome"] for one in found] == ["failed", "left"]
    assert found[0]["error"] == "CredentialsRejected"
    assert "login failed" in found[1]["cause"]
    assert "canary" not in answer.body


def test_who_is_not_an_operator_tests_nothing(client: Client) -> None:
    for path, body in (("/connections/test", NEW), ("/connections/acme/test", None)):
        assert client("POST", path, body, group="ops").status == 403
    assert client("POST", "/connections/none/test").status == 404
    assert client.rig.erp.asked == 0
