"""Where users say what is called, nothing goes to addresses that are not of the public internet."""

from __future__ import annotations

import pytest

from sluice.model.http import Request
from sluice.ports.sender import TransportFailed
from sluice.transport.egress import may_be_reached
from sluice.transport.erp_sender import ErpSender, Limits
from tests.unit.transport.socket_server import http, serving

PRIVATE = [
    "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",  # noqa: S104
    "fd00::1", "fe80::1%eth0", "::", "::ffff:10.0.0.1", "fd00:ec2::254",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_may_not_be_reached(address: str) -> None:
    assert not may_be_reached(address, allow_loopback=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "127.8.8.8", "::ffff:127.0.0.1"])
def test_this_machine_may_be_reached_where_that_is_allowed(address: str) -> None:
    assert may_be_reached(address, allow_loopback=True)
    assert not may_be_reached(address, allow_loopback=False)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111"])
def test_a_public_address_may_be_reached(address: str) -> None:
    assert may_be_reached(address, allow_loopback=False)


def test_a_name_that_leads_to_this_machine_is_not_spoken_to() -> None:
    sender = ErpSender(Limits(connect_seconds=2, total_seconds=2), public_only=True)
    with serving(http(b"secret")) as server:
        with pytest.raises(TransportFailed, match="private address"):
            sender.send(Request("POST", f"https://localhost:{server.port}/", body=b"x"))
        assert server.requests == []


def test_where_it_is_not_forbidden_erps_in_private_networks_are_reached() -> None:
    sender = ErpSender(allow_loopback_http=True)
    with serving(http(b"here")) as server:
        assert sender.send(Request("GET", f"http://localhost:{server.port}/")).body == b"here"
    sender.close()
