"""Where a fault points: at the place in the body that was sent, or that lacks something."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from msgspec.structs import replace

from sluice.model.egress.reach import Reach
from sluice.transport.egress import Door
from tests.unit.api.client import Answer, Client

BETA: dict[str, Any] = {"name": "beta", "connector": "toy", "secrets": {"key": "canary=1"}}

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"settings": {"base_url": "http://erp.example"}}, "/settings/base_url"),
    ({"settings": {"base_url": "https://erp.example/v2#part"}}, "/settings/base_url"),
    ({"settings": {"base_url": 7}}, "/settings/base_url"),
    ({"settings": {"base_url": "https://10.0.0.8"}}, "/settings/base_url"),
    ({"settings": {"base_url": "https://inside.example"}}, "/settings/base_url"),
    ({"settings": {"bas_url": "https://erp.example"}}, "/settings/bas_url"),
    ({"settings": {"days/back": 3}}, "/settings/days~1back"),
    ({"settings": {"days": 0.5}}, "/settings"),
    ({"secrets": {}}, "/secrets/key"),
    ({"secrets": {"key": "canary=1", "kee": "canary=2"}}, "/secrets/kee"),
    ({"secrets": {"a key": "canary=1"}}, "/secrets/a key"),
    ({"secrets": {"key": 1}}, "/secrets/key"),
    ({"streams": ["nothing"]}, "/streams"),
    ({"streams": ["customer", "Cust"]}, "/streams/1"),
    ({"schedule": "cron(99 5 * * ? *)"}, "/schedule"),
    ({"policy": {"D99": "hold"}}, "/policy/D99"),
    ({"policy": {"d 1": "hold"}}, "/policy/d 1"),
    ({"policy": {"D21": "shrug"}}, "/policy/D21"),
    ({"events_per_message": 5000}, "/events_per_message"),
    ({"connector": "nothing"}, "/connector"),
]


@pytest.fixture(autouse=True)
def as_on_aws(client: Client) -> None:
    """Let addresses be judged: one name leads inside, every other to the internet."""

    def look_up(host: str, port: int) -> list[Any]:
        return [(socket.AF_INET, ("10.1.2.3" if host.startswith("inside") else "8.8.8.8", port))]

    door = Door(Reach(), look_up=look_up)
    client.rig.desk = replace(client.rig.desk, world=replace(client.rig.world, addresses=door))


def pointers(answer: Answer) -> list[str]:
    assert answer.status == 422, answer.body
    return [one["pointer"] for one in answer.json["errors"]]


@pytest.mark.parametrize(("wrong", "pointer"), WRONG)
def test_a_fault_points_at_its_place_in_the_body(client: Client, wrong: dict[str, Any], pointer: str) -> None:
    for path in ("/connections", "/connections/test"):
        assert pointers(client("POST", path, {**BETA, **wrong})) == [pointer]
    etag = client("GET", "/connections/acme").headers["ETag"]
    body = {name: value for name, value in {**BETA, **wrong}.items() if name != "name"}
    if wrong == {"secrets": {}}:
        return  # acme keeps those that it has
    assert pointers(client("PUT", "/connections/acme", body, headers={"if-match": etag})) == [pointer]


def test_a_name_that_is_wrong_or_taken_is_pointed_at(client: Client) -> None:
    assert pointers(client("POST", "/connections", {**BETA, "name": "Beta & Co"})) == ["/name"]
    taken = client("POST", "/connections", {**BETA, "name": "acme"})
    assert (taken.status, [one["pointer"] for one in taken.json["errors"]]) == (409, ["/name"])
