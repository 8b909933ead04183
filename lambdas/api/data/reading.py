"""The lake of this execution environment, and the parameters that several operations share."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Annotated, Any

import orjson
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import Field, JsonValue

from lambdas.api.connection_models import NAME
from lambdas.api.problems import Problem, not_found
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.lake.columns import Kind
from sluice.lake.database import Limits
from sluice.lake.selecting import Condition, typed
from sluice.lake.views import View
from sluice.usecases.data.copying import LakeUnsettled
from sluice.usecases.data.reader import LakeReader, OpenLake, schemas_of
from sluice.usecases.operating.periods import DAY_OR_TIME
from sluice.usecases.world import World

MEMORY = "800MB"
"""What a database may take of the function's memory; what is more goes to its disk."""

THREADS = 2
"""Of each database: the function has one processor, and a little of a second."""

MOST_CONDITIONS = 20
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_FIELD = r"^[a-z][a-z0-9_]{0,63}(\.[a-z0-9_]{1,63})?$"
_FIELDS = Annotated[str, Field(pattern=_FIELD)]
_NAMES = Annotated[str, Field(pattern=NAME)]

Entity = Annotated[
    str, Path(pattern=r"^[a-z][a-z_]{0,39}$", description="The entity.", examples=["customer"])
]
OfEntity = Annotated[str, Query(pattern=r"^[a-z][a-z_]{0,39}$", description="The entity.")]
Connections = Annotated[
    list[_NAMES] | None, Query(max_length=20, description="Of these connections only, with commas.")
]
Fields = Annotated[list[_FIELDS] | None, Query(max_length=40, description="Names of fields, with commas.")]
LongCursor = Annotated[
    str | None,
    Query(description="`next` of the page before, as it came. Without: the first page.", max_length=6144),
]
"""A cursor with a record's own values in it."""
ChangedSince = Annotated[
    str | None,
    Query(pattern=DAY_OR_TIME, description="Published then (a day or a time, UTC) or later."),
]
Day = Annotated[str | None, Query(pattern=_DAY, description="A day, in UTC.")]
Text = Annotated[
    str | None,
    Query(min_length=1, max_length=200, description="With this in a name, a number or another such field."),
]
Filter = Annotated[
    str | None,
    Query(
        max_length=4000,
        description="A JSON object of conditions that all hold: the value of a field, null for none, a list "
        "for any of several, or operators with theirs (=, !=, <, <=, >, >=, contains): "
        '`{"status": "open", "due_date": {"<": "2026-12-01"}}`.',
    ),
]


@functools.cache
def reader() -> LakeReader:
    """Return what keeps the lake open in this execution environment."""
    return LakeReader(Limits(MEMORY, THREADS))


@contextmanager
def opened(world: World, views: Sequence[View]) -> Iterator[OpenLake]:
    """Give the lake with these views; raises Problem (503) while its files change too fast to be read."""
    with _settled(), reader().opened(world, views) as lake:
        yield lake


@contextmanager
def opened_each(world: World, views: Sequence[View]) -> Iterator[Iterator[tuple[View, OpenLake]]]:
    """Give each view with a database of its own; raises as opened does."""
    with _settled(), reader().opened_each(world, views) as lakes:
        yield lakes


@contextmanager
def _settled() -> Iterator[None]:
    try:
        yield
    except LakeUnsettled as unsettled:
        raise Problem(503, "lake_unsettled", str(unsettled)) from unsettled


def schema_of(world: World, entity: str) -> Mapping[str, Any]:
    """Return the entity's canonical schema; raises Problem (404) for an unknown one."""
    found = schemas_of(world.catalog).get(entity)
    if found is None:
        raise not_found("entity", entity)
    return found


def moment_of(text: str | None, parameter: str) -> datetime | None:
    """Return a parameter's time, aware UTC; raises ConfigurationInvalid for one that is in no calendar."""
    if text is None:
        return None
    moment: datetime = typed(Kind.MOMENT, text, parameter)
    return moment.replace(tzinfo=UTC)


def day_of(text: str | None, parameter: str) -> date | None:
    """Return a parameter's day; raises ConfigurationInvalid for one that is in no calendar."""
    found: date | None = None if text is None else typed(Kind.DATE, text, parameter)
    return found


def scope_of(*parts: Any) -> str:
    """Return what names a listing with its filters, short enough to tell cursors apart by."""
    return hashlib.blake2b(repr(parts).encode(errors="replace"), digest_size=16).hexdigest()


def conditions_in(text: str | None) -> tuple[Condition, ...]:
    """Return the conditions of the parameter ``filter``; raises ConfigurationInvalid for another form."""
    if text is None:
        return ()
    try:
        given = orjson.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise _wrong("filter", 'right would be a JSON object such as {"status": "open"}')
    return conditions_of(given)


def conditions_of(given: Mapping[str, JsonValue]) -> tuple[Condition, ...]:
    """Return the conditions of a JSON object, by field; raises ConfigurationInvalid for a wrong form."""
    found = [
        Condition(name, operator, _texts(name, values))
        for name, value in given.items()
        for operator, values in (value.items() if isinstance(value, dict) else [("=", value)])
    ]
    if len(found) > MOST_CONDITIONS:
        raise _wrong("filter", f"{len(found)} conditions came; right would be {MOST_CONDITIONS} at most")
    return tuple(found)


def _texts(name: str, value: JsonValue) -> tuple[str | None, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(_text(name, one) for one in values)


def _text(name: str, value: JsonValue) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    raise _wrong(f"filter/{name}", "right would be a text, true or false, a whole number, null or a list")


def _wrong(pointer: str, message: str) -> ConfigurationInvalid:
    return ConfigurationInvalid("The filter is not right", [Fault("wrong_filter", pointer, message)])
