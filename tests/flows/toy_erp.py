"""A toy ERP behind the Sender port: two streams, offset paging, tombstones, and faults to order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from sluice.model.http import Reply, Request
from sluice.ports.clock import Clock
from sluice.ports.documents import DocumentNotFound
from sluice.ports.sender import TransportFailed

CONNECTOR = """
format: 1
name: toy
title: Toy ERP
base_url: {setting: base_url}
settings:
  type: object
  properties:
    base_url: {type: string, default: "https://erp.example"}
  additionalProperties: false
secrets:
  key: {title: Key, description: The key}
auth: {kind: api_key, attach: {headers: {X-Key: {secret: key}}}}
records: values
pagination: {kind: offset, offset: {query: from}, limit: {query: count}, size: 10, total: {body: total}}
"""

WHOLE = """
format: 1
stream: department
title: Departments
path: /department
key: id
schema:
  type: object
  required: [id]
  properties:
    id: {type: integer, sample: {sequence: 1}}
    name: {type: string, sample: department_name}
"""

INCREMENTAL = """
format: 1
stream: customer
title: Customers
path: /customer
key: id
incremental: {query: {since: {since: datetime}}, watermark: request_time, lookback_minutes: 10}
deletions:
  path: /deleted
  request: {query: {since: {since: datetime}}}
  key: record
  only: {path: kind, in: [customer]}
  at_most: 8
  kept_days: 30
schema:
  type: object
  required: [id]
  properties:
    id: {type: integer, sample: {sequence: 1}}
    name: {type: string, sample: company_name}
"""

MAPPING = """
format: 1
stream: {stream}
entity: {stream}
id: id
fields:
  name: name
"""


class ToyDocuments:
    """The toy's connector and mappings over the repository's canonical model."""

    def __init__(self, canonical: dict[str, bytes]) -> None:
        self._files = {
            **canonical,
            "connectors/toy/connector.yaml": CONNECTOR.encode(),
            "connectors/toy/department.yaml": WHOLE.encode(),
            "connectors/toy/customer.yaml": INCREMENTAL.encode(),
            "transformers/toy/department.yaml": MAPPING.format(stream="department").encode(),
            "transformers/toy/customer.yaml": MAPPING.format(stream="customer").encode(),
        }

    def read(self, path: str) -> bytes:
        if path not in self._files:
            raise DocumentNotFound(path)
        return self._files[path]

    def paths(self, prefix: str) -> Iterator[str]:
        yield from sorted(path for path in self._files if path.startswith(prefix))


@dataclass
class Row:
    name: object
    changed: datetime


@dataclass
class ToyErp:
    """Serves its rows; ``faults`` are met one a request, in order; ``asked`` counts requests.

    ``names`` is what a stream calls its field ``name`` now; ``headers`` come with every page. What was
    ``deleted`` of any stream is in one list of tombstones, by when it was.
    """

    clock: Clock
    rows: dict[str, dict[int, Row]] = field(default_factory=lambda: {"department": {}, "customer": {}})
    deleted: list[tuple[str, int, datetime]] = field(default_factory=list)
    faults: list[Reply | str] = field(default_factory=list)
    asked: int = 0
    key: str = "canary-key"
    names: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def put(self, stream: str, key: int, name: object) -> None:
        self.rows[stream][key] = Row(name, self.clock.now())

    def remove(self, stream: str, key: int) -> None:
        if self.rows[stream].pop(key, None) is not None:
            self.deleted.append((stream, key, self.clock.now()))

    def send(self, request: Request) -> Reply:
        self.asked += 1
        if self.faults:
            fault = self.faults.pop(0)
            if isinstance(fault, str):
                raise TransportFailed(f"{request.label}: {fault}")
            return fault
        if request.headers.get("X-Key") != self.key:
            return reply(401, {"message": "unauthorised"})
        return self._page(request)

    def _page(self, request: Request) -> Reply:
        split = urlsplit(request.url)
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        stream = split.path.strip("/")
        if stream == "deleted":
            return self._tombstones(query)
        rows, name = self.rows[stream], self.names.get(stream, "name")
        since = datetime.fromisoformat(query["since"]) if "since" in query else None
        found = [(key, row) for key, row in sorted(rows.items()) if since is None or row.changed >= since]
        start, count = int(query["from"]), int(query["count"])
        values = [{"id": key, name: row.name} for key, row in found[start : start + count]]
        return reply(200, {"total": len(found), "values": values}, **self.headers)

    def _tombstones(self, query: dict[str, str]) -> Reply:
        since = datetime.fromisoformat(query["since"])
        found = [
            {"no": number, "record": key, "kind": stream}
            for number, (stream, key, at) in enumerate(self.deleted)
            if at >= since
        ]
        start, count = int(query["from"]), int(query["count"])
        return reply(200, {"total": len(found), "values": found[start : start + count]}, **self.headers)


def reply(status: int, body: object, **headers: str) -> Reply:
    named = {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    return Reply(status, named, json.dumps(body).encode())
