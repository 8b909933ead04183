"""Proposes how a list is paged, from the names of parameters and of what stands around the list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sluice.description.model import Description, Parameter, Schema
from sluice.kit.odata import is_odata, odata_paging
from sluice.kit.proposal import Listed, Notes, fields_of, is_object
from sluice.kit.words import first_in, plain, quoted

USUAL_SIZE = 100
_OFFSETS = ("offset", "from", "skip", "start", "startindex", "limitstart", "startposition")
_LIMITS = (
    "limit",
    "count",
    "pagesize",
    "size",
    "perpage",
    "top",
    "take",
    "maxresults",
    "itemsperpage",
    "max",
)
_PAGES = ("page", "pagenumber", "pageno", "pageindex", "currentpage")
_CURSORS = ("cursor", "after", "continuationtoken", "pagetoken", "nexttoken", "startingafter", "skiptoken")
_NEXT_CURSORS = ("nextcursor", "nextpagetoken", "continuationtoken", "nexttoken", "cursor", "endcursor")
_NEXT_URLS = ("odatanextlink", "nextlink", "nextpage", "nexturl", "next", "nextpageurl", "nexthref")
_TOTALS = ("total", "totalcount", "totalresults", "totalitems", "itemcount", "fullresultsize", "totalrecords")
_PAGE_COUNTS = ("pagecount", "totalpages", "pages")

Pagination = dict[str, Any]


def propose_paging(description: Description, listed: Listed, where: str, notes: Notes) -> Pagination:
    """Return the pagination as YAML says it; what is guessed is asked."""
    queries = {one.name: one for one in listed.operation.parameters if one.where == "query"}
    around = dict(_around(description, listed))
    if is_odata(description):
        notes.decide(where, "pagination: next page by the server's link, as OData fixes it")
        return odata_paging(description)
    proposals = (
        _by_next_url(around),
        _by_cursor(queries, around),
        _by_offset(queries, around, where, notes),
        _by_page(queries, around, where, notes),
    )
    for paging in proposals:
        if paging is not None:
            notes.decide(where, f"pagination: {_in_words(paging)}, by the names of parameters and fields")
            return paging
    notes.ask(where, "pagination: nothing says how the list is paged; `single` takes it as one page. Is it?")
    return {"kind": "single"}


def _by_next_url(around: Mapping[str, Schema]) -> Pagination | None:
    texts = [path for path, schema in around.items() if "string" in schema.types]
    found = _path_named(_NEXT_URLS, texts)
    return {"kind": "next_url", "next": {"body": found}} if found else None


def _by_cursor(queries: Mapping[str, Parameter], around: Mapping[str, Schema]) -> Pagination | None:
    cursor, next_cursor = first_in(_CURSORS, queries), _path_named(_NEXT_CURSORS, around)
    if cursor is None or next_cursor is None:
        return None
    limit = first_in(_LIMITS, queries)
    sized = {"limit": {"query": limit}, "size": _size(queries[limit])} if limit else {}
    return {"kind": "cursor", "cursor": {"query": cursor}, **sized, "next": {"body": next_cursor}}


def _by_offset(
    queries: Mapping[str, Parameter], around: Mapping[str, Schema], where: str, notes: Notes
) -> Pagination | None:
    offset, limit = first_in(_OFFSETS, _numbers(queries)), first_in(_LIMITS, queries)
    if offset is None or limit is None:
        return None
    _ask_size(queries[limit], where, notes)
    paging = {"kind": "offset", "offset": {"query": offset}, "limit": {"query": limit}}
    return {**paging, "size": _size(queries[limit]), **_counts(around, pages=False)}


def _by_page(
    queries: Mapping[str, Parameter], around: Mapping[str, Schema], where: str, notes: Notes
) -> Pagination | None:
    number, limit = first_in(_PAGES, queries), first_in(_LIMITS, queries)
    if number is None:
        return None
    paging: Pagination = {"kind": "page", "number": {"query": number}}
    if limit:
        _ask_size(queries[limit], where, notes)
        paging |= {"size_parameter": {"query": limit}, "size": _size(queries[limit])}
    else:
        notes.ask(where, f"pagination: how many records does a page have? {USUAL_SIZE} is assumed.")
        paging["size"] = USUAL_SIZE
    start = queries[number].default
    if start not in {"0", "1"}:
        notes.ask(where, f"pagination: is the first page {number}=1, as assumed, or 0?")
    return {**paging, "start": 0 if start == "0" else 1, **_counts(around, pages=True)}


def _numbers(queries: Mapping[str, Parameter]) -> list[str]:
    """Return the parameters that may be numbers: `from` is as often a date."""
    return [name for name, one in queries.items() if not one.types or one.types & {"integer", "number"}]


def _counts(around: Mapping[str, Schema], *, pages: bool) -> Pagination:
    numbers = [path for path, schema in around.items() if schema.types & {"integer", "number"}]
    total = _path_named(_TOTALS, numbers)
    count = _path_named(_PAGE_COUNTS, numbers) if pages else None
    return ({"total": {"body": total}} if total else {}) | ({"pages": {"body": count}} if count else {})


def _size(limit: Parameter) -> int:
    if limit.maximum is not None and limit.maximum >= 1:
        return min(int(limit.maximum), 1000)
    return (
        int(limit.default)
        if limit.default and limit.default.isdecimal() and int(limit.default)
        else USUAL_SIZE
    )


def _ask_size(limit: Parameter, where: str, notes: Notes) -> None:
    if limit.maximum is None:
        size = _size(limit)
        notes.ask(
            where, f"pagination: no largest {limit.name} is said; {size} is asked for. Is more allowed?"
        )


def _around(description: Description, listed: Listed) -> Iterator[tuple[str, Schema]]:
    """Yield path and schema of what stands around the list, one level down too."""
    if listed.envelope is None:
        return
    prefix = listed.records.rpartition(".")[0]
    for name, schema in fields_of(description, listed.envelope).items():
        path = f"{prefix}.{quoted(name)}" if prefix else quoted(name)
        yield path, schema
        if is_object(schema):
            for inner, found in fields_of(description, schema).items():
                yield f"{path}.{quoted(inner)}", found


def _path_named(
    wanted: Sequence[str], paths: Iterator[str] | Sequence[str] | Mapping[str, Schema]
) -> str | None:
    """Return the path whose last name is one of the wanted ones, or whose last two together are."""
    known: dict[str, str] = {}
    for path in paths:
        parts = [part.strip('"') for part in path.split(".")] if '"' not in path else [path.strip('"')]
        for name in (
            plain(parts[-1]),
            plain("_".join(parts[-2:])),
            plain(parts[0]) if len(parts) == 2 else "",
        ):
            known.setdefault(name, path)
    return next((known[name] for name in wanted if name in known), None)


def _in_words(paging: Pagination) -> str:
    return ", ".join(
        f"{name} {value}" if not isinstance(value, dict) else f"{name} in {next(iter(value.values()))}"
        for name, value in paging.items()
    )
