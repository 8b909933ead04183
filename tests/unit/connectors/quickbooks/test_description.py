"""Every field that the QuickBooks connector names stands in the vendor's XML Schema, with its type.

The schema is not part of this repository; where ../shared is absent the tests that need it skip. It includes
two files that are not beside it: what is used of those is written down here, as they were read on 2026-11-21
(intuit/QuickBooks-V3-Java-SDK, IntuitBaseTypes.xsd and IntuitNamesTypes.xsd).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

from sluice.description.forms.safe_xml import local_name, read_xml
from sluice.mapping.load import check_mapping
from tests.unit.connectors.harness import DOCUMENTS, SHARED, harness, needs, types_of

SCHEMAS = "specs/quickbooks"
QUICKBOOKS = harness("quickbooks")
STREAMS = sorted(QUICKBOOKS.streams)

described = needs(SCHEMAS, "the vendor's XML Schema")
each_stream = pytest.mark.parametrize("name", STREAMS)


@dataclass(frozen=True, slots=True)
class Type:
    """A complex type: what it extends, its fields and their types (a list ends with ``*``), or its words."""

    base: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()


def included(fields: str, base: str = "") -> Type:
    return Type(base, dict(pair.split(":") for pair in fields.split()))


INCLUDED = {
    "IntuitEntity": included("Id:id MetaData:ModificationMetaData"),
    "ModificationMetaData": included("CreateTime:dateTime LastUpdatedTime:dateTime"),
    # A text with the attribute `name`; in JSON the text is `value`.
    "ReferenceType": included("value:string name:string"),
    "PhysicalAddress": included(
        "Id:id Line1:string Line2:string Line3:string Line4:string Line5:string City:string Country:string "
        "CountrySubDivisionCode:string PostalCode:string"
    ),
    "TelephoneNumber": included("FreeFormNumber:string"),
    "EmailAddress": included("Address:string"),
    "WebSiteAddress": included("URI:string"),
    "NameBase": included(
        "GivenName:string FamilyName:string FullyQualifiedName:string CompanyName:string DisplayName:string "
        "PrintOnCheckName:string Active:boolean WebAddr:WebSiteAddress DefaultTaxCodeRef:ReferenceType "
        "PrimaryPhone:TelephoneNumber Mobile:TelephoneNumber PrimaryEmailAddr:EmailAddress",
        "IntuitEntity",
    ),
    "Customer": included(
        "Taxable:boolean BillAddr:PhysicalAddress ShipAddr:PhysicalAddress Notes:string Job:boolean "
        "BillWithParent:boolean RootCustomerRef:ReferenceType ParentRef:ReferenceType Level:int "
        "SalesTermRef:ReferenceType Balance:decimal BalanceWithJobs:decimal CurrencyRef:ReferenceType "
        "PreferredDeliveryMethod:string IsProject:boolean",
        "NameBase",
    ),
    "Vendor": included(
        "BillAddr:PhysicalAddress TermRef:ReferenceType Balance:decimal BillRate:decimal AcctNum:string "
        "Vendor1099:boolean CurrencyRef:ReferenceType",
        "NameBase",
    ),
    "Employee": included(
        "EmployeeNumber:string BillableTime:boolean BillRate:decimal HiredDate:date ReleasedDate:date",
        "NameBase",
    ),
}
_SIMPLE = {"decimal": "number", "boolean": "boolean", "int": "integer", "positiveInteger": "integer"}
_FORMATS = {"date": "date", "dateTime": "date-time"}


def local(name: str | None) -> str:
    return (name or "").rpartition(":")[2]


def newest_schema() -> Any:
    return read_xml(max((SHARED / SCHEMAS).glob("*.xsd")).read_bytes())


@cache
def types() -> Mapping[str, Type]:
    """Return the types of the newest schema and of the files that it includes."""
    found = {}
    for one in newest_schema():
        below = list(one.iter())
        words = tuple(value.get("value", "") for value in below if local_name(value) == "enumeration")
        fields = {
            element.get("name", ""): local(element.get("type"))
            + ("*" if element.get("maxOccurs") == "unbounded" else "")
            for element in below
            if local_name(element) == "element" and element is not one
        }
        if any(local_name(part) == "simpleContent" for part in below):
            fields = {"value": "string"}
        bases = [local(part.get("base")) for part in below if local_name(part) == "extension"]
        if local_name(one) in {"complexType", "simpleType"}:
            found[one.get("name", "")] = Type(bases[0] if bases else "", fields, words)
    return {**found, **INCLUDED}


def fields_of(name: str) -> Mapping[str, str]:
    one = types().get(name)
    return {} if one is None else {**fields_of(one.base), **one.fields}


def declared(
    schema: Mapping[str, Any], told: str, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any], str]]:
    """Yield (path, what the connector declares, the schema's type) of every field, through lists."""
    for name, one in schema.get("items", schema).get("properties", {}).items():
        kind = fields_of(told.removesuffix("*")).get(name, "")
        yield (*path, name), one, kind
        yield from declared(one, kind, (*path, name))


def entity_of(name: str) -> str:
    response, entity = QUICKBOOKS.streams[name].records
    assert response == "QueryResponse"
    return entity


def in_json(kind: str) -> str:
    """Return how a value of the type is written in JSON."""
    if kind.endswith("*"):
        return "array"
    return "object" if fields_of(kind) else _SIMPLE.get(kind, "string")


@described
def test_what_is_written_down_here_is_not_in_the_schema_itself() -> None:
    own = {one.get("name") for one in newest_schema() if local_name(one) == "complexType"}
    assert own & set(INCLUDED) == set()
    assert "Invoice" in own


@described
@each_stream
def test_every_field_is_described_with_a_fitting_type(name: str) -> None:
    looked = 0
    for path, one, kind in declared(QUICKBOOKS.streams[name].schema, entity_of(name)):
        place = f"{name}: {'.'.join(path)}"
        assert kind, f"{place} is not in the vendor's schema"
        assert types_of(one) == {in_json(kind)}, place
        assert one.get("format") in {None, _FORMATS.get(kind)}, place
        looked += 1
    assert looked >= 8


@each_stream
def test_every_field_that_the_mapping_reads_is_declared(name: str) -> None:
    schema = QUICKBOOKS.streams[name].schema
    assert check_mapping(DOCUMENTS, "quickbooks", name, schema) == []


@described
@pytest.mark.parametrize(
    ("name", "source", "target", "without"),
    [
        ("account", "Classification", "type", set()),
        ("purchase_order", "POStatus", "status", set()),
        ("time_entry", "BillableStatus", "billable", set()),
        # What an item of these kinds is, nothing says.
        ("product", "Type", "type", {"NonInventory", "Group", "Bundle", "Other Charge", "Payment"}),
    ],
)
def test_every_word_that_the_vendor_lists_has_a_meaning(
    name: str, source: str, target: str, without: set[str]
) -> None:
    mapper = QUICKBOOKS.mapper(name)
    example = QUICKBOOKS.example(name)
    words = types()[fields_of(entity_of(name))[source]].words
    # Kinds of QuickBooks Desktop, and what is no product.
    without |= {"Category", "Subtotal", "Discount", "Tax", "Tax Group"}
    assert len(words) >= 2
    for word in words:
        mapped = mapper.map({**example, source: word}, "acme")
        assert mapped.faults == ()
        has_none = mapped.data is None or mapped.data[target] is None
        assert has_none is (word in without), f"{name}: {source} {word}"


@described
def test_hours_are_of_employees_or_vendors_and_only_those_of_vendors_are_left_out() -> None:
    mapper = QUICKBOOKS.mapper("time_entry")
    example = QUICKBOOKS.example("time_entry")
    words = types()["TimeActivityTypeEnum"].words
    kept = {word for word in words if mapper.map({**example, "NameOf": word}, "acme").data is not None}
    assert kept == set(words) - {"Vendor"}


@pytest.mark.parametrize(
    ("told", "hours"),
    [
        ({"Hours": 7, "Minutes": 30}, "7.5"),
        ({"Hours": 7}, "7"),
        ({"Minutes": 15}, "0.25"),
        ({"Hours": 0, "Minutes": 0, "Seconds": 36}, "0.01"),
        ({"StartTime": "2026-10-12T08:00:00-07:00", "EndTime": "2026-10-12T12:00:00-07:00"}, None),
    ],
    ids=str,
)
def test_hours_are_summed_and_an_entry_without_them_is_set_aside(
    told: dict[str, Any], hours: str | None
) -> None:
    mapper = QUICKBOOKS.mapper("time_entry")
    example = QUICKBOOKS.example("time_entry")
    bare = {name: value for name, value in example.items() if name not in {"Hours", "Minutes"}}
    mapped = mapper.map({**bare, **told}, "acme")
    assert ["hours" in str(fault) for fault in mapped.faults] == ([] if hours else [True])
    assert (mapped.data or {}).get("hours") == hours
