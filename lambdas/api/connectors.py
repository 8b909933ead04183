"""Connectors: which ERPs can be read, what each needs, and how a new one or another version is let in."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from lambdas.api.connection_models import CONNECTOR
from lambdas.api.connector_models import (
    ConnectorModel,
    ConnectorPage,
    ConnectorSummary,
    NewVersion,
    PastedReply,
    PreviewedModel,
    PreviewModel,
    RegisteredModel,
    Rollback,
    VersionModel,
    VersionPage,
)
from lambdas.api.paging import USUAL, Cursor, Limit, after_of, part_of
from lambdas.api.problems import FaultModel, Problem, not_found, told
from lambdas.api.routing import Answers, Resource, answer
from sluice.faults import Fault, pointer_of
from sluice.model.http import Reply
from sluice.registry.packages import DELIVERED, Active
from sluice.usecases.deciding.describing import about, row_of, standing_of
from sluice.usecases.deciding.previewing import Previewed, preview
from sluice.usecases.deciding.registering import Registered, Wanted, register, roll_back, versions

LARGEST = 2 * 1024 * 1024
"""Bytes of all files of a version together; the largest connector there is has a tenth of it."""

resource = Resource("connectors")

Name = Annotated[str, Path(pattern=CONNECTOR, description="The connector's name.", examples=["tripletex"])]


@resource.operation("GET /connectors", "List the connectors", Answers(ConnectorPage, problems=(400,)))
def list_connectors(limit: Limit = USUAL, cursor: Cursor = None) -> Response[str]:
    """Return a page of the connectors by name."""
    after = after_of(cursor, "connectors")
    names = (name for name in resource.world.catalog.names() if name > after)
    part = part_of(names, str, "connectors", limit)
    active = resource.world.packages.all_active()
    items = [_summary(name, active.get(name, Active())) for name in part.items]
    return answer(ConnectorPage(items=items, next=part.next))


@resource.operation("GET /connectors/{name}", "Show a connector", Answers(ConnectorModel, problems=(404,)))
def show_connector(name: Name) -> Response[str]:
    """Return its settings, secrets and streams, what it was certified by, and the notes on it."""
    _must_exist(name)
    version = resource.world.packages.active(name).version
    return answer(ConnectorModel(**about(resource.world.catalog, name), version=version))


@resource.operation(
    "GET /connectors/{name}/versions",
    "List a connector's registered versions",
    Answers(VersionPage, problems=(400, 404)),
)
def list_versions(name: Name, limit: Limit = USUAL, cursor: Cursor = None) -> Response[str]:
    """Return a page of what was registered, the newest first; none where only what was deployed is there."""
    scope = f"versions {name}"
    after = after_of(cursor, scope)
    known = versions(resource.world, name)
    if not known:
        _must_exist(name)
    found = (one for one in known if not after or _sorted_by(one[0].number) > after)
    part = part_of(found, lambda one: _sorted_by(one[0].number), scope, limit)
    items = [
        VersionModel(
            number=version.number,
            digest=version.digest,
            who=version.who,
            reason=version.reason,
            at=version.at,
            holds=holds,
            connections=list(own),
        )
        for version, holds, own in part.items
    ]
    return answer(VersionPage(items=items, next=part.next))


@resource.operation(
    "POST /connectors/{name}/versions",
    "Register a version of a connector",
    Answers(RegisteredModel, problems=(409, 413)),
    has_body=True,
)
def register_version(name: Name, wanted: NewVersion) -> Response[str]:
    """Let the files hold from the next run on, after they were checked, also against their connections.

    The connector need not exist before. The files that hold already change nothing.
    """
    files = {path: text.encode() for path, text in wanted.files.items()}
    if sum(map(len, files.values())) > LARGEST:
        raise Problem(413, "too_large", f"all files together have at most {LARGEST} bytes")
    folders = (f"connectors/{name}/", f"transformers/{name}/")
    strangers = [
        Fault("other_connector", pointer_of("files", path), f"should lie below {' or '.join(folders)}")
        for path in files
        if not path.startswith(folders)
    ]
    if strangers:
        raise Problem(422, "invalid", "files of another connector", faults=strangers)
    decision = Wanted(name, resource.caller.name, wanted.reason, tuple(wanted.connections))
    return _registered(register(resource.world, files, decision))


@resource.operation(
    "POST /connectors/{name}/rollback",
    "Let an earlier version hold again",
    Answers(RegisteredModel, problems=(404, 409)),
    has_body=True,
)
def roll_back_connector(name: Name, wanted: Rollback) -> Response[str]:
    """Let an earlier version of the connector hold again, from the next run on."""
    if not resource.world.packages.active(name).latest:
        _must_exist(name)
    decision = Wanted(name, resource.caller.name, wanted.reason, tuple(wanted.connections))
    return _registered(roll_back(resource.world, decision, wanted.to))


@resource.operation(
    "POST /connectors/{name}/preview",
    "What a connector makes of a pasted reply",
    Answers(PreviewModel, problems=(404,)),
    has_body=True,
)
def preview_reply(name: Name, pasted: PastedReply) -> Response[str]:
    """Read a reply and map its records as a run does; nothing is sent, and nothing is kept.

    A stream that asks for each record by itself takes the reply with one record.
    """
    _must_exist(name)
    reply = Reply(pasted.status, {"content-type": pasted.content_type}, pasted.body.encode())
    found = preview(resource.world.catalog, name, pasted.stream, reply)
    model = PreviewModel(
        entity=found.entity,
        read=found.read,
        records=[_previewed(one) for one in found.records],
        faults=_faults(found.faults),
    )
    return answer(model)


def _must_exist(name: str) -> None:
    if name not in resource.world.catalog.names():
        raise not_found("connector", name)


def _summary(name: str, active: Active) -> ConnectorSummary:
    world = resource.world
    digest = world.packages.version(name, active.version).digest if active.version else DELIVERED
    # Pinned, it is not asked again for each of its files which version holds.
    known = world.catalog.pinned(name, digest)
    certified = standing_of(known.files(name), name)
    return ConnectorSummary(**row_of(known, name), certified=certified, registered=active.version > 0)


def _sorted_by(number: int) -> str:
    """Return what sorts versions as they are listed: the highest number first."""
    return f"{999_999 - number:06d}"


def _registered(done: Registered) -> Response[str]:
    return answer(RegisteredModel(**asdict(done)))


def _previewed(one: Previewed) -> PreviewedModel:
    return PreviewedModel(
        source_id=one.source_id,
        record=dict(one.record),
        data=None if one.data is None else dict(one.data),
        faults=_faults(one.faults),
        skipped=one.skipped,
    )


def _faults(faults: tuple[Fault, ...]) -> list[FaultModel]:
    return [FaultModel(**fault) for fault in told(faults)]
