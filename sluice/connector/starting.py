"""How a reading starts, or goes on: its position, what it asks for, and from when. Nothing here is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from sluice.connector.checks.filters import KeySpan, Span, span_since
from sluice.connector.expanding.rows import documents_of
from sluice.connector.expanding.window import Window, is_of_days, is_of_keys
from sluice.connector.outcomes import ReadPlan
from sluice.connector.paging import cursor_of_record
from sluice.connector.paths import Path
from sluice.connector.position import Position
from sluice.connector.replies.going_round import must_name_fields
from sluice.connector.selection import Selection
from sluice.connector.spec import Stream


def first_position(plan: ReadPlan) -> Position:
    """Return the plan's position, or that of a stream not begun with; raises ConfigurationInvalid."""
    if plan.position is not None:
        return Position.from_json(plan.position, plan.stream.name)
    started_at = plan.started_at.astimezone(UTC).isoformat()
    incremental = plan.stream.incremental
    highest = plan.since if incremental is not None and incremental.highest is not None else None
    return Position(plan.stream.name, started_at, plan.since, highest=highest)


def whole_selection(plan: ReadPlan, position: Position) -> Selection:
    """Return what the caller wants, and what identifies, sorts, pages and filters the records."""
    stream = plan.stream
    cursor = cursor_of_record(stream.pagination, stream.records)
    wanted = [*stream.key, stream.order, cursor, stream.windows.check if stream.windows else None]
    if stream.incremental is not None and position.since is not None:
        wanted.append(stream.incremental.check)
    wanted.append(stream.incremental.highest if stream.incremental is not None else None)
    wanted.append(stream.only.path if stream.only is not None else None)
    wanted.append(stream.ranges.field if stream.ranges is not None else None)
    chosen = plan.selection
    if not chosen.paths and must_name_fields(stream):
        chosen = Selection.everything_declared(stream.schema)
    chosen = chosen.with_paths(path for path in wanted if path is not None).expanded(stream.schema)
    return replace(chosen, paths=frozenset(path for path in chosen.paths if _of_the_erp(stream, path)))


def asked_since(plan: ReadPlan, position: Position) -> datetime | str | None:
    """Return the moment (aware UTC) or row version from which changes are asked for; None: a whole read."""
    incremental = plan.stream.incremental
    if position.since is None or incremental is None:
        return None
    if incremental.highest is not None:
        return position.since
    watermark = datetime.fromisoformat(position.since)
    watermark = watermark if watermark.tzinfo else watermark.replace(tzinfo=UTC)
    return watermark.astimezone(UTC) - timedelta(minutes=incremental.lookback_minutes)


def spans_asked_for(plan: ReadPlan, position: Position, window: Window | None) -> tuple[Span | KeySpan, ...]:
    """Return what the request's filters let pass, where the stream says which field shows it."""
    read = documents_of(plan.stream)
    incremental = read.incremental
    since = asked_since(plan, position)
    found = _of_window(read, window)
    if incremental is not None and incremental.check is not None and isinstance(since, datetime):
        found.append(span_since(incremental.check, since))
    return tuple(found)


def _of_window(stream: Stream, window: Window | None) -> list[Span | KeySpan]:
    windows, ranges = stream.windows, stream.ranges
    if is_of_keys(window):
        return [KeySpan(ranges.field, window)] if ranges is not None else []
    if is_of_days(window) and windows is not None and windows.check is not None:
        return [Span(windows.check, *window)]
    return []


def _of_the_erp(stream: Stream, path: Path) -> bool:
    """Return whether the ERP's record has the field: what is kept of its parent is put there by us."""
    return stream.parents is None or path[0] != stream.parents.name
