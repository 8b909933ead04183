"""Forms other than OpenAPI: each is read from its content, and its changes are found."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.description.read import read_description
from tests.unit.description.apis import Document, changed, compared, in_short, written
from tests.unit.description.documents import CSDL, EDMX_2, EDMX_4, XSD, fields, graphql, json_schema, tryton

FORMS: dict[str, tuple[bytes, str, str]] = {
    "OData 2": (EDMX_2.encode(), "OData 2.0", "GET /A_Partner"),
    "OData 4": (EDMX_4.encode(), "OData 4.0", "GET /invoices"),
    "CSDL JSON": (written(CSDL), "OData 4.01", "GET /invoices"),
    "XML Schema": (XSD.encode(), "XML Schema", "QUERY Invoice"),
    "GraphQL": (written(graphql()), "GraphQL", "QUERY customers"),
    "Tryton": (written(tryton()), "Tryton fields_get", "POST model.party.party.search_read"),
    "JSON Schema": (written(json_schema()), "JSON Schema", "QUERY record"),
    "a list of fields": (written(fields()), "list of fields", "GET /customer"),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_form_is_seen_from_the_content(form: str) -> None:
    data, named, operation = FORMS[form]
    description = read_description(data)
    assert description.form == named
    assert operation in description.operations


@pytest.mark.parametrize("form", FORMS)
def test_the_same_description_differs_in_nothing(form: str) -> None:
    assert compared(FORMS[form][0], FORMS[form][0]) == []


EDITS: list[tuple[str, str, str, list[tuple[str, str, str]]]] = [
    (EDMX_2, '<Property Name="Blocked" Type="Edm.Boolean"/>', "", [("D42", "GET /A_Partner", "Blocked")]),
    (
        EDMX_2,
        'Name="Balance" Type="Edm.Decimal"',
        'Name="Balance" Type="Edm.String"',
        [("D48", "GET /A_Partner", "Balance")],
    ),
    (EDMX_2, "Edm.DateTimeOffset", "Edm.DateTime", [("D61", "GET /A_Partner", "CreatedAt")]),
    (
        EDMX_2,
        '<Property Name="City" Type="Edm.String"/>',
        '<Property Name="Town" Type="Edm.String"/>',
        [("D42", "GET /A_Address", "City"), ("D45", "GET /A_Address", "Town")],
    ),
    (
        EDMX_2,
        '<EntitySet Name="A_Address" EntityType="TOY.AddressType"/>',
        "",
        [("D01", "GET /A_Address", "")],
    ),
    (EDMX_2, 'Multiplicity="*"', 'Multiplicity="1"', [("D51", "GET /A_Partner", "to_Address")]),
    (
        EDMX_2,
        '<Parameter Name="Text" Type="Edm.String" Nullable="false"/>',
        (
            '<Parameter Name="Text" Type="Edm.String" Nullable="false"/>'
            '<Parameter Name="Lang" Type="Edm.String" Nullable="false"/>'
        ),
        [("D36", "GET /Find", "Lang")],
    ),
    (
        EDMX_2,
        'sap:label="Created"',
        'sap:label="Created (will be removed on 2027-01-01)"',
        [("D17", "GET /A_Partner", "CreatedAt")],
    ),
    (EDMX_2, ' MaxLength="10"', ' MaxLength="40"', []),
    (
        EDMX_4,
        '<Member Name="Paid"/>',
        '<Member Name="Settled"/>',
        [("D56", "GET /invoices", "status"), ("D55", "GET /invoices", "status")],
    ),
    (EDMX_4, '<Property Name="id" Type="Edm.Guid" Nullable="false"/>', "", [("D42", "GET /invoices", "id")]),
    (EDMX_4, "Core.RevisionKind/Modified", "Core.RevisionKind/Deprecated", [("D16", "GET /invoices", "due")]),
    (
        EDMX_4,
        'Type="Self.status" Nullable="false"',
        'Type="Self.status"',
        [("D53", "GET /invoices", "status")],
    ),
    (
        EDMX_4,
        '<Property Name="amount" Type="Edm.Decimal"/>',
        '<Property Name="amount" Type="Edm.Int32"/>',
        [("D66", "GET /invoices", "lines[].amount")],
    ),
    (XSD, '<xs:enumeration value="Paid"/>', "", [("D56", "QUERY Invoice", "Status")]),
    (XSD, 'name="Due" type="xs:date"', 'name="Due" type="xs:dateTime"', [("D61", "QUERY Invoice", "Due")]),
    (XSD, '<xs:element name="Id" type="xs:string"/>', "", [("D42", "QUERY Invoice", "Id")]),
    (
        XSD,
        '<xs:element name="Id" type="xs:string"/>',
        '<xs:element name="Id" type="xs:string" minOccurs="0"/>',
        [("D53", "QUERY Invoice", "Id")],
    ),
    (XSD, 'maxOccurs="unbounded"', 'maxOccurs="1"', [("D51", "QUERY Invoice", "Line")]),
    (XSD, 'type="xs:decimal"', 'type="xs:string"', [("D48", "QUERY Invoice", "Line[].Amount")]),
]


@pytest.mark.parametrize(("text", "old", "new", "expected"), EDITS)
def test_a_change_in_xml_is_found(
    text: str, old: str, new: str, expected: list[tuple[str, str, str]]
) -> None:
    assert old in text
    assert in_short(compared(text.encode(), text.replace(old, new).encode())) == expected


def test_odata_4_in_xml_and_in_json_is_the_same() -> None:
    assert compared(EDMX_4.encode(), CSDL) == []
    assert compared(CSDL, EDMX_4.encode()) == []


def test_a_function_that_writes_is_no_loss_for_a_reader() -> None:
    without = EDMX_2.replace(
        '<FunctionImport Name="Lock" ReturnType="TOY.PartnerType" m:HttpMethod="POST"/>', ""
    )
    (change,) = compared(EDMX_2.encode(), without.encode())
    assert (change.code, change.operation, change.severity.value) == ("D01", "POST /Lock", "low")


def test_graphql_changes_are_found() -> None:
    def edit(document: Document) -> Any:
        root, _, _, node, state, _ = document["data"]["__schema"]["types"]
        node["fields"][1] |= {"isDeprecated": True, "deprecationReason": "Use title. Removal on 2027-06-01."}
        node["fields"].pop(3)
        state["enumValues"].pop()
        root["fields"][0]["args"].append(
            {"name": "company", "type": {"kind": "NON_NULL", "ofType": {"kind": "SCALAR", "name": "ID"}}}
        )
        root["fields"][0]["args"][0]["defaultValue"] = "50"
        return document

    assert in_short(compared(graphql(), changed(graphql(), edit))) == [
        ("D36", "QUERY customers", "company"),
        ("D37", "QUERY customers", "first"),
        ("D42", "QUERY customers", "parent"),
        ("D17", "QUERY customers", "name"),
        ("D56", "QUERY customers", "state"),
    ]
    unwrapped = graphql()["data"]
    assert compared(graphql(), unwrapped) == []


def test_tryton_changes_are_found() -> None:
    def edit(document: Document) -> None:
        party, address = document["models"]["party.party"], document["models"]["party.address"]
        party["name"]["required"] = False
        party["kind"]["selection"].pop(0)
        del party["lang"], address["city"]
        party["code"] = {"type": "char", "string": "Code"}

    party = "POST model.party.party.search_read"
    assert in_short(compared(tryton(), changed(tryton(), edit))) == [
        ("D42", party, "lang"),
        ("D45", party, "code"),
        ("D53", party, "name"),
        ("D56", party, "kind"),
        ("D42", "POST model.party.address.search_read", "city"),
    ]


def test_tryton_answers_of_one_model_are_read_as_they_come() -> None:
    one = {"id": 1, "result": tryton()["models"]["party.address"]}
    without = {"id": 1, "result": {"party": one["result"]["party"]}}  # type: ignore[index]
    assert in_short(compared(one, without)) == [("D42", "POST search_read", "city")]


def test_json_schema_changes_are_found() -> None:
    def edit(document: Document) -> None:
        document["properties"]["id"]["type"] = "string"
        document["$defs"]["line"]["properties"].pop("amount")

    assert in_short(compared(json_schema(), changed(json_schema(), edit))) == [
        ("D47", "QUERY record", "id"),
        ("D42", "QUERY record", "lines[].amount"),
    ]


def test_changes_of_a_list_of_fields_are_found() -> None:
    def edit(document: Document) -> None:
        customer = document["entities"]["customer"]["properties"]
        customer |= {"id": "integer", "balance": "decimal", "blocked": "NAV.blocked"}
        del document["entities"]["vendor"]

    assert in_short(compared(fields(), changed(fields(), edit))) == [
        ("D01", "GET /vendor", ""),
        ("D48", "GET /customer", "id"),
    ]
    endpoints = {"A": {"uri": "/api/{d}/a", "properties": [{"name": "ID", "type": "Edm.Guid"}]}}
    assert in_short(
        compared(endpoints, {"A": {"uri": "/api/{d}/a", "properties": [{"name": "Nr", "type": "Edm.Guid"}]}})
    ) == [
        ("D42", "GET /api/{d}/a", "ID"),
        ("D45", "GET /api/{d}/a", "Nr"),
    ]


def test_what_is_missing_from_a_file_is_told() -> None:
    assert read_description(XSD.encode()).unread == ("Elsewhere.xsd is not in the file",)
