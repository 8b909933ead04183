"""How the facts grow with each page that is believed, and with each list that came to its end."""

from __future__ import annotations

from msgspec.structs import replace

from sluice.connector.facts.facts import Facts
from sluice.connector.paging import PageReply, PageState
from sluice.connector.spec import Pagination, Stream


def after_good_page(facts: Facts, stream: Stream, before: PageState, page: PageReply) -> Facts:
    """Return the facts after a page; only with it is it known that the page before was not the last."""
    asked = stream.pagination.size if stream.pagination.limit else 0
    ordered = facts.ordered or (stream.order is not None and len(page.records) > 1)
    facts = replace(facts, pages=facts.pages + 1, asked=asked, ordered=ordered)
    # A record or two may be new since the total was reached; more of them make it no total.
    reached = before.total is not None and 0 < before.total <= before.records
    if reached and page.new > max(1, before.records // 100):
        facts = replace(facts, total="below")
    return facts.with_page_followed(before.size) if page.new > 0 and before.size else facts


def after_list(facts: Facts, pagination: Pagination, before: PageState, page: PageReply) -> Facts:
    """Return the facts after the last page of a list."""
    steady = before.total is None or before.total == page.total
    records = before.records + page.new
    return facts.with_list_ended(records, page.total, declared=pagination.total is not None, steady=steady)
