"""The description a sandbox publishes: of the API as it is, or as it was when it was frozen."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from sluice.connector.spec import Connector
from tests.unit.sandbox.client import Client

Start = Callable[..., Client]


def description(client: Client) -> dict[str, Any]:
    status, _, body = client.send("GET", "/v2/openapi.json", headers={})
    assert status == 200
    found: dict[str, Any] = json.loads(body)
    return found


def fields(client: Client, component: str) -> dict[str, Any]:
    found: dict[str, Any] = description(client)["components"]["schemas"][component]["properties"]
    return found


def test_it_is_read_without_logging_in(start: Start) -> None:
    client = start()
    found = description(client)
    assert found["openapi"] == "3.0.3"
    assert found["servers"] == [{"url": client.server.base_url}]
    assert len(found["paths"]) == len(client.server.sandbox.shelves)
    assert client.look()["logins"] == 0


def test_it_describes_parameters_and_replies(client: Client) -> None:
    operation = description(client)["paths"]["/invoice"]["get"]
    parameters = {one["name"]: one for one in operation["parameters"]}
    assert list(parameters) == ["fields", "sorting", "invoiceDateFrom", "invoiceDateTo", "from", "count"]
    assert parameters["invoiceDateFrom"] == {
        "name": "invoiceDateFrom",
        "in": "query",
        "required": True,
        "schema": {"type": "string", "format": "date"},
    }
    reply = operation["responses"]["200"]["content"]["application/json"]["schema"]["properties"]
    assert reply["values"] == {"type": "array", "items": {"$ref": "#/components/schemas/Invoice"}}
    assert reply["fullResultSize"] == {"type": "integer"}


def test_it_describes_records(client: Client) -> None:
    found = fields(client, "Customer")
    assert found["organizationNumber"] == {"type": "string", "nullable": True}
    assert found["language"] == {"type": "string", "enum": ["NO", "EN"]}
    assert found["postalAddress"]["nullable"] is True
    assert found["postalAddress"]["properties"]["city"] == {"type": "string"}
    line = fields(client, "Invoice")["orderLines"]["items"]["properties"]
    assert line["count"] == {"type": "number"}
    assert "sample" not in json.dumps(description(client))


def test_every_answered_field_is_described(client: Client) -> None:
    record = client.get("/customer", count=1)[1]["values"][0]
    assert set(record) == set(fields(client, "Customer"))


def test_what_is_mutated_shows(client: Client) -> None:
    before = description(client)
    for mutation in (
        "D42:customer.email",
        "D44:customer.organizationNumber=orgNumber",
        "D47:customer.customerNumber",
        "D16:supplier",
        "D36:product=year",
        "D01:activity",
    ):
        client.admin("mutate", mutation=mutation)
    found = fields(client, "Customer")
    assert "email" not in found
    assert "organizationNumber" not in found
    assert found["orgNumber"] == {"type": "string", "nullable": True}
    assert found["customerNumber"] == {"type": "string"}
    paths = description(client)["paths"]
    assert [path for path in paths if paths[path]["get"].get("deprecated")] == ["/supplier"]
    assert paths["/product"]["get"]["parameters"][-1]["name"] == "year"
    assert set(before["paths"]) - set(paths) == {"/activity"}
    client.admin("restore")
    assert description(client) == before


def test_a_frozen_one_lags_behind(client: Client) -> None:
    before = description(client)
    assert client.admin("description", description="stale") == {"description": "stale"}
    client.admin("mutate", mutation="D42:customer.email")
    assert description(client) == before
    assert "email" not in client.get("/customer", count=1)[1]["values"][0]
    assert client.look()["description"] == "stale"
    client.admin("description", description="current")
    assert "email" not in fields(client, "Customer")


class TestOfTheDescriptionAlone:
    def test_a_new_version(self, client: Client) -> None:
        before = description(client)
        client.admin("mutate", mutation="D18")
        now = description(client)
        assert (before["info"]["version"], now["info"]["version"]) == ("1.0.0", "2.0.0")
        assert set(now["paths"]) - set(before["paths"]) == {"/sandbox/new"}

    def test_another_form(self, client: Client) -> None:
        before = description(client)
        client.admin("mutate", mutation="D19/default_responses")
        operation = description(client)["paths"]["/customer"]["get"]
        usual = before["paths"]["/customer"]["get"]["responses"]["200"]
        assert operation["responses"] == {"default": usual}
        client.admin("mutate", mutation="D19/all_of")
        assert description(client)["components"]["schemas"]["Customer"] == {
            "allOf": [before["components"]["schemas"]["Customer"]]
        }

    def test_a_field_that_is_no_longer_required(self, client: Client) -> None:
        assert description(client)["components"]["schemas"]["Customer"]["required"] == ["id"]
        records = client.get("/customer")[1]
        client.admin("mutate", mutation="D53:customer.id")
        assert "required" not in description(client)["components"]["schemas"]["Customer"]
        assert client.get("/customer")[1] == records


def test_a_wrong_order_says_what_would_be_right(client: Client) -> None:
    status, _, body = client.send("POST", "/_sandbox/description", b'{"description": "old"}')
    assert (status, json.loads(body)["error"]) == (400, "description is 'old'; should be stale or current")


MODELLESS = """
    format: 1
    name: toy
    title: Toy
    base_url: {setting: base_url}
    settings: {type: object, properties: {base_url: {type: string, default: "https://toy.example"}}}
    auth: {kind: none}
"""
SAME = """
    format: 1
    stream: NAME
    title: Things
    path: /things
    key: id
    records: items
    request: {query: {kind: NAME}}
    pagination: {kind: single}
    schema: {type: object, required: [id], properties: {id: {type: integer, sample: {sequence: 1}}}}
"""


def test_where_streams_share_an_address_nothing_is_published(
    start: Start, connector_of: Callable[..., Connector]
) -> None:
    streams = {name: SAME.replace("NAME", name) for name in ("one", "two")}
    client = start(connector_of(MODELLESS, **streams))
    assert client.send("GET", "/openapi.json")[0] == 404
    assert client.look()["description"] == ""
    status, _, body = client.send("POST", "/_sandbox/description", b'{"description": "stale"}')
    assert (status, json.loads(body)["error"]) == (400, "toy publishes no description")


class TestModels:
    """What a sandbox of Tryton's protocol tells of its models."""

    @pytest.fixture
    def tryton(self, start: Start, tryton_connector: Connector) -> Client:
        client = start(tryton_connector, scale=0.05)
        login = {
            "id": 0,
            "method": "common.db.login",
            "params": ["sandbox", {"password": "sandbox-password"}, "en"],
        }
        user, session = json.loads(client.send("POST", "/sandbox/", json.dumps(login).encode())[2])["result"]
        attached = base64.b64encode(f"sandbox:{user}:{session}".encode()).decode()
        client.headers = {"Authorization": f"Session {attached}"}
        return client

    def fields(self, client: Client, model: str) -> dict[str, Any]:
        asked = {"id": 7, "method": f"model.{model}.fields_get", "params": [None, {}]}
        status, _, body = client.send("POST", "/sandbox/", json.dumps(asked).encode())
        assert status == 200
        answer = json.loads(body)
        assert answer["id"] == 7
        found: dict[str, Any] = answer["result"]
        return found

    def test_types_and_relations(self, tryton: Client) -> None:
        found = self.fields(tryton, "account.invoice")
        assert found["number"] == {"type": "char", "required": False, "string": "Number"}
        assert found["total_amount"]["type"] == "numeric"
        assert found["invoice_date"]["type"] == "date"
        assert found["state"]["selection"][0] == ["draft", "Draft"]
        assert (found["lines"]["type"], found["currency"]["type"]) == ("one2many", "many2one")
        lines = self.fields(tryton, found["lines"]["relation"])
        assert lines["unit_price"]["type"] == "numeric"
        assert self.fields(tryton, lines["taxes"]["relation"])["rate"]["type"] == "numeric"

    def test_what_is_mutated_shows_until_it_is_frozen(self, tryton: Client) -> None:
        tryton.admin("mutate", mutation="D44:product.code=number")
        found = self.fields(tryton, "product.product")
        assert "code" not in found
        assert found["number"]["type"] == "char"
        tryton.admin("description", description="stale")
        tryton.admin("mutate", mutation="D44:product.code", on=False)
        assert self.fields(tryton, "product.product") == found

    def test_only_for_who_has_logged_in(self, tryton: Client) -> None:
        asked = json.dumps({"id": 7, "method": "model.party.party.fields_get", "params": [None, {}]}).encode()
        assert tryton.send("POST", "/sandbox/", asked, headers={})[0] == 401

    def test_a_model_that_no_stream_reads_is_an_error(self, tryton: Client) -> None:
        asked = json.dumps({"id": 7, "method": "model.shoe.size.fields_get", "params": [None, {}]}).encode()
        assert json.loads(tryton.send("POST", "/sandbox/", asked)[2])["error"] == [
            "shoe.size is no model",
            "",
        ]
