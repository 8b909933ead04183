"""How lists are paged, ordered, filtered and counted: D28-D35, D37-D39, D41."""

# ruff: noqa: E501 (a table: one row, one line)
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import orjson

from sandbox.doors import placed
from sandbox.exchange import Answer
from sandbox.pages import Slice
from sandbox.shelves import Filter, Row
from sandbox.wire.hook import Gate, Rows, Situation, Wire
from sandbox.wire.notices import body_of, good, with_list
from sluice.connector.spec import FoundIn, PageKind, Stream

CAP = 100
SHARE = 0.1
ROUND = (20_000, 10_000, 5_000, 1_000, 500, 100, 50, 20, 10)
ZONE_HOURS = 2
_CURSORS = {PageKind.CURSOR, PageKind.NEXT_URL, PageKind.LINK_HEADER}


def _capped(at: Situation, page: Slice) -> Slice:
    return replace(page, size=min(page.size, int(at.to or CAP)))


def _too_large(status: int) -> Gate:
    def gate(at: Situation) -> Answer | None:
        page, most = at.wanted_page(), int(at.to or CAP)
        if page is None or page.size <= most:
            return None
        return at.problem("other", status, f"the page size is {page.size}, at most {most} is allowed")

    return gate


def _later_refused(status: int) -> Gate:
    def gate(at: Situation) -> Answer | None:
        page = at.wanted_page()
        return at.problem("other", status, "the cursor has expired") if page and page.offset else None

    return gate


def _stopped(at: Situation, answer: Answer) -> Answer:
    """Return the answer without a next page: no cursor, or empty pages where the reader counts for itself."""
    if at.stream is None or at.page is None or not good(answer):
        return answer
    paging = at.stream.pagination
    if paging.kind in _CURSORS:
        return _told(_told(answer, paging.next, None), paging.more, value=False)
    return with_list(answer, at.stream, lambda _: []) if at.page.offset else answer


def _looped(_: Situation, page: Slice) -> Slice:
    return replace(page, offset=0)


def _told(answer: Answer, where: FoundIn | None, value: Any) -> Answer:
    """Return the answer with ``value`` where it tells something about paging; None takes it out of a header."""
    if where is None:
        return _without_header(answer, "Link") if value is None else answer
    if where.path is None:
        kept = _without_header(answer, where.header)
        return kept if value is None else replace(kept, headers={**kept.headers, where.header: str(value)})
    return replace(answer, body=orjson.dumps(placed(body_of(answer), where.path, value)))


def _without_header(answer: Answer, name: str) -> Answer:
    return replace(answer, headers={key: text for key, text in answer.headers.items() if key != name})


def _total(change: Callable[[int, int], int | None]) -> Callable[[Situation, Answer], Answer]:
    """Return what tells another total, worked out from (total, where the page ends)."""

    def answered(at: Situation, answer: Answer) -> Answer:
        if at.stream is None or at.page is None or not good(answer):
            return answer
        return _told(answer, at.stream.pagination.total, change(at.page.total, at.page.end))

    return answered


def _no_total(at: Situation, answer: Answer) -> Answer:
    where = at.stream.pagination.total if at.stream else None
    if where is None or where.path is None or not good(answer):
        return _told(answer, where, None) if where else answer
    body = body_of(answer)
    holder = body
    for name in where.path[:-1]:
        holder = holder[name]
    holder.pop(where.path[-1], None)
    return replace(answer, body=orjson.dumps(body))


def _shuffled(at: Situation, rows: Rows) -> Rows:
    return _in_order_of(rows, at.to or "1")


def _unstable(at: Situation, rows: Rows) -> Rows:
    return _in_order_of(rows, f"{at.to}/{at.turn}")


def _in_order_of(rows: Rows, seed: str) -> Rows:
    shuffled = list(rows)
    Random(seed).shuffle(shuffled)  # noqa: S311 (the same again, not unguessable)
    return shuffled


def _since_ignored(_: Situation, wanted: Filter) -> Filter:
    return replace(wanted, changed_since=None)


def _window_ignored(_: Situation, wanted: Filter) -> Filter:
    return replace(wanted, first_day="", end_day="")


def _in_local_time(at: Situation, wanted: Filter) -> Filter:
    """Return the filter of a server that compares the moment asked for with its own local times."""
    if wanted.changed_since is None:
        return wanted
    return replace(wanted, changed_since=wanted.changed_since + float(at.to or ZONE_HOURS) * 3600)


def _smaller_default(at: Situation, page: Slice) -> Slice:
    limit, asked = at.stream.pagination.limit if at.stream else None, at.asked
    if limit is None or asked is None:
        return page
    given = at.request.query.get(limit.name) if limit.name else asked.page.get("limit")
    return page if given else replace(page, size=min(page.size, int(at.to or 25)))


def _active_only(_: Situation, rows: Rows) -> Rows:
    return [row for row in rows if _is_active(row)]


def _is_active(row: Row) -> bool:
    record = orjson.loads(row.body)
    return not record.get("isInactive", False) and bool(record.get("active", True))


def _few(at: Situation, rows: Rows) -> Rows:
    given = float(at.to or SHARE)
    return rows[: int(given) if given > 1 else int(len(rows) * given)]


def _round(at: Situation, rows: Rows) -> Rows:
    most = int(at.to) if at.to else next((size for size in ROUND if size < len(rows)), len(rows))
    return rows[:most]


def _none(_: Situation, rows: Rows) -> Rows:
    return rows[:0]


def _pages(stream: Stream) -> str:
    return "its list comes in one piece" if stream.pagination.kind is PageKind.SINGLE else ""


def _sized(stream: Stream) -> str:
    return _pages(stream) or ("" if stream.pagination.limit else "no page size is sent to it")


def _counted(stream: Stream) -> str:
    return "" if stream.pagination.total else "its replies name no total"


def _filtered(stream: Stream) -> str:
    return "" if stream.incremental else "it is not asked for changes only"


def _windowed(stream: Stream) -> str:
    return "" if stream.windows else "it is not asked for by days"


LISTS: tuple[Wire, ...] = (
    Wire("D28", "capped", "Pages are smaller than asked for", "how many records (100)", paged=_capped, fits=_pages, number=True),
    Wire("D29", "400", "The page size is refused (400)", "the largest allowed (100)", gate=_too_large(400), fits=_sized, number=True),
    Wire("D29", "413", "The page size is refused (413)", "the largest allowed (100)", gate=_too_large(413), fits=_sized, number=True),
    Wire("D30", "stopped", "No next page though more was announced", answered=_stopped, fits=_pages),
    Wire("D31", "410", "Later pages are refused (410)", gate=_later_refused(410), fits=_pages),
    Wire("D31", "400", "Later pages are refused (400)", gate=_later_refused(400), fits=_pages),
    Wire("D31", "404", "Later pages are refused (404)", gate=_later_refused(404), fits=_pages),
    Wire("D32", "first_again", "Every page is the first", paged=_looped, fits=_pages),
    Wire("D33", "missing", "The total is absent", answered=_no_total, fits=_counted),
    Wire("D33", "null", "The total is null", answered=_total(lambda *_: None), fits=_counted),
    Wire("D33", "low", "The total is less than what comes", answered=_total(lambda total, _: total // 2), fits=_counted),
    Wire("D33", "high", "The total is more than what comes", answered=_total(lambda total, _: total + total // 10 + 1), fits=_counted),
    Wire("D33", "page_only", "The total is where the page ends", answered=_total(lambda _, end: end), fits=_counted),
    Wire("D34", "shuffled", "The list is in another order", "a seed", rows=_shuffled),
    Wire("D34", "reversed", "The list is in the opposite order", rows=lambda _, rows: rows[::-1]),
    Wire("D34", "unstable", "The list is in another order at each request", "a seed", rows=_unstable),
    Wire("D35", "since", "The filter for changes is ignored", wanted=_since_ignored, fits=_filtered),
    Wire("D35", "window", "The filter for days is ignored", wanted=_window_ignored, fits=_windowed),
    Wire("D37", "page_size", "Pages are smaller where no size is sent", "how many records (25)", paged=_smaller_default, fits=_pages, number=True),
    Wire("D37", "active_only", "Inactive records are left out unless asked for", rows=_active_only),
    Wire("D38", "few", "Few of the records are left", "their share or number (0.1)", rows=_few, number=True),
    Wire("D38", "none", "None of the records is left", rows=_none),
    Wire("D39", "round", "The list ends at a round number, and the total agrees", "the number", rows=_round, number=True),
    Wire("D41", "not_bumped", "Changed records do not count as changed", sets="unmarked", fits=_filtered),
    Wire("D41", "time_zone", "The moment asked for is taken for local time", "hours (2)", wanted=_in_local_time, fits=_filtered, number=True),
)  # fmt: skip
