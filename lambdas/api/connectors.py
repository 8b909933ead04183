"""Connectors: which ERPs can be read, what each needs, and how a new one or another version is let in."""

from __future__ import annotations

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from lambdas.api.connection_models import CONNECTOR, STREAM
from lambdas.api.connector_models import (
    ConnectorModel,
    ConnectorPage,
    ConnectorSummary,
    Description,
    DraftModel,
    FieldModel,
    NewVersion,
    PastedReply,
    PreviewedModel,
    PreviewModel,
    RegisteredModel,
    RemarkModel,
    Rollback,
    StreamContractModel,
    VersionModel,
    VersionPage,
)
from lambdas.api.paging import USUAL, Cursor, Limit, after_of, part_of
from lambdas.api.problems import FaultModel, Problem, not_found, told
from lambdas.api.routing import Answers, Resource, answer
from sluice.bootstrap.documents import ROOT, folder_documents
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault, pointer_of
from sluice.kit.draft import Wanted as WantedDraft
from sluice.model.http import Reply
from sluice.model.structs import as_dict
from sluice.registry.catalog import Catalog, faults_of
from sluice.registry.packages import DELIVERED, Active
from sluice.usecases.deciding.describing import about, relied_on, row_of, standing_of
from sluice.usecases.deciding.drafting import draft_from
from sluice.usecases.deciding.previewing import Previewed, preview
from sluice.usecases.deciding.registering import Registered, Wanted, register, roll_back, versions

LARGEST = 2 * 1024 * 1024
"""Bytes of all files of a version together; the largest connector there is has a tenth of it."""

resource = Resource("connectors")

Name = Annotated[str, Path(pattern=CONNECTOR, description="The connector's name.", examples=["tripletex"])]
Stream = Annotated[str, Path(pattern=STREAM, description="The stream's name.", examples=["customer"])]


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
    "GET /connectors/{name}/streams/{stream}",
    "Show what a stream relies on",
    Answers(StreamContractModel, problems=(404,)),
)
def show_stream(name: Name, stream: Stream) -> Response[str]:
    """Return the fields that the ERP is relied on to send, as declared, and what each becomes."""
    _must_exist(name)
    catalog = resource.world.catalog
    if stream not in catalog.connector(name).streams:
        raise not_found("stream", stream)
    fields = [FieldModel(**as_dict(one)) for one in relied_on(catalog, name, stream)]
    entity = catalog.mapper(name, stream).entity
    return answer(StreamContractModel(connector=name, stream=stream, entity=entity, fields=fields))


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
    delivered = resource.world.catalog.was_delivered(name)
    return answer(VersionPage(items=items, delivered=delivered, next=part.next))


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
    files = _files(name, wanted.files)
    decision = Wanted(name, resource.caller.name, wanted.reason, tuple(wanted.connections))
    try:
        return _registered(register(resource.world, files, decision))
    except ConfigurationInvalid as invalid:
        raise _in_files(invalid) from invalid


@resource.operation(
    "POST /connectors/drafts", "Draft a connector from a description", Answers(DraftModel), has_body=True
)
def draft_connector(wanted: Description) -> Response[str]:
    """Return the files that can be made of an OpenAPI or OData description, and what is left to decide.

    Nothing is stored: the files are registered as those of any connector are.
    """
    made = draft_from(
        resource.world.catalog,
        folder_documents(ROOT),
        wanted.description.encode(),
        WantedDraft(wanted.name, tuple(wanted.paths)),
    )
    model = DraftModel(
        files=dict(made.files),
        streams=list(made.streams),
        form=made.form,
        questions=[RemarkModel(file=file, text=text) for file, text in made.questions],
        decided=[RemarkModel(file=file, text=text) for file, text in made.decided],
        left_out=list(made.left_out),
        faults=_faults(tuple(map(_in_file, made.faults))),
    )
    return answer(model)


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
    Answers(PreviewModel, problems=(404, 413)),
    has_body=True,
)
def preview_reply(name: Name, pasted: PastedReply) -> Response[str]:
    """Read a reply and map its records as a run does; nothing is sent, and nothing is kept.

    A stream that asks for each record by itself takes the reply with one record. With ``files`` the
    connector need not exist.
    """
    reply = Reply(pasted.status, {"content-type": pasted.content_type}, pasted.body.encode())
    found = preview(_catalog(name, pasted), name, pasted.stream, reply)
    model = PreviewModel(
        entity=found.entity,
        read=found.read,
        records=[_previewed(one) for one in found.records],
        faults=_faults(found.faults),
    )
    return answer(model)


def _catalog(name: str, pasted: PastedReply) -> Catalog:
    """Return the catalogue that a pasted reply is read by; raises Problem and ConfigurationInvalid."""
    if pasted.files is None:
        _must_exist(name)
        return resource.world.catalog
    tried = resource.world.catalog.with_files(name, _files(name, pasted.files))
    faults = faults_of(tried, name)
    if faults:
        raise _in_files(ConfigurationInvalid(f"the files of {name} are not valid", faults))
    return tried


def _files(name: str, texts: dict[str, str]) -> dict[str, bytes]:
    """Return a connector's files as bytes; raises Problem where they are too much, or another's."""
    files = {path: text.encode() for path, text in texts.items()}
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
    return files


def _in_files(invalid: ConfigurationInvalid) -> ConfigurationInvalid:
    """Return the error with faults that point at the files of the request."""
    return ConfigurationInvalid(str(invalid).partition("\n")[0], [_in_file(one) for one in invalid.faults])


def _in_file(fault: Fault) -> Fault:
    """Return a fault of a file as one of the request: it points at the file, and says where in it."""
    path, _, line = fault.source.partition(":")
    if not path:
        return fault
    place = " ".join(part for part in (f"line {line}" if line else "", fault.pointer) if part)
    said = f"{place}: {fault.message}" if place else fault.message
    return Fault(fault.code, pointer_of("files", path), said)


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
    return answer(RegisteredModel(**as_dict(done)))


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
