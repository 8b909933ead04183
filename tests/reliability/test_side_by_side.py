"""Two customers in one warm process: neither sees anything of the other, nor waits for the other's ERP."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import force_setattr

from sluice.local.memory_object_store import MemoryObjectStore
from sluice.local.memory_table import MemoryTable
from sluice.model.connection import Connection
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret
from tests.effort import examples, thorough
from tests.flows.rig import Rig
from tests.flows.toy_erp import ToyErp, reply

pytestmark = thorough

NAMES = ("acme", "beta")
OTHER = {"acme": "beta", "beta": "acme"}


@dataclass
class Erps:
    """An ERP for each host, and what each was asked."""

    rig: Rig
    of: dict[str, ToyErp] = field(default_factory=dict)
    asked: dict[str, list[Request]] = field(default_factory=dict)

    def add(self, name: str) -> None:
        self.of[name] = ToyErp(self.rig.clock, key=f"key-of-{name}")
        self.asked[name] = []

    def send(self, request: Request) -> Reply:
        name = (urlsplit(request.url).hostname or "").partition(".")[0]
        self.asked[name].append(request)
        return self.of[name].send(request)


def two() -> tuple[Rig, Erps]:
    rig = Rig()
    erps = Erps(rig)
    force_setattr(rig.world, "sender", erps)
    for name in NAMES:
        erps.add(name)
        there = Connection(name, "toy", settings={"base_url": f"https://{name}.example"})
        rig.desk.add(there, {"key": Secret(f"key-of-{name}")}, update=name == "acme")
        for key in range(1, 26):
            for stream in ("customer", "department"):
                erps.of[name].put(stream, key, f"canary-{name} {stream} {key}")
    return rig, erps


def run(rig: Rig, name: str) -> dict[str, Any]:
    rig.connection = name
    return rig.run()


def kept_of(rig: Rig, name: str) -> str:
    """Return all that is stored and was told of one connection, as a text."""
    objects, tables = rig.world.objects, (rig.world.state, rig.world.runs_table)
    assert isinstance(objects, MemoryObjectStore)
    found = [repr(objects.get(key)) for key in objects.keys("") if f"/{name}/" in key]
    found += [_unpacked(objects.get(key)) for key in objects.keys("") if f"/{name}/" in key]
    for table in tables:
        assert isinstance(table, MemoryTable)
        found += [repr(item.value) for item in table.query(name, "")]
    found += [json.dumps(event) for event in rig.consumer.events if event["connection"] == name]
    found += [json.dumps(notice) for notice in rig.notices if notice["connection"] == name]
    return "\n".join(found)


def _unpacked(data: bytes) -> str:
    return repr(gzip.decompress(data)) if data[:2] == b"\x1f\x8b" else ""


TROUBLES = st.sampled_from(["none", "down", "throttled", "refused", "renamed"])


def trouble(erp: ToyErp, what: str) -> None:
    erp.names.clear()
    erp.faults = {
        "none": [],
        "renamed": [],
        "down": [reply(503, {"message": "canary-trouble"})] * 40,
        "throttled": [reply(429, {}, retry_after="30")] * 3,
        "refused": [reply(401, {})] * 40,
    }[what]
    if what == "renamed":
        erp.names["department"] = "title"


@settings(max_examples=examples(30), deadline=None)
@given(st.lists(st.tuples(st.sampled_from(NAMES), TROUBLES, st.integers(1, 30)), min_size=2, max_size=6))
def test_nothing_of_one_customer_is_anywhere_at_the_other(steps: list[tuple[str, str, int]]) -> None:
    rig, erps = two()
    for name in NAMES:
        assert run(rig, name)["outcome"] == "succeeded"
    for name, what, key in steps:
        trouble(erps.of[name], what)
        erps.of[name].put("department", key, f"canary-{name} again {key}")
        run(rig, name)
    for name in NAMES:
        assert f"canary-{name}" in kept_of(rig, name)
        assert f"canary-{OTHER[name]}" not in kept_of(rig, name)
        sent = {value for request in erps.asked[name] for value in request.headers.values()}
        assert f"key-of-{name}" in sent
        assert f"key-of-{OTHER[name]}" not in sent
        assert OTHER[name] not in json.dumps([request.url for request in erps.asked[name]])
    for event in rig.consumer.events:
        assert OTHER[event["connection"]] not in json.dumps(event)


@pytest.mark.parametrize("what", ["down", "throttled", "refused", "renamed"])
def test_whatever_one_erp_does_the_others_run_takes_as_long_and_asks_as_much(what: str) -> None:
    def of_beta(trouble_at_acme: str) -> tuple[float, int, list[str]]:
        rig, erps = two()
        for name in NAMES:
            run(rig, name)
        trouble(erps.of["acme"], trouble_at_acme)
        for name in NAMES:
            for key in range(1, 11):
                erps.of[name].put("department", key, f"canary-{name} again {key}")
        run(rig, "acme")
        asked, published = len(erps.asked["beta"]), len(rig.consumer.events)
        slept = rig.clock.slept
        assert run(rig, "beta")["outcome"] == "succeeded"
        ids = [event["id"] for event in rig.consumer.events[published:]]
        assert len(ids) == 10
        return rig.clock.slept - slept, len(erps.asked["beta"]) - asked, ids

    assert of_beta(what) == of_beta("none")


@pytest.mark.parametrize("what", ["down", "throttled", "renamed"])
def test_while_one_customers_run_stands_still_the_others_begins_and_ends(what: str) -> None:
    rig, erps = two()
    for name in NAMES:
        run(rig, name)
    erps.of["acme"].put("department", 1, "canary-acme again")
    erps.of["beta"].put("department", 1, "canary-beta again")
    trouble(erps.of["acme"], what)
    ended: list[str] = []
    usual = rig._tried

    def meanwhile(step: Any) -> Any:
        answer = usual(step)
        if not ended and rig.connection == "acme":
            ended.append("beta")
            last, rig.connection = rig.last, "beta"
            ended.append(rig.run()["outcome"])
            rig.connection, rig.last = "acme", last
        return answer

    rig.connection = "acme"
    rig._tried = meanwhile  # type: ignore[method-assign, assignment]
    rig.run()
    assert ended == ["beta", "succeeded"]
    assert "canary-beta again" in json.dumps(rig.consumer.events)
