"""How a list is paged: which parameters ask for a page, and what its reply says about the next one.

It plans no requests and raises nothing that leaves the engine: a list that stops too early or goes round
is told by StoppedEarly and GoesRound.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, urldefrag, urljoin, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from sluice.connector.paths import LAST, MISSING, Path, look_up
from sluice.connector.spec import FoundIn, PageKind, Pagination, Place
from sluice.model.http import Reply

MAX_CURSOR = 1_200
"""Characters of a cursor or next address, written as JSON: a position of 3 KB has to hold it."""

MAX_EMPTY = 20
"""Empty pages in a row that are followed, where each has a cursor."""

_WITHOUT_CURSOR = frozenset({PageKind.OFFSET, PageKind.PAGE, PageKind.SINGLE})
LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s;,"]+))*)')
_REL_NEXT = re.compile(r';\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?=$|[\s;]))', re.IGNORECASE)


class StoppedEarly(Exception):
    """The list ended, or the page was empty, before all that the ERP announced had come."""


class TotalMissed(StoppedEarly):
    """The list ended, or the page was empty, before the announced total was reached."""


class GoesRound(Exception):
    """The ERP gave the same page or cursor again."""


class BadCursor(Exception):
    """The ERP's cursor or next address cannot be followed; the message says why."""


class PageState(Struct, frozen=True):
    """Where in a list we are: what was read so far, and the cursor or address of the next page.

    ``empty`` counts the empty pages since the last one with records. ``last`` marks the record that the
    next page is to overlap with, None where it does not; ``total`` is what the last page said of the list,
    ``size`` how many records it had.
    """

    pages: int = 0
    records: int = 0
    cursor: str | int | None = None
    empty: int = 0
    last: str | None = None
    total: int | None = None
    size: int = 0


class PageReply(Struct, frozen=True):
    """A page's reply: its JSON (None where it had no body), its records, whence it came.

    ``overlap`` is how many of the records lie where the page before was read, ``total`` what the reply says.
    """

    reply: Reply
    value: Any
    records: Sequence[Mapping[str, Any]]
    url: str
    overlap: int = 0
    total: int | None = None

    @property
    def new(self) -> int:
        """Return how many records the page goes beyond those read so far."""
        return len(self.records) - self.overlap

    def find(self, where: FoundIn | None) -> Any:
        """Return what stands at a place of the reply, or MISSING."""
        if where is None:
            return MISSING
        if where.path is None:
            found = self.reply.header(where.header)
            return MISSING if found is None else found
        return look_up(self.value, where.path)

    def number(self, where: FoundIn | None) -> int | None:
        """Return the whole number that stands there; None where there is none."""
        found = self.find(where)
        if isinstance(found, str) and found.strip().isdecimal():
            return int(found.strip()[:18])
        return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def page_words(pagination: Pagination, state: PageState) -> dict[str, Any]:
    """Return what {page: ...} means for the next page."""
    words: dict[str, Any] = {"limit": pagination.size or None}
    if pagination.kind is PageKind.OFFSET:
        words["offset"] = pagination.start + state.records - (state.last is not None)
    elif pagination.kind is PageKind.PAGE:
        words["number"] = pagination.start + state.pages
    elif pagination.kind is PageKind.CURSOR:
        words["cursor"] = pagination.first if state.cursor is None else state.cursor
    return words


def page_parameters(pagination: Pagination, state: PageState) -> dict[Place, Any]:
    """Return the paging parameters by the place where they go; a place without a name says them itself."""
    words = page_words(pagination, state)
    found = {}
    for place, names in ((pagination.limit, ("limit",)), (pagination.at, ("offset", "number", "cursor"))):
        if place is not None and place.name:
            found[place] = next((words[name] for name in names if name in words), None)
    return found


def cursor_of_record(pagination: Pagination, records: Path) -> Path | None:
    """Return the field of a record that is the next page's cursor, None where a reply tells it elsewhere.

    So it is in Relay's connections: each edge has a cursor, and the next page begins after the last one's.
    """
    where = pagination.next.path if pagination.next else None
    if where is None or where[: len(records) + 1] != (*records, LAST):
        return None
    return where[len(records) + 1 :] or None


def after_page(pagination: Pagination, state: PageState, page: PageReply) -> PageState | None:
    """Return the state after a page, or None where it was the last; raises what this module defines."""
    after = PageState(
        pages=state.pages + 1,
        records=state.records + page.new,
        cursor=state.cursor,
        empty=0 if page.new else state.empty + 1,
        total=page.total,
        size=len(page.records),
    )
    total = page.total
    following = _NEXT[pagination.kind](pagination, after, page)
    if isinstance(following, Cursor):
        return _followed(after, following.value)
    if not following and total is not None and after.records < total:
        came = "an empty page came" if page.new == 0 else "the list ended"
        error = TotalMissed if pagination.kind in _WITHOUT_CURSOR else StoppedEarly
        raise error(f"{came} after {after.records} of {total} records")
    return after if following else None


class Cursor(Struct, frozen=True):
    """The next page's cursor or address."""

    value: str | int


Next = Cursor | bool
"""The next page's cursor, or whether there is a next page."""


def _followed(after: PageState, cursor: str | int) -> PageState:
    if cursor == after.cursor:
        raise GoesRound(f"the cursor after page {after.pages} is the one before it")
    if len(json.dumps(cursor)) > MAX_CURSOR:
        raise BadCursor(f"the cursor has {len(str(cursor))} characters; at most {MAX_CURSOR} can be kept")
    if after.empty > MAX_EMPTY:
        raise GoesRound(f"{after.empty} pages in a row were empty, each with a cursor to the next")
    return replace(after, cursor=cursor)


def _counted(pagination: Pagination, after: PageState, page: PageReply) -> Next:
    """Offsets and page numbers: on to the total, else to the first page without a new record.

    A total below what came already is not believed: only such a page ends that list.
    """
    pages = page.number(pagination.pages)
    if pages is not None and page.new == 0 and after.pages < pages:
        raise StoppedEarly(f"page {after.pages} of {pages} was empty")
    if pages is not None:
        return after.pages < pages
    if page.total is not None and pagination.ends_at_total:
        return page.new > 0 and after.records != page.total
    if pagination.short_page_ends and len(page.records) < pagination.size:
        return False
    return page.new > 0


def _cursor(pagination: Pagination, after: PageState, page: PageReply) -> Next:
    more = page.find(pagination.more)
    if more in (False, "false"):
        return False
    found = page.find(pagination.next)
    if found is MISSING or found is None or found == "":
        if more is True:
            raise StoppedEarly(f"the reply of page {after.pages} says that more follows, but not from where")
        return False
    if isinstance(found, bool | dict | list):
        raise BadCursor(f"the cursor after page {after.pages} is neither text nor a number")
    return Cursor(found if isinstance(found, int) else str(found))


def _next_url(pagination: Pagination, after: PageState, page: PageReply) -> Next:
    found = _cursor(pagination, after, page)
    return _same_origin(str(found.value), page.url) if isinstance(found, Cursor) else found


def _link_header(_: Pagination, __: PageState, page: PageReply) -> Next:
    for target, parameters in LINK.findall(page.reply.header("link") or ""):
        if _REL_NEXT.search(parameters):
            return _same_origin(target, page.url)
    return False


def _single(_: Pagination, __: PageState, ___: PageReply) -> Next:
    return False


def _same_origin(target: str, url: str) -> Cursor:
    """Return the address resolved against the page's own; another origin would be handed our credentials."""
    try:
        found = urldefrag(urljoin(url, target)).url
        there, here = urlsplit(found), urlsplit(url)
        same = _origin(there) == _origin(here)
    except ValueError as err:
        raise BadCursor("the address of the next page is no address") from err
    if not same or "@" in there.netloc or not found.isprintable() or " " in found:
        message = f"the address of the next page leads to {there.scheme}://{there.hostname}, not back to"
        raise BadCursor(f"{message} {here.scheme}://{here.hostname}; credentials go nowhere else")
    return Cursor(found)


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


_NEXT: Mapping[PageKind, Callable[[Pagination, PageState, PageReply], Next]] = {
    PageKind.OFFSET: _counted,
    PageKind.PAGE: _counted,
    PageKind.CURSOR: _cursor,
    PageKind.NEXT_URL: _next_url,
    PageKind.LINK_HEADER: _link_header,
    PageKind.SINGLE: _single,
}
