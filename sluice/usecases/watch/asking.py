"""Asks for the description that a vendor publishes, the way the connector says. Understands nothing of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from sluice.connector.outcomes import Outcome, ReadPlan, Throttled
from sluice.connector.reader import StreamReader
from sluice.connector.replies.answer import Answer
from sluice.connector.replies.verdicts import judged
from sluice.connector.selection import Selection
from sluice.connector.session import Session
from sluice.connector.settings import base_url_of, complete_settings
from sluice.connector.spec import Auth, Connector, PageKind, Pagination, Published, RequestSpec, Stream
from sluice.connector.values import Literal
from sluice.errors import ConfigurationInvalid, ErpUnavailable
from sluice.faults import Fault
from sluice.model.connection import Connection
from sluice.model.http import Reply, Request
from sluice.ports.sender import TransportFailed
from sluice.registry.budgets.sending import MustWait
from sluice.usecases.access.credentials import credentials_of
from sluice.usecases.access.limits import within_limits
from sluice.usecases.access.logging_in import SharedLogin
from sluice.usecases.watch.introspection import INTROSPECTION
from sluice.usecases.world import World

_EXCHANGES = 5
"""Requests for one document, logging in among them, before the ERP counts as unavailable."""

_ACCEPT = {
    "openapi": "application/json, application/yaml;q=0.9, */*;q=0.5",
    "odata": "application/xml",
    "graphql": "application/json",
    "json_schema": "application/schema+json, application/json;q=0.9, */*;q=0.5",
}


class Question(Struct, frozen=True):
    """What is asked for, as a ``stream`` of one page, and on whose behalf."""

    connection: Connection
    connector: Connector
    stream: Stream


class Answered(Struct, frozen=True):
    """A document as it came; ``body`` is None where it is as before. ``session`` is the one to go on with."""

    body: bytes | None
    etag: str = ""
    modified: str = ""
    session: Session | None = None


def place_of(world: World, connector: Connector, connection: Connection) -> tuple[str, str]:
    """Return the place of the description that speaks for a connection, and its address.

    Raises ConfigurationInvalid where the connector names none, or the connection's settings are wrong.
    """
    published = published_by(connector)
    if published.kind == "tryton":
        return connection.name, base_url_of(connector, complete_settings(connector, connection.settings))
    question = Question(connection, _seen_by_all(connector), document_of(connector))
    request = _reader(world, question).next_request()
    address = request.url if request else ""
    if published.authenticated:
        return connection.name, address
    return f"_{hashlib.blake2b(address.encode(), digest_size=4).hexdigest()}", address


def published_by(connector: Connector) -> Published:
    """Return what the connector says of its description; raises ConfigurationInvalid if nothing."""
    if connector.published is None:
        message = f"{connector.name} names no published description; add `published` to its connector.yaml"
        raise ConfigurationInvalid(message, [Fault("nothing_published", "/published", message)])
    return connector.published


def ask_for_document(
    world: World, connection: Connection, connector: Connector, held: tuple[str, str]
) -> Answered:
    """Return the document at the published address; ``held`` is (etag, modified) of the one there is.

    Raises ErpUnavailable, CredentialsRejected, ApiChanged or ConfigurationInvalid.
    """
    asked = connector if published_by(connector).authenticated else _seen_by_all(connector)
    etag, modified = held
    unless = {"If-None-Match": etag} if etag else {"If-Modified-Since": modified} if modified else {}
    return answer_to(world, Question(connection, asked, document_of(asked)), unless=unless)


def document_of(connector: Connector) -> Stream:
    """Return the published document as a stream of one page, so that it is asked for as streams are."""
    published = published_by(connector)
    body = Literal({"query": INTROSPECTION}) if published.kind == "graphql" else None
    request = RequestSpec(
        method="GET" if body is None else "POST",
        headers={"Accept": Literal(_ACCEPT[published.kind])},
        body=body,
    )
    return Stream(
        name="description",
        title="The published description",
        path=published.path,
        key=(),
        request=request,
        records=(),
        pagination=Pagination(PageKind.SINGLE),
        schema={},
        path_parameters=published.path_parameters,
        errors=connector.errors,
    )


def answer_to(
    world: World,
    question: Question,
    known: Session | None = None,
    unless: Mapping[str, str] | None = None,
) -> Answered:
    """Log in where that is needed, send the request, and return what came; raises as ask_for_document does.

    ``unless`` are headers by which the ERP may say that nothing changed.
    """
    login = SharedLogin(world, question.connection, question.connector, known)
    reader = _reader(world, question, login.session)
    for _ in range(_EXCHANGES):
        request = reader.next_request()
        if request is None:
            break
        outcome: Outcome | None
        if reader.wants_login:
            outcome = login.log_in(reader, partial(_send, world, question))
        else:
            reply = _send(world, question, replace(request, headers={**request.headers, **(unless or {})}))
            if reply.status == 304 and unless:
                return Answered(None, session=reader.session)
            if judged(Answer(reply), question.stream.errors) is None:
                etag, modified = reply.header("etag") or "", reply.header("last-modified") or ""
                return Answered(reply.body, etag, modified, reader.session)
            outcome = reader.receive(reply)
        if isinstance(outcome, Throttled):
            raise ErpUnavailable("the ERP asks for patience; its description is read another time")
    raise ErpUnavailable(f"the description did not come in {_EXCHANGES} tries")


def _reader(world: World, question: Question, session: Session | None = None) -> StreamReader:
    connector, connection = question.connector, question.connection
    url = connector.published.url if connector.published else None
    plan = ReadPlan(
        connector=connector if url is None else replace(connector, base_url=url),
        stream=question.stream,
        settings=complete_settings(connector, connection.settings),
        secrets=credentials_of(world, connection, connector),
        selection=Selection(),
        since=None,
        started_at=world.clock.now(),
        session=session,
        now=world.clock.now,
    )
    return StreamReader(plan)


def _seen_by_all(connector: Connector) -> Connector:
    return replace(connector, auth=Auth("none"), secrets={}, errors=(), rate_limit=None)


def _send(world: World, question: Question, request: Request) -> Reply:
    # Who asks without credentials is a client of the same vendor: the connection's own limits hold.
    connector = world.connector_of(question.connection)
    try:
        with within_limits(world, question.connection, connector) as sender:
            return sender.send(request)
    except (TransportFailed, MustWait) as failed:
        raise ErpUnavailable(str(failed)) from failed
