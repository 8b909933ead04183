"""The sandbox stands in for both hosts on its one port, and keeps them apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from sandbox.options import Options
from sandbox.server import serve
from sluice.model.secret import Secret
from tests.unit.connector.scripted import SESSION_AUTH
from tests.unit.hosts.two_hosts import BELOW, DEAL, DELETED, DETAILED, SETTINGS, two_hosts
from tests.unit.sandbox.client import Client
from tests.unit.sandbox.test_relay import read

NEXT = "pagination: {kind: next_url, next: {body: next}}\n"
PUBLISHED = SETTINGS + "published: {kind: openapi, path: /openapi.json}\n"
BEARER = "auth: {kind: bearer, token: {secret: api_key}}\n"
KEY = "sandbox-api_key"


@contextmanager
def started(deal: str = DEAL + NEXT, connector: str = SETTINGS) -> Iterator[Client]:
    """Start a sandbox of both hosts that gives two records a page."""
    small = two_hosts(deal, f"{connector}sandbox: {{max_page_size: 2}}\n")
    with serve(small, options=Options(records={"thing": 3, "deal": 5})) as server:
        client = Client(server, {"Authorization": f"Bearer {KEY}"})
        with closing(client.connection):
            yield client


@pytest.fixture
def client() -> Iterator[Client]:
    with started() as found:
        yield found


def at(client: Client, setting: str, path: str) -> tuple[int, Any]:
    """Return the answer to a GET below the address that a setting holds."""
    status, _, body = client.send("GET", urlsplit(client.server.settings[setting]).path + path)
    return status, json.loads(body)


def test_the_connection_is_given_an_address_for_each_host(client: Client) -> None:
    settings, url = client.server.settings, client.server.url
    assert settings["base_url"] == f"{url}/v1"
    assert settings["deals_url"] == f"{url}/_beside/deals_url/api/v3"
    assert client.look()["settings"] == settings


def test_the_same_path_is_another_list_at_the_other_host(client: Client) -> None:
    for setting, stream in (("base_url", "thing"), ("deals_url", "deal")):
        status, body = at(client, setting, "/thing?count=2&from=0")
        assert status == 200
        assert body["items"] == client.truth(stream)[:2]


def test_both_streams_are_read_by_the_engine(client: Client) -> None:
    for stream, pages in (("thing", 2), ("deal", 3)):
        records, asked = read(client, stream, secrets={"api_key": Secret(KEY)})
        assert records == client.truth(stream)
        assert asked == pages


@pytest.mark.parametrize("deal", [DETAILED, BELOW], ids=["details", "parents"])
def test_what_is_asked_for_beside_the_list_is_at_the_other_host_too(deal: str) -> None:
    with started(deal) as client:
        records, _ = read(client, "deal", secrets={"api_key": Secret(KEY)})
        assert sorted(one["id"] for one in records) == [one["id"] for one in client.truth("deal")]
        assert {(one["stream"], one["status"]) for one in client.look()["seen"]} == {("deal", 200)}


def test_what_was_deleted_is_listed_at_the_other_host_too() -> None:
    with started(DELETED) as client:
        client.admin("delete", stream="deal", count=2)
        path = "/gone?s=2026-01-01&from=0&count=2"
        status, body = at(client, "deals_url", path)
        assert (status, len(body["items"])) == (200, 2)
        assert at(client, "base_url", path)[0] == 404


def test_the_next_page_is_on_the_same_host(client: Client) -> None:
    _, body = at(client, "deals_url", "/thing?count=2")
    assert body["next"].startswith(f"{client.server.settings['deals_url']}/thing?")


def test_a_list_that_moved_is_on_the_same_host(client: Client) -> None:
    client.admin("mutate", mutation="D02:deal")
    path = urlsplit(client.server.settings["deals_url"]).path
    status, headers, _ = client.send("GET", f"{path}/thing?count=2")
    assert status == 301
    assert headers["location"].startswith(f"{client.server.settings['deals_url']}/thing?")


def test_nothing_answers_where_no_host_is(client: Client) -> None:
    for path in ("/_beside/other_url/thing", "/_beside/deals_url/thing", "/_beside/base_url/thing"):
        assert client.send("GET", path)[0] == 404


def test_a_login_is_at_the_api_s_own_host_alone() -> None:
    with started(DEAL, SETTINGS.replace(BEARER, SESSION_AUTH)) as client:
        body, beside = json.dumps({"key": KEY}).encode(), urlsplit(client.server.settings["deals_url"]).path
        assert client.send("POST", f"{beside}/login", body)[0] == 404
        status, _, given = client.send("POST", "/v1/login", body)
        assert status == 200
        client.headers = {"Authorization": f"Session {json.loads(given)['token']}"}
        assert at(client, "deals_url", "/thing?count=2&from=0")[0] == 200


def test_what_is_published_is_of_the_api_s_own_host() -> None:
    with started(connector=PUBLISHED) as client:
        assert at(client, "deals_url", "/openapi.json")[0] == 404
        status, document = at(client, "base_url", "/openapi.json")
        assert status == 200
        assert [one["get"]["operationId"] for one in document["paths"].values()] == ["list_thing"]
