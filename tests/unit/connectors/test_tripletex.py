"""Every path, parameter and field of the Tripletex connector exists in the vendor's own description.

The description is not part of this repository; where ../shared is absent these tests skip.
"""

from __future__ import annotations

import pytest

from sluice.connector.spec import Stream
from tests.unit.connectors.harness import harness, needs
from tests.unit.connectors.openapi import OpenApi, Schema

DESCRIPTION = "specs/tripletex/2025-07-01_456a0d9.json"
VENDOR = OpenApi(DESCRIPTION)
TRIPLETEX = harness("tripletex")

pytestmark = needs(DESCRIPTION, "the vendor's description")


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


def operation(stream: Stream) -> Schema:
    found: Schema = VENDOR.document["paths"][stream.path][stream.request.method.lower()]
    return found


def answer_schema(stream: Stream) -> Schema:
    reply = next(iter(operation(stream)["responses"].values()))
    return VENDOR.resolved(next(iter(reply["content"].values()))["schema"])


def record_schema(stream: Stream) -> Schema:
    (records,) = stream.records
    return VENDOR.resolved(answer_schema(stream)["properties"][records]["items"])


def test_the_connector_has_the_streams_tested_here() -> None:
    assert sorted(TRIPLETEX.streams) == STREAMS


@pytest.mark.parametrize("name", STREAMS)
def test_the_path_answers_a_list_where_the_connector_looks_for_it(name: str) -> None:
    stream = TRIPLETEX.streams[name]
    properties = answer_schema(stream)["properties"]
    assert properties[stream.records[0]]["type"] == "array"
    total = stream.pagination.total
    if total is not None:
        assert total.path is not None
        assert properties[total.path[0]]["type"] == "integer"


@pytest.mark.parametrize("name", STREAMS)
def test_every_parameter_is_described_and_every_required_one_is_sent(name: str) -> None:
    stream = TRIPLETEX.streams[name]
    described = {one["name"]: one for one in operation(stream)["parameters"] if one["in"] == "query"}
    parts = [part for part in (stream.request, stream.windows, stream.incremental) if part is not None]
    sent = {parameter for part in parts for parameter in part.query}
    places = (stream.pagination.at, stream.pagination.limit)
    sent |= {place.name for place in places if place is not None and place.where == "query"}
    assert sent <= set(described)
    assert {one for one, spec in described.items() if spec.get("required")} <= sent


@pytest.mark.parametrize("name", STREAMS)
def test_every_field_is_described_with_a_fitting_type(name: str) -> None:
    stream = TRIPLETEX.streams[name]
    looked = 0
    for path, declared, spec in VENDOR.fitting(stream.schema, record_schema(stream)):
        if "enum" in declared and "enum" in spec:
            assert set(declared["enum"]) - {None} == set(spec["enum"]), f"{name}.{path}"
        looked += 1
    assert looked > 5


@pytest.mark.parametrize("name", STREAMS)
def test_windows_are_asked_for_exactly_where_the_vendor_requires_dates(name: str) -> None:
    stream = TRIPLETEX.streams[name]
    required = {one["name"] for one in operation(stream)["parameters"] if one.get("required")}
    assert set(stream.windows.query if stream.windows else {}) == required


@pytest.mark.parametrize("name", STREAMS)
def test_increments_are_asked_for_exactly_where_the_vendor_offers_them(name: str) -> None:
    stream = TRIPLETEX.streams[name]
    offered = {"changedSince"} & {one["name"] for one in operation(stream)["parameters"]}
    assert set(stream.incremental.query if stream.incremental else {}) == offered


def test_windows_end_exclusively_as_the_vendor_says() -> None:
    windowed = [stream for stream in TRIPLETEX.streams.values() if stream.windows]
    for stream in windowed:
        said = {one["name"]: one.get("description", "").lower() for one in operation(stream)["parameters"]}
        for name in stream.windows.query if stream.windows else ():
            assert ("from and incl" if name.endswith("From") else "to and excl") in said[name]
    assert len(windowed) == 5


def test_the_login_has_the_vendor_s_parameters_and_reads_its_token() -> None:
    login = TRIPLETEX.connector.auth.login
    assert login is not None
    # This description knows the login as PUT with a query only; the form with POST is of 2.74 (NOTES.md).
    described = VENDOR.document["paths"][login.path]["put"]
    assert set(login.form or {}) == {one["name"] for one in described["parameters"]}
    token = VENDOR.resolved(VENDOR.document["components"]["schemas"]["ResponseWrapperSessionToken"])
    paths = [*TRIPLETEX.connector.auth.capture.values(), TRIPLETEX.connector.auth.expires_at or ()]
    for path in paths:
        schema: Schema = token
        for segment in path:
            schema = VENDOR.resolved(schema)["properties"][segment]
        assert schema["type"] == "string"


def test_the_base_address_is_the_vendor_s() -> None:
    default = TRIPLETEX.connector.settings["properties"]["base_url"]["default"]
    assert default == VENDOR.document["servers"][0]["url"]
