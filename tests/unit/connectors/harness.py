"""What the tests of connectors share: requests planned, replies fed, records mapped, vendors' files found.

Nothing here knows an ERP. A test says `FIKEN = harness("fiken", {"company_slug": "x"})` and asks it: for a
request (`FIKEN.request("customer", SINCE)`), a reader to feed replies to, a mapping, a canonical record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from sandbox.exchange import Incoming
from sandbox.matching import Asked, Matcher
from sandbox.options import host_of
from sandbox.routes import Routes
from sluice.bootstrap.documents import catalog
from sluice.connector.outcomes import LoggedIn, Outcome, ReadPlan
from sluice.connector.paths import Path as FieldPath
from sluice.connector.reader import StreamReader
from sluice.connector.selection import Selection
from sluice.connector.session import Session
from sluice.connector.settings import base_url_of, complete_settings
from sluice.connector.spec import Connector, Stream
from sluice.local.folder_documents import FolderDocuments
from sluice.mapping.mapper import Mapper
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared"
DOCUMENTS = FolderDocuments(ROOT)
MODEL = catalog().canonical
NOW = datetime(2026, 11, 21, tzinfo=UTC)
TOKEN = "canary-token"

Record = Mapping[str, Any]


def needs(path: str, what: str) -> pytest.MarkDecorator:
    """Return the mark of tests that need ``what``, a file or folder below ../shared; they skip without it."""
    return pytest.mark.skipif(not (SHARED / path).exists(), reason=f"{what} (../shared/{path}) is not here")


@dataclass(frozen=True)
class Harness:
    """A connector with the ``given`` settings and the secrets of one connection, at the moment ``now``.

    ``session`` holds what a login gave; without one a reader logs in first. A secret that the test does not
    name is ``canary-NAME``.
    """

    connector: Connector
    given: Mapping[str, Any]
    named: Mapping[str, str]
    session: Session | None = None
    now: datetime = NOW

    @property
    def streams(self) -> Mapping[str, Stream]:
        """The connector's streams by name."""
        return self.connector.streams

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """The settings with the connector's defaults."""
        return complete_settings(self.connector, self.given)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The text of every secret."""
        return {name: self.named.get(name, f"canary-{name}") for name in self.connector.secrets}

    @cached_property
    def secrets(self) -> Mapping[str, Secret]:
        """Every secret, as a connection holds it."""
        return {name: Secret(text) for name, text in self.texts.items()}

    def with_settings(self, **given: Any) -> Harness:
        """Return the same with these settings beside the others; None takes one away."""
        both = {**self.given, **given}
        return replace(self, given={name: value for name, value in both.items() if value is not None})

    def logged_out(self) -> Harness:
        """Return the same without a session: the first request is the login."""
        return replace(self, session=None)

    def mapper(self, stream: str) -> Mapper:
        """Return the stream's mapping."""
        return catalog().mapper(self.connector.name, stream)

    def used(self, stream: str) -> frozenset[FieldPath]:
        """Return the paths of the fields that the stream's mapping reads."""
        return self.mapper(stream).used.paths()

    def canonical(self, stream: str, record: Record) -> dict[str, Any]:
        """Return the canonical record; it has no faults and is valid against its schema."""
        mapper = self.mapper(stream)
        mapped = mapper.map(record, "acme")
        assert mapped.faults == ()
        assert mapped.data is not None
        assert list(MODEL.entity(mapper.entity).errors(mapped.data)) == []
        return dict(mapped.data)

    def example(self, stream: str) -> dict[str, Any]:
        """Return the first record of the stream's example, tests/examples/NAME/STREAM.json."""
        file = ROOT / "tests/examples" / self.connector.name / f"{stream}.json"
        (first, *_) = orjson.loads(file.read_bytes())
        return dict(first)

    def reader(self, stream: str, since: str | None = None, **plan: Any) -> StreamReader:
        """Return a reader of the stream: of all of it, or of what has changed ``since``."""
        selection = Selection(self.used(stream))
        whom = (self.connector, self.streams[stream], self.settings, self.secrets, selection)
        with_these = {"session": self.session, "now": lambda: self.now, **plan}
        return StreamReader(ReadPlan(*whom, since, self.now, **with_these))

    def logged_in(self, stream: str, since: str | None = None) -> StreamReader:
        """Return a reader whose login was answered with the bearer token ``canary-token``."""
        reader = self.logged_out().reader(stream, since)
        answer = {"token_type": "Bearer", "expires_in": 3600, "access_token": TOKEN}
        assert isinstance(received(reader, answer), LoggedIn)
        return reader

    def request(self, stream: str, since: str | None = None) -> Request:
        """Return the first request of a reading; the login, where there is no session."""
        return asked_by(self.reader(stream, since))

    def query(self, stream: str, since: str | None = None) -> dict[str, str]:
        """Return the query of the first request."""
        return query_of(self.request(stream, since))

    def recognised(self, request: Request) -> tuple[Stream, Asked]:
        """Return the stream that the sandbox takes a request for, and what it reads in it."""
        bases = {
            host_of(one): base_url_of(self.connector, self.settings, one) for one in self.streams.values()
        }
        bases[""] = base_url_of(self.connector, self.settings)
        host = next(name for name, base in bases.items() if request.url.startswith(f"{base}/"))
        headers = {name.lower(): text for name, text in request.headers.items()}
        path = urlsplit(request.url.removeprefix(bases[host])).path
        routes = Routes(self.streams, Matcher(self.settings, self.texts))
        return routes.find(Incoming(request.method, path, query_of(request), headers, host=host))


def harness(
    connector: str, given: Mapping[str, Any] | None = None, secrets: Mapping[str, str] | None = None,
    *, session: Mapping[str, str] | None = None, now: datetime = NOW,
) -> Harness:  # fmt: skip
    """Return the harness of a connector in this repository; ``session`` is what a login captured."""
    captured = {name: Secret(text) for name, text in (session or {}).items()}
    found = catalog().connector(connector)
    return Harness(found, given or {}, secrets or {}, Session(captured) if session else None, now)


def asked_by(reader: StreamReader) -> Request:
    """Return the reader's next request; there is one."""
    request = reader.next_request()
    assert request is not None
    return request


def query_of(request: Request) -> dict[str, str]:
    """Return the query; every parameter stands in it once."""
    return {name: value for name, (value,) in parse_qs(urlsplit(request.url).query).items()}


def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a form that is sent; every field stands in it once."""
    assert request.body is not None
    return {name: value for name, (value,) in parse_qs(request.body.decode()).items()}


def replied(body: Any, status: int = 200, **headers: str) -> Reply:
    """Return a reply in JSON."""
    return Reply(status, {"Content-Type": "application/json", **headers}, orjson.dumps(body))


def received(reader: StreamReader, body: Any, status: int = 200, **headers: str) -> Outcome:
    """Let the reader ask, answer in JSON, and return what it makes of that."""
    asked_by(reader)
    return reader.receive(replied(body, status, **headers))


def types_of(schema: Mapping[str, Any]) -> set[str]:
    """Return the types that a field is declared with, without null."""
    kinds = schema["type"]
    return {kinds} - {"null"} if isinstance(kinds, str) else set(kinds) - {"null"}
