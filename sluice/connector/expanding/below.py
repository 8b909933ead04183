"""Goes through the parents of a stream whose list is read once for each record of another list.

The position holds where the list of parents stands (``outer``), beside where the list below one of them does,
and how far the records of its page were gone through, where each has a request of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from sluice.connector.checks.shifts import record_mark
from sluice.connector.expanding.declared import Parents
from sluice.connector.expanding.opened import OpenedPage, begun
from sluice.connector.expanding.within import Within
from sluice.connector.facts.facts import Facts
from sluice.connector.page_reading import PageOutcome
from sluice.connector.paging import PageState
from sluice.connector.paths import part_of_record
from sluice.connector.position import Position
from sluice.connector.replies.refusals import Refusal

MAX_CURSOR = 400
"""Characters of a cursor as JSON: two are kept at once, of the parents' list and of the one below."""

_REMEMBERED = 4


def outer_of(position: Position) -> Position:
    """Return where the list of parents stands."""
    return position.outer or Position(position.stream, position.started_at)


def turned(came: PageOutcome, position: Position) -> Position:
    """Return the position where a page of parents has to be asked for again, as the outcome says."""
    before, outer = outer_of(position), came.position
    position = replace(position, outer=_small(outer), shifted=position.shifted or outer.shifted)
    return position if outer.page == before.page else _at_parent(position)


def with_parents(
    parents: Parents, came: PageOutcome, position: Position, refusal: Refusal
) -> tuple[Position, OpenedPage | None]:
    """Return the position after a page of parents came, and the page; None where there are none on it.

    The list below a parent is gone on with if it is the same parent. Raises D58 and D31.
    """
    records = came.records or []
    check_cursor(came.position.page, refusal)
    if not records:
        return _behind(position, came.position), None
    page = OpenedPage(parents.named_by, list(records), _small(came.position))
    outer = begun(page, outer_of(position), refusal)
    done = outer.within.done if outer.within else 0
    if done >= len(records):
        return _behind(position, page.after), None
    current = record_mark(records[done], parents.named_by)
    # Another parent stands where the one was whose list is being read: that is no longer gone on with.
    moved = _is_begun(position) and current != position.parent
    position = _at_parent(position) if moved else position
    shifted = position.shifted or outer.shifted or moved
    return replace(position, outer=outer, parent=current, shifted=shifted), page


def current_of(page: OpenedPage, position: Position) -> Mapping[str, Any]:
    """Return the parent whose records are being read."""
    within = outer_of(position).within or Within()
    return page.records[within.done]


def behind_parent(page: OpenedPage, position: Position, *, gone: bool) -> tuple[Position, OpenedPage | None]:
    """Return the position behind the list below a parent, and the page if another parent follows on it.

    ``gone``: the ERP knows the parent no more, so nothing is below it.
    """
    before = outer_of(position)
    page.found[(before.within or Within()).done] = None if gone else {}
    _, outer = page.handed_on(before)
    if outer.within is None or outer.within.done == 0:
        return _behind(position, outer), None
    position = _at_parent(replace(position, outer=outer, done=False))
    return replace(position, parent=record_mark(current_of(page, position), page.named_by)), page


def of_parent(
    parents: Parents, parent: Mapping[str, Any], records: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the records with what is kept of their parent."""
    kept = part_of_record(parent, parents.fields)
    return [{**record, parents.name: kept} for record in records]


def check_parent_name(parents: Parents | None, records: Sequence[dict[str, Any]], refusal: Refusal) -> None:
    """Raise D50 where records have a field of the name under which what is kept of their parent is put."""
    name = parents.name if parents else ""
    taken = sum(name in record for record in records) if parents else 0
    if taken:
        message = f"{taken} of {len(records)} records have a {name!r} of their own, where the parent's is put"
        raise refusal.changed("D50", message, name, ("absent", "present"), records=len(records))


def check_cursor(page: PageState, refusal: Refusal) -> None:
    """Raise D31 where the cursor of a next page is too long to be kept beside another."""
    length = len(json.dumps(page.cursor))
    if length > MAX_CURSOR:
        message = f"the cursor has {length} characters; at most {MAX_CURSOR} can be kept beside another one"
        raise refusal.changed("D31", message, "paging", ("a cursor to follow", "another"))


def _behind(position: Position, outer: Position) -> Position:
    """Return the position behind a page of parents: the next one follows, or it was the last."""
    shifted = position.shifted or outer.shifted
    position = replace(position, outer=_small(outer), shifted=shifted, done=outer.done)
    return _at_parent(position)


def _at_parent(position: Position) -> Position:
    """Return the position at the start of the list below a parent."""
    fresh = replace(position, page=PageState(), seen=(), tried=False, edge="", parent="")
    # What is counted of records that are gone is of the whole reading.
    return replace(fresh, shifts=0, window=0, within=position.within.at_start() if position.within else None)


def _is_begun(position: Position) -> bool:
    """Return whether records below the position's parent were handed on already."""
    within = position.within or Within()
    return position.page != PageState() or within.done > 0


def _small(outer: Position) -> Position:
    seen = (*outer.seen[:1], *outer.seen[1:][-_REMEMBERED:])
    return replace(outer, facts=Facts(size=outer.facts.size), seen=seen)
