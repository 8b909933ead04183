"""What is told of a changed description, of one that only looks changed, and how often."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from sluice.model.http import Reply
from tests.unit.usecases.watch.rig import CONNECTOR, Document, Rig, described

WITHOUT_NAME = {"id": {"type": "integer"}, "fax": {"type": "string"}}
WITHOUT_FAX = {"id": {"type": "integer"}, "name": {"type": "string"}}


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.connect("acme")
    rig.connect("fjord")
    rig.vendor.publish(described())
    assert rig.watch() == ["first"]
    assert rig.news() == []
    return rig


def test_a_used_field_that_goes_is_told_once_for_all_connections(rig: Rig) -> None:
    rig.vendor.publish(described(fields=WITHOUT_NAME))
    assert rig.watch() == ["changed"]
    [notice] = rig.news()
    assert (notice["type"], notice["connection"], notice["severity"]) == (
        "api.will_change",
        "toy",
        "warning",
    )
    data = notice["data"]
    assert (data["change"]["code"], data["change"]["path"]) == ("D42", "name")
    assert data["change"]["action"] == "notify"
    assert data["fields"] == ["customer.name"]
    assert data["connections"] == ["acme", "fjord"]
    assert data["streams"] == {"customer": ["customer.name"]}
    assert data["operations"] == ["GET /customer"]
    assert "customer.name of acme, fjord" in data["detail"]
    assert f"sluice watch show {data['changes'][0]['announcement']}" in data["advice"]
    for _ in range(3):
        assert rig.watch() == ["unchanged"]
    assert rig.news() == []


def test_a_description_says_nothing_of_a_stream_at_another_base_url() -> None:
    also = '{type: string, format: uri, default: "https://other.example"}'
    connector = CONNECTOR.replace("  properties:\n", f"  properties:\n    other_url: {also}\n")
    for base_url, told in (("", 1), ("base_url: {setting: other_url}\n", 0)):
        rig = Rig(connector, more={"customer": base_url})
        rig.connect("acme")
        rig.vendor.publish(described())
        assert rig.watch() == ["first"]
        rig.vendor.publish(described(fields=WITHOUT_NAME))
        assert rig.watch() == ["changed"]
        assert len(rig.news()) == told


def _minified(document: Document) -> bytes:
    return json.dumps(document, separators=(",", ":"), sort_keys=True).encode()


def _with_default_responses(document: Document) -> bytes:
    found = copy.deepcopy(document)
    for path in found["paths"].values():
        path["get"]["responses"] = {"default": path["get"]["responses"]["200"]}
    return json.dumps(found).encode()


def _inlined(document: Document) -> bytes:
    found = copy.deepcopy(document)
    types = found.pop("components")["schemas"]
    for path in found["paths"].values():
        schema = path["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        items = schema["properties"]["values"]["items"]
        schema["properties"]["values"]["items"] = types[items["$ref"].rpartition("/")[2]]
    return json.dumps(found).encode()


def _as_swagger_2(document: Document) -> bytes:
    text = json.dumps(document["paths"]).replace("#/components/schemas/", "#/definitions/")
    paths: Any = json.loads(text)
    for path in paths.values():
        page = path["get"]["responses"]["200"].pop("content")["application/json"]["schema"]
        path["get"]["responses"]["200"]["schema"] = page
        path["get"]["produces"] = ["application/json"]
        for parameter in path["get"]["parameters"]:
            parameter.update(parameter.pop("schema"))
    types = document["components"]["schemas"]
    return json.dumps(
        {"swagger": "2.0", "info": document["info"], "paths": paths, "definitions": types}
    ).encode()


@pytest.mark.parametrize("form", [_minified, _with_default_responses, _inlined, _as_swagger_2])
def test_another_form_is_silent(rig: Rig, form: Any) -> None:
    rig.vendor.documents["erp.example/v2/openapi.json"] = form(described())
    assert rig.watch() == ["changed"]
    assert rig.news() == []
    assert rig.announced() == []


def test_what_nobody_uses_is_kept_and_not_told(rig: Rig) -> None:
    rig.vendor.publish(described(fields=WITHOUT_FAX))
    assert rig.watch() == ["changed"]
    assert rig.news() == []
    [place] = rig.places()
    history = rig.world.state.query("watch#toy", f"description-history#{place.place}#")
    assert [item.value["changes"] for item in history] == [{}, {"D42": 1}]


def test_what_is_taken_back_and_comes_again_is_told_again(rig: Rig) -> None:
    rig.vendor.publish(described(fields=WITHOUT_NAME))
    rig.watch()
    assert len(rig.news()) == 1
    rig.vendor.publish(described())
    assert rig.watch() == ["changed"]
    assert rig.news() == []
    assert [found.state for found in rig.announced()] == ["over"]
    rig.vendor.publish(described(fields=WITHOUT_NAME))
    rig.watch()
    assert [notice["type"] for notice in rig.news()] == ["api.will_change"]


def test_an_operation_that_is_back_can_go_again(rig: Rig) -> None:
    gone = described()
    del gone["paths"]["/customer"]
    for _ in range(2):
        rig.vendor.publish(gone)
        rig.watch()
        [notice] = rig.news()
        assert notice["data"]["change"]["code"] == "D01"
        assert notice["data"]["fields"] == ["customer"]
        rig.vendor.publish(described())
        rig.watch()
        assert rig.news() == []


def test_a_type_that_two_streams_share_is_one_change(rig: Rig) -> None:
    changed = described(fields={**WITHOUT_FAX, "id": {"type": "string"}})
    changed["components"]["schemas"]["Department"]["properties"]["id"] = {"type": "string"}
    rig.vendor.publish(changed)
    rig.watch()
    [notice] = rig.news()
    assert notice["data"]["change"]["path"] == "id"
    assert set(notice["data"]["streams"]) == {"customer", "department"}
    assert "key" in notice["data"]["fields"]


def test_a_parameter_that_is_sent_and_goes_is_told(rig: Rig) -> None:
    changed = described()
    changed["paths"]["/customer"]["get"]["parameters"].pop()
    rig.vendor.publish(changed)
    rig.watch()
    [notice] = rig.news()
    assert (notice["data"]["change"]["path"], notice["data"]["streams"]) == (
        "count",
        {"customer": ["customer"]},
    )


def test_a_connection_that_reads_another_stream_is_not_named() -> None:
    rig = Rig()
    rig.connect("acme")
    rig.connect("fjord", streams=("department",))
    rig.connect("silent", policy={"D42": "go_on"})
    rig.connect("resting", paused=True)
    rig.vendor.publish(described())
    rig.watch()
    rig.vendor.publish(described(fields=WITHOUT_NAME))
    rig.watch()
    assert [notice["data"]["connections"] for notice in rig.news()] == [["acme"]]


def test_addresses_are_read_once_each_and_a_later_one_is_told_as_news() -> None:
    rig = Rig()
    rig.connect("acme")
    rig.connect("beta")
    rig.connect("test-env", settings={"base_url": "https://test.example/v2"})
    rig.vendor.publish(described())
    rig.vendor.publish(described(), "test.example")
    assert rig.watch() == ["first", "first"]
    assert len(rig.vendor.asked) == 2
    rig.vendor.publish(described(fields=WITHOUT_NAME), "test.example")
    rig.watch()
    assert [notice["data"]["connections"] for notice in rig.news()] == [["test-env"]]
    rig.vendor.publish(described(fields=WITHOUT_NAME))
    rig.watch()
    assert [notice["data"]["connections"] for notice in rig.news()] == [["acme", "beta", "test-env"]]
    assert len(rig.announced()) == 1


def test_an_unchanged_description_is_not_sent_again(rig: Rig) -> None:
    rig.vendor.asked.clear()
    assert rig.watch() == ["unchanged"]
    [request] = rig.vendor.asked
    assert "If-None-Match" in request.headers
    assert "X-Token" not in request.headers


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ("no connection came about", "ErpUnavailable"),
        (Reply(503, {}, b""), "ErpUnavailable"),
        (Reply(429, {"retry-after": "60"}, b""), "ErpUnavailable"),
        (Reply(404, {}, b""), "ApiChanged"),
        (Reply(301, {"location": "https://elsewhere.example/"}, b""), "ApiChanged"),
        (Reply(401, {}, b""), "CredentialsRejected"),
        (Reply(304, {}, b""), "ApiChanged"),
        (Reply(200, {}, b"<!doctype html><title>Log in</title>"), "ConfigurationInvalid"),
        (Reply(200, {}, b""), "ConfigurationInvalid"),
        (Reply(200, {}, b'{"openapi": "3.0.1", "paths": {"/x": '), "ConfigurationInvalid"),
    ],
    ids=["refused", "503", "429", "404", "301", "401", "304", "html", "empty", "cut"],
)
def test_a_description_that_cannot_be_read_is_told_once(reply: Reply | str, error: str) -> None:
    rig = Rig()
    rig.connect("acme")
    rig.vendor.has_etags = False
    rig.vendor.publish(described())
    rig.watch()
    for _ in range(2):
        rig.vendor.replies = [reply] * 5
        assert rig.watch() == ["unread"]
    [notice] = rig.news()
    assert (notice["type"], notice["data"]["error"]) == ("description.unreadable", error)
    assert rig.places()[0].sha
    rig.vendor.replies = []
    assert rig.watch() == ["unchanged"]
    rig.vendor.replies = [reply] * 5
    assert rig.watch() == ["unread"]
    assert len(rig.news()) == 1


def test_one_that_cannot_be_read_stops_no_other() -> None:
    rig = Rig()
    rig.connect("acme")
    rig.connect("test-env", settings={"base_url": "https://test.example/v2"})
    rig.connect("broken", settings={"base_url": "ftp://nowhere"})
    rig.vendor.publish(described())
    assert sorted(rig.watch()) == ["first", "unread"]
    assert [notice["type"] for notice in rig.news()] == ["description.unreadable"]
