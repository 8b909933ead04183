"""Turns ``details``, ``parents`` and ``rows`` of a stream's YAML, of the form that is due, into values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from sluice.connector.building.connector import build_pagination
from sluice.connector.building.headers import build_headers, merged
from sluice.connector.building.requests import build_path_parameters
from sluice.connector.expanding.declared import Details, Parents, Rows
from sluice.connector.paths import Path, path_text
from sluice.connector.spec import Connector, PageKind, Pagination, RequestSpec, Stream
from sluice.connector.value_reader import At, Known, ValueReader
from sluice.connector.values import Call, ListOf, ObjectOf, Value

_USUAL_CONCURRENCY = 4


def build_details(reader: ValueReader, connector: Connector, known: Known) -> Details | None:
    """Return how each record of the list is fetched, None where the list holds them whole.

    The connector's headers are sent too; its query is the list's.
    """
    raw = reader.document.value.get("details")
    if raw is None:
        return None
    at: At = ("details",)
    inside = replace(known, page=frozenset(), since=False, window=False, ranges=False, record=True)
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
    for other in ("windows", "ranges"):
        if other in reader.document.value:
            reader.refuse("not_allowed", ("parents",), f"may not stand beside `{other}`: one of them only")
    said = sorted(call.partition(":")[2] for call in reader.met if call.startswith("parent:"))
    if not any(True for value in _values_of(stream) for _ in _paths(value, "parent")):
        where = "in details alone" if said else "nowhere"
        message = f"{{parent: PATH}} is said {where}; without it the same list would be read for every parent"
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
        base_url=stream.base_url,
    )


def with_rows(reader: ValueReader, stream: Stream) -> Stream:
    """Return the stream with what makes records of its documents' rows, where its document says so.

    Fields cannot be selected, as no form of selection knows rows. Where the connector selects, the stream has
    to say something else in its place.
    """
    raw = reader.document.value.get("rows")
    if raw is None:
        return stream
    if "deletions" in reader.document.value:
        reader.refuse("not_allowed", ("rows",), "may not stand beside `deletions`: one of them only")
    if _selects(stream):
        message = "may not stand where a request says {fields: ...}: documents are asked for whole"
        reader.refuse("not_allowed", ("rows",), message)
    if stream.false_is_empty:
        reader.refuse("not_allowed", ("rows",), "may not stand where `false_is_empty` holds")
    fields = tuple(reader.path(text, ("rows", "fields", at)) for at, text in enumerate(raw["fields"]))
    rows = Rows(reader.path(raw["path"], ("rows", "path")), fields, raw.get("as", "document"))
    rows = replace(rows, number=raw.get("number", ""))
    _check_declared(reader, rows.name, rows.fields, "rows")
    if stream.parents is not None and rows.name == stream.parents.name:
        message = f"is {rows.name!r}, where the parent's is put; give one of the two another name (`as`)"
        reader.refuse("not_allowed", ("rows", "as"), message)
    _check_number(reader, rows)
    _check_looked_at(reader, stream, rows)
    _check_key(reader, stream, rows)
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
        ("ranges", "field"): stream.ranges.field if stream.ranges else None,
    }
    for at, path in looked_at.items():
        if path is not None and not any(path == (rows.name, *kept) for kept in rows.fields):
            usual = path_text((rows.name, *rows.fields[0]))
            message = f"is {path_text(path)}; should be kept of the document (`rows.fields`), as {usual} is"
            reader.refuse("not_allowed", at, message)


def _check_key(reader: ValueReader, stream: Stream, rows: Rows) -> None:
    """Refuse a key that is not one: a row's place tells it apart in its document only, which has to be named.

    With details a document is what its address names; it is asked for by fields that its rows keep.
    """
    details, said = stream.details, rows.fields[:1]
    if details is not None:
        said = details.named_by
        for path in said:
            if path not in rows.fields:
                message = f"lack {path_text(path)}, by which each document is asked for; keep it"
                reader.refuse("missing_field", ("rows", "fields"), message)
    wanted = {(rows.name, *path) for path in said}
    if details is not None and stream.parents is not None:
        values = (*details.path_parameters.values(), *details.request.query.values())
        wanted |= {(stream.parents.name, *path) for value in values for path in _paths(value, "parent")}
    missing = sorted(wanted - set(stream.key))
    if rows.number and (rows.number,) in stream.key and missing:
        message = (
            f"holds {rows.number!r}, which tells rows of one document apart; it has to hold "
            f"{_written(tuple(missing))} too, which names the document"
        )
        reader.refuse("bad_form", ("key",), message)


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
    return RequestSpec(headers=merged(defaults.headers, headers), query=query)


def _concurrency(reader: ValueReader, raw: Mapping[str, Any], most: int) -> int:
    wanted: int = raw.get("concurrency", min(_USUAL_CONCURRENCY, most))
    if wanted > most:
        message = f"is {wanted}; connector.yaml lets {most} requests be sent at once (`concurrency`)"
        reader.refuse("not_allowed", ("details", "concurrency"), message)
    return wanted


def _selects(stream: Stream) -> bool:
    """Return whether any request for the stream says {fields: ...}."""
    parts = (stream.incremental, stream.windows, stream.ranges, stream.details and stream.details.request)
    values = [value for part in parts if part for value in (*part.query.values(), *part.headers.values())]
    return any(True for value in (*_values_of(stream), *values) for _ in _paths(value, "fields"))


def _values_of(stream: Stream) -> list[Value]:
    """Return the values that the stream's own list is asked for with, in whole reads and increments alike."""
    parts = (stream.path_parameters, stream.request.query, stream.request.headers)
    values = [value for part in parts for value in part.values()]
    return [*values, stream.request.body] if stream.request.body is not None else values


def _paths(value: Value, word: str) -> Iterator[Path]:
    """Yield the paths that a word says anywhere in a value."""
    inner: tuple[Value, ...] = ()
    if isinstance(value, Call):
        if value.word == word:
            yield value.option
        inner = value.values
    elif isinstance(value, ListOf):
        inner = value.items
    elif isinstance(value, ObjectOf):
        inner = tuple(value.items.values())
    for below in inner:
        yield from _paths(below, word)
