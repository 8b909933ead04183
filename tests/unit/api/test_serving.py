"""What all operations share: who asks, whether they may, and how what is wrong is told."""

from __future__ import annotations

import base64
import logging
from typing import Any

import pytest

from lambdas.api import connections
from lambdas.api.caller import groups_of
from lambdas.api.roles import LOWEST, Role, highest
from lambdas.api.serving import SECURITY
from tests.unit.api.client import Client, event_of

ROLES = [(called, group) for called in LOWEST for group in Role]


@pytest.mark.thorough(most=60)
@pytest.mark.parametrize(("called", "group"), ROLES)
def test_each_operation_is_for_its_group_and_those_above(client: Client, called: str, group: Role) -> None:
    method, _, path = called.partition(" ")
    answer = client(method, path.replace("{name}", "acme"), group=group.value)
    refused = answer.status == 403
    assert refused is (list(Role).index(group) < list(Role).index(LOWEST[called]))
    if refused:
        assert answer.json["type"] == "urn:sluice:problem:forbidden"
        assert LOWEST[called].value in answer.json["detail"]


@pytest.mark.parametrize("called", LOWEST)
def test_nobody_without_a_group_may_anything(client: Client, called: str) -> None:
    method, _, path = called.partition(" ")
    for groups in ("[]", "", "[owner root]"):
        claims = {"cognito:groups": groups}
        assert client(method, path.replace("{name}", "acme"), claims=claims).status == 403


def test_a_person_of_several_groups_may_what_the_highest_may(client: Client) -> None:
    assert client("POST", "/connections/acme/pause", group="viewer operator").status == 200
    assert highest(["viewer", "ops", "none"]) is Role.OPS


@pytest.mark.parametrize("claim", ["[viewer ops]", ["viewer", "ops"], '["viewer", "ops"]', "[viewer, ops]"])
def test_groups_are_read_in_every_form_that_they_come_in(claim: Any) -> None:
    assert groups_of(claim) == ("viewer", "ops")


@pytest.mark.parametrize("claims", [{"token_use": "id"}, {"username": ""}, {"token_use": ""}])
def test_only_an_access_token_lets_in(client: Client, claims: dict[str, str]) -> None:
    answer = client("GET", "/me", claims=claims)
    assert (answer.status, answer.headers["Content-Type"]) == (401, "application/problem+json")


def test_an_event_without_a_token_is_refused(client: Client) -> None:
    event = event_of("GET", "/me")
    del event["requestContext"]["authorizer"]
    assert client.send(event).status == 401


def test_everybody_learns_who_they_are_and_what_they_may(client: Client) -> None:
    me = client("GET", "/me", group="ops").json
    assert (me["name"], me["role"], me["groups"]) == ("kari", "ops", ["ops"])
    assert "POST /connections/{name}/pause" in me["operations"]
    assert "POST /connections" not in me["operations"]


@pytest.mark.parametrize("path", ["/me", "/none", "/connections/none", "/connections?x"])
def test_every_answer_is_kept_by_nobody_and_taken_for_data(client: Client, path: str) -> None:
    headers = client("GET", path).headers
    assert {name: headers[name] for name in SECURITY} == SECURITY
    assert "Set-Cookie" not in headers


def test_an_unknown_path_and_a_wrong_method_are_told_apart(client: Client) -> None:
    assert client("GET", "/none").status == 404
    wrong = client("PUT", "/connections/acme/pause")
    assert (wrong.status, wrong.headers["Allow"]) == (405, "POST")
    assert client("DELETE", "/connections").headers["Allow"] == "GET, POST"


@pytest.mark.parametrize("body", ["{", '"', "\x00", "[" * 100_000])
def test_a_body_that_is_no_json_is_said_to_be_none(client: Client, body: str) -> None:
    answer = client("POST", "/connections", body)
    assert (answer.status, answer.json["type"]) == (400, "urn:sluice:problem:not_json")


def test_a_body_that_is_no_utf_8_is_said_to_be_none(client: Client) -> None:
    event = event_of("POST", "/connections")
    event |= {"body": base64.b64encode(b'{"name": "\xff"}').decode(), "isBase64Encoded": True}
    assert client.send(event).json["type"] == "urn:sluice:problem:not_json"


@pytest.mark.parametrize("body", ["null", "[]", '"text"', "7", "", "{}", '{"name": "beta", "more": 1}'])
def test_a_body_of_another_form_is_told_by_its_places(client: Client, body: str) -> None:
    answer = client("POST", "/connections", body)
    assert answer.status == 422
    assert answer.json["errors"]


def test_another_content_type_is_refused(client: Client) -> None:
    answer = client("POST", "/connections", "<x/>", headers={"Content-Type": "text/xml"})
    assert answer.status == 415


def test_texts_that_no_utf_8_can_hold_are_refused(client: Client) -> None:
    wanted = {"name": "beta", "connector": "toy", "secrets": {"key": "x"}}
    for more in ({"settings": {"base_url": "\ud800"}}, {"secrets": {"key": "\ud800"}}):
        assert client("POST", "/connections", {**wanted, **more}).status == 400


@pytest.mark.parametrize(
    "raised",
    [
        ZeroDivisionError("the inside"),
        RecursionError("the inside"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "the inside"),
    ],
)
def test_what_nobody_foresaw_says_nothing_of_the_inside(
    raised: Exception, client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def torn(*_: Any) -> None:
        raise raised

    monkeypatch.setattr(connections, "_shown", torn)
    with caplog.at_level(logging.ERROR):
        answer = client("GET", "/connections/acme")
    assert (answer.status, answer.json["type"]) == (500, "urn:sluice:problem:internal_error")
    assert "inside" not in answer.body
    [logged] = [one for one in caplog.records if one.message == "request_failed"]
    assert vars(logged)["reference"] == answer.json["reference"]
    assert logged.exc_info is not None
    assert logged.exc_info[1] is raised


def test_the_next_times_of_a_schedule_are_foretold(client: Client) -> None:
    found = client("GET", "/schedules/preview", query={"expression": "cron(0 5 ? * MON-FRI *)"})
    assert found.json["next"][:2] == ["2026-11-23T05:00:00Z", "2026-11-24T05:00:00Z"]
    assert len(found.json["next"]) == 5
    hourly = client("GET", "/schedules/preview", query={"expression": "rate(1 hour)"}).json["next"]
    assert hourly[0] == "2026-11-21T09:00:00Z"
    wrong = client("GET", "/schedules/preview", query={"expression": "hourly"})
    assert (wrong.status, wrong.json["errors"][0]["code"]) == (422, "schedule_invalid")
    assert client("GET", "/schedules/preview").json["errors"][0]["pointer"] == "expression"
