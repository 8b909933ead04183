"""A vendor that publishes a description, connections to its ERP, and whole watches on memory adapters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sluice.errors import SluiceError
from sluice.local.fixed_clock import FixedClock
from sluice.local.folder_documents import FolderDocuments
from sluice.local.memory_object_store import MemoryObjectStore
from sluice.local.memory_secrets import MemorySecrets
from sluice.local.memory_table import MemoryTable
from sluice.local.memory_topic import MemoryTopic
from sluice.local.memory_workflow import MemoryWorkflow
from sluice.model.connection import Connection
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret
from sluice.ports.documents import DocumentNotFound
from sluice.ports.sender import Sender, TransportFailed
from sluice.registry.catalog import Catalog
from sluice.registry.descriptions import Described, Descriptions
from sluice.registry.telling.announcements import Announcement, Announcements
from sluice.usecases.access.credentials import credentials_name
from sluice.usecases.failures import Failure
from sluice.usecases.watch.plan import PlanWatch, plan_watch
from sluice.usecases.watch.probe import ProbeDescription, probe_description
from sluice.usecases.watch.tell import TellAhead, tell_ahead
from sluice.usecases.watch.unread import RecordUnread, record_unread
from sluice.usecases.world import World

ROOT = Path(__file__).resolve().parents[4]
STREAMS = ("customer", "department")

CONNECTOR = """
format: 1
name: toy
title: Toy ERP
base_url: {setting: base_url}
settings:
  type: object
  properties:
    base_url: {type: string, default: "https://erp.example/v2"}
  additionalProperties: false
secrets:
  user: {title: User}
  key: {title: Key}
auth:
  kind: session
  login: {path: /login, body: {user: {secret: user}, key: {secret: key}}}
  capture: {token: token}
  attach: {headers: {X-Token: {captured: token}}}
records: values
pagination: {kind: offset, offset: {query: from}, limit: {query: count}, size: 10, total: {body: total}}
published: {kind: openapi, path: /openapi.json}
"""

STREAM = """
format: 1
stream: {stream}
title: The {stream}
path: /{stream}
key: id
schema:
  type: object
  required: [id]
  properties:
    id: {{type: integer, sample: {{sequence: 1}}}}
    name: {{type: string, sample: company_name}}
"""

MAPPING = """
format: 1
stream: {stream}
entity: {stream}
id: id
fields:
  name: name
"""

Document = dict[str, Any]


def described(*, fields: Mapping[str, Document] | None = None, **more: Any) -> Document:
    """Return an OpenAPI description of both streams; ``fields`` are those of a customer."""
    customer = {"id": {"type": "integer"}, "name": {"type": "string"}, "fax": {"type": "string"}}
    types = {
        "Customer": {"type": "object", "properties": customer if fields is None else fields},
        "Department": {
            "type": "object",
            "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
        },
    }
    paths = {f"/{name}": {"get": listing(name.capitalize())} for name in STREAMS}
    info = {"title": "Toy", "version": more.pop("version", "1")}
    found = {"openapi": "3.0.1", "info": info, "paths": paths, "components": {"schemas": types}}
    return {**found, **more}


def listing(kind: str) -> Document:
    """Return an operation that answers a page of records."""
    page = {
        "type": "object",
        "properties": {
            "total": {"type": "integer"},
            "values": {"type": "array", "items": {"$ref": f"#/components/schemas/{kind}"}},
        },
    }
    parameters = [{"name": name, "in": "query", "schema": {"type": "integer"}} for name in ("from", "count")]
    answer = {"description": "A page", "content": {"application/json": {"schema": page}}}
    return {"parameters": parameters, "responses": {"200": answer}}


@dataclass
class Vendor:
    """Serves ``documents`` by path with an ETag; ``replies`` are given first, one a request."""

    documents: dict[str, bytes] = field(default_factory=dict)
    replies: list[Reply | str] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    has_etags: bool = True
    answer: Callable[[Request], Reply | None] = lambda request: None

    def publish(self, document: Document, host: str = "erp.example", **form: Any) -> None:
        self.documents[f"{host}/v2/openapi.json"] = json.dumps(document, **form).encode()

    def send(self, request: Request) -> Reply:
        self.asked.append(request)
        if self.replies:
            reply = self.replies.pop(0)
            if isinstance(reply, str):
                raise TransportFailed(f"{request.label}: {reply}")
            return reply
        made = self.answer(request)
        if made is not None:
            return made
        parts = urlsplit(request.url)
        body = self.documents.get(f"{parts.hostname}{parts.path}")
        if body is None:
            return Reply(404, {}, b"")
        etag = f'"{hash(body)}"'
        if request.headers.get("If-None-Match") == etag:
            return Reply(304, {"etag": etag}, b"")
        tagged = {"etag": etag} if self.has_etags else {}
        return Reply(200, {"content-type": "application/json", **tagged}, body)


class ToyDocuments:
    """The toy's connector and mappings, with what is replaced, over the repository's own documents.

    ``more`` are lines that a stream has besides.
    """

    def __init__(self, connector: str, more: Mapping[str, str] | None = None) -> None:
        self._folder = FolderDocuments(ROOT)
        self._files = {"connectors/toy/connector.yaml": connector}
        for name in STREAMS:
            self._files[f"connectors/toy/{name}.yaml"] = STREAM.format(stream=name) + (more or {}).get(
                name, ""
            )
            self._files[f"transformers/toy/{name}.yaml"] = MAPPING.format(stream=name)

    def read(self, path: str) -> bytes:
        if path in self._files:
            return self._files[path].encode()
        if "/toy/" in path:
            raise DocumentNotFound(path)
        return self._folder.read(path)

    def paths(self, prefix: str) -> Iterator[str]:
        yield from sorted({*self._folder.paths(prefix), *(p for p in self._files if p.startswith(prefix))})


class Rig:
    """``watch`` runs as the state machine does; ``news`` returns what people were told since last asked."""

    def __init__(
        self, connector: str = CONNECTOR, sender: Sender | None = None, more: Mapping[str, str] | None = None
    ) -> None:
        self.clock = FixedClock(datetime(2026, 11, 21, 8, tzinfo=UTC))
        self.vendor = Vendor()
        self.notices: list[Document] = []
        self.number = 0
        self.world = World(
            bucket="memory",
            objects=MemoryObjectStore(),
            connections_table=MemoryTable(),
            state=MemoryTable(),
            runs_table=MemoryTable(),
            secrets=MemorySecrets(),
            information=MemoryTopic(),
            notification=MemoryTopic(lambda message: self.notices.append(json.loads(message.body))),
            workflow=MemoryWorkflow(self.clock),
            replays=MemoryWorkflow(self.clock),
            backfills=MemoryWorkflow(self.clock),
            sender=sender or self.vendor,
            clock=self.clock,
            catalog=Catalog(ToyDocuments(connector, more)),
        )

    def connect(self, name: str, connector: str = "toy", **more: Any) -> Connection:
        """Add a connection; secrets are made up."""
        connection = Connection(name, connector, **more)
        self.world.connections.add(connection)
        secrets = self.world.catalog.connector(connector).secrets
        bundle = {secret: Secret(f"canary-{secret}") for secret in secrets}
        self.world.secrets.put(credentials_name(name), bundle)
        return connection

    def watch(self, connector: str = "*", days: float = 1) -> list[str]:
        """Watch once and let time pass; return what the probes came to."""
        self.number += 1
        run = f"watch-{self.number}"
        plan = plan_watch(self.world, PlanWatch(connector))
        outcomes = [self.probe(probe)["outcome"] for probe in plan["probes"]]
        ended = tell_ahead(self.world, TellAhead(run, plan["connectors"], outcomes))
        assert ended["outcome"] == "watched"
        self.clock.advance(timedelta(days=days).total_seconds())
        return outcomes

    def probe(self, probe: Mapping[str, str]) -> Document:
        """Probe one place, and write down why it could not be read."""
        try:
            return probe_description(self.world, ProbeDescription(**probe))
        except SluiceError as error:
            failure = Failure(type(error).__name__, str(error))
            return record_unread(self.world, RecordUnread(probe["connector"], probe["place"], failure))

    def news(self) -> list[Document]:
        """Return the notices since last asked."""
        found, self.notices[:] = list(self.notices), []
        return found

    def announced(self, connector: str = "toy") -> list[Announcement]:
        """Return what is announced."""
        return list(Announcements(self.world.state, connector).all())

    def places(self, connector: str = "toy") -> list[Described]:
        """Return what is known of the descriptions."""
        return list(Descriptions(self.world.state, self.world.objects, connector).all())
