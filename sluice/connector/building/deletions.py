"""Builds which records of a list are a stream's, and how what was deleted is listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from sluice.connector.building.connector import build_pagination
from sluice.connector.building.headers import build_headers, merged
from sluice.connector.building.requests import build_path_parameters
from sluice.connector.checks.only import Only
from sluice.connector.checks.tombstones import Deletions
from sluice.connector.paths import Path
from sluice.connector.spec import Connector, Pagination, RequestSpec, Stream
from sluice.connector.value_reader import At, Known, ValueReader

_AT: At = ("deletions",)


def build_only(reader: ValueReader, raw: Mapping[str, Any], at: At, *, null_if_absent: bool) -> Only:
    """Return which records count; ``raw`` is what stands at ``at`` of the document."""
    kept, left_out = (tuple(raw[name]) if name in raw else None for name in ("in", "not_in"))
    both = [value for value in kept or () if value in (left_out or ())]
    if both:
        reader.refuse("not_allowed", (*at, "not_in"), f"names {both[0]!r}, which `in` has too")
    return Only(reader.path(raw["path"], (*at, "path")), kept, left_out, null_if_absent)


def with_deletions(reader: ValueReader, connector: Connector, stream: Stream, known: Known) -> Stream:
    """Return the stream with its list of tombstones, where its document has one."""
    raw = reader.document.value.get("deletions")
    if raw is None:
        return stream
    if stream.incremental is None:
        message = "have a meaning only in a stream with `incremental`; a whole read finds what is gone itself"
        reader.refuse("not_allowed", _AT, message)
    # What the stream's own request says, is not said here.
    inner = ValueReader(reader.document, reader.faults)
    pagination = _pagination(inner, raw, connector)
    listed = _listed(inner, raw, connector, replace(stream, pagination=pagination), known)
    if stream.incremental is not None and not any(call.startswith("since:") for call in inner.met):
        reader.refuse("missing_call", _AT, "says nowhere {since: ...}; without it all tombstones come always")
    if len(listed.key) != len(stream.key):
        message = f"has {len(listed.key)} paths; should have {len(stream.key)}, as many as the stream's key"
        reader.refuse("bad_form", (*_AT, "key"), message)
    found = Deletions(listed, stream.key, raw.get("at_most"), raw.get("kept_days"))
    return replace(stream, deletions=found)


def _pagination(reader: ValueReader, raw: Mapping[str, Any], connector: Connector) -> Pagination:
    if "pagination" in raw:
        return build_pagination(reader, raw["pagination"], (*_AT, "pagination"))
    if connector.pagination is None:
        reader.refuse("missing_key", _AT, "lacks the key 'pagination', and connector.yaml has none either")
    return connector.pagination or build_pagination(reader, {"kind": "single"}, _AT)


def _listed(
    reader: ValueReader, raw: Mapping[str, Any], connector: Connector, stream: Stream, known: Known
) -> Stream:
    """Return the list of tombstones as a stream of its own; ``stream`` has its pagination already."""
    if "records" not in raw and connector.records is None:
        reader.refuse("missing_key", _AT, "lacks the key 'records', and connector.yaml has none either")
    only, omits_empty = raw.get("only"), stream.omits_empty
    return Stream(
        name=stream.name,
        title=f"{stream.title}: deleted",
        path=raw["path"],
        path_parameters=build_path_parameters(reader, raw, _AT, Known(settings=known.settings)),
        key=_key(reader, raw["key"]),
        request=_request(reader, raw.get("request", {}), connector.request, known),
        records=reader.path(raw["records"], (*_AT, "records"))
        if "records" in raw
        else connector.records or (),
        pagination=stream.pagination,
        schema={},
        errors=stream.errors,
        only=build_only(reader, only, (*_AT, "only"), null_if_absent=omits_empty) if only else None,
        omits_empty=omits_empty,
        base_url=stream.base_url,
    )


def _key(reader: ValueReader, given: str | list[str]) -> tuple[Path, ...]:
    texts = [given] if isinstance(given, str) else given
    return tuple(reader.path(text, (*_AT, "key")) for text in texts)


def _request(reader: ValueReader, raw: Mapping[str, Any], defaults: RequestSpec, known: Known) -> RequestSpec:
    """Merge as a stream's request is merged: headers and query by name, method and body as a whole."""
    at: At = (*_AT, "request")
    known = replace(known, fields=False, window=False, ranges=False)
    return RequestSpec(
        method=raw.get("method", defaults.method),
        headers=merged(defaults.headers, build_headers(reader, raw.get("headers"), (*at, "headers"), known)),
        query={**defaults.query, **reader.values(raw.get("query"), (*at, "query"), known)},
        body=reader.value(raw["body"], (*at, "body"), known) if "body" in raw else defaults.body,
    )
