"""The quarantine: records that were set aside, why, and handing them over again."""

from __future__ import annotations

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from lambdas.api.connection_models import STREAM, ConnectionName
from lambdas.api.paging import USUAL, Cursor, Limit, Next, after_of, next_of
from lambdas.api.problems import not_found
from lambdas.api.roles import Role
from lambdas.api.routing import Answers, IdempotencyKey, Resource, answer
from sluice.usecases.operating.quarantine import (
    Quarantined,
    find_quarantined,
    page_quarantined,
    redacted,
)
from sluice.usecases.replay.selection import MOST
from sluice.usecases.replay.starting import replay_quarantine, replay_records

resource = Resource("quarantine")


Stream = Annotated[str, Path(pattern=STREAM, description="The stream.")]
Record = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,179}$", description="The quarantined record's id.")
]
OfStream = Annotated[str | None, Query(pattern=STREAM, description="Of this stream only.")]


class QuarantinedSummary(BaseModel):
    """A quarantined record in a listing: what is wrong with it, not what is in it."""

    id: str
    stream: str
    run: str = Field(description="The run that set it aside.")
    source_id: str | None
    faults: list[dict[str, Any]] = Field(description="What is wrong with it; of no personal value.")


class QuarantinePage(BaseModel):
    """A page of quarantined records, by stream and run."""

    items: list[QuarantinedSummary]
    next: Next


class QuarantinedModel(QuarantinedSummary):
    """A quarantined record."""

    redacted: bool = Field(
        description="Whether all that may be personal is masked: for whoever is no operator, it is."
    )
    record: dict[str, Any] = Field(description="As the ERP sent it.")


class ReplayWanted(BaseModel):
    """Which quarantined records are handed over again. Without a stream: all of the connection."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"stream": "customer", "source_ids": ["17", "18"]}]},
    )

    stream: Annotated[str, Field(pattern=STREAM)] | None = None
    source_ids: (
        Annotated[
            list[Annotated[str, Field(min_length=1, max_length=500)]], Field(min_length=1, max_length=MOST)
        ]
        | None
    ) = Field(default=None, description="These only; takes a stream.")


class ReplaysModel(BaseModel):
    """The replays that were started: runs, one a stream. None where nothing was quarantined."""

    replays: list[str]


@resource.operation(
    "GET /connections/{name}/quarantine",
    "List quarantined records",
    Answers(QuarantinePage, problems=(400, 404)),
)
def list_quarantine(
    name: ConnectionName, limit: Limit = USUAL, cursor: Cursor = None, stream: OfStream = None
) -> Response[str]:
    """Return a page of the connection's quarantined records with their faults; not the records themselves."""
    resource.require_connection(name)
    scope = f"quarantine {name} {stream or ''}"
    after = after_of(cursor, scope) or None
    page = page_quarantined(resource.world, name, stream, after=after, limit=limit)
    items = [QuarantinedSummary(**_told(one)) for one in page.items]
    return answer(QuarantinePage(items=items, next=next_of(page.after, scope)))


@resource.operation(
    "GET /connections/{name}/quarantine/{stream}/{record}",
    "Show a quarantined record",
    Answers(QuarantinedModel, problems=(404,)),
)
def show_quarantined(name: ConnectionName, stream: Stream, record: Record) -> Response[str]:
    """Return one record with its faults; whole for operators, for others without what may be personal."""
    resource.require_connection(name)
    found = find_quarantined(resource.world, name, stream, record)
    if found is None:
        raise not_found("quarantined record", record)
    role = resource.caller.role
    whole = role is not None and role.may(Role.OPERATOR)
    shown = found if whole else redacted(resource.world, found)
    return answer(QuarantinedModel(**_told(shown), redacted=not whole, record=shown.record))


@resource.operation(
    "POST /connections/{name}/quarantine/replays",
    "Hand quarantined records over again",
    Answers(ReplaysModel, 202, problems=(404,)),
    has_body=True,
)
def replay(name: ConnectionName, wanted: ReplayWanted, key: IdempotencyKey = None) -> Response[str]:
    """Hand over again what is quarantined, without calling the ERP: for after a mapping was mended.

    Records that would be set aside again stay; those that were read again later are dropped.
    """
    resource.require_connection(name)
    world = resource.world
    if wanted.source_ids is None:
        return answer(ReplaysModel(replays=replay_quarantine(world, name, wanted.stream, key)), 202)
    found = replay_records(world, (name, wanted.stream or ""), wanted.source_ids, key)
    return answer(ReplaysModel(replays=[found] if found else []), 202)


def _told(one: Quarantined) -> dict[str, Any]:
    return {
        "id": one.id,
        "stream": one.stream,
        "run": one.run,
        "source_id": one.source_id,
        "faults": list(one.faults),
    }
