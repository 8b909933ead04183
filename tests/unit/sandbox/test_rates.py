"""A sandbox with bans: whoever breaks a limit of the connector is refused for ever."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sandbox.options import Options
from sandbox.server import serve
from sluice.connector.spec import Connector
from tests.unit.connector.scripted import CONNECTOR, toy
from tests.unit.sandbox.client import Client

PATH = "/v1/thing?from=0&count=2"
KEY = {"Authorization": "Bearer sandbox-api_key"}


def limited(limit: str) -> Connector:
    return toy(f"{CONNECTOR}limits: [{{{limit}, per: connection}}]\n")


def test_one_request_too_many_ends_it_for_this_key_and_for_ever(start: Callable[..., Client]) -> None:
    client = start(limited("requests: 3, seconds: 1"), bans=True)
    asked = [client.send("GET", PATH, headers=KEY)[0] for _ in range(5)]
    assert asked == [200, 200, 200, 403, 403]
    assert client.send("GET", PATH, headers={"Authorization": "Bearer other"})[0] == 401
    assert client.look()["limits"] == {"most": {"3 requests in 1 s": 5}, "banned": 1}


def test_the_last_error_that_is_named_is_the_one_that_blocks(start: Callable[..., Client]) -> None:
    client = start(limited("errors: 3, seconds: 60, statuses: [404]"), bans=True)
    asked = [client.send("GET", "/v1/nothing", headers=KEY)[0] for _ in range(4)]
    assert asked == [404, 404, 404, 403]


def test_two_requests_at_once_are_seen_while_they_are_answered() -> None:
    with serve(limited("concurrent: 1"), 0, Options(bans=True)) as server:
        client = Client(server)
        client.admin("faults", kind="slow", seconds=0.5)
        with ThreadPoolExecutor(2) as pool:
            clients = [Client(server), Client(server)]
            asked = sorted(pool.map(lambda one: one.send("GET", PATH, headers=KEY)[0], clients))
        assert asked == [200, 403]
        for one in (client, *clients):
            one.connection.close()


def test_without_bans_it_only_counts(start: Callable[..., Client]) -> None:
    client = start(limited("requests: 1, seconds: 1"))
    assert [client.send("GET", PATH, headers=KEY)[0] for _ in range(3)] == [200, 200, 200]
    assert client.look()["limits"]["most"] == {"1 requests in 1 s": 3}
