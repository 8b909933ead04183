"""The API as it is deployed: behind API Gateway, with tokens that the user pool gave for a password."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3

from sluice.aws.cognito_users import random_password
from sluice.bootstrap.deployment import Deployment
from sluice.ports.users import GROUPS
from tests.live.pipeline.conftest import CANARY

Call = Callable[..., urllib3.BaseHTTPResponse]


@pytest.fixture(scope="module")
def tokens(deployment: Deployment) -> Iterator[dict[str, str]]:
    """Make a user of each group; return their access tokens, and an ID token."""
    found: dict[str, str] = {}
    for group in GROUPS:
        name, password = f"live-{group}", random_password()
        deployment.users.add(name, group)
        deployment.users.set_password(name, password, permanent=True)
        answer = deployment.session.cognito.initiate_auth(
            AuthFlow="USER_PASSWORD_AUTH",
            ClientId=deployment.outputs["UserPoolClientId"],
            AuthParameters={"USERNAME": name, "PASSWORD": password.reveal()},
        )["AuthenticationResult"]
        found[group] = answer["AccessToken"]
        found["id"] = answer["IdToken"]
    yield found
    for group in GROUPS:
        deployment.users.remove(f"live-{group}")


@pytest.fixture
def call(deployment: Deployment, tokens: dict[str, str]) -> Call:
    http = urllib3.PoolManager()

    def send(method: str, path: str, token: str = "", **more: Any) -> urllib3.BaseHTTPResponse:
        headers = {"Authorization": f"Bearer {tokens.get(token, token)}"} if token else {}
        headers |= more.pop("headers", {})
        return http.request(method, f"{deployment.api_url}{path}", headers=headers, retries=False, **more)

    return send


def test_without_a_good_access_token_nothing_is_said(call: Call, tokens: dict[str, str]) -> None:
    assert call("GET", "/me").status == 401
    head, body, _ = tokens["admin"].split(".")
    assert call("GET", "/me", f"{head}.{body}.AAAA").status == 401
    refused = call("GET", "/me", "id")
    assert (refused.status, refused.headers["Content-Type"]) == (401, "application/problem+json")


@pytest.mark.parametrize("group", GROUPS)
def test_a_token_of_the_pool_says_who_asks(group: str, call: Call) -> None:
    me = call("GET", "/me", group)
    assert me.status == 200, me.data
    assert (me.json()["name"], me.json()["role"]) == (f"live-{group}", group)
    assert me.headers["X-Content-Type-Options"] == "nosniff"


def test_a_connection_is_added_read_back_replaced_and_removed(call: Call, deployment: Deployment) -> None:
    wanted = {
        "name": "acme-by-api",
        "connector": "tripletex",
        "secrets": {"consumer_token": f"{CANARY}-a", "employee_token": f"{CANARY}-b"},
        "schedule": "cron(0 5 * * ? *)",
    }
    assert call("POST", "/connections", "viewer", json=wanted).status == 403
    assert call("POST", "/connections", "ops", json=wanted).status == 403
    added = call("POST", "/connections", "operator", json=wanted)
    assert added.status == 201, added.data
    shown = call("GET", "/connections/acme-by-api", "viewer")
    assert (shown.json(), shown.headers["ETag"]) == (added.json(), added.headers["ETag"])
    assert CANARY not in shown.data.decode()
    assert deployment.world.secrets.get("acme-by-api/credentials")["employee_token"].reveal() == f"{CANARY}-b"
    group = deployment.outputs["ScheduleGroupName"]
    kept = deployment.session.scheduler.get_schedule(Name="acme-by-api", GroupName=group)
    assert kept["ScheduleExpression"] == "cron(0 5 * * ? *)"

    changed = {key: value for key, value in wanted.items() if key not in {"name", "secrets"}}
    path = "/connections/acme-by-api"
    assert call("PUT", path, "operator", json=changed).status == 428
    tag = shown.headers["ETag"]
    replaced = call("PUT", path, "operator", json={**changed, "schedule": None}, headers={"If-Match": tag})
    assert (replaced.status, replaced.json()["schedule"]) == (200, None), replaced.data
    assert call("DELETE", path, "operator", headers={"If-Match": tag}).status == 412
    removed = call("DELETE", path, "operator", headers={"If-Match": replaced.headers["ETag"]})
    assert removed.status == 200, removed.data
    assert call("GET", path, "viewer").status == 404
    assert "acme-by-api" not in [one.name for one in deployment.world.connections.all()]


def test_a_page_of_connectors_comes_quickly_once_they_are_loaded(call: Call) -> None:
    names = [one["name"] for one in call("GET", "/connectors", "viewer").json()["items"]]
    assert {"tripletex", "fiken"} <= set(names)
    began = time.monotonic()
    assert call("GET", "/connectors?limit=50", "viewer").status == 200
    assert time.monotonic() - began < 2


def test_a_pasted_reply_is_previewed(call: Call) -> None:
    body = json.dumps({"fullResultSize": 1, "from": 0, "count": 1, "values": [{"id": 7, "name": "Salg"}]})
    found = call(
        "POST", "/connectors/tripletex/preview", "viewer", json={"stream": "department", "body": body}
    )
    assert found.status == 200, found.data
    assert (found.json()["entity"], found.json()["read"]) == ("department", 1)


def test_a_browser_on_a_page_of_another_origin_may_not_ask(call: Call) -> None:
    wanted = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}
    for origin in ("https://elsewhere.example", "http://localhost:4173"):
        leave = call("OPTIONS", "/connections", headers={"Origin": origin, **wanted})
        assert leave.status != 200
        asked = call("GET", "/me", "viewer", headers={"Origin": origin})
        for answer in (leave, asked):
            assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_the_document_is_the_one_in_the_repository(call: Call) -> None:
    answer = call("GET", "/openapi.json", "viewer")
    assert answer.json()["openapi"].startswith("3.1")
    assert "/connections/{name}" in answer.json()["paths"]
