"""The words in which people are told what is going to change, and of descriptions that cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sluice.messages.notification import Notice, Notification, page_of
from sluice.model.change import Change
from sluice.model.change_kinds import KINDS
from sluice.registry.descriptions import Described
from sluice.registry.telling.announcements import Announcement
from sluice.runbook.known import entry_of

_NAMED = 8
"""Names in a sentence."""

_LISTED = 50
"""Changes, and _WHOM connections, that a notice lists; how many there are is said."""
_WHOM = 200

DID = "Nothing: an announcement holds no stream. What the ERP really answers is judged when it is read."


def notice_of_announcements(found: Sequence[Announcement], today: date) -> Notification:
    """Return the notice of changes of one kind: what will change, whom it touches, when, and what to do."""
    first, changes = found[0], [Change.from_json(one.change) for one in found]
    run, _, notice = first.telling_as.partition("#")
    left = first.days_left(today)
    return Notification(
        kind=Notice.API_WILL_CHANGE,
        connection=first.connector,
        run=run,
        time=min(one.seen_at for one in found),
        title=f"{first.connector}: {_where(found)}: {_meaning(changes[0])}{_when(first.due, left)}",
        detail=" ".join(
            _detail(one, change) for one, change in list(zip(found, changes, strict=True))[:_NAMED]
        ),
        advice=_advice(found),
        incident=notice,
        facts=_facts(found, changes, left),
        page=page_of("connectors", first.connector),
    )


def notice_of_failure(described: Described) -> Notification:
    """Return the notice that a published description cannot be read."""
    failing = described.failing or {}
    whose = described.connector if described.place.startswith("_") else described.place
    held = f"The one of {described.read_at} is held." if described.sha else "None was read so far."
    return Notification(
        kind=Notice.DESCRIPTION_UNREADABLE,
        connection=whose,
        run=f"watch since {failing.get('since', '')}",
        time=failing.get("since", ""),
        title=f"{whose}: the published description cannot be read",
        detail=f"{failing.get('error', '')}: {failing.get('cause', '')} {held}".strip(),
        advice="Nothing at once: runs do not need it, and it is tried again each day. If it has moved, "
        f"correct `published` in connectors/{described.connector}/connector.yaml.",
        facts={"error": failing.get("error"), "connector": described.connector, "address": described.address},
        page=page_of("connectors", described.connector),
        runbook=entry_of(str(failing.get("error", ""))).place,
    )


def _facts(found: Sequence[Announcement], changes: Sequence[Change], left: int | None) -> dict[str, Any]:
    first = found[0]
    streams: dict[str, list[str]] = {}
    for one in found:
        for stream, fields in one.streams.items():
            streams[stream] = sorted({*streams.get(stream, ()), *fields})
    connections = sorted({name for one in found for name in one.connections})
    return {
        "connector": first.connector,
        "change": changes[0].to_json(),
        "changes": [{"announcement": one.id, **one.change} for one in found[:_LISTED]],
        "changes_count": len(found),
        "meaning": _meaning(changes[0]),
        "fields": sorted({field for fields in streams.values() for field in fields}),
        "streams": streams,
        "operations": sorted({operation for one in found for operation in one.operations})[:_WHOM],
        "connections": connections[:_WHOM],
        "connections_count": len(connections),
        "due": first.due or None,
        "days_left": left,
        "since": min(one.seen_at for one in found),
        "did": DID,
        "suggestion": changes[0].evidence.get("suggestion"),
    }


def _where(found: Sequence[Announcement]) -> str:
    if len(found) > 1:
        return f"{len(found)} places"
    [one] = found
    return str(one.change["path"]) or _named(one.operations) or ", ".join(one.streams)


def _detail(found: Announcement, change: Change) -> str:
    fields, streams = _named(change.used_by), ", ".join(found.streams)
    text = f"{change.in_words()}. It touches {fields} of {_named(found.connections)}, stream {streams}."
    said = change.evidence.get("text")
    return f'{text} The vendor says: "{said}"' if said else text


def _advice(found: Sequence[Announcement]) -> str:
    first = found[0]
    when = f"before {first.due}" if first.due else "before the ERP answers so"
    what = (
        "Have a mapping ready that does without it" if first.change["path"] else "Have the connector changed"
    )
    command = f"sluice watch show {first.id}" if len(found) == 1 else f"sluice watch list {first.connector}"
    return f"{what} {when}; look at it: {command}."


def _when(due: str, left: int | None) -> str:
    if left is None:
        return ""
    return f" (on {due}, in {left} day{'' if left == 1 else 's'})" if left >= 0 else f" (since {due})"


def _meaning(change: Change) -> str:
    return KINDS[change.code].title if change.code in KINDS else change.kind


def _named(names: Sequence[str]) -> str:
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
