"""Every path, parameter and field of the Tripletex connector exists in the vendor's own description.

The description is not part of this repository; where ../shared is absent these tests skip.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sluice.connector.load import load_connector
from sluice.connector.spec import Connector, Stream
from sluice.local.folder_documents import FolderDocuments

ROOT = Path(__file__).parents[3]
DESCRIPTION = ROOT.parent / "shared/specs/tripletex/2025-07-01_456a0d9.json"

pytestmark = pytest.mark.skipif(
    not DESCRIPTION.is_file(), reason="the vendor's description (../shared/specs/tripletex) is not here"
)

Schema = Mapping[str, Any]


@cache
def vendor() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DESCRIPTION.read_text("utf-8"))
    return found


@cache
def tripletex() -> Connector:
    return load_connector(FolderDocuments(ROOT), "tripletex")


STREAMS = [
    "account",
    "activity",
    "customer",
    "department",
    "employee",
    "invoice",
    "ledger_entry",
    "order",
    "product",
    "project",
    "purchase_order",
    "supplier",
    "supplier_invoice",
    "time_entry",
]


def resolved(schema: Schema) -> Schema:
    while "$ref" in schema:
        schema = vendor()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def operation(stream: Stream) -> Schema:
    found: Schema = vendor()["paths"][stream.path][stream.request.method.lower()]
    return found


def answer_schema(stream: Stream) -> Schema:
    reply = next(iter(operation(stream)["responses"].values()))
    return resolved(next(iter(reply["content"].values()))["schema"])


def record_schema(stream: Stream) -> Schema:
    (records,) = stream.records
    return resolved(answer_schema(stream)["properties"][records]["items"])


def fields(
    declared: Schema, described: Schema, path: str = ""
) -> Iterator[tuple[str, Schema, Schema | None]]:
    """Yield (path, what the connector declares, what the vendor describes or None) of every field."""
    for name, field in declared.get("properties", {}).items():
        found = resolved(described).get("properties", {}).get(name)
        yield f"{path}{name}", field, found
        if found is None:
            continue
        if "items" in field:
            yield from fields(field["items"], resolved(found).get("items", {}), f"{path}{name}.")
        yield from fields(field, found, f"{path}{name}.")


def types_of(field: Schema) -> set[str]:
    kinds = field["type"]
    return {kinds} - {"null"} if isinstance(kinds, str) else set(kinds) - {"null"}


def test_the_connector_has_the_streams_tested_here() -> None:
    assert sorted(tripletex().streams) == STREAMS


@pytest.mark.parametrize("name", STREAMS)
def test_the_path_answers_a_list_where_the_connector_looks_for_it(name: str) -> None:
    stream = tripletex().streams[name]
    properties = answer_schema(stream)["properties"]
    assert properties[stream.records[0]]["type"] == "array"
    total = stream.pagination.total
    if total is not None:
        assert total.path is not None
        assert properties[total.path[0]]["type"] == "integer"


@pytest.mark.parametrize("name", STREAMS)
def test_every_parameter_is_described_and_every_required_one_is_sent(name: str) -> None:
    stream = tripletex().streams[name]
    described = {one["name"]: one for one in operation(stream)["parameters"] if one["in"] == "query"}
    parts = [part for part in (stream.request, stream.windows, stream.incremental) if part is not None]
    sent = {parameter for part in parts for parameter in part.query}
    places = (stream.pagination.at, stream.pagination.limit)
    sent |= {place.name for place in places if place is not None and place.where == "query"}
    assert sent <= set(described)
    assert {one for one, spec in described.items() if spec.get("required")} <= sent


@pytest.mark.parametrize("name", STREAMS)
def test_every_field_is_described_with_a_fitting_type(name: str) -> None:
    stream = tripletex().streams[name]
    looked = 0
    for path, declared, described in fields(stream.schema, record_schema(stream)):
        assert described is not None, f"{name}.{path} is not in the vendor's description"
        spec = resolved(described)
        assert types_of(declared) == {spec.get("type", "object")}, f"{name}.{path}"
        if "enum" in declared and "enum" in spec:
            assert set(declared["enum"]) - {None} == set(spec["enum"]), f"{name}.{path}"
        looked += 1
    assert looked > 5


@pytest.mark.parametrize("name", STREAMS)
def test_windows_are_asked_for_exactly_where_the_vendor_requires_dates(name: str) -> None:
    stream = tripletex().streams[name]
    required = {one["name"] for one in operation(stream)["parameters"] if one.get("required")}
    assert set(stream.windows.query if stream.windows else {}) == required


@pytest.mark.parametrize("name", STREAMS)
def test_increments_are_asked_for_exactly_where_the_vendor_offers_them(name: str) -> None:
    stream = tripletex().streams[name]
    offered = {"changedSince"} & {one["name"] for one in operation(stream)["parameters"]}
    assert set(stream.incremental.query if stream.incremental else {}) == offered


def test_windows_end_exclusively_as_the_vendor_says() -> None:
    windowed = [stream for stream in tripletex().streams.values() if stream.windows]
    for stream in windowed:
        said = {one["name"]: one.get("description", "").lower() for one in operation(stream)["parameters"]}
        for name in stream.windows.query if stream.windows else ():
            assert ("from and incl" if name.endswith("From") else "to and excl") in said[name]
    assert len(windowed) == 5


def test_the_login_has_the_vendor_s_parameters_and_reads_its_token() -> None:
    login = tripletex().auth.login
    assert login is not None
    # This description knows the login as PUT with a query only; the form with POST is of 2.74 (NOTES.md).
    described = vendor()["paths"][login.path]["put"]
    assert set(login.form or {}) == {one["name"] for one in described["parameters"]}
    token = resolved(vendor()["components"]["schemas"]["ResponseWrapperSessionToken"])
    paths = [*tripletex().auth.capture.values(), tripletex().auth.expires_at or ()]
    for path in paths:
        schema: Schema = token
        for segment in path:
            schema = resolved(schema)["properties"][segment]
        assert schema["type"] == "string"


def test_the_base_address_is_the_vendor_s() -> None:
    default = tripletex().settings["properties"]["base_url"]["default"]
    assert default == vendor()["servers"][0]["url"]
