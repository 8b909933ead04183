"""The streams that the vendor's description at hand lacks: with their sources, and as long as it does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.connectors.harness import SHARED, harness, needs, types_of
from tests.unit.connectors.openapi import OpenApi, Schema
from tests.unit.connectors.poweroffice.undescribed import CHANGED, UNDESCRIBED

FOLDER = "specs/poweroffice"
DESCRIPTIONS = sorted((SHARED / FOLDER).glob("*.*"))
POWEROFFICE = harness("poweroffice", {}, {}, session={"access_token": "token"})
NAMES = sorted(UNDESCRIBED)
SINCE = "2026-11-20T12:00:00+00:00"
OF_EVERY_LIST = {"PageNumber", "PageSize", "OrderBy", "Fields"}


@needs(FOLDER, "the vendor's descriptions")
@pytest.mark.parametrize("file", DESCRIPTIONS, ids=lambda file: file.name)
@pytest.mark.parametrize("name", NAMES)
def test_no_description_has_it_else_the_exception_has_to_go(file: Path, name: str) -> None:
    paths = OpenApi(f"{FOLDER}/{file.name}").document["paths"]
    assert "/Projects" in paths
    named = {path.lower().split("/")[1] for path in paths}
    assert not {one for one in named if one.startswith(("time", "activit", "hour"))}, (
        f"{name} is described in {file.name}: take it out of UNDESCRIBED"
    )


@needs(FOLDER, "the vendor's descriptions")
def test_every_list_that_is_described_is_paged_sorted_and_cut_down_alike() -> None:
    vendor = OpenApi(f"{FOLDER}/{DESCRIPTIONS[-1].name}")
    for name in sorted(set(POWEROFFICE.streams) - set(NAMES)):
        given = vendor.document["paths"][POWEROFFICE.streams[name].path]["get"]["parameters"]
        assert "#/components/schemas/ResourceParameters" in {one["schema"].get("$ref") for one in given}, name
    common = vendor.document["components"]["schemas"]["ResourceParameters"]
    assert set(common["properties"]) >= OF_EVERY_LIST


@needs(FOLDER, "the vendor's descriptions")
def test_what_is_sent_to_make_a_record_comes_back_in_it_by_the_same_name_and_type() -> None:
    vendor = OpenApi(f"{FOLDER}/{DESCRIPTIONS[-1].name}")
    pairs = list(_made_and_read(vendor))
    assert len(pairs) > 20
    assert all("Id" in read for _, read in pairs)
    sent = [(name, kind, read) for made, read in pairs for name, kind in made.items()]
    other = [name for name, kind, read in sent if read.get(name) != kind]
    assert len(other) < 0.02 * len(sent)


def _made_and_read(vendor: OpenApi) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield (field -> type that is sent, field -> type that is read) of every list that can be added to."""
    for operations in vendor.document["paths"].values():
        reply = operations.get("get", {}).get("responses", {}).get("200", {}).get("content")
        body = operations.get("post", {}).get("requestBody", {}).get("content")
        read = reply["application/json"]["schema"] if reply else {}
        if body and read.get("type") == "array":
            made = next(iter(body.values()))["schema"]
            yield _types(vendor, made), _types(vendor, read["items"])


def _types(vendor: OpenApi, schema: Schema) -> dict[str, Any]:
    properties = vendor.resolved(schema).get("properties", {})
    return {name: vendor.resolved(field).get("type") for name, field in properties.items()}


@pytest.mark.parametrize("name", NAMES)
def test_a_source_shows_the_path_each_parameter_and_each_field_with_its_type(name: str) -> None:
    known, stream = UNDESCRIBED[name], POWEROFFICE.streams[name]
    assert stream.path == known.path
    sent = set(POWEROFFICE.query(name, SINCE))
    assert sent - OF_EVERY_LIST == known.parameters
    declared = {field: types_of(schema) for field, schema in stream.schema["properties"].items()}
    told = {
        field: {"integer", "string"} if kind == "any" else {kind} for field, (kind, _) in known.fields.items()
    }
    assert declared == told
    assert all(source for _, source in known.fields.values())


@pytest.mark.parametrize("name", NAMES)
def test_the_mapping_reads_what_a_source_shows_and_all_of_it(name: str) -> None:
    assert {path[0] for path in POWEROFFICE.used(name)} == set(UNDESCRIBED[name].fields)


def test_activities_are_asked_for_with_those_that_are_no_more_in_use() -> None:
    assert POWEROFFICE.query("activity")["includeInactive"] == "true"
    assert CHANGED not in POWEROFFICE.query("activity")


@pytest.mark.parametrize("hours", [0, 0.25, 7.5, 24])
def test_hours_of_a_day_are_hours(hours: float) -> None:
    seen = POWEROFFICE.canonical("time_entry", {**POWEROFFICE.example("time_entry"), "Quantity": hours})
    assert float(seen["hours"]) == hours


@pytest.mark.parametrize("quantity", [24.01, 30, 450, None])
def test_more_than_a_days_hours_are_set_aside_as_another_unit(quantity: float | None) -> None:
    entry = {**POWEROFFICE.example("time_entry"), "Quantity": quantity}
    mapped = POWEROFFICE.mapper("time_entry").map(entry, "acme")
    assert mapped.data is None
    assert [fault.pointer for fault in mapped.faults] == ["/Quantity"]


@pytest.mark.parametrize(("quantity", "billable"), [(7, "7"), (450, None), (None, None)])
def test_billable_hours_of_another_unit_are_not_told(quantity: int | None, billable: str | None) -> None:
    entry = {**POWEROFFICE.example("time_entry"), "BillableQuantity": quantity}
    assert POWEROFFICE.canonical("time_entry", entry)["billable_hours"] == billable


@pytest.mark.parametrize("identity", [60000001, "8a7f1c1e-0000-4000-8000-000000000001"])
def test_an_entry_may_have_a_number_or_a_guid(identity: int | str) -> None:
    seen = POWEROFFICE.canonical("time_entry", {**POWEROFFICE.example("time_entry"), "Id": identity})
    assert seen["source_id"] == str(identity)
