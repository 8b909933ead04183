from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable

import pytest

from tests.unit.sandbox.client import Client

Start = Callable[..., Client]


class TestFaults:
    def test_status_with_retry_after(self, client: Client) -> None:
        client.admin("faults", kind="status", status=429, retry_after=7, times=2)
        for _ in range(2):
            status, headers, _ = client.send("GET", "/v2/customer")
            assert (status, headers["retry-after"]) == (429, "7")
        assert client.get("/customer")[0] == 200

    def test_status_speaks_the_vendor_s_style(self, client: Client) -> None:
        client.admin("faults", kind="status", status=503)
        status, body = client.get("/customer")
        assert (status, body["status"]) == (503, 503)

    def test_reset(self, client: Client) -> None:
        client.admin("faults", kind="reset")
        with pytest.raises(ConnectionResetError):
            client.get("/customer")
        client.connection.close()
        assert client.get("/customer")[0] == 200

    def test_truncate(self, client: Client) -> None:
        client.admin("faults", kind="truncate")
        with pytest.raises(http.client.IncompleteRead):
            client.get("/customer")
        client.connection.close()
        assert client.get("/customer")[0] == 200

    def test_html(self, client: Client) -> None:
        client.admin("faults", kind="html")
        status, headers, body = client.send("GET", "/v2/customer")
        assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert body.startswith(b"<!doctype html>")

    @pytest.mark.parametrize("path", ["/v2/customer", "/v2/department?fields=id"])
    def test_not_utf8(self, client: Client, path: str) -> None:
        client.admin("faults", kind="not_utf8")
        status, _, body = client.send("GET", path)
        assert status == 200
        with pytest.raises(UnicodeDecodeError):
            body.decode()

    def test_empty_object(self, client: Client) -> None:
        client.admin("faults", kind="empty_object")
        assert client.get("/customer") == (200, {})

    def test_slow(self, client: Client) -> None:
        client.admin("faults", kind="slow", seconds=0.3)
        began = time.monotonic()
        assert client.get("/customer")[0] == 200
        assert time.monotonic() - began >= 0.3

    def test_drop_list_path(self, client: Client) -> None:
        client.admin("faults", kind="drop_list_path")
        status, body = client.get("/customer")
        assert status == 200
        assert "values" not in body
        assert "fullResultSize" in body

    def test_expire_tokens(self, client: Client) -> None:
        client.admin("faults", kind="expire_tokens")
        assert [client.get("/customer")[0] for _ in range(2)] == [401, 401]
        client.log_in()
        assert client.get("/customer")[0] == 200

    def test_a_fault_keeps_to_its_stream_and_waits_its_turn(self, client: Client) -> None:
        client.admin("faults", kind="status", status=500, stream="supplier", after_requests=1)
        assert client.get("/customer")[0] == 200
        assert [client.get("/supplier")[0] for _ in range(3)] == [200, 500, 200]

    def test_the_login_can_fail_too(self, start: Start) -> None:
        client = start()
        client.admin("faults", kind="status", status=500, stream="login")
        assert [client.log_in(), client.log_in()] == [500, 201]

    def test_an_empty_order_clears_what_waits(self, client: Client) -> None:
        client.admin("faults", kind="reset")
        assert client.admin("faults") == {"faults": []}
        assert client.get("/customer")[0] == 200


def test_connections_are_kept_alive(client: Client) -> None:
    client.get("/customer")
    kept = client.connection.sock
    client.get("/supplier")
    assert client.connection.sock is kept


def test_many_at_once_see_whole_pages(client: Client) -> None:
    failures: list[object] = []

    def read() -> None:
        own = Client(client.server, client.headers)
        for _ in range(20):
            status, body = own.get("/customer", fields="id,name", count=100)
            if status != 200 or len(body["values"]) != 100:
                failures.append(body)
        own.connection.close()

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for _ in range(20):
        client.admin("change", stream="customer", count=5, set={"name": "Ny AS"})
    for reader in readers:
        reader.join()
    assert failures == []


def test_a_closed_sandbox_frees_its_port(start: Start) -> None:
    client = start()
    port = int(client.server.url.rpartition(":")[2])
    client.connection.close()
    client.server.close()
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection("127.0.0.1", port, timeout=2).connect()


def test_a_thousand_records_come_on_one_page(start: Start) -> None:
    client = start(records={"customer": 3000})
    client.log_in()
    url = "/v2/customer?count=1000&fields=id,name,email,organizationNumber,postalAddress(city,postalCode)"
    _, _, body = client.send("GET", url)
    assert len(json.loads(body)["values"]) == 1000


def test_settings_and_secrets_to_use(client: Client) -> None:
    assert client.server.settings == {
        "base_url": client.server.base_url,
        "company_id": "0",
        "history_from": "2024-01-01",
        "ledger_from": "2025-01-01",
    }
    assert client.server.secrets["consumer_token"] == "sandbox-consumer_token"
    assert client.server.base_url.endswith("/v2")
