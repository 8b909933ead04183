"""An export: an entity's records as a file in the bucket, with a link that anybody may follow for a while."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from msgspec import Struct

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.lake.exporting import Exported, export
from sluice.lake.pages import count
from sluice.lake.selecting import Selection
from sluice.lake.views import View
from sluice.model.structs import as_dict
from sluice.registry.audit import Act
from sluice.usecases.data.reader import OpenLake
from sluice.usecases.operating.auditing import audited
from sluice.usecases.world import World, iso

EXPORTS = "exports/"
"""What the keys of exports begin with: infra/storage.yml removes them after a day."""

LINK_SECONDS = 900
MOST_RECORDS = 200_000
"""Records of one export: what a request can wait for."""

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}


class Link(Struct, frozen=True):
    """A file and where it is; whoever has the address may fetch it until ``expires_at`` (ISO 8601 UTC)."""

    name: str
    records: int
    bytes: int
    url: str
    expires_at: str


def export_records(
    world: World, lake: OpenLake, schema: Mapping[str, Any], what: tuple[View, Selection], form: str
) -> Link:
    """Write the selected records of a view to the bucket, and return a link; the audit knows who did it.

    ``form`` is `csv` or `parquet`. Raises ConfigurationInvalid for a wrong selection, and for too many.
    """
    view, selection = what
    found = count(lake.database, view.entity, schema, selection)
    if found > MOST_RECORDS:
        message = (
            f"{found} records are selected; right would be {MOST_RECORDS} at most: filter them, or use "
            f"`sluice data export --entity {view.entity}`"
        )
        raise ConfigurationInvalid("Too many records", [Fault("too_many_records", "", message)])
    connection = selection.connections[0] if len(selection.connections) == 1 else ""
    act = Act(world.who, "data.export", view.entity, connection, before={"format": form} | _told(selection))
    with audited(world, act) as outcome:
        exported = export(lake.database, lake.folder, schema, what, form)
        try:
            link = _put(world, view, exported, form)
        finally:
            exported.path.unlink(missing_ok=True)
        outcome.after = {"records": link.records, "bytes": link.bytes}
    return link


def _put(world: World, view: View, exported: Exported, form: str) -> Link:
    now = world.clock.now()
    name = f"{view.name}-{now:%Y-%m-%d}.{form}"
    key = f"{EXPORTS}{secrets.token_urlsafe(24)}/{name}"
    world.objects.put_file(key, exported.path)
    url = world.objects.link(key, LINK_SECONDS, MEDIA_TYPES[form])
    expires = now + timedelta(seconds=LINK_SECONDS)
    return Link(name, exported.records, exported.path.stat().st_size, url, iso(expires))


def _told(selection: Selection) -> dict[str, Any]:
    """Return a selection as the audit keeps it."""
    since = iso(selection.changed_since) if selection.changed_since else None
    return {**as_dict(selection), "changed_since": since}
