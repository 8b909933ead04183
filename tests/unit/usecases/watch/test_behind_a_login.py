"""Descriptions that are shown to logged-in clients only: by the connector's own login, once a connection."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sluice.model.http import Reply, Request
from sluice.registry.incidents import Incidents, Sighting
from tests.unit.usecases.watch.rig import CONNECTOR, Rig, described

LOCKED = CONNECTOR.replace("path: /openapi.json", "path: /openapi.json, authenticated: true")
GRAPHQL = CONNECTOR.replace("kind: openapi, path: /openapi.json", "kind: graphql, path: /graphql")
ELSEWHERE = CONNECTOR.replace("path: /openapi.json", 'url: "https://docs.example/v2/openapi.json"')
WITHOUT_NAME = {"id": {"type": "integer"}, "fax": {"type": "string"}}

TRYTON_SETTINGS = {"base_url": "https://erp.example", "database": "erp", "user": "sluice"}


def _field(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "string": "A field", "required": False, "readonly": False, **more}


class Locked:
    """Answers a login with a token; everything else wants it."""

    def __init__(self) -> None:
        self.logins = 0
        self.expired = False

    def __call__(self, request: Request) -> Reply | None:
        if request.url.endswith("/login"):
            self.logins += 1
            self.expired = False
            return Reply(200, {}, b'{"token": "canary-token"}')
        if request.headers.get("X-Token") != "canary-token" or self.expired:
            return Reply(401, {}, b"")
        return None


def test_it_is_read_with_the_connectors_login_once_a_connection() -> None:
    rig = Rig(LOCKED)
    door = rig.vendor.answer = Locked()
    rig.connect("acme")
    rig.connect("fjord")
    rig.vendor.publish(described())
    assert rig.watch() == ["first", "first"]
    assert door.logins == 2
    assert [place.place for place in rig.places()] == ["acme", "fjord"]
    door.expired = True
    assert rig.watch() == ["unchanged", "unchanged"]
    assert door.logins == 3
    rig.vendor.publish(described(fields=WITHOUT_NAME))
    rig.watch()
    assert [notice["data"]["connections"] for notice in rig.news()] == [["acme", "fjord"]]
    kept = [item.value for item in rig.world.state.query("watch#toy")]
    assert "canary" not in json.dumps(kept)


def test_refused_credentials_are_told_by_runs_and_not_tried_again() -> None:
    rig = Rig(LOCKED)
    rig.vendor.answer = lambda request: Reply(401, {}, b"")
    rig.connect("acme")
    assert rig.watch() == ["unread"]
    sighting = Sighting("run-1", None, "CredentialsRejected", "401", "2026-11-21T08:00:00Z")
    Incidents(rig.world.state, "acme").report(sighting)
    rig.vendor.asked.clear()
    assert rig.watch() == []
    assert rig.vendor.asked == []


def test_an_address_of_its_own_gets_no_credentials() -> None:
    rig = Rig(ELSEWHERE)
    rig.connect("acme")
    rig.connect("beta", settings={"base_url": "https://test.example/v2"})
    rig.vendor.publish(described(), "docs.example")
    assert rig.watch() == ["first"]
    [request] = rig.vendor.asked
    assert request.url == "https://docs.example/v2/openapi.json"
    assert set(request.headers) == {"Accept"}


def test_graphql_is_asked_to_describe_itself() -> None:
    rig = Rig(GRAPHQL)
    rig.connect("acme")
    asked: list[Any] = []

    def answer(request: Request) -> Reply:
        asked.append((request.method, json.loads(request.body or b"{}")))
        query = {
            "kind": "OBJECT",
            "name": "Query",
            "fields": [{"name": "customers", "args": [], "type": {"kind": "SCALAR", "name": "String"}}],
        }
        schema = {"queryType": {"name": "Query"}, "types": [query]}
        return Reply(200, {}, json.dumps({"data": {"__schema": schema}}).encode())

    rig.vendor.answer = answer
    assert rig.watch() == ["first"]
    [(method, body)] = asked
    assert method == "POST"
    assert body["query"].count("{") == body["query"].count("}")
    assert "includeDeprecated" in body["query"]


class TrytonServer:
    """Answers a login, and fields_get of its models."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.models: dict[str, Any] = {
            "party.party": {
                "id": _field("integer"),
                "name": _field("char"),
                "addresses": _field("one2many", relation="party.address"),
                "lang": _field("many2one", relation="ir.lang"),
                "secretary": _field("char"),
            },
            "party.address": {
                "id": _field("integer"),
                "city": _field("char"),
                "country": _field("many2one", relation="country.country"),
            },
            "ir.lang": {"id": _field("integer"), "code": _field("char")},
            "country.country": {"id": _field("integer"), "code": _field("char")},
        }

    def __call__(self, request: Request) -> Reply:
        body = json.loads(request.body or b"{}")
        if body["method"] == "common.db.login":
            return Reply(200, {}, json.dumps({"id": 0, "result": [1, "canary-session"]}).encode())
        assert request.headers["Authorization"].startswith("Session ")
        assert body["params"] == [None, {"company": 1, "language": "en"}]
        model = body["method"].removeprefix("model.").removesuffix(".fields_get")
        self.asked.append(model)
        if model not in self.models:
            return Reply(403, {}, b"<!doctype html><title>403</title>")
        return Reply(200, {}, json.dumps({"id": 0, "result": self.models[model]}).encode())


@pytest.fixture
def server() -> TrytonServer:
    return TrytonServer()


@pytest.fixture
def rig(server: TrytonServer) -> Rig:
    rig = Rig()
    rig.vendor.answer = server
    rig.connect("fjord", "tryton", settings=TRYTON_SETTINGS, streams=("customer",))
    return rig


def test_tryton_is_asked_for_every_model_that_a_used_path_leads_to(rig: Rig, server: TrytonServer) -> None:
    assert rig.watch() == ["first"]
    assert set(server.asked) == {"party.party", "party.address", "ir.lang", "country.country"}
    assert len(server.asked) == len(set(server.asked))
    del server.models["party.address"]["city"]
    del server.models["party.party"]["secretary"]
    assert rig.watch() == ["changed"]
    [notice] = rig.news()
    data = notice["data"]
    assert (data["change"]["code"], data["connections"]) == ("D42", ["fjord"])
    assert data["change"]["path"].replace(".", "").replace("[]", "") == "addressescity"
    assert any(field.startswith("customer.") for field in data["fields"])
    assert "canary-session" not in json.dumps([item.value for item in rig.world.state.query("watch#tryton")])
    assert rig.watch() == ["unchanged"]
    assert rig.news() == []


def test_a_new_label_is_no_change_of_the_api(rig: Rig, server: TrytonServer) -> None:
    rig.watch()
    server.models["party.party"]["name"]["string"] = "Navn"
    assert rig.watch() == ["changed"]
    assert rig.news() == []


def test_a_model_that_may_not_be_read_is_told_and_holds_nothing(rig: Rig, server: TrytonServer) -> None:
    rig.watch()
    del server.models["ir.lang"]
    assert rig.watch() == ["unread"]
    assert [notice["type"] for notice in rig.news()] == ["description.unreadable"]
