"""How a reading starts, or goes on: its position, what it asks for, and from when. Nothing here is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sluice.connector.checks.filters import Span, span_since
from sluice.connector.outcomes import ReadPlan
from sluice.connector.paging import cursor_of_record
from sluice.connector.position import Position
from sluice.connector.replies.going_round import must_name_fields
from sluice.connector.selection import Selection
from sluice.connector.windows import Window


def first_position(plan: ReadPlan) -> Position:
    """Return the plan's position, or that of a stream not begun with; raises ConfigurationInvalid."""
    if plan.position is not None:
        return Position.from_json(plan.position, plan.stream.name)
    started_at = plan.started_at.astimezone(UTC).isoformat()
    return Position(plan.stream.name, started_at, plan.since)


def whole_selection(plan: ReadPlan, position: Position) -> Selection:
    """Return what the caller wants, and what identifies, sorts, pages and filters the records."""
    stream = plan.stream
    cursor = cursor_of_record(stream.pagination, stream.records)
    wanted = [*stream.key, stream.order, cursor, stream.windows.check if stream.windows else None]
    if stream.incremental is not None and position.since is not None:
        wanted.append(stream.incremental.check)
    chosen = plan.selection
    if not chosen.paths and must_name_fields(stream):
        chosen = Selection.everything_declared(stream.schema)
    return chosen.with_paths(path for path in wanted if path is not None).expanded(stream.schema)


def asked_since(plan: ReadPlan, position: Position) -> datetime | None:
    """Return the moment (aware UTC) from which changes are asked for; None for a whole read."""
    incremental = plan.stream.incremental
    if position.since is None or incremental is None:
        return None
    watermark = datetime.fromisoformat(position.since)
    watermark = watermark if watermark.tzinfo else watermark.replace(tzinfo=UTC)
    return watermark.astimezone(UTC) - timedelta(minutes=incremental.lookback_minutes)


def spans_asked_for(plan: ReadPlan, position: Position, window: Window | None) -> tuple[Span, ...]:
    """Return the days that the request's filters let pass, where the stream says which field shows them."""
    windows, incremental = plan.stream.windows, plan.stream.incremental
    since = asked_since(plan, position)
    found = []
    if windows is not None and windows.check is not None and window is not None:
        found.append(Span(windows.check, *window))
    if incremental is not None and incremental.check is not None and since is not None:
        found.append(span_since(incremental.check, since))
    return tuple(found)
