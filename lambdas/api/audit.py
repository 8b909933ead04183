"""The audit: who did what, when, and how it was before and after."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, Field

from lambdas.api.connection_models import NAME
from lambdas.api.paging import USUAL, Cursor, Limit, after_of, next_of
from lambdas.api.routing import Answers, Resource, answer

resource = Resource("audit")

OfConnection = Annotated[str | None, Query(pattern=NAME, description="Of this connection only.")]
Who = Annotated[str | None, Query(min_length=1, max_length=128, description="By this person only.")]


class EntryModel(BaseModel):
    """What somebody did. One that stays begun was interrupted: how far it came is not known."""

    id: str
    at: str
    who: str
    action: str = Field(examples=["connections.pause"])
    target: str
    connection: str
    reason: str
    state: Literal["begun", "done", "failed"]
    before: dict[str, Any]
    after: dict[str, Any]
    ended_at: str | None
    error: str | None


class AuditPage(BaseModel):
    """A page of entries, the newest first. With a filter it may be short and still go on."""

    items: list[EntryModel]
    next: str | None = Field(description="The cursor of the next page; null where this is the last.")


@resource.operation("GET /audit", "Who did what", Answers(AuditPage, problems=(400,)))
def list_entries(
    limit: Limit = USUAL, cursor: Cursor = None, connection: OfConnection = None, who: Who = None
) -> Response[str]:
    """Return a page of the audit, of one connection or person or of all; entries are kept for 400 days."""
    scope = f"audit {connection or ''} {who or ''}"
    after = after_of(cursor, scope) or None
    page = resource.world.audit.page(connection, who, after=after, limit=limit)
    items = [EntryModel(**entry.to_json()) for entry in page.items]
    return answer(AuditPage(items=items, next=next_of(page.after, scope)))
