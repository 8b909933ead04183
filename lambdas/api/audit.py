"""The audit: who did what, when, and how it was before and after."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, Field

from lambdas.api.connection_models import NAME, ConnectionName
from lambdas.api.paging import USUAL, Cursor, Limit, Next, after_of, next_of
from lambdas.api.routing import Answers, Resource, answer, taking
from sluice.registry.audit import LONGEST_TEXT, AuditFilter, Entry
from sluice.usecases.operating.auditing import audit_filter
from sluice.usecases.operating.periods import DAY_OR_TIME

resource = Resource("audit")

Reason = Annotated[str, Field(max_length=LONGEST_TEXT, description="Why, for those who come after.")]

_FILTERS: dict[str, Any] = {
    "connection": Annotated[str | None, Query(pattern=NAME, description="Of this connection only.")],
    "who": Annotated[str | None, Query(min_length=1, max_length=128, description="By this person only.")],
    "action": Annotated[
        str | None,
        Query(
            pattern=r"^[a-z_]{1,40}(\.[a-z_]{1,40})?$",
            description="Of this kind only: `connections.pause`, or all of `connections`.",
        ),
    ],
    "since": Annotated[
        str | None, Query(pattern=DAY_OR_TIME, description="Then (a day or a time, UTC) or later.")
    ],
    "until": Annotated[str | None, Query(pattern=DAY_OR_TIME, description="Then or earlier.")],
}


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


class NoteModel(BaseModel):
    """Who did what to the thing that is shown, without what it was before and after."""

    at: str
    who: str
    action: str = Field(examples=["runs.stop"])
    target: str
    reason: str
    state: Literal["begun", "done", "failed"]
    ended_at: str | None
    error: str | None

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> list[NoteModel]:
        """Return the notes of entries, in their order."""
        return [cls(**{name: getattr(entry, name) for name in cls.model_fields}) for entry in entries]


class NotePage(BaseModel):
    """A page of notes, the newest first."""

    items: list[NoteModel]
    next: Next


class AuditPage(BaseModel):
    """A page of entries, the newest first. With a filter it may be short and still go on."""

    items: list[EntryModel]
    next: Next


@resource.operation("GET /audit", "Who did what", Answers(AuditPage, problems=(400,)))
@taking({name: (kind, None) for name, kind in _FILTERS.items()})
def list_entries(limit: Limit = USUAL, cursor: Cursor = None, **filters: str | None) -> Response[str]:
    """Return a page of the audit, of one connection or person or of all; entries are kept for 400 days."""
    wanted = audit_filter(**{name: found or "" for name, found in filters.items()})
    scope = f"audit {wanted}"
    page = resource.world.audit.page(wanted, after=after_of(cursor, scope) or None, limit=limit)
    items = [EntryModel(**entry.to_json()) for entry in page.items]
    return answer(AuditPage(items=items, next=next_of(page.after, scope)))


@resource.operation(
    "GET /connections/{name}/audit", "Who did what to a connection", Answers(NotePage, problems=(400, 404))
)
def list_notes(name: ConnectionName, limit: Limit = USUAL, cursor: Cursor = None) -> Response[str]:
    """Return a page of what was done to the connection, its runs and its changes; names and actions only."""
    resource.require_connection(name)
    scope = f"notes {name}"
    page = resource.world.audit.page(AuditFilter(name), after=after_of(cursor, scope) or None, limit=limit)
    return answer(NotePage(items=NoteModel.of(page.items), next=next_of(page.after, scope)))
