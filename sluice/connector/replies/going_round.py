"""What is asked for instead where an ERP refuses part of a request: smaller pages, or all fields for one.

The reader asks; what it means that something was refused is told in the facts, and judged elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sluice.connector.facts.facts import MAX_REFUSED, MAX_REFUSED_PATH, Facts
from sluice.connector.paths import MISSING, Path, parse_path, path_text
from sluice.connector.replies.refusals import Refusal
from sluice.connector.replies.verdicts import Verdict
from sluice.connector.selection import WITH_WILDCARD
from sluice.connector.spec import PageKind, Pagination, Stream
from sluice.connector.values import Call, ListOf, ObjectOf, Value

HALVINGS = 4
_TOO_LARGE = 413
_NAMES_IT = frozenset({400, 422})
_PAGE_SIZE = r"page[ _-]?size|per[ _-]?page|page limit"


def is_about_page_size(pagination: Pagination, verdict: Verdict, refusal: Refusal) -> bool:
    """Return whether the ERP refuses the number of records asked for: by 413, or by the parameter's name."""
    limit = pagination.limit
    if verdict.rule is not None or limit is None or not pagination.size:
        return False
    if refusal.reply.status == _TOO_LARGE:
        return True
    name = re.escape(limit.name) if limit.name else "limit"
    words = re.compile(rf"(?<![A-Za-z0-9_])({name}|{_PAGE_SIZE})(?![A-Za-z0-9_])", re.IGNORECASE)
    return refusal.reply.status in _NAMES_IT and words.search(refusal.words()) is not None


def smaller_size(declared: int, now: int) -> int | None:
    """Return half the page size; None where it was halved often enough already."""
    half = now // 2
    return half if half >= max(1, declared >> HALVINGS) else None


def begins_again(pagination: Pagination, pages: int) -> bool:
    """Return whether a list has to be begun again with another page size: its pages are counted in it."""
    return pagination.kind is PageKind.PAGE and pages > 0


def to_leave_out(facts: Facts, stream: Stream, named: Iterable[Path], met: Iterable[Path]) -> Path | None:
    """Return the refused field that all fields of its level can stand in for; None where nothing can.

    ``named`` are the fields that the refusal may be about, likeliest first, ``met`` those left out before.
    """
    if len(facts.refused) >= MAX_REFUSED or not has_wildcard(stream):
        return None
    before = frozenset(met)
    found = (path for path in named if path not in before and len(path_text(path)) <= MAX_REFUSED_PATH)
    return next(found, None)


def has_wildcard(stream: Stream) -> bool:
    """Return whether the stream's requests can, and may, ask for every field without naming it."""
    request = stream.details.request if stream.details else stream.request
    if not stream.all_fields:
        return False
    forms = {form for value in (*request.query.values(), *request.headers.values()) for form in _forms(value)}
    in_body = set(_forms(request.body)) if request.body is not None else set()
    # Left out of a query, a selection asks for everything; in a body a null would stand there.
    return bool(forms | in_body) and forms <= WITH_WILDCARD and in_body <= {"parentheses"}


def must_name_fields(stream: Stream) -> bool:
    """Return whether a request without a selection asks for next to nothing, as GraphQL's do."""
    request = stream.details.request if stream.details else stream.request
    said = [*request.query.values(), *([] if request.body is None else [request.body])]
    return any(form in {"graphql", "json_list", "specification"} for value in said for form in _forms(value))


def still_refused(facts: Facts, records: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the refused fields that are in none of the records: one that comes was refused by mistake."""
    read = tuple(records)
    return tuple(
        text for text in facts.refused if not any(_holds(record, parse_path(text)) for record in read)
    )


def _forms(value: Value) -> Iterator[str]:
    if isinstance(value, Call):
        if value.word == "fields":
            yield value.name
        below: Iterable[Value] = value.values
    else:
        items = value.items if isinstance(value, ListOf | ObjectOf) else ()
        below = items.values() if isinstance(items, Mapping) else items
    for one in below:
        yield from _forms(one)


def _holds(value: Any, path: Path) -> bool:
    if isinstance(value, list):
        return any(_holds(item, path) for item in value)
    if not path or not isinstance(value, Mapping):
        return not path
    found = value.get(path[0], MISSING)
    return found is not MISSING and _holds(found, path[1:])
