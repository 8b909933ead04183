"""No request leaves for a refused address, whether it is given or met; none of 200 public ones is refused."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest

from sluice.bootstrap.documents import catalog
from sluice.connector.settings import addresses_of, complete_settings
from sluice.errors import ApiChanged, ConfigurationInvalid
from sluice.model.egress.reach import Reach, private_networks
from sluice.model.http import Reply, Request
from sluice.ports.sender import Obstacle, TransportFailed
from sluice.transport.egress import Door, LookUp, Place, check_url
from sluice.transport.erp_sender import ErpSender
from sluice.usecases.access.reach import check_reach
from tests.unit.connector.scripted import reader, reply, things, toy, with_pagination
from tests.unit.transport.refused_urls import AS_WRITTEN, BY_NAME

PUBLIC = (Path(__file__).parent / "public_hosts.txt").read_text().split()
ADDRESSES = [
    "https://8.8.8.8/", "https://93.184.215.14/v1", "https://1.1.1.1:8443/", "https://172.15.255.255/",
    "https://172.32.0.1/", "https://100.63.255.255/", "https://100.128.0.1/", "https://169.253.0.1/",
    "https://192.167.255.255/", "https://192.169.0.1/", "https://11.0.0.1/", "https://223.255.255.254/",
    "https://[2606:4700::1111]/", "https://[2a00:1450:400f::200e]:8069/", "https://[64:ff9b::8.8.8.8]/",
]  # fmt: skip


def place(address: str) -> Place:
    six = ":" in address
    return (socket.AF_INET6, (address, 443, 0, 0)) if six else (socket.AF_INET, (address, 443))


def answering(names: Mapping[str, list[str]]) -> LookUp:
    return lambda host, _: [place(address) for address in names[host]]


NAMES = {urlsplit(url).hostname or "": found for url, found in BY_NAME.items()}
REFUSED = [*AS_WRITTEN, *BY_NAME]
TOY = toy()


@pytest.fixture
def nobody_connects(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(_: socket.socket, where: Any) -> NoReturn:
        raise AssertionError(f"a connection to {where}")

    monkeypatch.setattr(socket.socket, "connect", connect)


def test_the_corpus_is_large_enough() -> None:
    assert len(set(REFUSED)) == len(REFUSED) >= 60
    assert len(set(PUBLIC)) == len(PUBLIC) >= 200


def registered(url: str) -> None:
    """Go the way that settings go when a connection is added or changed (ConnectionDesk)."""
    settings = complete_settings(TOY, {"base_url": url})
    check_reach(Door(look_up=answering(NAMES)), TOY, settings)


@pytest.mark.parametrize("url", REFUSED)
@pytest.mark.usefixtures("nobody_connects")
def test_a_connection_with_a_refused_address_is_not_registered(url: str) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        registered(url)
    [fault] = caught.value.faults
    assert (fault.code, fault.pointer) == ("bad_url", "/base_url")
    assert "pw" not in fault.message


@pytest.mark.parametrize("url", REFUSED)
@pytest.mark.usefixtures("nobody_connects")
def test_nothing_is_sent_to_a_refused_address(url: str) -> None:
    sender = ErpSender(look_up=answering(NAMES))
    request = Request("GET", url, {"Authorization": "Bearer canary"}, label="GET /thing")
    with pytest.raises((ConfigurationInvalid, TransportFailed)) as caught:
        sender.send(request)
    if isinstance(caught.value, TransportFailed):
        assert url in BY_NAME
        assert caught.value.obstacle is Obstacle.ADDRESS_REFUSED
        assert "private address" in str(caught.value)


@pytest.mark.parametrize("url", [f"https://{host}/v1/things?from=0" for host in PUBLIC] + ADDRESSES)
def test_a_public_address_is_not_refused(url: str) -> None:
    seen = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"]
    door = Door(look_up=lambda _, __: [place(address) for address in seen])
    assert door.refusal(url) == ""
    assert complete_settings(TOY, {"base_url": url.partition("?")[0]})
    assert check_url(url, Reach()).host == urlsplit(url).hostname


@pytest.mark.parametrize("url", AS_WRITTEN)
def test_an_address_of_a_next_page_leads_back_or_nowhere(url: str) -> None:
    kinds = {
        "{kind: next_url, next: {body: next}}": reply({"items": things(0, 2), "next": url}),
        "{kind: link_header}": Reply(
            200, {"link": f"<{url}>; rel=next"}, reply({"items": things(0, 2)}).body
        ),
    }
    refused: list[str] = []
    for pagination, page in kinds.items():
        reading = reader(with_pagination(pagination))
        assert reading.next_request() is not None
        try:
            reading.receive(page)
        except ApiChanged as changed:
            refused.append(changed.changes[0].code)
            continue
        following = reading.next_request()
        assert following is None or check_url(following.url, Reach()).origin == ("https", "toy.example", 443)
    assert set(refused) <= {"D31", "D32"}


def test_no_connector_here_leads_to_a_refused_address() -> None:
    judged = []
    for name in catalog().names():
        connector = catalog().connector(name)
        given = {
            field: about["default"]
            for field, about in connector.settings["properties"].items()
            if "default" in about
        }
        for url in (address.url for address in addresses_of(connector, given)):
            if str(url).startswith("https://") and "None" not in str(url):
                assert Reach().refusal_of_host(urlsplit(str(url)).hostname or "") == "", (name, url)
                judged.append(url)
    assert len(judged) > 15


@pytest.mark.parametrize("url", ["https://10.20.3.4/", "https://erp.corp.internal/", "https://erp/"])
def test_a_deployment_may_add_a_private_network(url: str) -> None:
    look_up = answering(
        {"erp.corp.internal": ["10.20.3.4"], "erp": ["10.20.9.9"], "10.20.3.4": ["10.20.3.4"]}
    )
    assert Door(look_up=look_up).refusal(url)
    assert Door(Reach(networks=private_networks("10.20.0.0/16")), look_up).refusal(url) == ""
    assert Door(Reach(networks=private_networks("10.21.0.0/16 fd12::/48")), look_up).refusal(url)


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "169.254.170.2", "127.0.0.1", "::1", "fd00:ec2::254", "100.100.100.200"]
)
def test_no_deployment_can_add_metadata_or_this_machine(address: str) -> None:
    everything = "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7"
    assert Reach(networks=private_networks(everything)).refusal(address)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0.0.0.0/0", "no part of a private network"),
        ("169.254.0.0/16", "no part of a private network"),
        ("127.0.0.0/8", "no part of a private network"),
        ("8.8.8.0/24", "no part of a private network"),
        ("::/0", "no part of a private network"),
        ("fd00:ec2::/64", "belongs to the cloud"),
        ("10.20.0.1/16", "is no network"),
        ("everything", "is no network"),
    ],
)
def test_what_is_no_network_of_a_deployment(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        private_networks(f"10.1.0.0/16 {text}")
