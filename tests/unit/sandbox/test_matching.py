"""Connectors of other kinds than Tripletex: JSON-RPC, cursors, next addresses, link headers, bare lists."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from sluice.connector.spec import Connector
from tests.unit.sandbox.client import Client

Start = Callable[..., Client]
Load = Callable[..., Connector]

RPC = """
    format: 1
    name: toy
    title: Toy ERP
    base_url: {setting: base_url}
    settings:
      type: object
      properties:
        base_url: {type: string, format: uri, default: "https://toy.example/api"}
        database: {type: string, default: erp}
        username: {type: string, default: admin}
    secrets: {password: {title: Password}}
    auth:
      kind: session
      login:
        method: POST
        path: "/{database}/"
        path_parameters: {database: {setting: database}}
        body:
          id: 1
          method: common.db.login
          params: [{setting: username}, {password: {secret: password}}, en]
      capture: {user_id: result.0, session: result.1}
      attach:
        headers:
          Authorization:
            join:
              - "Session "
              - base64: {join: [{setting: username}, ":", {captured: user_id}, ":", {captured: session}]}
    request: {method: POST}
    records: result
    pagination: {kind: offset, offset: {body: true}, limit: {body: true}, size: 10}
    sandbox:
      envelope: {id: 1}
      problems:
        unauthorised: {status: 401, html: "<h1>401 Unauthorized</h1>"}
        unknown_field: {status: 200, body: {id: 1, error: [{reply: message}, ""]}}
"""
RPC_STREAM = """
    format: 1
    stream: %(name)s
    title: Things
    path: "/{database}/"
    path_parameters: {database: {setting: database}}
    key: id
    incremental: {body: true, watermark: request_time}
    request:
      body:
        id: 1
        method: %(method)s
        params:
          - if_since: [[write_date, ">", {since: tryton_datetime}]]
            else: []
          - {page: offset}
          - {page: limit}
          - [[id, ASC]]
          - {fields: dotted_list}
          - {}
    schema:
      type: object
      required: [id]
      properties:
        id: {type: integer, sample: {sequence: 1}}
        name: {type: string, sample: company_name}
        "party.": {type: object, properties: {name: {type: string, sample: person_name}}}
    sandbox: {records: %(records)s}
"""


@pytest.fixture
def rpc(start: Start, connector_of: Load) -> Client:
    parties = RPC_STREAM % {"name": "party", "method": "model.party.search_read", "records": 25}
    products = RPC_STREAM % {"name": "product", "method": "model.product.search_read", "records": 7}
    client = start(connector_of(RPC, party=parties, product=products), scale=1.0)
    _, reply = call(client, "common.db.login", ["admin", {"password": "sandbox-password"}, "en"])
    user_id, session = reply["result"]
    text = base64.b64encode(f"admin:{user_id}:{session}".encode()).decode()
    client.headers = {"Authorization": f"Session {text}"}
    return client


def call(client: Client, method: str, params: list[Any], path: str = "/api/erp/") -> tuple[int, Any]:
    body = json.dumps({"id": 1, "method": method, "params": params}).encode()
    status, headers, answer = client.send("POST", path, body)
    return status, json.loads(answer) if "json" in headers["content-type"] else answer.decode()


def search(client: Client, model: str, offset: int, fields: list[str], domain: Any = ()) -> Any:
    params = [list(domain), offset, 10, [["id", "ASC"]], fields, {}]
    return call(client, f"model.{model}.search_read", params)[1]


class TestJsonRpc:
    def test_calls_to_one_path_are_told_apart_by_their_bodies(self, rpc: Client) -> None:
        pages = [search(rpc, "party", offset, []) for offset in (0, 10, 20, 30)]
        assert [len(page["result"]) for page in pages] == [10, 10, 5, 0]
        assert [one for page in pages for one in page["result"]] == rpc.truth("party")
        assert search(rpc, "product", 0, [])["result"] == rpc.truth("product")
        assert pages[0]["id"] == 1

    def test_dotted_fields_come_under_a_dotted_key(self, rpc: Client) -> None:
        found = search(rpc, "party", 0, ["id", "party.name"])["result"][0]
        assert found == {"id": 1, "party.": rpc.truth("party")[0]["party."]}

    def test_an_unknown_field_is_an_error_with_status_200(self, rpc: Client) -> None:
        found = search(rpc, "party", 0, ["shoe"])
        assert found["error"][0].startswith("shoe does not match")

    def test_the_watermark_is_read_from_inside_the_body(self, rpc: Client) -> None:
        rpc.admin("change", stream="party", id=3)
        moment = {"__class__": "datetime", "year": 2026, "month": 11, "day": 20, "hour": 1, "minute": 2}
        domain = [["write_date", ">", {**moment, "second": 3, "microsecond": 0}]]
        assert [one["id"] for one in search(rpc, "party", 0, [], domain)["result"]] == [3]

    def test_an_unknown_method_and_database_are_not_found(self, rpc: Client) -> None:
        assert call(rpc, "model.shoe.search_read", [])[0] == 404
        assert call(rpc, "model.party.search_read", [[], 0, 10, [["id", "ASC"]], [], {}], "/api/x/")[0] == 404

    def test_wrong_passwords_and_sessions_are_refused_as_html(self, rpc: Client) -> None:
        login = ["admin", {"password": "wrong"}, "en"]
        assert call(rpc, "common.db.login", login) == (401, "<h1>401 Unauthorized</h1>")
        rpc.headers = {"Authorization": "Session nonsense"}
        params = [[], 0, 10, [["id", "ASC"]], [], {}]
        assert call(rpc, "model.party.search_read", params)[0] == 401


PLAIN = """
    format: 1
    name: toy
    title: Toy ERP
    base_url: {setting: base_url}
    settings:
      type: object
      properties: {base_url: {type: string, format: uri, default: "https://toy.example"}}
    secrets: {key: {title: Key}}
    auth: %s
    records: %s
    pagination: %s
"""
PLAIN_STREAM = """
    format: 1
    stream: thing
    title: Things
    path: /things
    key: id
    schema: {type: object, properties: {id: {type: integer, sample: {sequence: 1}}}}
    sandbox: {records: 25}
"""
KEY = "{kind: api_key, attach: {headers: {X-Key: {secret: key}}}}"


def plain(start: Start, load: Load, pagination: str, records: str = "items", auth: str = KEY) -> Client:
    client = start(load(PLAIN % (auth, records, pagination), thing=PLAIN_STREAM), scale=1.0)
    client.headers = {"X-Key": "sandbox-key"}
    return client


def test_cursors(start: Start, connector_of: Load) -> None:
    paging = "{kind: cursor, cursor: {query: after}, limit: {query: n}, size: 10, next: {body: page.next}}"
    client = plain(start, connector_of, paging)
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        _, body = client.get("/things", n=10, **({"after": cursor} if cursor else {}))
        found += body["items"]
        cursor, pages = body["page"]["next"], pages + 1
    assert (found, pages) == (client.truth("thing"), 3)


def test_page_numbers_with_totals_in_headers(start: Start, connector_of: Load) -> None:
    paging = (
        "{kind: page, number: {query: page}, size_parameter: {query: size}, size: 10, "
        "total: {header: X-Total}, pages: {header: X-Pages}}"
    )
    client = plain(start, connector_of, paging, records='""')
    pages = [client.send("GET", f"/things?page={number}&size=10") for number in (1, 2, 3)]
    assert [len(json.loads(body)) for _, _, body in pages] == [10, 10, 5]
    assert (pages[0][1]["x-total"], pages[0][1]["x-pages"]) == ("25", "3")


def test_next_addresses_and_link_headers(start: Start, connector_of: Load) -> None:
    client = plain(start, connector_of, "{kind: next_url, next: {body: next}}")
    _, body = client.get("/things")
    assert (len(body["items"]), body["next"]) == (25, None)
    client = plain(start, connector_of, "{kind: link_header}")
    client.admin("add", stream="thing", count=100)
    _, headers, body_bytes = client.send("GET", "/things")
    assert len(json.loads(body_bytes)["items"]) == 100
    address = headers["link"].partition(">")[0].removeprefix("<")
    assert address.startswith(f"{client.server.base_url}/things?")
    _, headers, body_bytes = client.send("GET", address.removeprefix(client.server.url))
    assert len(json.loads(body_bytes)["items"]) == 25
    assert "link" not in headers


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        (KEY, {"X-Key": "sandbox-key"}),
        ("{kind: bearer, token: {secret: key}}", {"Authorization": "Bearer sandbox-key"}),
        (
            "{kind: basic, username: me, password: {secret: key}}",
            {"Authorization": "Basic " + base64.b64encode(b"me:sandbox-key").decode()},
        ),
        ("{kind: none}", {}),
    ],
)
def test_every_kind_of_authentication(
    start: Start, connector_of: Load, auth: str, header: dict[str, str]
) -> None:
    client = plain(start, connector_of, "{kind: single}", auth=auth)
    client.headers = header
    assert client.get("/things")[0] == 200
    client.headers = {"X-Key": "wrong", "Authorization": "Bearer wrong"}
    assert client.get("/things")[0] == (200 if "none" in auth else 401)


def test_an_empty_page_may_be_a_204(start: Start, connector_of: Load) -> None:
    client = plain(start, connector_of, "{kind: single, empty_status: 204}")
    client.admin("clear", stream="thing")
    status, _, body = client.send("GET", "/things")
    assert (status, body) == (204, b"")


def test_streams_that_share_a_path_are_told_apart_by_literal_parameters(
    start: Start, connector_of: Load
) -> None:
    text = PLAIN % (KEY, "items", "{kind: single}")
    customer = PLAIN_STREAM.replace("thing\n", "customer\n").replace(
        "key: id", "key: id\n    request: {query: {kind: customer}}"
    )
    supplier = PLAIN_STREAM.replace("thing\n", "supplier\n").replace(
        "key: id", "key: id\n    request: {query: {kind: supplier}}"
    )
    client = start(connector_of(text, customer=customer, supplier=supplier), records={"supplier": 3})
    client.headers = {"X-Key": "sandbox-key"}
    assert len(client.get("/things", kind="supplier")[1]["items"]) == 3
    assert client.look()["seen"][-1]["stream"] == "supplier"
