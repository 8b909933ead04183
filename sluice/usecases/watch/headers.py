"""Joins what replies announced in their headers to what descriptions say: deprecated, gone from a day on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from sluice.connector.spec import Connector
from sluice.contract.contract import UnknownFormat
from sluice.errors import ConfigurationInvalid
from sluice.model.change import Change
from sluice.model.change_kinds import change_of
from sluice.model.connection import Connection
from sluice.ports.object_store import ObjectNotFound
from sluice.registry.contracts import Contracts
from sluice.registry.telling.announcements import Announcements, Touched
from sluice.usecases.plan_run import enabled_streams
from sluice.usecases.watch.plan import in_use
from sluice.usecases.world import World, iso

HEADERS = "headers"
"""As ``seen_in`` of a change's evidence: replies said so, not a description."""

TOLD_BY_RUNS = (30,)
"""The run that meets a header tells of it, and once more when fewer than 30 days are left (contract.wire)."""

_SILENT = "nothing said of an end"
"""The words that descriptions are compared in, so that both ways of saying one thing are one announcement."""


def note_headers(world: World, connector: str) -> None:
    """Note what the contracts of a connector's connections have seen announced; end what is taken back."""
    announcements = Announcements(world.state, connector)
    at = iso(world.clock.now())
    noted: set[str] = set()
    read: set[str] = set()
    for connection, spec in in_use(world, connector):
        read.add(connection.name)
        for change, touched in _announced(world, connection, spec):
            noted.add(announcements.note(change, touched, at).id)
    announcements.end(
        lambda known: known.id not in noted and known.change["evidence"].get("seen_in") == HEADERS, read
    )


def _announced(
    world: World, connection: Connection, connector: Connector
) -> Iterator[tuple[Change, Touched]]:
    contracts = Contracts(world.state, world.objects, connection.name)
    # What cannot be read here stops the stream's next run, which tells of it; the others are watched on.
    with suppress(ConfigurationInvalid):
        for name in enabled_streams(connection, connector):
            with suppress(ConfigurationInvalid, ObjectNotFound, UnknownFormat):
                contract = contracts.get(name)
                stream, entity = connector.streams[name], world.mapper_of(connection, name).entity
                operation = f"{stream.request.method} {stream.path}"
                who = (connection.name,)
                for change, due in _changes(contract.wire if contract else {}, entity, operation):
                    yield change, Touched(name, change.used_by, who, due, told=True, counted=TOLD_BY_RUNS)


def _changes(wire: Mapping[str, Any], entity: str, operation: str) -> Iterator[tuple[Change, str]]:
    """Yield (change, day on which it happens or "") of what the headers of a stream's replies say."""
    sunset, deprecated = str(wire.get("sunset") or ""), str(wire.get("deprecation") or "")
    if not sunset and not deprecated:
        return
    if sunset:
        due = _day(sunset)
        after = f"ends {due}" if due else "will be removed"
        code = "D17"
    else:
        since = _day(deprecated)
        due, code, after = "", "D16", f"deprecated since {since}" if since else "deprecated"
    facts = {name: wire[name] for name in ("links", "warning", "deprecation") if wire.get(name)}
    change = change_of(code, "", (_SILENT, after), (entity,)).with_evidence(seen_in=HEADERS, **facts)
    yield _with_operation(change, operation), due


def _with_operation(change: Change, operation: str) -> Change:
    return Change.from_json({**change.to_json(), "operation": operation})


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
