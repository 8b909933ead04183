"""A connection whose address leads to where nothing is sent is not added; nothing of it is stored."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from sluice.bootstrap.worlds import erp_sender
from sluice.errors import ConfigurationInvalid
from sluice.model.connection import Connection
from sluice.model.egress.reach import Reach, private_networks
from sluice.model.http import Request
from sluice.model.secret import Secret
from sluice.settings import LambdaSettings
from sluice.transport.egress import Door, Place
from sluice.usecases.connections import ConnectionDesk
from tests.flows.rig import Rig

SECRETS = {"key": Secret("canary-key")}
LEADS = {
    "public.example": ["93.184.215.14"],
    "private.example": ["10.20.0.5"],
    "both.example": ["1.1.1.1", "::1"],
}
ROOT = Path(__file__).resolve().parents[4]


def look_up(host: str, port: int) -> Sequence[Place]:
    if host not in LEADS:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")
    return [
        (socket.AF_INET6 if ":" in address else socket.AF_INET, (address, port)) for address in LEADS[host]
    ]


def desk(networks: str = "none") -> ConnectionDesk:
    rig = Rig()
    door = Door(Reach(networks=private_networks(networks)), look_up)
    return ConnectionDesk(replace(rig.world, addresses=door), rig.schedules)


def to(host: str) -> Connection:
    return Connection("other", "toy", settings={"base_url": f"https://{host}/v1"})


@pytest.mark.parametrize(
    "host", ["private.example", "both.example", "10.20.0.5", "erp.internal", "127.0.0.1"]
)
def test_a_connection_out_of_reach_is_not_added(host: str) -> None:
    at = desk()
    [fault] = at.faults(to(host), SECRETS)
    assert (fault.code, fault.pointer) == ("bad_url", "/settings/base_url")
    with pytest.raises(ConfigurationInvalid, match="bad_url"):
        at.add(to(host), SECRETS)
    assert [known.name for known in at.world.connections.all()] == ["acme"]


def test_nor_is_one_changed_to_lead_out_of_reach() -> None:
    at = desk()
    at.add(to("public.example"), SECRETS)
    with pytest.raises(ConfigurationInvalid, match="private address"):
        at.add(to("private.example"), {}, update=True)
    assert at.world.connections.get("other").settings["base_url"] == "https://public.example/v1"


@pytest.mark.parametrize("host", ["public.example", "93.184.215.14", "not-known-now.example"])
def test_one_within_reach_is_added(host: str) -> None:
    assert desk().faults(to(host), SECRETS) == []
    desk().add(to(host), SECRETS)


def test_a_deployment_that_names_the_network_reaches_it() -> None:
    at = desk("10.20.0.0/16")
    at.add(to("private.example"), SECRETS)
    assert at.faults(to("both.example"), SECRETS)


def test_what_sends_to_erps_reaches_no_more_than_the_deployment_says() -> None:
    settings = LambdaSettings(
        "dev", "b", "c", "s", "r", "i", "n", "p", networks=private_networks("10.20.0.0/16")
    )
    for host in ("10.21.0.1", "169.254.169.254", "127.0.0.1", "localhost", "100.64.0.1", "[fd00:ec2::254]"):
        with pytest.raises(ConfigurationInvalid, match="bad_url"):
            erp_sender(settings).send(Request("GET", f"https://{host}/"))


def test_nobody_but_the_composition_root_makes_a_sender() -> None:
    made = {
        str(path.relative_to(ROOT))
        for folder in ("sluice", "lambdas")
        for path in (ROOT / folder).rglob("*.py")
        if "ErpSender(" in path.read_text()
    }
    assert made == {
        "sluice/bootstrap/outboxes.py",
        "sluice/bootstrap/pulling.py",
        "sluice/bootstrap/worlds.py",
    }
