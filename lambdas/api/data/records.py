"""Entities, their records as they are now, one record with its history, and exports."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Literal

import orjson
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from lambdas.api.data.models import (
    EntityList,
    EntityModel,
    ExportModel,
    ExportWanted,
    RecordItem,
    RecordModel,
    RecordPage,
)
from lambdas.api.data.reading import (
    ChangedSince,
    Connections,
    Entity,
    Fields,
    Filter,
    LongCursor,
    Text,
    conditions_in,
    conditions_of,
    moment_of,
    opened,
    opened_each,
    schema_of,
    scope_of,
)
from lambdas.api.paging import USUAL, Limit, after_of, cursor_of
from lambdas.api.problems import Problem, not_found
from lambdas.api.routing import Answers, Resource, answer, taking
from sluice.lake.pages import Leaf, Order, Place, page
from sluice.lake.selecting import Selection
from sluice.lake.views import View
from sluice.model.structs import as_dict
from sluice.usecases.data.entities import table_of
from sluice.usecases.data.export import export_records
from sluice.usecases.data.reader import schemas_of
from sluice.usecases.data.records import record_of

resource = Resource("data")

Key = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9_-]{1,1500}$", description="The record's `key`, as a listing gives it.")
]
_PARAMETERS: dict[str, tuple[Any, Any]] = {
    "cursor": (LongCursor, None),
    "connections": (Connections, None),
    "q": (Text, None),
    "filter": (Filter, None),
    "changed_since": (ChangedSince, None),
    "sort": (Annotated[str, Query(pattern=r"^[a-z][a-z0-9_]{0,63}$", description="A field.")], "event_time"),
    "order": (Annotated[Literal["asc", "desc"], Query(description="Which end comes first.")], "desc"),
    "fields": (Fields, None),
    "total": (Annotated[bool, Query(description="Count them all, too.")], False),
}


@resource.operation("GET /data/entities", "List the entities of the lake", Answers(EntityList))
def list_entities() -> Response[str]:
    """Return every entity with its fields, its records by connection, and when one changed last."""
    world = resource.world
    schemas = schemas_of(world.catalog)
    with opened_each(world, [View(entity) for entity in schemas]) as lakes:
        tables = [table_of(lake.database, view.entity, schemas[view.entity]) for view, lake in lakes]
    return answer(EntityList(items=[EntityModel(**as_dict(one)) for one in tables]))


@resource.operation(
    "GET /data/entities/{entity}/records", "List records", Answers(RecordPage, problems=(400, 404))
)
@taking(_PARAMETERS)
def list_records(entity: Entity, limit: Limit = USUAL, **given: Any) -> Response[str]:
    """Return a page of an entity's records as they are now; the newest change comes first unless told."""
    schema = schema_of(resource.world, entity)
    selection = _selection(given)
    order = Order(given["sort"], given["order"] == "desc")
    scope = scope_of("records", entity, selection, order)
    place, fields = _place(given["cursor"], scope), tuple(given["fields"] or ())
    wanted = Leaf(selection, order, fields, place, limit, total=given["total"])
    with opened(resource.world, [View(entity)]) as lake:
        found = page(lake.database, entity, schema, wanted)
    items = [RecordItem(key=key_of(values["id"]), values=values) for values in found.items]
    return answer(RecordPage(items=items, next=_cursor(found.after, scope), total=found.total))


@resource.operation(
    "GET /data/entities/{entity}/records/{record}",
    "Show a record with its history",
    Answers(RecordModel, problems=(404,)),
)
def show_record(entity: Entity, record: Key) -> Response[str]:
    """Return a record as it is now, and its versions: when each came, by which run, and what it changed."""
    world = resource.world
    schema_of(world, entity)
    with opened(world, [View(entity, is_history=True)]) as lake:
        found = record_of(world, lake.database, entity, _id_of(record))
    if found is None:
        raise not_found(entity, record)
    told = as_dict(found)
    return answer(RecordModel(key=record, entity=entity, version_count=told.pop("count"), **told))


@resource.operation(
    "POST /data/entities/{entity}/exports",
    "Export records to a file",
    Answers(ExportModel, 201, problems=(404,)),
    has_body=True,
)
def export_entity(entity: Entity, wanted: ExportWanted) -> Response[str]:
    """Write the selected records to a file, and return a link to it that is good for 15 minutes."""
    world = resource.world
    schema = schema_of(world, entity)
    since = moment_of(wanted.changed_since, "/changed_since")
    conditions = conditions_of(wanted.filter)
    selection = Selection(tuple(wanted.connections), wanted.q or "", conditions, since)
    view = View(entity)
    with opened(world, [view]) as lake:
        link = export_records(world, lake, schema, (view, selection), wanted.format)
    return answer(ExportModel(**as_dict(link)), 201)


def key_of(id: str) -> str:  # noqa: A002 - the field's name
    """Return a record's id as a path can hold it: an id of an ERP may have any sign."""
    return base64.urlsafe_b64encode(id.encode()).decode().rstrip("=")


def _id_of(key: str) -> str:
    try:
        return base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _selection(given: dict[str, Any]) -> Selection:
    since = moment_of(given["changed_since"], "changed_since")
    conditions = conditions_in(given["filter"])
    return Selection(tuple(given["connections"] or ()), given["q"] or "", conditions, since)


def _cursor(after: Place | None, scope: str) -> str | None:
    return None if after is None else cursor_of(orjson.dumps([after.value, after.id]).decode(), scope)


def _place(cursor: str | None, scope: str) -> Place | None:
    after = after_of(cursor, scope)
    if not after:
        return None
    try:
        found = orjson.loads(after)
    except ValueError:
        found = None
    match found:
        case [None | str() as value, str() as id_]:
            return Place(value, id_)
    raise Problem(400, "wrong_cursor", "the cursor is none of this listing")
