"""Every path, parameter, header and field that the Xero connector names stands in the vendor's description.

The description is not part of this repository; where ../shared is absent the tests that need it skip. It is
of the Accounting API; the streams of the Projects API are left out by name, and tested in test_projects.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from sluice.connector.spec import Stream
from sluice.connector.values import Call, Literal, Value
from sluice.mapping.load import check_mapping
from tests.unit.connectors.harness import DOCUMENTS, harness, needs, types_of
from tests.unit.connectors.openapi import newest
from tests.unit.connectors.xero.apis import ACCOUNTING, OF_PROJECTS

DESCRIPTIONS = "specs/xero"
VENDOR = newest(DESCRIPTIONS, "*.yaml")
XERO = harness("xero")
STREAMS = sorted(XERO.streams.keys() - OF_PROJECTS)
WITHOUT_STATUS = {"customer", "supplier", "product", "ledger_entry"}

described = needs(DESCRIPTIONS, "the vendor's description")
each_stream = pytest.mark.parametrize("name", STREAMS)

Record = Mapping[str, Any]


def path_of(stream: Stream) -> Record:
    """Return what is described at the stream's path, which is told below the server's address."""
    assert stream.path.startswith(ACCOUNTING)
    found: Record = VENDOR.document["paths"][stream.path.removeprefix(ACCOUNTING)]
    return found


def operation(stream: Stream) -> Record:
    found: Record = path_of(stream)["get"]
    return found


def parameters(stream: Stream, place: str) -> dict[str, Record]:
    """Return parameter -> its schema, of those in the query or in headers of the stream's operation."""
    path = path_of(stream)
    found = map(VENDOR.resolved, [*path.get("parameters", []), *operation(stream)["parameters"]])
    return {one["name"]: one["schema"] for one in found if one["in"] == place}


def envelope(stream: Stream) -> Record:
    return VENDOR.resolved(operation(stream)["responses"]["200"]["content"]["application/json"]["schema"])


def record_schema(stream: Stream) -> Record:
    (name,) = stream.records
    listed = VENDOR.resolved(VENDOR.resolved(envelope(stream)["properties"][name])["items"])
    if stream.rows is None:
        return listed
    (place,) = stream.rows.path
    row = VENDOR.resolved(VENDOR.resolved(listed["properties"][place])["items"])
    return {**row, "properties": {**row["properties"], stream.rows.name: listed}}


def declared(
    schema: Record, told: Record, path: tuple[str, ...] = ()
) -> Iterator[tuple[Any, Record, Record]]:
    """Yield (path, what the connector declares, what the description says) of every field, through lists."""
    schema, told = schema.get("items", schema), VENDOR.resolved(told.get("items", told))
    for name, field in schema.get("properties", {}).items():
        found = VENDOR.resolved(told.get("properties", {}).get(name, {}))
        yield (*path, name), field, found
        yield from declared(field, found, (*path, name))


def header_names(values: Mapping[str, Value]) -> set[str]:
    return {name for name, value in values.items() if isinstance(value, Call)}


@described
@each_stream
def test_every_parameter_is_described_with_a_fitting_type(name: str) -> None:
    stream = XERO.streams[name]
    # A number, where the request says the page by itself.
    sent = {
        one: said if isinstance(said, Literal) else Literal(1) for one, said in stream.request.query.items()
    }
    paging = stream.pagination
    for place in (paging.at, paging.limit):
        if place is not None and place.name:
            sent[place.name] = Literal(1)
    told = parameters(stream, "query")
    assert set(sent) <= set(told)
    types = {"string": str, "integer": int, "boolean": bool}
    for parameter, value in sent.items():
        assert isinstance(value, Literal)
        assert type(value.value) is types[told[parameter]["type"]], f"{name}: {parameter}"
    assert ({"page", "pageSize"} <= set(sent)) is ("page" in told), "paged exactly where the vendor pages"


@described
@each_stream
def test_every_header_is_described(name: str) -> None:
    stream = XERO.streams[name]
    told = parameters(stream, "header")
    sent = header_names(stream.incremental.headers) if stream.incremental else set()
    sent |= header_names(XERO.connector.auth.headers) - {"Authorization"}
    assert sent <= set(told)
    assert "xero-tenant-id" in sent
    assert told["If-Modified-Since"]["format"] == "date-time"


@described
@each_stream
def test_paging_answers_are_described(name: str) -> None:
    stream = XERO.streams[name]
    for told in (stream.pagination.total, stream.pagination.pages):
        if told is not None:
            assert told.path is not None
            field = envelope(stream)
            for part in told.path:
                field = VENDOR.resolved(field["properties"][part])
            assert field["type"] == "integer"


@described
@each_stream
def test_every_field_is_described_with_a_fitting_type(name: str) -> None:
    stream = XERO.streams[name]
    looked = 0
    for path, field, told in declared(stream.schema, record_schema(stream)):
        assert told, f"{name}: {'.'.join(path)} is not in the vendor's description"
        kind = told.get("type", "object" if "properties" in told else None)
        assert types_of(field) == {kind}, f"{name}: {'.'.join(path)}"
        looked += 1
    assert looked >= 10


@each_stream
def test_every_field_that_the_mapping_reads_is_declared(name: str) -> None:
    schema = XERO.streams[name].schema
    assert check_mapping(DOCUMENTS, "xero", name, schema) == []
    known = {path for path, _, _ in declared(schema, {})}
    assert XERO.used(name) <= known


@described
@pytest.mark.parametrize(
    ("name", "field"),
    [(name, "Status") for name in STREAMS if name not in WITHOUT_STATUS]
    + [("account", "Class"), ("customer", "ContactStatus"), ("supplier", "ContactStatus")],
)
def test_every_word_that_the_vendor_lists_has_a_meaning(name: str, field: str) -> None:
    stream = XERO.streams[name]
    mapper = XERO.mapper(name)
    target = mapper.used.fields_at((field,))[0].partition(".")[2]
    example = XERO.example(name)
    words = VENDOR.resolved(record_schema(stream)["properties"][field])["enum"]
    assert len(words) >= 3
    for word in words:
        mapped = mapper.map({**example, field: word}, "acme")
        assert mapped.faults == ()
        assert mapped.data is not None
        assert mapped.data[target] is not None, f"{name}: {field} {word}"


@described
def test_the_addresses_of_the_login_are_those_described() -> None:
    flow = VENDOR.document["components"]["securitySchemes"]["OAuth2"]["flows"]["authorizationCode"]
    defaults = {name: one.get("default") for name, one in XERO.connector.settings["properties"].items()}
    assert defaults["authorize_url"] == flow["authorizationUrl"]
    assert defaults["token_url"] == flow["tokenUrl"]
    assert defaults["api_url"] + ACCOUNTING == VENDOR.document["servers"][0]["url"]
