"""Every path, parameter and field of the PowerOffice Go connector exists in the vendor's own description.

Streams that it does not have are named in undescribed.py; test_undescribed.py looks at those. The
description is not part of this repository; where ../shared is absent these tests skip.
"""

from __future__ import annotations

import pytest

from sluice.connector.spec import Stream
from tests.unit.connectors.harness import harness, needs
from tests.unit.connectors.openapi import OpenApi, Schema
from tests.unit.connectors.poweroffice.undescribed import UNDESCRIBED

DESCRIPTION = "specs/poweroffice/2025-03-10_0dc198c.yaml"
VENDOR = OpenApi(DESCRIPTION)
POWEROFFICE = harness("poweroffice")
STREAMS = sorted(set(POWEROFFICE.streams) - set(UNDESCRIBED))
CHANGED = "lastChangedDateTimeOffsetGreaterThan"
BALANCE = "balanceLastChangedDateTimeOffsetGreaterThan"

pytestmark = needs(DESCRIPTION, "the vendor's description")


def operation(stream: Stream) -> Schema:
    found: Schema = VENDOR.document["paths"][stream.path]["get"]
    return found


def parameters(stream: Stream) -> dict[str, Schema]:
    """Return the query's parameters; an object among them is sent as its properties."""
    found: dict[str, Schema] = {}
    for one in operation(stream)["parameters"]:
        schema = VENDOR.resolved(one["schema"])
        if "properties" in schema:
            found |= schema["properties"]
        else:
            found[one["name"]] = {**one, **schema}
    return found


def record_schema(stream: Stream) -> Schema:
    reply = operation(stream)["responses"]["200"]["content"]["application/json"]["schema"]
    assert reply["type"] == "array"
    return VENDOR.resolved(reply["items"])


@pytest.mark.parametrize("name", STREAMS)
def test_the_reply_is_a_bare_list_and_an_empty_one_is_204(name: str) -> None:
    stream = POWEROFFICE.streams[name]
    record_schema(stream)
    assert stream.records == ()
    assert "content" not in operation(stream)["responses"]["204"]


@pytest.mark.parametrize("name", STREAMS)
def test_every_parameter_is_described_and_every_required_one_is_sent(name: str) -> None:
    stream = POWEROFFICE.streams[name]
    described = parameters(stream)
    parts = [part for part in (stream.request, stream.windows, stream.incremental) if part is not None]
    sent = {parameter for part in parts for parameter in part.query}
    places = (stream.pagination.at, stream.pagination.limit)
    sent |= {place.name for place in places if place is not None and place.where == "query"}
    assert sent >= {"PageNumber", "PageSize", "OrderBy"}
    assert sent <= set(described)
    assert {one for one, spec in described.items() if spec.get("required") is True} <= sent


@pytest.mark.parametrize("name", STREAMS)
def test_increments_are_asked_for_by_the_widest_filter_that_the_vendor_offers(name: str) -> None:
    stream = POWEROFFICE.streams[name]
    offered = parameters(stream)
    wanted = CHANGED if CHANGED in offered else BALANCE
    assert stream.incremental is not None
    assert set(stream.incremental.query) == {wanted}
    assert offered[wanted]["format"] == "date-time"
    shown = wanted.removesuffix("GreaterThan")
    assert stream.incremental.check == (shown[0].upper() + shown[1:],)


@pytest.mark.parametrize("name", STREAMS)
def test_every_field_is_described_with_a_fitting_type(name: str) -> None:
    stream = POWEROFFICE.streams[name]
    looked = 0
    for path, declared, spec in VENDOR.fitting(stream.schema, record_schema(stream)):
        if spec.get("nullable"):
            assert "null" in declared["type"], f"{name}.{path} may be null"
        if "enum" in declared:
            assert set(declared["enum"]) - {None} == set(spec["enum"]), f"{name}.{path}"
        if "format" in declared:
            assert declared["format"] == spec["format"], f"{name}.{path}"
        looked += 1
    assert looked > 5


@pytest.mark.parametrize("name", STREAMS)
def test_every_field_that_the_mapping_reads_is_declared(name: str) -> None:
    schema = POWEROFFICE.streams[name].schema
    declared = {path for path, _, _ in VENDOR.fields(schema, schema)}
    used = {".".join(path) for path in POWEROFFICE.used(name)}
    assert used
    assert {path for path in used if path not in declared} == set()


def test_the_vendor_names_records_in_pascal_case_and_filters_in_camel_case() -> None:
    for name in STREAMS:
        stream = POWEROFFICE.streams[name]
        assert all(field[0].isupper() for field in record_schema(stream)["properties"])
        own = {one["name"] for one in operation(stream)["parameters"]}
        assert all(parameter[0].islower() for parameter in own)


def test_the_vendor_describes_no_list_of_purchase_orders() -> None:
    lists = {path.split("/")[1] for path in VENDOR.document["paths"]}
    assert {"Projects", "SalesOrders"} <= lists
    assert {one for one in lists if one.startswith("Purchase")} == set()
