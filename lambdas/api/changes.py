"""API changes: what ERPs changed, and a person's decision on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from lambdas.api.audit import NoteModel, Reason
from lambdas.api.connection_models import NAME
from lambdas.api.etags import IfMatch, etag_of, must_match
from lambdas.api.paging import USUAL, Cursor, Limit, Next, after_of, next_of, part_of
from lambdas.api.problems import FaultModel, Problem, not_found, told
from lambdas.api.roles import Role
from lambdas.api.routing import Answers, Resource, answer
from lambdas.api.run_models import ChangeSpendingModel
from sluice.errors import ConfigurationInvalid
from sluice.model.structs import as_dict
from sluice.registry.incidents import Incident
from sluice.usecases.deciding.accepting import Accepted, accept_change, accept_everywhere, reject_change
from sluice.usecases.deciding.changes import (
    describe_changes,
    find_change,
    list_changes,
    page_of_changes,
)
from sluice.usecases.operating.auditing import done_to_change
from sluice.usecases.operating.change_preview import MOST_SHOWN, preview_patch
from sluice.usecases.operating.spending import change_spending_of

resource = Resource("changes")

ChangeId = Annotated[str, Path(pattern=r"^[0-9a-f]{4,64}$", description="The change's id.")]
OfConnection = Annotated[str | None, Query(pattern=NAME, description="Of this connection only.")]
State = Annotated[
    Literal["open", "accepted", "rejected", "resolved"] | None, Query(description="In this state only.")
]
Shown = Annotated[int, Query(ge=1, le=MOST_SHOWN, description="At most so many records.")]


class ChangeModel(BaseModel):
    """One difference between what a stream relied on and what the ERP does now. Vendors' words are in it."""

    id: str
    connection: str
    stream: str | None
    state: str = Field(description="open, accepted, rejected, or resolved by itself.")
    code: str = Field(description="Its kind's stable code.")
    kind: str
    meaning: str
    path: str = Field(description="Where in the ERP's record or reply.")
    before: str
    after: str
    severity: str
    action: str = Field(description="What was done about it: go_on, notify, quarantine, hold, fail.")
    did: str = Field(description="What was done about it, in words.")
    share: str = Field(description="The share of the records that it touches, 0 to 1.")
    used_by: list[str] = Field(description="The mapped fields that it touches.")
    evidence: dict[str, Any]
    cause: str
    whose: str = Field(description="Whether it is the vendor's, in words.")
    connections: list[str] = Field(description="Those that meet it.")
    since: str
    seen: int = Field(description="How many runs met it.")
    opened_at: str
    last_seen_at: str
    run: str = Field(description="The run that met it first.")
    last_run: str
    advice: str
    decided_by: str | None
    decided_at: str | None
    reason: str | None
    has_suggestion: bool = Field(description="Whether a patch of the mapping is suggested.")


class ChangeDetail(ChangeModel):
    """A change with who did what about it."""

    audit: list[NoteModel] = Field(description="Who did what about it, the newest first.")


class ChangePage(BaseModel):
    """A page of changes, the newest first. With a filter it may be short and still go on."""

    items: list[ChangeModel]
    next: Next


class Acceptance(BaseModel):
    """How a change is taken as right."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = ""
    apply_suggestion: bool = Field(default=False, description="Patch the mapping as the change suggests.")
    everywhere: bool = Field(default=False, description="On every connection of the connector that meets it.")


class Rejection(BaseModel):
    """Why a change is taken as wrong."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = ""


class AcceptedModel(BaseModel):
    """What accepting came to on one connection."""

    id: str
    connection: str
    decided_by: str
    together: list[str] = Field(description="Changes at the same place, accepted with it.")
    contract: int = Field(description="The version of the contract that allows it.")
    patched: bool
    held_by: str | None = Field(description="Another change that still holds the stream.")
    replay: str | None = Field(description="The run that hands over what was held or set aside.")


class AcceptedAll(BaseModel):
    """What accepting came to."""

    accepted: list[AcceptedModel]


class PreviewedRecord(BaseModel):
    """One record by the mapping as it is, and as it would be."""

    source_id: str | None
    before: dict[str, Any] | None
    before_faults: list[FaultModel]
    after: dict[str, Any] | None
    after_faults: list[FaultModel]


class PatchPreview(BaseModel):
    """What the suggested patch would make of the records that wait."""

    mapping: str = Field(description="The patched mapping, YAML.")
    redacted: bool = Field(description="Whether personal values are masked: below operator they are.")
    records: list[PreviewedRecord]


_ETAG = {"ETag": "What If-Match takes when it is decided."}
_DECIDING = (404, 409, 412, 428)


@resource.operation("GET /changes", "List API changes", Answers(ChangePage, problems=(400,)))
def list_of_changes(
    limit: Limit = USUAL, cursor: Cursor = None, connection: OfConnection = None, state: State = None
) -> Response[str]:
    """Return a page of API changes, of one connection or of all, the newest first."""
    scope = f"changes {connection or ''} {state or ''}"
    after = after_of(cursor, scope)
    world = resource.world
    if connection is None:
        page = page_of_changes(world, state, after=after or None, limit=limit)
        return answer(ChangePage(items=_models(page.items), next=next_of(page.after, scope)))
    known = list_changes(world, connection) if world.connections.find(connection) else []
    wanted = sorted((one for one in known if state in {None, one.state}), key=_place, reverse=True)
    part = part_of((one for one in wanted if not after or _place(one) < after), _place, scope, limit)
    return answer(ChangePage(items=_models(part.items), next=part.next))


@resource.operation(
    "GET /changes/{id}", "Show a change", Answers(ChangeDetail, headers=_ETAG, problems=(404,))
)
def show_change(id: ChangeId) -> Response[str]:  # noqa: A002 - the name in the path
    """Return the change: what was, what is, how much of the data it touches, and which fields use it."""
    return _shown(_known(id))


@resource.operation(
    "GET /changes/{id}/preview",
    "Try a change's suggested patch on the records that wait",
    Answers(PatchPreview, problems=(404,)),
)
def preview(id: ChangeId, limit: Shown = 20) -> Response[str]:  # noqa: A002
    """Return what the patched mapping would make of the held records; nothing is stored."""
    role = resource.caller.role
    whole = role is not None and role.may(Role.OPERATOR)
    found = preview_patch(resource.world, _known(id), limit, whole=whole)
    records = [
        PreviewedRecord(
            source_id=one.source_id,
            before=one.before,
            before_faults=[FaultModel(**fault) for fault in told(one.before_faults)],
            after=one.after,
            after_faults=[FaultModel(**fault) for fault in told(one.after_faults)],
        )
        for one in found.records
    ]
    return answer(PatchPreview(mapping=found.mapping, redacted=not whole, records=records))


@resource.operation(
    "GET /changes/{id}/cost", "Show what a change costs", Answers(ChangeSpendingModel, problems=(404,))
)
def show_cost_of_change(id: ChangeId) -> Response[str]:  # noqa: A002
    """Return what the runs that met it cost, and what handing over the records that wait would, estimated."""
    return answer(ChangeSpendingModel(**as_dict(change_spending_of(resource.world, _known(id)))))


@resource.operation(
    "POST /changes/{id}/accept", "Accept a change", Answers(AcceptedAll, problems=_DECIDING), has_body=True
)
def accept(id: ChangeId, wanted: Acceptance, if_match: IfMatch = None) -> Response[str]:  # noqa: A002
    """Take the change as right: its stream is released, and what was held or set aside is handed over.

    Accepting again does nothing twice: it completes what was interrupted.
    """
    must_match(if_match, _etag(_known(id)))
    accepting = accept_everywhere if wanted.everywhere else accept_change
    world = resource.world
    found = accepting(world, id, world.who, wanted.reason, patch=wanted.apply_suggestion)
    every = found if isinstance(found, list) else [found]
    return answer(AcceptedAll(accepted=[_accepted(one) for one in every]))


@resource.operation(
    "POST /changes/{id}/reject",
    "Reject a change",
    Answers(ChangeDetail, headers=_ETAG, problems=_DECIDING),
    has_body=True,
)
def reject(id: ChangeId, wanted: Rejection, if_match: IfMatch = None) -> Response[str]:  # noqa: A002
    """Take the change as wrong: what it holds stays held until it is accepted after all."""
    must_match(if_match, _etag(_known(id)))
    decided = reject_change(resource.world, id, resource.world.who, wanted.reason)
    if decided.accepted:
        raise Problem(
            409, "accepted_already", f"{decided.who} accepted it at {decided.at}: it stays accepted"
        )
    return _shown(_known(id))


def _known(change: str) -> Incident:
    try:
        return find_change(resource.world, change)
    except ConfigurationInvalid as unknown:
        raise not_found("change", change) from unknown


def _shown(incident: Incident) -> Response[str]:
    notes = NoteModel.of(done_to_change(resource.world, incident))
    return answer(ChangeDetail(**_model(incident).model_dump(), audit=notes), ETag=_etag(incident))


def _etag(incident: Incident) -> str:
    # Not of when it was seen last: every run that meets it again would undo a person's reading.
    return etag_of([incident.id, incident.opened_at, incident.state, incident.change, incident.reason], 0)


def _place(incident: Incident) -> str:
    return incident.entry.place


def _model(incident: Incident) -> ChangeModel:
    return _models([incident])[0]


def _models(incidents: Sequence[Incident]) -> list[ChangeModel]:
    return [
        ChangeModel(
            **{name: found[name] for name in ChangeModel.model_fields if name in found},
            has_suggestion=bool(found["evidence"].get("suggestion")),
        )
        for found in describe_changes(resource.world, incidents)
    ]


def _accepted(one: Accepted) -> AcceptedModel:
    return AcceptedModel(
        id=one.incident.id,
        connection=one.incident.connection,
        decided_by=one.decided.who,
        together=list(one.together),
        contract=one.contract,
        patched=one.decided.patched,
        held_by=one.held_by,
        replay=one.replay,
    )
