"""Turns ``details``, ``parents`` and ``rows`` of a stream's YAML, of the form that is due, into values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sluice.connector.building.connector import build_pagination
from sluice.connector.building.requests import build_headers, build_path_parameters
from sluice.connector.expanding.declared import Details, Parents, Rows
from sluice.connector.paths import Path, path_text
from sluice.connector.spec import Connector, PageKind, Pagination, RequestSpec, Stream
from sluice.connector.value_reader import At, Known, ValueReader
from sluice.connector.values import Call, Value

_USUAL_CONCURRENCY = 4


def build_details(reader: ValueReader, connector: Connector, known: Known) -> Details | None:
    """Return how each record of the list is fetched, None where the list holds them whole.

    The connector's headers are sent too; its query is the list's.
    """
    raw = reader.document.value.get("details")
    if raw is None:
        return None
    at: At = ("details",)
    inside = replace(known, page=frozenset(), since=False, window=False, record=True)
    parameters = build_path_parameters(reader, raw, at, inside)
    named_by = tuple(dict.fromkeys(path for value in parameters.values() for path in _paths(value, "record")))
    if not named_by:
        message = "says nowhere {record: PATH}; without it every record would be asked for as the same one"
        reader.refuse("missing_call", (*at, "path_parameters"), message)
    return Details(
        path=raw["path"],
        path_parameters=parameters,
        named_by=named_by,
        request=_request(reader, raw.get("request", {}), connector.request, (*at, "request"), inside),
        record=reader.path(raw.get("record", ""), (*at, "record")),
        concurrency=_concurrency(reader, raw, connector.concurrency),
    )


def with_parents(reader: ValueReader, connector: Connector, stream: Stream) -> Stream:
    """Return the stream with the list of its parents, where its document has one.

    The connector's headers are sent for it too; its query is the stream's own list's.
    """
    raw = reader.document.value.get("parents")
    if raw is None:
        return stream
    for other in ("windows", "details"):
        if other in reader.document.value:
            reader.refuse("not_allowed", ("parents",), f"may not stand beside `{other}`: one of them only")
    said = sorted(call.partition(":")[2] for call in reader.met if call.startswith("parent:"))
    if not said:
        message = "{parent: PATH} is said nowhere; without it the same list would be read for every parent"
        reader.refuse("missing_call", ("parents",), message)
    key = reader.path(raw["key"], ("parents", "key"))
    named_by = tuple(dict.fromkeys((key, *(reader.path(text, ("parents",)) for text in said))))
    fields = [reader.path(text, ("parents", "fields", at)) for at, text in enumerate(raw.get("fields", ()))]
    name = raw.get("as", "parent")
    kept = tuple(dict.fromkeys((*named_by, *fields)))
    _check_declared(reader, name, kept, "parents")
    return replace(stream, parents=Parents(_listed(reader, connector, stream, key), named_by, kept, name))


def _listed(reader: ValueReader, connector: Connector, stream: Stream, key: Path) -> Stream:
    """Return the list of parents as a stream of its own."""
    raw, at = reader.document.value["parents"], ("parents",)
    pagination = connector.pagination
    if "pagination" in raw:
        pagination = build_pagination(reader, raw["pagination"], (*at, "pagination"))
    records = reader.path(raw["records"], (*at, "records")) if "records" in raw else connector.records
    for given, name in ((pagination, "pagination"), (records, "records")):
        if given is None:
            reader.refuse("missing_key", at, f"lacks the key {name!r}, and connector.yaml has none either")
    known = Known(
        settings=frozenset(connector.settings["properties"]),
        secrets=frozenset(connector.secrets),
        captured=frozenset(connector.auth.capture) - connector.auth.kept,
    )
    return Stream(
        name=stream.name,
        title=f"{stream.title}: parents",
        path=raw["path"],
        path_parameters=build_path_parameters(reader, raw, at, Known(settings=known.settings)),
        key=(key,),
        request=_request(reader, raw.get("request", {}), connector.request, (*at, "request"), known),
        records=records or (),
        pagination=pagination or Pagination(PageKind.SINGLE),
        schema={},
        errors=stream.errors,
    )


def with_rows(reader: ValueReader, stream: Stream, met: frozenset[str]) -> Stream:
    """Return the stream with what makes records of its documents' rows, where its document says so.

    ``met`` lists the calls in its requests: fields cannot be selected, as no form of selection knows rows.
    """
    raw = reader.document.value.get("rows")
    if raw is None:
        return stream
    for other in ("parents", "deletions"):
        if other in reader.document.value:
            reader.refuse("not_allowed", ("rows",), f"may not stand beside `{other}`: one of them only")
    if any(call.startswith("fields:") for call in met):
        message = "may not stand where a request says {fields: ...}: documents are asked for whole"
        reader.refuse("not_allowed", ("rows",), message)
    if stream.false_is_empty:
        reader.refuse("not_allowed", ("rows",), "may not stand where `false_is_empty` holds")
    fields = tuple(reader.path(text, ("rows", "fields", at)) for at, text in enumerate(raw["fields"]))
    rows = Rows(reader.path(raw["path"], ("rows", "path")), fields, raw.get("as", "document"))
    rows = replace(rows, number=raw.get("number", ""))
    _check_declared(reader, rows.name, rows.fields, "rows")
    _check_number(reader, rows)
    _check_looked_at(reader, stream, rows)
    return replace(stream, rows=rows)


def _check_number(reader: ValueReader, rows: Rows) -> None:
    declared = reader.document.value["schema"]["properties"].get(rows.number)
    if rows.number and (rows.number == rows.name or declared is None or declared["type"] != "integer"):
        message = f"declares no integer {rows.number!r}; the row's place is put there (`rows.number`)"
        reader.refuse("missing_field", ("schema", "properties"), message)


def _check_looked_at(reader: ValueReader, stream: Stream, rows: Rows) -> None:
    """Refuse checks of a row's own fields: paging, filters and the order are those of the documents."""
    incremental, windows = stream.incremental, stream.windows
    looked_at: dict[At, Path | None] = {
        ("order",): stream.order,
        ("only", "path"): stream.only.path if stream.only else None,
        ("incremental", "check"): incremental.check if incremental else None,
        ("incremental", "watermark", "highest"): incremental.highest if incremental else None,
        ("windows", "check"): windows.check if windows else None,
    }
    for at, path in looked_at.items():
        if path is not None and not any(path == (rows.name, *kept) for kept in rows.fields):
            usual = path_text((rows.name, *rows.fields[0]))
            message = f"is {path_text(path)}; should be kept of the document (`rows.fields`), as {usual} is"
            reader.refuse("not_allowed", at, message)


def _check_declared(reader: ValueReader, name: str, kept: tuple[Path, ...], word: str) -> None:
    """Refuse a schema without the object that holds what is kept of a parent or document, and nothing else.

    ``word`` is where the stream says so.
    """
    kind = {"parents": "parent", "rows": "document"}[word]
    declared = reader.document.value["schema"]["properties"].get(name)
    if declared is None or "properties" not in declared:
        message = f"declares no object {name!r}; the fields of the {kind} are put there: {_written(kept)}"
        reader.refuse("missing_field", ("schema", "properties"), message)
        return
    tops = {path[0] for path in kept}
    for field in declared["properties"]:
        if field not in tops:
            message = f"is no field that is kept of the {kind}; kept are {_written(kept)} (`{word}.fields`)"
            reader.refuse("unknown_field", ("schema", "properties", name, "properties", field), message)


def _written(paths: tuple[Path, ...]) -> str:
    return ", ".join(map(path_text, paths))


def _request(
    reader: ValueReader, raw: Mapping[str, Any], defaults: RequestSpec, at: At, known: Known
) -> RequestSpec:
    headers = build_headers(reader, raw.get("headers"), (*at, "headers"), known)
    query = reader.values(raw.get("query"), (*at, "query"), known)
    return RequestSpec(headers={**defaults.headers, **headers}, query=query)


def _concurrency(reader: ValueReader, raw: Mapping[str, Any], most: int) -> int:
    wanted: int = raw.get("concurrency", min(_USUAL_CONCURRENCY, most))
    if wanted > most:
        message = f"is {wanted}; connector.yaml lets {most} requests be sent at once (`concurrency`)"
        reader.refuse("not_allowed", ("details", "concurrency"), message)
    return wanted


def _paths(value: Value, word: str) -> Iterator[Path]:
    if isinstance(value, Call):
        if value.word == word:
            yield value.option
        for below in value.values:
            yield from _paths(below, word)
