"""Changes of paging, of an ERP that pages by cursors and by addresses, whose lists stand alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sluice.connector.spec import Connector
from tests.unit.sandbox.client import Client

Start = Callable[..., Client]
CONNECTOR = """
    format: 1
    name: toy
    title: Toy
    base_url: {setting: base_url}
    settings: {type: object, properties: {base_url: {type: string, default: "https://toy.example"}}}
    auth: {kind: none}
"""
CURSOR = """
    format: 1
    stream: thing
    title: Things
    path: /things
    key: id
    records: items
    pagination: {kind: cursor, cursor: {query: after}, limit: {query: size}, size: 10, next: {body: next}, more: {body: more}}
    schema: {type: object, required: [id], properties: {id: {type: integer, sample: {sequence: 1}}, name: {type: string}}}
    sandbox: {records: 35}
"""  # noqa: E501
LINK = """
    format: 1
    stream: page
    title: Pages
    path: /pages
    key: id
    records: ""
    pagination: {kind: link_header, total: {header: X-Total}}
    schema: {type: object, required: [id], properties: {id: {type: integer, sample: {sequence: 1}}, name: {type: string}}}
    sandbox: {records: 350}
"""  # noqa: E501


@pytest.fixture
def toy(start: Start, connector_of: Callable[..., Connector]) -> Client:
    return start(connector_of(CONNECTOR, thing=CURSOR, page=LINK), scale=1.0)


def get(client: Client, path: str) -> tuple[int, dict[str, str], Any]:
    status, headers, body = client.send("GET", path)
    return status, headers, json.loads(body) if body else None


def test_a_cursor_that_is_dropped(toy: Client) -> None:
    before = get(toy, "/things")[2]
    assert before["more"] is True
    toy.admin("mutate", mutation="D30:thing")
    body = get(toy, "/things")[2]
    assert (body["next"], body["more"], body["items"]) == (None, False, before["items"])


def test_a_cursor_that_has_expired(toy: Client) -> None:
    following = get(toy, "/things")[2]["next"]
    toy.admin("mutate", mutation="D31:thing")
    assert get(toy, "/things")[0] == 200
    assert get(toy, f"/things?after={following}")[0] == 410


def test_a_cursor_that_leads_nowhere(toy: Client) -> None:
    first = get(toy, "/things")[2]
    toy.admin("mutate", mutation="D32:thing")
    assert get(toy, f"/things?after={first['next']}")[2] == first


def test_a_link_that_is_dropped(toy: Client) -> None:
    assert 'rel="next"' in get(toy, "/pages")[1]["link"]
    toy.admin("mutate", mutation="D30:page")
    status, headers, body = get(toy, "/pages")
    assert (status, len(body)) == (200, 100)
    assert "link" not in headers


def test_notices_stand_beside_the_link_to_the_next_page(toy: Client) -> None:
    toy.admin("mutate", mutation="D16:page=2027-01-01")
    link = get(toy, "/pages")[1]["link"]
    assert 'rel="next", <https://erp.example/docs/migration>; rel="deprecation"' in link


@pytest.mark.parametrize(
    ("variant", "total"), [("missing", None), ("low", "175"), ("high", "386"), ("null", None)]
)
def test_a_total_in_a_header(toy: Client, variant: str, total: str | None) -> None:
    toy.admin("mutate", mutation=f"D33/{variant}:page")
    assert get(toy, "/pages")[1].get("x-total") == total


def test_a_list_that_stood_alone(toy: Client) -> None:
    records = get(toy, "/pages")[2]
    for variant, body in (("renamed", {"items": records}), ("bare", {"data": records}), ("missing", {})):
        toy.admin("mutate", mutation=f"D11/{variant}:page")
        assert get(toy, "/pages")[2] == body
        toy.admin("mutate", mutation="D11:page", on=False)


def test_what_a_stream_cannot_show_is_said(toy: Client) -> None:
    for mutation, said in (("D33:thing", "its replies name no total"), ("D24=5", "toy has no login")):
        status, _, body = toy.send("POST", "/_sandbox/mutate", json.dumps({"mutation": mutation}).encode())
        assert (status, said in json.loads(body)["error"]) == (400, True)
