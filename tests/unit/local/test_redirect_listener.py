from __future__ import annotations

import http.client
import socket
from urllib.parse import urlsplit

import pytest

from sluice.local.redirect_listener import RedirectListener, is_here


def status_of(listener: RedirectListener, method: str, path: str) -> int:
    connection = http.client.HTTPConnection(urlsplit(listener.redirect_uri).netloc, timeout=5)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_only_the_way_back_is_told() -> None:
    with RedirectListener() as listener:
        assert status_of(listener, "GET", "/favicon.ico") == 404
        assert status_of(listener, "GET", "/callback/more?code=a") == 404
        assert status_of(listener, "POST", "/callback?code=a") == 501
        assert listener.wait(0.05) is None
        assert status_of(listener, "GET", "/callback?code=a&state=b") == 200
        assert listener.wait(5) == "/callback?code=a&state=b"


def test_a_connection_that_says_nothing_holds_nobody_up() -> None:
    with RedirectListener() as listener:
        parts = urlsplit(listener.redirect_uri)
        with socket.create_connection((parts.hostname or "", parts.port or 0)):
            assert status_of(listener, "GET", "/callback?code=a") == 200


def test_it_listens_where_it_is_told_and_frees_the_port() -> None:
    with RedirectListener() as listener:
        port = urlsplit(listener.redirect_uri).port
        with pytest.raises(OSError, match="in use"):
            RedirectListener(listener.redirect_uri)
    with RedirectListener(f"http://localhost:{port}/back") as again:
        assert again.redirect_uri == f"http://localhost:{port}/back"
        assert status_of(again, "GET", "/back?code=a") == 200


@pytest.mark.parametrize(
    ("redirect_uri", "here"),
    [
        ("http://127.0.0.1:8080/callback", True),
        ("http://localhost:8080", True),
        ("https://localhost:8080/callback", False),
        ("https://app.example/callback", False),
        ("http://127.0.0.1.example/callback", False),
        ("http://127.0.0.1:port/callback", False),
        ("urn:ietf:wg:oauth:2.0:oob", False),
    ],
)
def test_what_leads_to_this_machine(redirect_uri: str, here: bool) -> None:
    assert is_here(redirect_uri) is here
