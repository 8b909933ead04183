"""Names that lead to addresses to which nothing is sent, also when they change while they are used."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from sluice.model.egress.reach import Reach
from sluice.model.http import Request
from sluice.ports.sender import Obstacle, TransportFailed
from sluice.transport.egress import Door, LookUp, Place
from sluice.transport.erp_sender import ErpSender, Limits
from tests.unit.transport.socket_server import http, serving
from tests.unit.transport.tls import made_certificate, serving_tls

PRIVATE = [
    "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",  # noqa: S104
    "fd00::1", "fe80::1%eth0", "::", "::ffff:10.0.0.1", "fd00:ec2::254", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1", "2002:a9fe:a9fe::", "2001::1", "::10.0.0.1", "2600::5efe:10.0.0.1", "168.63.129.16",
]  # fmt: skip
QUICK = Limits(connect_seconds=2.0, total_seconds=2.0)
SECRET = Request("POST", "https://erp.example/login", {"Authorization": "Bearer canary"}, b"x", "POST /login")


def at(*addresses: str, port: int = 443) -> list[Place]:
    return [(socket.AF_INET, (address, port)) for address in addresses]


def in_turn(*answers: list[Place]) -> tuple[LookUp, list[str]]:
    """Return a resolver that says something else each time, and what it was asked for."""
    left, asked = list(answers), list[str]()

    def look_up(host: str, _: int) -> list[Place]:
        asked.append(host)
        return left.pop(0) if len(left) > 1 else left[0]

    return look_up, asked


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_may_not_be_reached(address: str) -> None:
    assert Reach(allow_loopback=True).refusal(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "127.8.8.8", "::ffff:127.0.0.1"])
def test_this_machine_may_be_reached_where_that_is_allowed(address: str) -> None:
    assert not Reach(allow_loopback=True).refusal(address)
    assert Reach().refusal(address) == "this machine"


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2600::5efe:8.8.8.8"])
def test_a_public_address_may_be_reached(address: str) -> None:
    assert not Reach().refusal(address)


def test_a_name_that_leads_to_this_machine_is_not_spoken_to() -> None:
    with serving(http(b"secret")) as server:
        look_up, _ = in_turn(at("127.0.0.1", port=server.port))
        with closing(ErpSender(QUICK, look_up=look_up)) as sender, pytest.raises(TransportFailed) as caught:
            sender.send(SECRET)
        assert caught.value.obstacle is Obstacle.ADDRESS_REFUSED
        assert str(caught.value) == (
            "POST /login to erp.example: the name leads to a private address: this machine"
        )
        assert server.connections == 0


def test_an_address_that_changes_between_the_check_and_the_connection_changes_nothing() -> None:
    with serving(http(b"here")) as ours, serving(http(b"there")) as theirs:
        look_up, asked = in_turn(at("127.0.0.1", port=ours.port), at("127.0.0.1", port=theirs.port))
        with closing(ErpSender(QUICK, allow_loopback_http=True, look_up=look_up)) as sender:
            for _ in range(3):
                assert sender.send(Request("GET", "http://localhost/")).body == b"here"
        # Looked up once for the connection, which goes to the very address that was judged, and stays.
        assert (asked, ours.connections, theirs.connections) == (["localhost"], 1, 0)


def test_a_name_that_was_public_when_it_was_registered_is_judged_again_when_it_is_sent_to() -> None:
    look_up, asked = in_turn(at("93.184.215.14"), at("169.254.169.254"))
    assert Door(look_up=look_up).refusal("https://erp.example/") == ""
    with closing(ErpSender(QUICK, look_up=look_up)) as sender, pytest.raises(TransportFailed) as caught:
        sender.send(SECRET)
    assert caught.value.obstacle is Obstacle.ADDRESS_REFUSED
    assert asked == ["erp.example", "erp.example"]


@pytest.mark.parametrize(
    "addresses", [("93.184.215.14", "10.0.0.1"), ("10.0.0.1", "93.184.215.14"), ("127.0.0.1", "8.8.8.8")]
)
def test_one_private_address_refuses_a_name(
    addresses: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def connect(*_: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", connect)
    look_up, _ = in_turn(at(*addresses))
    with (
        closing(ErpSender(QUICK, look_up=look_up)) as sender,
        pytest.raises(TransportFailed, match="private"),
    ):
        sender.send(SECRET)


def test_the_next_address_is_tried_where_one_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        closed = listening.getsockname()[1]
    with serving(http(b"here")) as server:
        look_up, _ = in_turn([*at("127.0.0.1", port=closed), *at("127.0.0.1", port=server.port)])
        with closing(ErpSender(QUICK, allow_loopback_http=True, look_up=look_up)) as sender:
            assert sender.send(Request("GET", "http://localhost/")).body == b"here"


def test_the_name_is_still_the_one_that_tls_and_http_speak_of(tmp_path: Path) -> None:
    certificate = made_certificate(tmp_path, "erp.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    asked_for: list[str | None] = []
    context.sni_callback = lambda _, name, __: asked_for.append(name)
    with serving_tls(context) as port:
        look_up, _ = in_turn(at("127.0.0.1", port=port))
        limits = Limits(connect_seconds=5.0, total_seconds=10.0)
        sender = ErpSender(limits, allow_loopback_http=True, look_up=look_up)
        with closing(sender), pytest.raises(TransportFailed) as caught:
            sender.send(Request("GET", "https://erp.example/"))
    assert asked_for == ["erp.example"]
    assert caught.value.obstacle is Obstacle.CERTIFICATE_INVALID  # nobody vouches for ours


@pytest.mark.parametrize("said", [[], None], ids=["no address", "no answer"])
def test_a_resolver_that_says_nothing(said: list[Place] | None) -> None:
    released = threading.Event()

    def slow(_: str, __: int) -> list[Place]:
        if said is None:
            released.wait(5)
        return []

    begun = time.monotonic()
    limits = Limits(connect_seconds=0.3, total_seconds=5.0)
    with closing(ErpSender(limits, look_up=slow)) as sender, pytest.raises(TransportFailed, match="name"):
        sender.send(SECRET)
    assert time.monotonic() - begun < 2
    released.set()


def test_with_leave_this_machine_is_reached() -> None:
    with serving(http(b"here")) as server, closing(ErpSender(allow_loopback_http=True)) as sender:
        assert sender.send(Request("GET", f"http://localhost:{server.port}/")).body == b"here"
