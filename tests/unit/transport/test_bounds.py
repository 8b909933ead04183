"""Replies without an end, bombs, and those that come drop by drop: cut at their caps, in memory and time."""

from __future__ import annotations

import gzip
import json
import logging
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sluice.model.http import Request
from sluice.ports.sender import TransportFailed
from sluice.transport.body import Caps
from sluice.transport.erp_sender import ErpSender, Limits
from tests.unit.transport.socket_server import Script, http, serving

MEGABYTE = 1024 * 1024
CAP = 16 * MEGABYTE
CANARY = "canary-51cc-secret"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

READER = """
import json, resource, sys, time
from sluice.model.http import Request
from sluice.ports.sender import TransportFailed
from sluice.transport.body import Caps
from sluice.transport.erp_sender import ErpSender, Limits

cap = int(sys.argv[2])
sender = ErpSender(Limits(total_seconds=60.0, caps=Caps(wire=cap, decoded=cap)), allow_loopback_http=True)
before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
try:
    sender.send(Request("GET", sys.argv[1]))
    said = ""
except TransportFailed as failed:
    said = str(failed)
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps({"said": said, "kilobytes": grown, "seconds": time.monotonic() - begun}))
"""
"""Reads one reply in a process of its own, and says how much memory it took."""


def endless(connection: socket.socket, _: bytes) -> None:
    connection.sendall(CHUNKED)
    piece = b"100000\r\n" + b"x" * MEGABYTE + b"\r\n"
    for _ in range(2048):
        connection.sendall(piece)


def announced(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n")
    for _ in range(2048):
        connection.sendall(b"x" * MEGABYTE)


def without_end(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    for _ in range(2048):
        connection.sendall(b"x" * MEGABYTE)


def bomb(connection: socket.socket, _: bytes) -> None:
    packed = gzip.compress(b"\0" * (200 * MEGABYTE), 6)
    assert len(packed) * 900 < 200 * MEGABYTE
    connection.sendall(http(packed, "Content-Encoding: gzip"))


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (endless, f"more than {CAP} bytes"),
        (announced, "announces 2147483648 bytes"),
        (without_end, f"more than {CAP} bytes"),
        (bomb, f"decompresses to more than {CAP} bytes"),
    ],
    ids=["2 GB in chunks", "2 GB announced", "2 GB up to the end", "bomb of 200 MB"],
)  # fmt: skip
def test_a_reply_that_is_too_large_is_cut_at_the_cap(script: Script, says: str) -> None:
    with serving(script) as server:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-c", READER, server.url, str(CAP)],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            cwd=Path(__file__).parents[3],
        )
    found = json.loads(done.stdout)
    assert says in found["said"]
    # The cap and a tenth of it, and what the interpreter itself takes for the first exchange.
    assert found["kilobytes"] * 1024 < CAP * 1.1 + 4 * MEGABYTE
    assert found["seconds"] < 20


@pytest.fixture
def sender() -> Iterator[ErpSender]:
    limits = Limits(
        connect_seconds=1.0,
        total_seconds=3.0,
        silent_seconds=0.4,
        least_rate=2_000.0,
        caps=Caps(wire=100_000, decoded=1_000_000),
    )
    found = ErpSender(limits, allow_loopback_http=True)
    yield found
    found.close()


def refused(sender: ErpSender, script: Script | bytes) -> tuple[str, float]:
    with serving(script) as server:
        begun = time.monotonic()
        with pytest.raises(TransportFailed) as caught:
            sender.send(Request("GET", f"{server.url}/x?key={CANARY}", {"X-Key": CANARY}, label="GET /x"))
        assert CANARY not in str(caught.value)
        return str(caught.value), time.monotonic() - begun


def dripping(size: int, pause: float) -> Script:
    def script(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n")
        for _ in range(90_000 // size):
            connection.sendall(b"x" * size)
            time.sleep(pause)

    return script


def dripping_head(connection: socket.socket, _: bytes) -> None:
    for piece in b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 200:
        connection.sendall(bytes([piece]))
        time.sleep(0.05)


def test_a_body_that_drips_is_cut_long_before_the_deadline(sender: ErpSender) -> None:
    said, seconds = refused(sender, dripping(10, 0.02))
    assert "less than 2000 bytes a second" in said
    assert 0.4 <= seconds < 1.5


def test_a_body_that_comes_slowly_but_not_too_slowly_is_read(sender: ErpSender) -> None:
    with serving(dripping(4_500, 0.04)) as server:
        assert len(sender.send(Request("GET", server.url)).body) == 90_000


def test_a_body_that_pauses_is_cut(sender: ErpSender) -> None:
    def pausing(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n" + b"x" * 50_000)
        time.sleep(2)

    said, seconds = refused(sender, pausing)
    assert "stopped coming" in said
    assert 0.3 < seconds < 1.5


def test_an_erp_may_think_for_longer_than_its_body_may_pause(sender: ErpSender) -> None:
    def thinking(connection: socket.socket, _: bytes) -> None:
        time.sleep(0.9)
        connection.sendall(http(b"{}"))

    with serving(thinking) as server:
        for _ in range(2):  # and the connection that is kept waits as long again
            assert sender.send(Request("GET", server.url)).body == b"{}"


@pytest.mark.parametrize(
    "script",
    [dripping(1, 0.05), dripping_head],
    ids=["body", "headers"],
)  # fmt: skip
def test_no_drip_outlives_the_deadline(script: Script) -> None:
    patient = Limits(connect_seconds=1.0, total_seconds=2.0, silent_seconds=60.0)
    with closing(ErpSender(patient, allow_loopback_http=True)) as sender:
        said, seconds = refused(sender, script)
    assert "no complete reply within 2 s" in said
    assert 1.95 < seconds < 2.0 * 1.05 + 0.3  # and what a busy machine adds


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("Content-Length: -5", "a length that is no number"),
        ("Content-Length: five", "a length that is no number"),
        ("Content-Length: 0x2", "a length that is no number"),
        ("Content-Length: 2\r\nContent-Length: 3", "different lengths"),
        ("Content-Length: 2, 3", "different lengths"),
        ("Content-Length: 2\r\nTransfer-Encoding: chunked", "contradict"),
        ("Transfer-Encoding: gzip, chunked", "nobody asked for"),
        ("Transfer-Encoding: identity\r\nContent-Length: 2", "nobody asked for"),
        ("Transfer-Encoding: xchunked", "nobody asked for"),
        ("Content-Length: 2\r\nX-Folded: a\r\n b", "over several lines"),
        ("Content-Length: 2\r\nX-Nul: a\0b", "a NUL"),
        ("Content-Length: 2\r\nno header at all\r\nX-A: b", "a line among its headers that is none"),
        ("Content-Length: 2\r\n" + "\r\n".join(f"X-{number}: y" for number in range(500)), "more than 100"),
        ("Content-Length: 2\r\nX-Long: " + "y" * 1_000_000, "not good HTTP"),
        ("Content-Length: 2\r\n" + "\r\n".join(f"X-{n}: {'y' * 30_000}" for n in range(20)), "of headers"),
    ],
)
def test_a_head_that_contradicts_itself_or_has_no_end_is_no_reply(
    sender: ErpSender, head: str, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        said, seconds = refused(sender, f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n{{}}".encode())
    assert says in said
    assert seconds < 1
    assert CANARY not in caplog.text


def test_the_same_length_twice_is_one_length(sender: ErpSender) -> None:
    with serving(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}") as server:
        assert sender.send(Request("GET", server.url)).body == b"{}"


def test_no_cookie_is_kept(sender: ErpSender) -> None:
    with serving(http(b"{}", "Set-Cookie: session=1; Path=/", "Set-Cookie: tracked=2")) as server:
        for _ in range(3):
            sender.send(Request("GET", server.url))
        assert len(server.requests) == 3
        assert not any(b"cookie" in request.lower() for request in server.requests)


def test_a_proxy_of_the_environment_is_not_used(sender: ErpSender, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(http(b"proxy")) as proxy, serving(http(b"here")) as server:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert sender.send(Request("GET", server.url)).body == b"here"
        assert proxy.requests == []
