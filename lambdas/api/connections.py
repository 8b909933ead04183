"""Connections: which customers' ERPs are read, and when."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from lambdas.api.connection_models import (
    CONNECTOR,
    ConnectionDraft,
    ConnectionModel,
    ConnectionName,
    ConnectionPage,
    ConnectionSettings,
    ConnectionSummary,
    NewConnection,
    RemovedModel,
    ValidationModel,
)
from lambdas.api.etags import IfMatch, etag_of, must_match
from lambdas.api.paging import USUAL, Cursor, Limit, after_of, part_of
from lambdas.api.problems import FaultModel, not_found, told
from lambdas.api.routing import Answers, Resource, answer
from lambdas.api.run_models import SpendingModel
from sluice.errors import ConfigurationInvalid
from sluice.model.connection import Connection
from sluice.model.schedules.times import next_times
from sluice.model.structs import as_dict
from sluice.usecases.operating.spending import spending_of
from sluice.usecases.world import iso

resource = Resource("connections")

OfConnector = Annotated[str | None, Query(pattern=CONNECTOR, description="Those of this connector only.")]

_ETAG = {"ETag": "What If-Match takes when the connection is changed."}
_COST = Answers(SpendingModel, problems=(404,))
_SHOWN = Answers(ConnectionModel, headers=_ETAG, problems=(404,))
_CHANGED = Answers(ConnectionModel, headers=_ETAG, problems=(404, 409, 412, 428))
_CREATED = Answers(
    ConnectionModel, 201, headers={**_ETAG, "Location": "Where the connection is."}, problems=(409,)
)


@resource.operation("GET /connections", "List the connections", Answers(ConnectionPage, problems=(400,)))
def list_connections(
    limit: Limit = USUAL, cursor: Cursor = None, connector: OfConnector = None
) -> Response[str]:
    """Return a page of the connections by name."""
    scope = f"connections {connector or ''}"
    after = after_of(cursor, scope)
    known = resource.world.connections.all(after or None)
    found = (one for one in known if connector in {None, one.connector})
    part = part_of(found, lambda one: one.name, scope, limit)
    notes = resource.desk.notes_on(part.items)
    items = [_summary(one, notes[one.name]) for one in part.items]
    return answer(ConnectionPage(items=items, next=part.next))


@resource.operation("GET /connections/{name}", "Show a connection", _SHOWN)
def show_connection(name: ConnectionName) -> Response[str]:
    """Return the connection, how far each stream is, and the names of its secrets."""
    return _shown(name)


@resource.operation("GET /connections/{name}/cost", "Show what its runs cost", _COST)
def show_cost_of_connection(name: ConnectionName) -> Response[str]:
    """Return what its last runs cost on AWS, and what its schedule's runs of 30 days would: an estimate."""
    _known(name)
    return answer(SpendingModel(**as_dict(spending_of(resource.world, name))))


@resource.operation("POST /connections", "Add a connection", _CREATED, has_body=True)
def add_connection(wanted: NewConnection) -> Response[str]:
    """Check everything, then store the connection, its secrets and its schedule."""
    resource.desk.add(wanted.connection(wanted.name), wanted.secret_texts())
    return _shown(wanted.name, 201, Location=f"/connections/{wanted.name}")


@resource.operation(
    "POST /connections/validate",
    "Check a connection without storing it",
    Answers(ValidationModel),
    has_body=True,
)
def validate_connection(wanted: ConnectionDraft) -> Response[str]:
    """Return all that is wrong with a connection, as a form shows it; nothing is stored.

    Of a connection that exists, secrets that are not given again count as given.
    """
    desk, connection = resource.desk, wanted.connection(wanted.name)
    known = bool(wanted.name) and resource.world.connections.find(wanted.name) is not None
    try:
        faults = desk.faults(connection, wanted.secret_texts(), update=known)
    except ConfigurationInvalid as invalid:
        faults = list(invalid.faults)
    models = [FaultModel(**fault) for fault in told(faults)]
    return answer(ValidationModel(valid=not models, faults=models))


@resource.operation("PUT /connections/{name}", "Replace a connection", _CHANGED, has_body=True)
def replace_connection(
    name: ConnectionName, wanted: ConnectionSettings, if_match: IfMatch = None
) -> Response[str]:
    """Replace the connection; secrets that are not given are kept, and it stays paused if it is.

    With other settings its streams are read whole next.
    """
    known, version = _matching(name, if_match)
    changed = wanted.connection(name, paused=known.paused)
    resource.desk.add(changed, wanted.secret_texts(), update=True, expected=version)
    return _shown(name)


@resource.operation(
    "DELETE /connections/{name}", "Remove a connection", Answers(RemovedModel, problems=(404, 412, 428))
)
def remove_connection(name: ConnectionName, if_match: IfMatch = None) -> Response[str]:
    """Forget the connection, its schedule, secrets and cursors, and delete what is stored of its data."""
    _matching(name, if_match)
    return answer(RemovedModel(run=resource.desk.remove(name) or None))


@resource.operation("POST /connections/{name}/pause", "Pause a connection", _SHOWN)
def pause_connection(name: ConnectionName) -> Response[str]:
    """Stop its runs, scheduled and by hand; one under way goes on to its end."""
    _known(name)
    resource.desk.pause(name)
    return _shown(name)


@resource.operation("POST /connections/{name}/resume", "Let a connection run again", _SHOWN)
def resume_connection(name: ConnectionName) -> Response[str]:
    """Let it run again, from where it stopped."""
    _known(name)
    resource.desk.resume(name)
    return _shown(name)


def _known(name: str) -> tuple[Connection, int]:
    found = resource.world.connections.find(name)
    if found is None:
        raise not_found("connection", name)
    return found


def _matching(name: str, if_match: str | None) -> tuple[Connection, int]:
    """Return the connection with its version if it is the one that the caller has read; raises Problem."""
    known, version = _known(name)
    must_match(if_match, etag_of(known.to_json(), version))
    return known, version


def _shown(name: str, status: int = 200, **headers: str) -> Response[str]:
    connection, version = _known(name)
    shown = resource.desk.show(name)
    summary = _summary(connection, resource.desk.note_on(connection)).model_dump()
    model = ConnectionModel(**{**shown, **summary})
    return answer(model, status, ETag=etag_of(connection.to_json(), version), **headers)


def _summary(connection: Connection, note: str) -> ConnectionSummary:
    return ConnectionSummary.of(connection, note, _next_run(connection))


def _next_run(connection: Connection) -> str | None:
    """Return when it runs next, where that can be told: a rate is counted from when it was stored."""
    if connection.paused or not (connection.schedule or "").startswith("cron("):
        return None
    times = next_times(str(connection.schedule), resource.world.clock.now(), 1)
    return iso(times[0]) if times else None
