"""The sandbox of a toy connector as a Sender, and pulls from it; no sockets."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sandbox.erp import Sandbox
from sandbox.exchange import Incoming
from sandbox.options import Options
from sluice.connector.spec import Connector
from sluice.local.fixed_clock import FixedClock
from sluice.local.memory_table import MemoryTable
from sluice.model.http import Reply, Request
from sluice.registry.catalog import Catalog
from sluice.usecases.pull import Pull, Puller
from tests.flows.rig import CANONICAL
from tests.unit.connector.scripted import CONNECTOR, MemoryDocuments

MAPPING = "format: 1\nstream: thing\nentity: department\nid: id\nfields:\n  name: name\n"


class SandboxSender:
    """Sends to a sandbox in this process."""

    def __init__(self, connector: Connector, **options: Any) -> None:
        self.sandbox = Sandbox(connector, Options(**options))

    def send(self, request: Request) -> Reply:
        parts = urlsplit(request.url)
        headers = {name.lower(): text for name, text in request.headers.items()}
        path = unquote(parts.path).removeprefix("/v1")
        query = dict(parse_qsl(parts.query))
        answer = self.sandbox.answer(Incoming(request.method, path, query, headers, request.body or b""))
        named = {"content-type": answer.content_type, **{k.lower(): v for k, v in answer.headers.items()}}
        return Reply(answer.status, named, answer.body)

    @property
    def paths(self) -> list[str]:
        return [seen["path"] for seen in self.sandbox.seen]


def catalog(stream: str, connector: str = CONNECTOR, more: dict[str, str] | None = None) -> Catalog:
    """Return a catalog with this stream, and a mapping of it."""
    files: dict[str, str | bytes] = {
        **CANONICAL,
        "connectors/toy/connector.yaml": connector,
        "connectors/toy/thing.yaml": stream,
        "transformers/toy/thing.yaml": MAPPING,
        **(more or {}),
    }
    return Catalog(MemoryDocuments(files))


def puller(found: Catalog, sender: SandboxSender) -> Puller:
    clock = FixedClock(datetime(2026, 11, 21, 12, tzinfo=UTC))
    given = {"api_key": sender.sandbox.secrets["api_key"]}
    return Puller(found, sender, clock, Pull("toy", "thing", given), MemoryTable())


def raw(found: Catalog, sender: SandboxSender) -> list[dict[str, Any]]:
    return [json.loads(line) for lines in puller(found, sender).raw() for line in lines]
