"""A toy connector in memory and an ERP that is a function: what these tests read from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from sluice.connector.load import load_connector
from sluice.connector.outcomes import Outcome, Page, ReadPlan
from sluice.connector.reader import StreamReader
from sluice.connector.selection import Selection
from sluice.connector.session import Session
from sluice.connector.settings import complete_settings
from sluice.connector.spec import Connector
from sluice.errors import SluiceError
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret
from sluice.ports.documents import DocumentNotFound

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
CANARY = "canary-7f3a-secret"

CONNECTOR = """\
format: 1
name: toy
title: Toy
base_url: {setting: base_url}
settings:
  type: object
  properties:
    base_url: {type: string, default: "https://toy.example/v1"}
    from_day: {type: string, format: date, default: "2026-11-01"}
secrets:
  api_key: {title: Key}
auth: {kind: bearer, token: {secret: api_key}}
records: items
pagination: {kind: offset, offset: {query: from}, limit: {query: count}, size: 2, total: {body: total}}
"""

STREAM = """\
format: 1
stream: thing
title: Things
path: /thing
key: id
schema:
  type: object
  required: [id]
  properties:
    id: {type: integer, sample: {sequence: 1}}
    name: {type: string, sample: company_name}
"""

SESSION_AUTH = """\
auth:
  kind: session
  login: {path: /login, body: {key: {secret: api_key}}}
  capture: {token: token}
  expires: {after_seconds: 3600}
  attach: {headers: {Authorization: {join: ["Session ", {captured: token}]}}}
"""


class MemoryDocuments:
    """Documents from a dict of path -> text."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self._files = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}

    def read(self, path: str) -> bytes:
        if path not in self._files:
            raise DocumentNotFound(path)
        return self._files[path]

    def paths(self, prefix: str) -> Iterator[str]:
        yield from sorted(path for path in self._files if path.startswith(prefix))


def documents(connector: str = CONNECTOR, stream: str = STREAM) -> MemoryDocuments:
    return MemoryDocuments({"connectors/toy/connector.yaml": connector, "connectors/toy/thing.yaml": stream})


def toy(connector: str = CONNECTOR, stream: str = STREAM) -> Connector:
    return load_connector(documents(connector, stream), "toy")


def with_pagination(pagination: str, *, extra: str = "") -> Connector:
    return toy(stream=f"{STREAM}pagination: {pagination}\n{extra}")


def with_auth(auth: str) -> Connector:
    return toy(CONNECTOR.replace("auth: {kind: bearer, token: {secret: api_key}}\n", auth))


def plan(connector: Connector, **changes: Any) -> ReadPlan:
    given: dict[str, Any] = {
        "connector": connector,
        "stream": connector.streams["thing"],
        "settings": complete_settings(connector, changes.pop("settings", {})),
        "secrets": {"api_key": Secret(CANARY)},
        "selection": Selection(),
        "since": None,
        "started_at": NOW,
        "now": lambda: NOW,
        **changes,
    }
    return ReadPlan(**given)


def reader(connector: Connector, **changes: Any) -> StreamReader:
    return StreamReader(plan(connector, **changes))


def open_session() -> Session:
    return Session({"token": Secret("t-0")})


def reply(body: Any = None, status: int = 200, **headers: str) -> Reply:
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return Reply(status, {name.replace("_", "-").lower(): value for name, value in headers.items()}, data)


Server = Callable[[Request], Reply]


def drive(reading: StreamReader, server: Server, *, most: int = 200) -> Iterator[Outcome]:
    """Yield what every reply came to, to the end of the stream."""
    for _ in range(most):
        request = reading.next_request()
        if request is None:
            return
        yield reading.receive(server(request))
    raise AssertionError(f"not at the end after {most} requests")


def records_of(outcomes: Iterator[Outcome]) -> list[int]:
    return [record["id"] for outcome in outcomes if isinstance(outcome, Page) for record in outcome.records]


def query_of(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query))


def things(first: int, after: int) -> list[dict[str, Any]]:
    return [{"id": number, "name": f"thing {number}"} for number in range(first, after)]


class Recorder:
    """A server that notes what was asked for: method, path with query, and body."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.lines: list[str] = []
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Reply:
        parts = urlsplit(request.url)
        body = f" {request.body.decode()}" if request.body else ""
        self.lines.append(f"{request.method} {parts.path}{'?' if parts.query else ''}{parts.query}{body}")
        self.requests.append(request)
        return self._server(request)


GOOD: dict[str, Any] = {"items": things(0, 2), "total": 2}
"""A whole list on one page."""


def first(connector: Connector, answer: Reply, **changes: Any) -> Outcome:
    """Return what one reply to the first request comes to."""
    reading = reader(connector, **changes)
    assert reading.next_request() is not None
    return reading.receive(answer)


def refused(connector: Connector, answer: Reply, **changes: Any) -> SluiceError:
    """Return what a reply to the first request raises."""
    with pytest.raises(SluiceError) as caught:
        first(connector, answer, **changes)
    return caught.value
