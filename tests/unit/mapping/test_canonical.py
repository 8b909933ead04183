"""The canonical schemas keep to the rules that consumers rely on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sluice.bootstrap.documents import catalog
from sluice.errors import ConfigurationInvalid
from sluice.mapping.kinds import Kind
from tests.unit.mapping.documents import FOLDER

MODEL = catalog().canonical
NAMES = MODEL.names()
UNITS = {"currency", "company_currency", "percent", "hours", "days", "units"}


def described(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every field of a schema with its name, nested ones too."""
    for name, field in schema.get("properties", {}).items():
        yield name, field
        yield from described(field)
    for nested in (schema.get("items"), *schema.get("$defs", {}).values()):
        if nested:
            yield from described(nested)


def test_the_entities() -> None:
    parties = {"customer", "supplier", "employee", "department"}
    work = {"project", "activity", "time_entry"}
    trade = {"product", "order", "invoice", "purchase_order", "supplier_invoice"}
    books = {"account", "ledger_entry"}
    assert set(NAMES) == parties | work | trade | books
    with pytest.raises(ConfigurationInvalid, match="did you mean 'customer'"):
        MODEL.entity("custmer")


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_sound(name: str) -> None:
    schema = json.loads(FOLDER.read(f"transformers/canonical/{name}.json"))
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:sluice:{name}:1"
    assert schema["additionalProperties"] is False
    assert schema["required"] == list(schema["properties"]), "every field is always there"
    assert list(schema["properties"])[:2] == ["id", "source_id"]
    assert list(schema["properties"])[-1] == "extensions"


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_described(name: str) -> None:
    entity = MODEL.entity(name)
    for field_name, field in described(entity.schema):
        assert field["title"], field_name
        assert field["description"].endswith("."), field_name
        if field.get("format") == "decimal":
            assert field["x-unit"] in UNITS, field_name
        if "x-reference" in field:
            assert field["x-reference"] in NAMES, field_name


@pytest.mark.parametrize("name", NAMES)
def test_amounts_have_a_currency(name: str) -> None:
    fields = MODEL.entity(name).fields
    units = {field.unit for field in fields.values()}
    assert units & {"currency", "company_currency"} <= set(fields)


def test_kinds_are_read_from_the_schema() -> None:
    fields = MODEL.entity("invoice").fields
    assert fields["id"].required
    assert fields["type"].choices == ("invoice", "credit_note")
    assert (fields["due_date"].kind, fields["created_at"].kind) == (Kind.DATE, Kind.INSTANT)
    assert (fields["customer_id"].kind, fields["customer_id"].reference) == (Kind.REFERENCE, "customer")
    assert fields["lines"].items is not None
    assert fields["lines"].items.fields["quantity"].kind is Kind.DECIMAL
    address = MODEL.entity("customer").fields["postal_address"]
    assert (address.kind, address.personal, address.fields["city"].personal) == (Kind.OBJECT, True, True)


@pytest.mark.parametrize("name", NAMES)
def test_both_validators_agree_on_an_empty_record(name: str) -> None:
    entity = MODEL.entity(name)
    assert not entity.is_valid({})
    assert list(entity.errors({}))
