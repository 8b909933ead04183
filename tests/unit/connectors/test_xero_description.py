"""Every path, parameter, header and field that the Xero connector names stands in the vendor's description.

The description is not part of this repository; where ../shared is absent the tests that need it skip.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from sluice.connector.load import load_connector
from sluice.connector.spec import Stream
from sluice.connector.values import Call, Literal, Value
from sluice.local.folder_documents import FolderDocuments
from sluice.mapping.load import check_mapping, load_mapping

ROOT = Path(__file__).parents[3]
DESCRIPTIONS = sorted((ROOT.parent / "shared/specs/xero").glob("*.yaml"))
DOCUMENTS = FolderDocuments(ROOT)
XERO = load_connector(DOCUMENTS, "xero")
STREAMS = sorted(XERO.streams)

described = pytest.mark.skipif(
    not DESCRIPTIONS, reason="the vendor's descriptions (../shared/specs/xero) are not here"
)
each_stream = pytest.mark.parametrize("name", STREAMS)

Record = Mapping[str, Any]


@cache
def description() -> Record:
    """Return the newest description of the Accounting API."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: Record = yaml.load(DESCRIPTIONS[-1].read_text("utf-8"), Loader=loader)  # noqa: S506 (safe loaders)
    return found


def followed(node: Record) -> Record:
    """Return what a node of the description says, wherever it is written."""
    while "$ref" in node:
        found = description()
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def operation(stream: Stream) -> Record:
    found: Record = description()["paths"][stream.path]["get"]
    return found


def parameters(stream: Stream, place: str) -> dict[str, Record]:
    """Return parameter -> its schema, of those in the query or in headers of the stream's operation."""
    path = description()["paths"][stream.path]
    found = map(followed, [*path.get("parameters", []), *operation(stream)["parameters"]])
    return {one["name"]: one["schema"] for one in found if one["in"] == place}


def envelope(stream: Stream) -> Record:
    return followed(operation(stream)["responses"]["200"]["content"]["application/json"]["schema"])


def record_schema(stream: Stream) -> Record:
    (name,) = stream.records
    return followed(followed(envelope(stream)["properties"][name])["items"])


def declared(
    schema: Record, told: Record, path: tuple[str, ...] = ()
) -> Iterator[tuple[Any, Record, Record]]:
    """Yield (path, what the connector declares, what the description says) of every field, through lists."""
    schema, told = schema.get("items", schema), followed(told.get("items", told))
    for name, field in schema.get("properties", {}).items():
        found = followed(told.get("properties", {}).get(name, {}))
        yield (*path, name), field, found
        yield from declared(field, found, (*path, name))


def header_names(values: Mapping[str, Value]) -> set[str]:
    return {name for name, value in values.items() if isinstance(value, Call)}


@described
@each_stream
def test_every_parameter_is_described_with_a_fitting_type(name: str) -> None:
    stream = XERO.streams[name]
    sent = dict(stream.request.query)
    paging = stream.pagination
    for place in (paging.at, paging.limit):
        if place is not None:
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
    sent |= header_names(XERO.auth.headers) - {"Authorization"}
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
                field = followed(field["properties"][part])
            assert field["type"] == "integer"


@described
@each_stream
def test_every_field_is_described_with_a_fitting_type(name: str) -> None:
    stream = XERO.streams[name]
    looked = 0
    for path, field, told in declared(stream.schema, record_schema(stream)):
        assert told, f"{name}: {'.'.join(path)} is not in the vendor's description"
        types = {field["type"]} if isinstance(field["type"], str) else set(field["type"])
        kind = told.get("type", "object" if "properties" in told else None)
        assert types - {"null"} == {kind}, f"{name}: {'.'.join(path)}"
        looked += 1
    assert looked >= 10


@each_stream
def test_every_field_that_the_mapping_reads_is_declared(name: str) -> None:
    schema = XERO.streams[name].schema
    assert check_mapping(DOCUMENTS, "xero", name, schema) == []
    known = {path for path, _, _ in declared(schema, {})}
    assert load_mapping(DOCUMENTS, "xero", name).used.paths() <= known


@described
@pytest.mark.parametrize(
    ("name", "field"),
    [(name, "Status") for name in STREAMS if name not in {"customer", "supplier", "product"}]
    + [("account", "Class"), ("customer", "ContactStatus"), ("supplier", "ContactStatus")],
)
def test_every_word_that_the_vendor_lists_has_a_meaning(name: str, field: str) -> None:
    stream = XERO.streams[name]
    mapper = load_mapping(DOCUMENTS, "xero", name)
    target = mapper.used.fields_at((field,))[0].partition(".")[2]
    (example, *_) = json.loads((ROOT / f"tests/examples/xero/{name}.json").read_text("utf-8"))
    words = followed(record_schema(stream)["properties"][field])["enum"]
    assert len(words) >= 3
    for word in words:
        mapped = mapper.map({**example, field: word}, "acme")
        assert mapped.faults == ()
        assert mapped.data is not None
        assert mapped.data[target] is not None, f"{name}: {field} {word}"


@described
def test_the_addresses_of_the_login_are_those_described() -> None:
    flow = description()["components"]["securitySchemes"]["OAuth2"]["flows"]["authorizationCode"]
    defaults = {name: one.get("default") for name, one in XERO.settings["properties"].items()}
    assert defaults["authorize_url"] == flow["authorizationUrl"]
    assert defaults["token_url"] == flow["tokenUrl"]
    assert defaults["base_url"] == description()["servers"][0]["url"]
