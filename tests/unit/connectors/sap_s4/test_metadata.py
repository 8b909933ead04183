"""Every path, navigation and field of the SAP S/4HANA Cloud connector stands in the vendor's metadata.

The metadata of business partners is not part of this repository; where ../shared is absent the tests that
need it skip. Of the other services the fields below were read in metadata that public projects keep.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from sluice.connector.values import Call, Value
from sluice.description.model import Description, Schema
from sluice.description.read import read_description
from tests.unit.connectors.harness import SHARED, harness, needs, types_of
from tests.unit.connectors.sap_s4.published import PUBLISHED

METADATA = "specs/sap_s4/2025-09-15_aa3b5a3.edmx"
S4 = harness("sap_s4")
PARTNERS = ("customer", "supplier")
UNSELECTED = ("time_entry",)
"""What does not ask for its fields by name: of this service nothing says that it can."""
BASE = "/sap/opu/odata/sap/"
COMPARED = re.compile(r"(\w+) (?:eq|ne|ge|le|gt|lt) ")

metadata = needs(METADATA, "the vendor's metadata")


@cache
def described() -> Description:
    return read_description((SHARED / METADATA).read_bytes())


def partner() -> Schema:
    """Return what a record of A_BusinessPartner is."""
    response = described().operations["GET /A_BusinessPartner"].response
    assert response is not None
    schema = described().resolved(response)
    for name in ("d", "results"):
        schema = described().resolved(schema.fields[name].schema)
    assert schema.items is not None
    return described().resolved(schema.items)


def told(path: tuple[str, ...]) -> Schema | None:
    """Return what the metadata says of a field of a business partner, through navigations; None: nothing."""
    schema = partner()
    for name in path:
        schema = described().resolved(schema.items) if schema.items is not None else schema
        if name not in schema.fields:
            return None
        schema = described().resolved(schema.fields[name].schema)
    return schema


def declared(schema: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield (path without ``results``, schema) of every field that is no navigation."""
    for name, one in schema.get("items", schema)["properties"].items():
        below = path if name == "results" else (*path, name)
        if "properties" in one or "items" in one:
            yield from declared(one, below)
        else:
            yield below, one


def leaves(name: str) -> dict[tuple[str, ...], Any]:
    return dict(declared(S4.streams[name].schema))


def asked(name: str, option: str) -> set[tuple[str, ...]]:
    """Return the paths that a stream's $select or $expand names."""
    text = getattr(S4.streams[name].request.query.get(option), "value", "")
    return {tuple(one.split("/")) for one in text.split(",") if one}


def texts(value: Value) -> str:
    """Return the texts of a value with what is put in between them left out."""
    return "".join(map(texts, value.values)) if isinstance(value, Call) else str(getattr(value, "value", ""))


def compared(name: str) -> set[str]:
    """Return the fields that a stream's filters compare."""
    stream = S4.streams[name]
    parts = [one.query for one in (stream.request, stream.incremental, stream.windows) if one is not None]
    return {one for query in parts if "$filter" in query for one in COMPARED.findall(texts(query["$filter"]))}


def json_type(kind: str) -> str:
    """Return how OData version 2 writes a type in JSON: dates and decimals are texts."""
    return "boolean" if kind == "Edm.Boolean" else "string"


def test_every_stream_is_held_against_a_source() -> None:
    assert sorted(S4.streams) == sorted([*PARTNERS, *PUBLISHED])


@pytest.mark.parametrize("name", sorted(set(S4.streams) - set(UNSELECTED)))
def test_exactly_the_declared_fields_are_asked_for(name: str) -> None:
    assert asked(name, "$select") == set(leaves(name))
    inside = {path[:count] for path in leaves(name) for count in range(1, len(path))}
    assert asked(name, "$expand") == inside


@pytest.mark.parametrize("name", sorted(S4.streams))
def test_the_mapping_takes_declared_fields_only(name: str) -> None:
    used = S4.used(name)
    plain = {tuple(part for part in path if part != "results") for path in used}
    known = set(leaves(name)) | asked(name, "$expand")
    assert plain <= known
    assert len(plain & set(leaves(name))) >= 8


@pytest.mark.parametrize("name", PARTNERS)
def test_customers_and_suppliers_are_business_partners(name: str) -> None:
    assert S4.streams[name].path == f"{BASE}API_BUSINESS_PARTNER/A_BusinessPartner"


@metadata
@pytest.mark.parametrize("name", PARTNERS)
def test_every_field_of_a_partner_is_in_the_metadata_with_a_fitting_type(name: str) -> None:
    for path, schema in leaves(name).items():
        found = told(path)
        assert found is not None, f"{name}.{'/'.join(path)} is not in the metadata"
        assert found.types == types_of(schema), f"{name}.{'/'.join(path)}"
    assert all(told((one,)) is not None for one in compared(name))
    assert compared(name)


@metadata
@pytest.mark.parametrize("name", PARTNERS)
def test_every_navigation_of_a_partner_is_one_or_many_as_declared(name: str) -> None:
    for path in asked(name, "$expand"):
        found, schema = told(path), S4.streams[name].schema
        assert found is not None, path
        for part in path:
            inside = schema["properties"].get("results", schema)
            schema = inside.get("items", inside)["properties"][part]
        assert ("results" in schema["properties"]) == (found.types == {"array"}), path


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_every_other_field_is_published_with_a_fitting_type(name: str) -> None:
    known = PUBLISHED[name]
    assert S4.streams[name].path == BASE + known.path
    fields = {(one,): kind for one, kind in known.head.items()}
    fields |= {(known.navigation, one): kind for one, kind in known.parts.items()}
    assert {path: types_of(schema) for path, schema in leaves(name).items()} == {
        path: {json_type(kind)} for path, kind in fields.items()
    }
    assert compared(name) <= set(known.head)
    keys = {(one,) for one in S4.streams[name].schema["required"]}
    assert keys <= set(fields)
