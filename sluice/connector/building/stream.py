"""Turns a stream's YAML, already in the form its schema demands, into a Stream of its connector.

Checks what a JSON Schema cannot: names, values, paths, and that key and samples are of declared fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sluice.connector.building.connector import build_errors, build_pagination
from sluice.connector.building.deletions import build_only, with_deletions
from sluice.connector.building.empties import check_false_is_empty
from sluice.connector.building.expanding import build_details, with_parents, with_rows
from sluice.connector.building.fields import declared, declared_path
from sluice.connector.building.headers import build_headers, merged
from sluice.connector.building.requests import build_base_url, build_path_parameters, build_request
from sluice.connector.building.windows import build_ranges, build_windows
from sluice.connector.checks.only import Only
from sluice.connector.paths import Path
from sluice.connector.spec import Connector, Incremental, PageKind, Pagination, RequestSpec, Stream
from sluice.connector.value_reader import At, Known, ValueReader
from sluice.model.schema_faults import did_you_mean

_PAGE_WORDS = {
    PageKind.OFFSET: frozenset({"offset", "limit"}),
    PageKind.PAGE: frozenset({"number", "limit"}),
    PageKind.CURSOR: frozenset({"cursor", "limit"}),
}
_AT_WORD = {PageKind.OFFSET: "offset", PageKind.PAGE: "number", PageKind.CURSOR: "cursor"}
_SAMPLE_OPTIONS = frozenset({"nullable", "places", "length"})


def build_stream(reader: ValueReader, connector: Connector, met: frozenset[str]) -> Stream | None:
    """Return the stream of the reader's document, or None where too little is given; faults pile up.

    ``met`` lists the calls in the connector's own request, which the stream takes over.
    """
    raw = reader.document.value
    pagination = connector.pagination
    if "pagination" in raw:
        pagination = build_pagination(reader, raw["pagination"], ("pagination",))
    records = reader.path(raw["records"], ("records",)) if "records" in raw else connector.records
    for name, found in (("pagination", pagination), ("records", records)):
        if found is None:
            reader.refuse("missing_key", (), f"lacks the key {name!r}, and connector.yaml has none either")
    if pagination is None or records is None:
        return None
    stream = _stream(reader, connector, pagination, records)
    _check_calls(reader, stream, met | reader.met)
    stream = with_parents(reader, connector, stream)
    stream = with_rows(reader, stream)
    stream = with_deletions(reader, connector, stream, _known(connector, raw, pagination))
    _check_samples(reader, raw["schema"], ("schema",), frozenset(connector.streams))
    if stream.false_is_empty:
        check_false_is_empty(reader, raw)
    return stream


def _stream(reader: ValueReader, connector: Connector, pagination: Pagination, records: Path) -> Stream:
    raw = reader.document.value
    known = _known(connector, raw, pagination)
    return Stream(
        name=raw["stream"],
        title=raw["title"],
        description=raw.get("description", ""),
        path=raw["path"],
        path_parameters=build_path_parameters(reader, raw, (), _known_in_path(known)),
        key=_key(reader, raw),
        request=_request(reader, raw.get("request", {}), connector.request, known),
        records=records,
        pagination=pagination,
        schema=raw["schema"],
        errors=build_errors(reader, raw.get("errors"), ("errors",)) + connector.errors,
        incremental=_incremental(reader, raw, known),
        windows=build_windows(reader, raw, known),
        ranges=build_ranges(reader, raw, known),
        only=_only(reader, raw, omits_empty=raw.get("omits_empty", connector.omits_empty)),
        details=build_details(reader, connector, known),
        order=_order(reader, raw),
        descending=raw.get("descending", False),
        omits_empty=raw.get("omits_empty", connector.omits_empty),
        false_is_empty=raw.get("false_is_empty", connector.false_is_empty),
        all_fields=raw.get("all_fields", True),
        personal=raw.get("personal", False),
        base_url=build_base_url(reader, connector) if "base_url" in raw else None,
        sandbox_records=raw.get("sandbox", {}).get("records", 100),
        sandbox=raw.get("sandbox", {}),
    )


def _known(connector: Connector, raw: Mapping[str, Any], pagination: Pagination) -> Known:
    return Known(
        settings=frozenset(connector.settings["properties"]),
        secrets=frozenset(connector.secrets),
        captured=frozenset(connector.auth.capture) - connector.auth.kept,
        page=_PAGE_WORDS.get(pagination.kind, frozenset()),
        since="incremental" in raw,
        version=isinstance(raw.get("incremental", {}).get("watermark"), Mapping),
        window="windows" in raw,
        ranges="ranges" in raw,
        fields=True,
        parent="parents" in raw,
    )


def _known_in_path(known: Known) -> Known:
    return Known(settings=known.settings, parent=known.parent)


def _request(reader: ValueReader, raw: Mapping[str, Any], defaults: RequestSpec, known: Known) -> RequestSpec:
    """Merge: headers and query by name, method and body as a whole."""
    own = build_request(reader, raw, known)
    request = RequestSpec(
        method=own.method if "method" in raw else defaults.method,
        headers=merged(defaults.headers, own.headers),
        query={**defaults.query, **own.query},
        body=own.body if "body" in raw else defaults.body,
    )
    if request.method == "GET" and request.body is not None:
        reader.refuse("not_allowed", ("request", "body"), "is sent only with POST; say `method: POST`")
    return request


def _key(reader: ValueReader, raw: Mapping[str, Any]) -> tuple[Path, ...]:
    given = raw["key"]
    texts = [given] if isinstance(given, str) else given
    paths = []
    for number, text in enumerate(texts):
        at: At = ("key",) if isinstance(given, str) else ("key", number)
        paths.append(declared(reader, raw["schema"], text, at))
    return tuple(paths)


def _order(reader: ValueReader, raw: Mapping[str, Any]) -> Path | None:
    if "order" in raw:
        return declared_path(reader, raw, ("order",))
    if "descending" in raw:
        reader.refuse("missing_key", ("descending",), "needs `order` beside it: the field that is sorted by")
    return None


def _incremental(reader: ValueReader, stream: Mapping[str, Any], known: Known) -> Incremental | None:
    if "incremental" not in stream:
        return None
    at: At = ("incremental",)
    raw = stream["incremental"]
    return Incremental(
        query=reader.values(raw.get("query"), (*at, "query"), known),
        headers=build_headers(reader, raw.get("headers"), (*at, "headers"), known),
        lookback_minutes=raw.get("lookback_minutes", 10),
        whole_read_every_hours=raw.get("whole_read_every_hours"),
        highest=_highest(reader, stream, raw) if isinstance(raw["watermark"], Mapping) else None,
        check=declared_path(reader, stream, (*at, "check")) if "check" in raw else None,
    )


def _highest(reader: ValueReader, stream: Mapping[str, Any], raw: Mapping[str, Any]) -> Path:
    for name in ("check", "lookback_minutes"):
        if name in raw:
            message = "goes with request_time; a row version is checked by itself, and needs no lookback"
            reader.refuse("not_allowed", ("incremental", name), message)
    return declared_path(reader, stream, ("incremental", "watermark", "highest"))


def _only(reader: ValueReader, stream: Mapping[str, Any], *, omits_empty: bool) -> Only | None:
    if "only" not in stream:
        return None
    declared_path(reader, stream, ("only", "path"))
    return build_only(reader, stream["only"], ("only",), null_if_absent=omits_empty)


def _check_calls(reader: ValueReader, stream: Stream, met: frozenset[str]) -> None:
    """Refuse a stream that has a part of the request to say and never says it."""
    if stream.incremental and not any(call.startswith("since:") for call in met):
        message = "says nowhere {since: ...}; without it an incremental read is a whole one"
        reader.refuse("missing_call", ("incremental",), message)
    for end, words in (("from", ["from"]), ("to", ["to", "last"])):
        if stream.windows and not any(f"window:{word}" in met for word in words):
            message = f"says nowhere {{window: {end}, as: ...}}; without it every window reads the same"
            reader.refuse("missing_call", ("windows",), message)
        if stream.ranges and not any(f"range:{word}" in met for word in words):
            message = f"says nowhere {{range: {end}}}; without it every range reads the same"
            reader.refuse("missing_call", ("ranges",), message)
    pagination = stream.pagination
    at = ("pagination",) if "pagination" in reader.document.value else ()
    for place, word in ((pagination.at, _AT_WORD.get(pagination.kind)), (pagination.limit, "limit")):
        if place and not place.name and f"page:{word}" not in met:
            said = f"the {place.where} says nowhere {{page: {word}}}"
            message = f"the paging parameter stands in the {place.where}, but {said}"
            reader.refuse("missing_call", at, message)


def _check_samples(reader: ValueReader, field: Mapping[str, Any], at: At, streams: frozenset[str]) -> None:
    sample = field.get("sample")
    if isinstance(sample, Mapping):
        words = sorted(set(sample) - _SAMPLE_OPTIONS)
        if len(words) != 1 and not (not words and ("properties" in field or "items" in field)):
            message = f"has {' and '.join(words) or 'no word'}; should have exactly one word and its argument"
            reader.refuse("bad_sample", (*at, "sample"), message)
        if "reference" in sample and sample["reference"] not in streams:
            message = (
                f"there is no stream {sample['reference']!r}; {did_you_mean(sample['reference'], streams)}"
            )
            reader.refuse("unknown_stream", (*at, "sample", "reference"), message)
    for place, name in enumerate(field.get("required", ())):
        if name not in field.get("properties", {}):
            message = (
                f"{name!r} is required but not declared; {did_you_mean(name, field.get('properties', {}))}"
            )
            reader.refuse("unknown_field", (*at, "required", place), message)
    for name, inner in field.get("properties", {}).items():
        _check_samples(reader, inner, (*at, "properties", name), streams)
    if "items" in field:
        _check_samples(reader, field["items"], (*at, "items"), streams)
