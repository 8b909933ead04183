"""ErpSender against real sockets that break off, drip, lie and burst."""

from __future__ import annotations

import gzip
import socket
import time
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from sluice.errors import ConfigurationInvalid
from sluice.model.http import Request
from sluice.ports.sender import TransportFailed
from sluice.transport.body import Caps
from sluice.transport.erp_sender import ErpSender, Limits
from tests.unit.transport.socket_server import Script, http, reset, serving

CANARY = "canary-51cc-secret"
QUICK = Limits(connect_seconds=1.0, total_seconds=1.0, caps=Caps(wire=100_000, decoded=1_000_000))


@pytest.fixture
def sender() -> Iterator[ErpSender]:
    found = ErpSender(QUICK, allow_loopback_http=True)
    yield found
    found.close()


def get(url: str) -> Request:
    return Request("GET", url, {"Authorization": f"Bearer {CANARY}"}, label="GET /thing page 3")


def failure(sender: ErpSender, script: Script | bytes) -> tuple[str, float]:
    with serving(script) as server:
        begun = time.monotonic()
        with pytest.raises(TransportFailed) as caught:
            sender.send(get(f"{server.url}/thing?key={CANARY}"))
        seconds = time.monotonic() - begun
    message = str(caught.value)
    assert message.startswith("GET /thing page 3 to 127.0.0.1: ")
    assert CANARY not in message + repr(caught.value)
    assert caught.value.__cause__ is None
    return message, seconds


def test_a_reply_comes_as_it_is(sender: ErpSender) -> None:
    with serving(http(b'{"a": 1}', "X-Rate-Limit-Remaining: 7", "Link: <a>", "Link: <b>")) as server:
        reply = sender.send(Request("POST", f"{server.url}/v1/thing?a=b%20c", {"X-Key": "k"}, b"{}", "POST"))
        assert (reply.status, reply.body) == (200, b'{"a": 1}')
        assert reply.header("X-RATE-LIMIT-REMAINING") == "7"
        assert reply.headers["link"] == "<a>, <b>"
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        assert lines[0] == "POST /v1/thing?a=b%20c HTTP/1.1"
        assert {"X-Key: k", "Accept-Encoding: gzip", "User-Agent: sluice/0.1", "Content-Length: 2"} <= set(
            lines
        )
        assert body == b"{}"


@pytest.mark.parametrize("status", ["404 Not Found", "429 Too Many Requests", "500 Oops", "204 No Content"])
def test_every_status_is_a_reply(sender: ErpSender, status: str) -> None:
    with serving(http(b"" if status.startswith("204") else b"x", status=status)) as server:
        assert sender.send(get(server.url)).status == int(status[:3])


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 305, 307, 308, 399])
def test_a_redirect_is_not_followed(sender: ErpSender, status: int) -> None:
    with serving(http(b"elsewhere")) as other:
        for location in (f"{other.url}/stolen", "/further"):
            with serving(http(b"", f"Location: {location}", status=f"{status} Found")) as server:
                reply = sender.send(get(server.url))
                assert (reply.status, reply.header("location")) == (status, location)
                assert len(server.requests) == 1
        assert other.connections == 0


def test_a_connection_is_kept_for_the_next_request(sender: ErpSender) -> None:
    with serving(http(b"{}")) as server:
        for _ in range(5):
            sender.send(get(server.url))
        assert server.connections == 1


def test_a_connection_that_the_erp_closes_is_opened_anew(sender: ErpSender) -> None:
    def close(connection: socket.socket, _: bytes) -> None:
        connection.sendall(http(b"{}"))
        connection.close()

    with serving(close) as server:
        for _ in range(3):
            assert sender.send(get(server.url)).body == b"{}"
            time.sleep(0.05)
        assert server.connections == 3


def test_a_reply_that_says_close_is_complete(sender: ErpSender) -> None:
    def close(connection: socket.socket, _: bytes) -> None:
        connection.sendall(http(b"{}", "Connection: close"))
        connection.close()

    with serving(close) as server:
        for _ in range(2):
            assert sender.send(get(server.url)).body == b"{}"


def test_chunks_are_put_together(sender: ErpSender) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with serving(head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") as server:
        assert sender.send(get(server.url)).body == b"abcde"


@pytest.mark.parametrize("members", [1, 3])
def test_gzip_is_decoded(sender: ErpSender, members: int) -> None:
    body = b"".join(gzip.compress(b"x" * 300_000) for _ in range(members))
    with serving(http(body, "Content-Encoding: gzip")) as server:
        assert sender.send(get(server.url)).body == b"x" * 300_000 * members


def cut(data: bytes, *, hard: bool) -> Script:
    def script(connection: socket.socket, _: bytes) -> None:
        connection.sendall(data)
        time.sleep(0.05)
        if hard:
            reset(connection)
        else:
            connection.close()

    return script


def drip(data: bytes, pause: float) -> Script:
    def script(connection: socket.socket, _: bytes) -> None:
        for place in range(len(data)):
            connection.sendall(data[place : place + 1])
            time.sleep(pause)

    return script


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(b"\0" * 50_000_000)
GZIPPED = gzip.compress(b'{"items": []}' * 1000)


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (cut(http(b"{" * 10, length=100), hard=True), "broke off"),
        (cut(http(b"{" * 10, length=100), hard=False), "cut short: fewer bytes came than announced"),
        (cut(CHUNKED + b"a\r\n0123", hard=False), "cut short"),
        (cut(CHUNKED + b"3\r\nabc\r\n", hard=False), "cut short"),
        (cut(b"", hard=False), "closed without a reply"),
        (cut(b"", hard=True), "broke off"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "not good HTTP"),
        (http(GZIPPED[:-8], "Content-Encoding: gzip"), "its end is missing"),
        (http(GZIPPED[:40], "Content-Encoding: gzip"), "its end is missing"),
        (http(GZIPPED[:-8] + b"\0" * 8, "Content-Encoding: gzip"), "is damaged"),
        (http(b'{"items": []}', "Content-Encoding: gzip"), "says that it is gzip, but is not"),
        (http(GZIPPED + b"trailing", "Content-Encoding: gzip"), "says that it is gzip, but is not"),
        (http(zlib.compress(b"{}"), "Content-Encoding: deflate"), "only gzip was asked for"),
        (http(b"{}", "Content-Encoding: br"), "only gzip was asked for"),
        (http(gzip.compress(GZIPPED), "Content-Encoding: gzip, gzip"), "only gzip was asked for"),
        (http(b"x" * 100_001), "announces 100001 bytes"),
        (CHUNKED + b"30d40\r\n" + b"x" * 200_000 + b"\r\n0\r\n\r\n", "more than 100000 bytes"),
        (http(BOMB, "Content-Encoding: gzip"), "decompresses to more than 1000000 bytes"),
        (http(b"{}", *(f"X-{number}: y" for number in range(500))), "more than 100 headers"),
        (http(b"{}", "X-Long: " + "y" * 70_000), "not good HTTP"),
        (http(b"{}", "Transfer-Encoding: chunked"), "contradict"),
        (http(b"{}", "Content-Length: 7"), "different lengths"),
    ],
)  # fmt: skip
def test_a_reply_that_is_not_whole_is_no_reply(sender: ErpSender, script: Script | bytes, says: str) -> None:
    message, seconds = failure(sender, script)
    assert says in message
    assert seconds < 4


@pytest.mark.thorough(most=2)
@pytest.mark.parametrize(
    "script",
    [
        drip(http(b"x" * 100), 0.05),
        drip(b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"y" * 200, 0.05),
        drip(CHUNKED + b"1\r\nx\r\n" * 100, 0.05),
        lambda connection, _: time.sleep(2),
        lambda connection, _: connection.sendall(http(b"x", length=5)),
    ],
    ids=["body", "headers", "chunks", "silence", "silence in the body"],
)  # fmt: skip
def test_a_reply_that_drips_or_stops_meets_the_deadline(sender: ErpSender, script: Script) -> None:
    message, seconds = failure(sender, script)
    assert "within 1 s" in message or "stopped coming" in message
    assert 0.9 < seconds < 4  # unguarded, the longest drips for 10 s


def test_a_bomb_does_not_fill_the_memory() -> None:
    sender = ErpSender(Limits(caps=Caps(wire=10_000_000, decoded=2_000_000)), allow_loopback_http=True)
    bomb = gzip.compress(b"\0" * 200_000_000, 9)
    tracemalloc.start()
    try:
        failure(sender, http(bomb, "Content-Encoding: gzip"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        sender.close()
    assert peak < 12_000_000


def test_after_a_failure_the_next_request_has_a_connection_of_its_own(sender: ErpSender) -> None:
    turns = iter([http(b"x", length=9), http(b"{}")])

    def script(connection: socket.socket, _: bytes) -> None:
        connection.sendall(next(turns))
        if server.connections == 1:
            connection.close()

    with serving(script) as server:
        with pytest.raises(TransportFailed):
            sender.send(get(server.url))
        assert sender.send(get(server.url)).body == b"{}"
        assert server.connections == 2


def test_a_refused_connection_and_an_unknown_host(sender: ErpSender) -> None:
    with serving(b"") as server:
        closed = server.url
    with pytest.raises(TransportFailed, match=r"no connection came about .Connection refused"):
        sender.send(get(closed))
    with pytest.raises(TransportFailed, match=r"name is not known|within 1 s"):
        sender.send(get("https://no-such-host.invalid/"))


def test_a_peer_that_speaks_no_tls(sender: ErpSender) -> None:
    says = r"encrypted connection failed|broke off|stopped coming|within"
    with serving(http(status="400 Bad")) as server, pytest.raises(TransportFailed, match=says):
        sender.send(get(f"https://127.0.0.1:{server.port}/"))


def test_a_header_that_cannot_be_sent_is_not_repeated(sender: ErpSender) -> None:
    with serving(http(b"{}")) as server:
        request = Request("GET", server.url, {"X-Key": f"{CANARY}\r\nX-Other: 1"}, label="GET /thing")
        with pytest.raises(TransportFailed, match="ValueError") as caught:
            sender.send(request)
        assert CANARY not in str(caught.value)
        assert server.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "http://erp.example/",
        "ftp://erp.example/",
        "file:///etc/passwd",
        "https://",
        "https://user:pw@erp.example/",
        "https://erp.example/a b",
        "https://erp.example\\@evil.example/",
        "https://[bad/",
        "https://erp.example:99999/",
        "http://127.0.0.1.example/",
        "http://2130706433/",
        "erp.example",
    ],
)
def test_an_address_to_which_nothing_is_sent(sender: ErpSender, url: str) -> None:
    with pytest.raises(ConfigurationInvalid, match="bad_url") as caught:
        sender.send(get(url))
    assert "pw" not in str(caught.value)


def test_http_to_this_machine_needs_leave() -> None:
    with pytest.raises(ConfigurationInvalid, match="without encryption"):
        ErpSender().send(get("http://127.0.0.1:1/"))
