"""Runs against a sandbox: row versions, tombstones and two streams in one list, as an ERP has them."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from sandbox.options import Options
from sandbox.server import SandboxServer, serve
from sluice.connector.load import load_connector
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.registry.catalog import Catalog
from sluice.registry.cursors import Cursors
from sluice.transport.erp_sender import ErpSender
from tests.flows.rig import CANONICAL, Rig
from tests.flows.toy_erp import MAPPING, ToyDocuments

KINDS = {"customer": ("customer", 1), "department": ("department", 2001)}
STREAM = """
format: 1
stream: {stream}
title: Records of one kind
path: /everything
key: id
order: id
only: {{path: kind, in: [{kind}]}}
incremental:
  watermark: {{highest: version}}
  query: {{above: {{since: raw}}}}
deletions:
  path: /deleted
  request: {{query: {{above: {{since: raw}}}}}}
  key: gone
  only: {{path: kind, in: [{kind}]}}
  at_most: 9
schema:
  type: object
  required: [id]
  properties:
    id: {{type: integer, sample: {{sequence: {start}}}}}
    name: {{type: string, sample: company_name}}
    kind: {{type: string, sample: {{constant: {kind}}}}}
    version: {{type: integer, sample: {{sequence: 1}}}}
sandbox: {{records: 25}}
"""


@pytest.fixture
def documents() -> ToyDocuments:
    found = ToyDocuments(CANONICAL)
    for stream, (kind, start) in KINDS.items():
        text = STREAM.format(stream=stream, kind=kind, start=start)
        found._files[f"connectors/toy/{stream}.yaml"] = text.encode()
        found._files[f"transformers/toy/{stream}.yaml"] = MAPPING.format(stream=stream).encode()
    return found


@pytest.fixture
def server(documents: ToyDocuments) -> Iterator[SandboxServer]:
    with serve(load_connector(documents, "toy"), 0, Options()) as found:
        yield found


@pytest.fixture
def rig(documents: ToyDocuments, server: SandboxServer) -> Iterator[Rig]:
    rig = Rig()
    rig.world = replace(rig.world, sender=ErpSender(allow_loopback_http=True), catalog=Catalog(documents))
    settings = {"base_url": server.base_url}
    secrets = {"key": Secret(server.secrets["key"])}
    rig.desk.add(Connection("acme", "toy", settings=settings), secrets, update=True)
    yield rig
    rig.world.sender.close()  # type: ignore[attr-defined]


def order(server: SandboxServer, what: str, **asked: Any) -> Any:
    request = urllib.request.Request(f"{server.url}/_sandbox/{what}", json.dumps(asked).encode())  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310
        return json.loads(reply.read())


def agrees(rig: Rig, server: SandboxServer) -> bool:
    return all(
        rig.consumer.names(stream)
        == {record["id"]: record["name"] for record in server.sandbox.shelves[stream].records()}
        for stream in KINDS
    )


def test_what_the_erp_holds_is_what_the_consumer_has(rig: Rig, server: SandboxServer) -> None:
    summary = rig.run()
    assert summary["outcome"] == "succeeded"
    assert summary["counts"]["fetched"] == summary["counts"]["published"] == 50
    assert agrees(rig, server)
    order(server, "change", stream="customer", id="3", set={"name": "Another AS"})
    order(server, "delete", stream="customer", id="4")
    order(server, "delete", stream="department", count=2)
    order(server, "add", stream="department", count=1)
    summary = rig.run()
    counts = {name: summary["counts"][name] for name in ("fetched", "published", "deleted")}
    assert counts == {"fetched": 2, "published": 2, "deleted": 3}
    assert agrees(rig, server)
    assert rig.run()["counts"]["fetched"] == 0


def test_many_deletes_at_once_are_followed_by_a_whole_read(rig: Rig, server: SandboxServer) -> None:
    rig.run()
    order(server, "delete", stream="department", count=9)
    rig.run()
    assert Cursors(rig.world.state, "acme").get("customer").shape == ""
    assert rig.run()["counts"]["fetched"] == 41
    assert agrees(rig, server)
