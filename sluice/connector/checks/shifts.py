"""Whether a list has shifted between two of its pages: a record came or went further up and moved the rest.

By offset the last record of a page is asked for again with the next one, and has to come first there. Pages
with numbers cannot overlap; of them only a total that falls tells. What is done then, page_reading decides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sluice.connector.paging import PageReply, PageState
from sluice.connector.paths import MISSING, Path, look_up
from sluice.connector.spec import PageKind, Pagination
from sluice.model import erp_json

MAX_RESTARTS = 3
"""How often a list that shifts is read again from its start; then it is read on, unchecked."""

Record = Mapping[str, Any]


def fingerprint(records: Sequence[Record]) -> str | None:
    """Return a short mark of a page, the same for the same page; None for an empty one.

    Made of the first and last record and the count: a reply that echoes the offset asked for would differ
    as a whole, though its records are the same.
    """
    return _digest([records[0], records[-1], len(records)]) if records else None


def overlap_mark(pagination: Pagination, records: Sequence[Record], key: Sequence[Path]) -> str | None:
    """Return the mark of the record that the next page has to begin with; None: it is not asked for again.

    After a page of one record there is no overlap: an ERP that gives one record a page would never go on.
    """
    return record_mark(records[-1], key) if pagination.overlap and len(records) > 1 else None


def has_moved(before: PageState, page: PageReply, key: Sequence[Path]) -> bool:
    """Return whether the page begins with another record than the one that ended the page before.

    An empty page has lost that record, unless the total says that the ERP itself expected more.
    """
    if before.last is None:
        return False
    if page.records:
        return record_mark(page.records[0], key) != before.last
    return page.total is None or page.total <= before.records


def may_have_grown(pagination: Pagination, before: PageState, page: PageReply) -> bool:
    """Return whether inserts can have moved the list by a page's length, so that a page came again.

    Of a short list that is one record or two. Where the total stayed as it was, it is a loop.
    """
    if pagination.kind is not PageKind.OFFSET:
        return False
    return before.total is None or page.total is None or page.total > before.total


def has_shrunk(pagination: Pagination, before: PageState, page: PageReply) -> bool:
    """Return whether the total fell where no overlap was asked for that would say more.

    A total of 0 is what some ERPs say of any page behind the last.
    """
    if pagination.kind not in {PageKind.OFFSET, PageKind.PAGE} or before.last is not None:
        return False
    return before.total is not None and page.total is not None and 0 < page.total < before.total


def record_mark(record: Record, key: Sequence[Path]) -> str:
    """Return a short mark of a record: of its key, or of all of it where that is not known."""
    values = [look_up(record, path) for path in key]
    known = values and all(value is not MISSING and value is not None for value in values)
    return _digest(values if known else record)


def _digest(value: Any) -> str:
    return hashlib.blake2b(erp_json.write(value), digest_size=8).hexdigest()
