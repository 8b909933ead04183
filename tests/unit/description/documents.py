"""Small made-up descriptions in forms other than OpenAPI."""

from __future__ import annotations

from tests.unit.description.apis import Document

EDMX_2 = """<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"
  xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"
  xmlns:sap="http://www.sap.com/Protocols/SAPData">
 <edmx:DataServices m:DataServiceVersion="2.0">
  <Schema Namespace="TOY" xmlns="http://schemas.microsoft.com/ado/2008/09/edm">
   <EntityType Name="PartnerType">
    <Key><PropertyRef Name="Id"/></Key>
    <Property Name="Id" Type="Edm.String" Nullable="false" MaxLength="10"/>
    <Property Name="CreatedAt" Type="Edm.DateTimeOffset" sap:label="Created"/>
    <Property Name="Balance" Type="Edm.Decimal" Precision="15" Scale="2"/>
    <Property Name="Blocked" Type="Edm.Boolean"/>
    <NavigationProperty Name="to_Address" Relationship="TOY.partner_address" FromRole="P" ToRole="A"/>
   </EntityType>
   <EntityType Name="AddressType">
    <Property Name="City" Type="Edm.String"/>
   </EntityType>
   <Association Name="partner_address">
    <End Type="TOY.PartnerType" Multiplicity="1" Role="P"/>
    <End Type="TOY.AddressType" Multiplicity="*" Role="A"/>
   </Association>
   <EntityContainer Name="C" m:IsDefaultEntityContainer="true">
    <EntitySet Name="A_Partner" EntityType="TOY.PartnerType"/>
    <EntitySet Name="A_Address" EntityType="TOY.AddressType"/>
    <FunctionImport Name="Lock" ReturnType="TOY.PartnerType" m:HttpMethod="POST"/>
    <FunctionImport Name="Find" ReturnType="Collection(TOY.PartnerType)" m:HttpMethod="GET">
     <Parameter Name="Text" Type="Edm.String" Nullable="false"/>
    </FunctionImport>
   </EntityContainer>
  </Schema>
 </edmx:DataServices>
</edmx:Edmx>"""

EDMX_4 = """<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="Toy.NAV" Alias="Self" xmlns="http://docs.oasis-open.org/odata/ns/edm">
 <EnumType Name="status"><Member Name="Open"/><Member Name="Paid"/></EnumType>
 <EntityType Name="entity" Abstract="true"><Property Name="id" Type="Edm.Guid" Nullable="false"/></EntityType>
 <EntityType Name="invoice" BaseType="Self.entity">
  <Property Name="number" Type="Edm.String"/>
  <Property Name="status" Type="Self.status" Nullable="false"/>
  <Property Name="due" Type="Edm.Date"><Annotation Term="Core.Revisions"><Collection><Record>
   <PropertyValue Property="Kind" EnumMember="Core.RevisionKind/Modified"/></Record></Collection></Annotation>
  </Property>
  <NavigationProperty Name="lines" Type="Collection(Self.line)"/>
 </EntityType>
 <EntityType Name="line"><Property Name="amount" Type="Edm.Decimal"/></EntityType>
 <EntityContainer Name="c"><EntitySet Name="invoices" EntityType="Toy.NAV.invoice"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"""

CSDL = {
    "$Version": "4.01",
    "Toy.NAV": {
        "status": {"$Kind": "EnumType", "Open": 0, "Paid": 1, "Open@Core.Description": "not paid"},
        "entity": {"$Kind": "EntityType", "$Abstract": True, "id": {"$Type": "Edm.Guid"}},
        "invoice": {
            "$Kind": "EntityType",
            "$BaseType": "Toy.NAV.entity",
            "number": {"$Nullable": True},
            "status": {"$Type": "Toy.NAV.status"},
            "due": {"$Type": "Edm.Date", "$Nullable": True},
            "lines": {"$Kind": "NavigationProperty", "$Collection": True, "$Type": "Toy.NAV.line"},
        },
        "line": {"$Kind": "EntityType", "amount": {"$Type": "Edm.Decimal", "$Nullable": True}},
        "c": {"$Kind": "EntityContainer", "invoices": {"$Collection": True, "$Type": "Toy.NAV.invoice"}},
    },
}

XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:toy" targetNamespace="urn:toy">
 <xs:include schemaLocation="Elsewhere.xsd"/>
 <xs:simpleType name="Status"><xs:restriction base="xs:string">
  <xs:enumeration value="Open"/><xs:enumeration value="Paid"/></xs:restriction></xs:simpleType>
 <xs:complexType name="Document"><xs:sequence>
  <xs:element name="Id" type="xs:string"/><xs:element name="Ref" type="ElsewhereType" minOccurs="0"/>
 </xs:sequence></xs:complexType>
 <xs:complexType name="Invoice"><xs:complexContent><xs:extension base="Document"><xs:sequence>
  <xs:element name="Status" type="Status" minOccurs="0"/>
  <xs:element name="Due" type="xs:date" minOccurs="0"/>
  <xs:element name="Line" type="Line" maxOccurs="unbounded"/></xs:sequence>
  <xs:attribute name="domain" type="xs:string"/></xs:extension></xs:complexContent></xs:complexType>
 <xs:complexType name="Line"><xs:choice><xs:element name="Amount" type="xs:decimal"/>
  <xs:element name="Inner" type="Line"/></xs:choice></xs:complexType>
</xs:schema>"""


def graphql() -> Document:
    """Return a small GraphQL introspection result."""
    text = {"kind": "SCALAR", "name": "String"}
    node = {
        "kind": "OBJECT",
        "name": "Customer",
        "fields": [
            {"name": "id", "type": {"kind": "NON_NULL", "ofType": {"kind": "SCALAR", "name": "ID"}}},
            {"name": "name", "type": text},
            {"name": "state", "type": {"kind": "ENUM", "name": "State"}},
            {"name": "parent", "type": {"kind": "OBJECT", "name": "Customer"}},
        ],
    }
    edge = {
        "kind": "OBJECT",
        "name": "Edge",
        "fields": [
            {"name": "node", "type": {"kind": "OBJECT", "name": "Customer"}},
            {"name": "cursor", "type": text},
        ],
    }
    edges = {"kind": "LIST", "ofType": {"kind": "OBJECT", "name": "Edge"}}
    connection = {"kind": "OBJECT", "name": "Connection", "fields": [{"name": "edges", "type": edges}]}
    arguments = [{"name": "first", "type": {"kind": "SCALAR", "name": "Int"}, "defaultValue": "100"}]
    query = {
        "kind": "OBJECT",
        "name": "Root",
        "fields": [
            {"name": "customers", "args": arguments, "type": {"kind": "OBJECT", "name": "Connection"}}
        ],
    }
    state = {"kind": "ENUM", "name": "State", "enumValues": [{"name": "OPEN"}, {"name": "DONE"}]}
    types = [query, connection, edge, node, state, {"kind": "SCALAR", "name": "String"}]
    return {"data": {"__schema": {"queryType": {"name": "Root"}, "types": types}}}


def tryton() -> Document:
    """Return a small fields_get of two models."""
    return {
        "version": "7.0",
        "models": {
            "party.party": {
                "name": {"type": "char", "string": "Name", "required": True},
                "lang": {"type": "many2one", "string": "Language", "relation": "ir.lang"},
                "addresses": {"type": "one2many", "string": "Addresses", "relation": "party.address"},
                "kind": {
                    "type": "selection",
                    "string": "Kind",
                    "selection": [["a", "A"], ["b", "B"], [None, ""]],
                },
                "zone": {"type": "selection", "string": "Zone", "selection": "get_zones"},
            },
            "party.address": {
                "city": {"type": "char", "string": "City"},
                "party": {"type": "many2one", "string": "Party", "relation": "party.party"},
            },
        },
    }


def json_schema() -> Document:
    """Return a small JSON Schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "integer"},
            "note": {"type": ["string", "null"]},
            "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
        },
        "$defs": {
            "line": {
                "type": "object",
                "properties": {"amount": {"type": "number"}, "sub": {"$ref": "#/$defs/line"}},
            }
        },
    }


def fields() -> Document:
    """Return a small list of fields."""
    return {
        "date": "2026-01-01",
        "entities": {
            "customer": {
                "properties": {"id": "GUID", "balance": "Decimal", "blocked": "NAV.customerBlocked"},
                "methods": ["GET"],
            },
            "vendor": {"properties": {"id": "GUID"}, "methods": ["GET", "POST"]},
        },
    }
