"""A credential is in the secret store and in requests to its ERP: nothing that is told or kept has it."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from lambdas import serve_api
from sluice.cli.main import run
from sluice.cli.reach import Reach
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault as Wrong
from sluice.local.memory_mailer import MemoryMailer
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret
from sluice.ports.topic import OutgoingMessage
from sluice.usecases.access.credentials import credentials_name
from tests.effort import some, thorough
from tests.flows.echoing_erp import (
    AUTHS,
    CANARY,
    WITH_LOGIN,
    EchoRig,
    cut,
    elsewhere,
    everything,
    forms,
    padded,
    page,
    refused,
)
from tests.flows.rig import Rig
from tests.unit.api.client import Client

Fault = Callable[[Request], Reply]
Shelf = Callable[[EchoRig], Iterator[tuple[str, str]]]

MANY = 80
"""More requests than a run makes, whatever it tries again."""

AT_DATA: dict[str, list[Fault]] = {
    "unauthorised": [refused(401)] * MANY,
    "forbidden": [refused(403)] * MANY,
    "wrong": [refused(400)] * MANY,
    "unprocessable": [refused(422)] * MANY,
    "missing": [refused(404)] * MANY,
    "gone": [refused(410)] * MANY,
    "down": [refused(500)] * MANY,
    "padded": [padded] * MANY,
    "down-as-page": [page(503)] * MANY,
    "throttled": [refused(429, retry_after="5")],
    "moved": [elsewhere] * MANY,
    "a-page-for-data": [page(200)] * MANY,
    "cut": [cut] * MANY,
    "an-error-for-data": [refused(200)] * MANY,
}
AT_LOGIN: dict[str, list[Fault]] = {
    "refused": [refused(400)] * MANY,
    "unauthorised": [refused(401)] * MANY,
    "down": [refused(500)] * MANY,
    "page": [page(200)] * MANY,
    "moved": [elsewhere] * MANY,
    "no-token": [refused(200)] * MANY,
    "cut": [cut] * MANY,
}
LOGINS = [(auth, fault) for auth in sorted(WITH_LOGIN) for fault in AT_LOGIN]
REQUESTS = [(auth, fault) for fault in AT_DATA for auth in ("query", "basic", "refresh")]
ENDS = [["succeeded", "failed"], ["succeeded", "held"]]
READS = (
    "/connections", "/connections/acme", "/connections/acme/audit", "/connections/acme/quarantine",
    "/connectors/toy", "/runs", "/changes", "/audit", "/overview", "/me",
)  # fmt: skip
COMMANDS = (
    ("connections", "list"), ("connections", "show", "acme", "--json"), ("runs", "list", "--json"),
    ("runs", "list"), ("changes", "list", "--json"), ("changes", "list"), ("audit", "list", "--json"),
    ("quarantine", "list", "acme"), ("contracts", "show", "acme", "customer"),
)  # fmt: skip


def leaked(texts: Iterator[tuple[str, str]], rig: EchoRig) -> list[tuple[str, str]]:
    """Return (place, form) of every canary that stands in a text, in any form."""
    known = forms(rig.canaries)
    return [(place, form) for place, text in texts for form in known if form in text]


def kept(rig: EchoRig) -> Iterator[tuple[str, str]]:
    """Yield (place, text) of all that a world keeps but its secrets, and of all that it told."""
    world = rig.world
    for key in world.objects.keys(""):
        body = world.objects.get(key)
        yield key, key + (gzip.decompress(body) if key.endswith(".gz") else body).decode("latin-1")
    for name in ("connections_table", "state", "runs_table"):
        for (partition, sort), item in getattr(world, name)._items.items():
            yield f"{name} {partition} {sort}", f"{partition} {sort} {json.dumps(item.value, default=str)}"
    for name in ("workflow", "replays", "backfills"):
        yield name, repr(getattr(world, name)._kept)
    yield "schedules", repr(rig.schedules.kept)
    yield "notices", json.dumps(rig.notices)
    yield "events", json.dumps(rig.consumer.events)
    yield from (("step", text) for text in rig.said)


def shown(
    rig: EchoRig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[tuple[str, str]]:
    """Yield (place, text) of what the API answers an admin, and of what the command line prints."""
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "sluice")
    monkeypatch.setattr(serve_api, "desk", lambda: rig.desk)
    client = Client(rig, MemoryMailer())
    paths = [*READS, f"/runs/{rig.last}"]
    paths += [f"/changes/{one['id']}" for one in client("GET", "/changes").json["items"]]
    for path in paths:
        answer = client("GET", path)
        assert answer.status == 200, (path, answer.body)
        yield path, f"{answer.headers} {answer.body}"
    answer = client("POST", "/connections/acme/test")
    assert answer.status == 200, answer.body
    yield "test", f"{answer.headers} {answer.body}"
    reach = Reach()
    reach.__dict__["deployment"] = SimpleNamespace(world=rig.world, desk=rig.desk)
    for arguments in (*COMMANDS, ("runs", "show", rig.last)):
        capsys.readouterr()
        run(list(arguments), reach)
        said = capsys.readouterr()
        assert said.out + said.err
        yield " ".join(arguments), said.out + said.err


@pytest.fixture
def shelf(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> Shelf:
    """What yields (place, text) of all that a rig's runs kept, showed and logged, in this test."""
    caplog.set_level(logging.DEBUG)

    def texts(rig: EchoRig) -> Iterator[tuple[str, str]]:
        yield from kept(rig)
        yield from shown(rig, monkeypatch, capsys)
        yield from (("log", f"{vars(one)} {one.getMessage()}") for one in caplog.records)
        yield from kept(rig)

    return texts


@pytest.mark.parametrize("auth", AUTHS)
def test_a_good_run_leaks_nothing_though_every_header_and_address_echoes(auth: str, shelf: Shelf) -> None:
    rig = EchoRig(auth=auth)
    assert [rig.run()["outcome"] for _ in range(2)] == ["succeeded"] * 2
    assert len(rig.consumer.names("customer")) == 25
    # The ERP was sent the canary, and has said it in every answer.
    assert [one for one in rig.vendor.seen if any(form in one for form in forms(rig.canaries))]
    assert leaked(shelf(rig), rig) == []


def failing(rig: EchoRig, *, data: list[Fault], login: list[Fault]) -> list[str]:
    """Let one stream be known, then the faults be met; return how the runs ended."""
    outcomes = [rig.run()["outcome"]]
    rig.vendor.faults, rig.vendor.refusals = list(data), list(login)
    rig.erp.put("department", 3, "Ny")
    outcomes.append(rig.run()["outcome"])
    return outcomes


@thorough
@pytest.mark.parametrize(("auth", "fault"), some(REQUESTS, 13))
def test_a_failure_that_echoes_leaks_nothing(auth: str, fault: str, shelf: Shelf) -> None:
    rig = EchoRig(auth=auth)
    outcomes = failing(rig, data=AT_DATA[fault], login=[])
    assert outcomes in ([["succeeded"] * 2] if fault == "throttled" else ENDS)
    assert leaked(shelf(rig), rig) == []


@thorough
@pytest.mark.parametrize(("auth", "fault"), some(LOGINS, 8))
def test_a_login_that_fails_and_echoes_leaks_nothing(auth: str, fault: str, shelf: Shelf) -> None:
    rig = EchoRig(auth=auth)
    assert failing(rig, data=[refused(401)] * MANY, login=AT_LOGIN[fault])[1] != "succeeded"
    assert leaked(shelf(rig), rig) == []


@pytest.mark.parametrize("auth", AUTHS)
def test_a_change_that_holds_a_stream_leaks_nothing(auth: str, shelf: Shelf) -> None:
    rig = EchoRig(auth=auth)
    rig.run()
    rig.erp.names["department"] = "title"
    for key in range(1, 26):
        rig.erp.put("department", key, f"Ny {key}")
    assert rig.run()["outcome"] == "held"
    assert leaked(shelf(rig), rig) == []


class Unreadable:
    """A secret store whose key nobody may use."""

    def get(self, name: str) -> dict[str, Secret]:
        message = "Sluice may not read it (AccessDeniedException): allow its role to"
        raise ConfigurationInvalid("A secret cannot be used", [Wrong("secret_unreadable", "", message, name)])

    get_many = get


@pytest.mark.parametrize("how", ["missing", "incomplete", "unreadable"])
def test_a_secret_that_cannot_be_had_stops_the_run_before_the_erp(how: str) -> None:
    rig = Rig()
    if how == "missing":
        rig.world.secrets.delete(credentials_name("acme"))
    elif how == "incomplete":
        rig.world.secrets.put(credentials_name("acme"), {"other": Secret(CANARY)})
    else:
        rig.world = replace(rig.world, secrets=Unreadable())
    summary = rig.run()
    assert (summary["outcome"], summary["error"]) == ("failed", "ConfigurationInvalid")
    assert rig.erp.asked == 0
    assert [one["type"] for one in rig.notices] == ["configuration.invalid"]
    assert CANARY not in json.dumps([summary, rig.notices])


def test_a_leak_would_be_found_in_every_form_and_place() -> None:
    rig = EchoRig(auth="basic")
    rig.run()
    told = everything(
        Request("GET", "https://erp.example/x", {"Authorization": "Basic YTpjbnJ5LzdmM2ErOTE9"})
    )
    for text in (*forms([CANARY]), f"x {told}", json.dumps({"a": f"key {CANARY}"})):
        assert leaked(iter([("here", text)]), rig), text
    rig.world.objects.put("raw/acme/x.json.gz", gzip.compress(CANARY.encode()))
    rig.world.state.put("acme", "x", {"text": CANARY})
    rig.world.information.publish([OutgoingMessage(json.dumps([_event(CANARY)]), {})])
    rig.said.append(CANARY)
    places = {place for place, _ in leaked(kept(rig), rig)}
    assert places == {"raw/acme/x.json.gz", "state acme x", "events", "step"}


def _event(name: str) -> dict[str, Any]:
    data = {"id": "acme/customer/1", "source_id": "1", "name": name}
    return {"id": "1", "type": "customer.upserted", "entityversion": 1, "data": data}
