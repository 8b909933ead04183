from __future__ import annotations

import itertools
import json
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sandbox.erp import Sandbox
from sandbox.making.recipes import counted_key, recipe
from sandbox.making.samples import SampleInvalid, World
from sandbox.options import Options
from sluice.connector.spec import Connector

WORLD = World(date(2026, 11, 21), {}, {})
TODAY = date(2026, 11, 21)


def test_same_seed_same_bytes(tripletex: Connector) -> None:
    def bodies(seed: int) -> list[bytes]:
        sandbox = Sandbox(tripletex, Options(scale=0.05, seed=seed, today=TODAY))
        return [row.body for shelf in sandbox.shelves.values() for row in shelf.rows.values()]

    assert bodies(3) == bodies(3)
    assert bodies(3) != bodies(4)


def test_default_sizes_and_unique_keys(tripletex: Connector) -> None:
    sandbox = Sandbox(tripletex, Options(today=TODAY))
    sizes = {name: len(shelf.rows) for name, shelf in sandbox.shelves.items()}
    assert sizes["customer"] == 2000
    assert sum(sizes.values()) == 13_210


def references(schema: Any, record: Any, path: str = "") -> list[tuple[str, str, Any]]:
    """Return (path, stream, value) of every reference in a record."""
    found = []
    target = schema.get("sample", {}).get("reference") if isinstance(schema.get("sample"), dict) else None
    if target and record is not None:
        found.append((path, target, record))
    if isinstance(record, list):
        found += itertools.chain(*(references(schema["items"], item, path) for item in record))
    if isinstance(record, dict):
        for name, field in schema.get("properties", {}).items():
            found += references(field, record[name], f"{path}.{name}")
    return found


def test_every_reference_exists(tripletex: Connector) -> None:
    sandbox = Sandbox(tripletex, Options(scale=0.1, today=TODAY))
    looked = 0
    for name, shelf in sandbox.shelves.items():
        for record in shelf.records():
            for path, target, value in references(tripletex.streams[name].schema, record, name):
                assert str(value) in sandbox.shelves[target].rows, path
                looked += 1
    assert looked > 1000


def test_invoices_add_up(tripletex: Connector) -> None:
    for invoice in Sandbox(tripletex, Options(scale=0.1, today=TODAY)).shelves["invoice"].records():
        lines = invoice["orderLines"]
        assert lines
        for line in lines:
            excluding = round(line["count"] * line["unitPriceExcludingVatCurrency"], 2)
            assert line["amountExcludingVatCurrency"] == excluding
        assert invoice["amountExcludingVatCurrency"] == round(
            sum(line["amountExcludingVatCurrency"] for line in lines), 2
        )
        assert invoice["amountCurrency"] == round(
            sum(line["amountIncludingVatCurrency"] for line in lines), 2
        )
        assert invoice["amountCurrencyOutstanding"] in {0, invoice["amountCurrency"]}
        assert invoice["invoiceDueDate"] > invoice["invoiceDate"]


def test_money_has_two_decimals_at_most(tripletex: Connector) -> None:
    for row in Sandbox(tripletex, Options(scale=0.1, today=TODAY)).shelves["product"].rows.values():
        for name, value in json.loads(row.body, parse_float=str).items():
            if name.endswith("Currency"):
                assert len(str(value).partition(".")[2]) <= 2


def test_records_are_valid_against_their_own_schema(tripletex: Connector) -> None:
    sandbox = Sandbox(tripletex, Options(scale=0.02, today=TODAY))
    for name, shelf in sandbox.shelves.items():
        validator = Draft202012Validator(dict(tripletex.streams[name].schema))
        for record in shelf.records():
            assert not list(validator.iter_errors(record)), name


def test_fields_worked_out_of_each_other_are_refused() -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "number", "sample": {"times": ["b", 2]}},
            "b": {"type": "number", "sample": {"times": ["a", 2]}},
        },
    }
    with pytest.raises(SampleInvalid, match="a, b are worked out of each other"):
        recipe("toy", schema, WORLD)


def test_only_counted_keys_can_be_referred_to() -> None:
    schema = {
        "properties": {
            "id": {"type": "integer", "sample": {"sequence": 5}},
            "code": {"type": "string", "sample": {"number_text": 5}},
            "name": {"type": "string", "sample": "city"},
        }
    }
    by_id, by_code = counted_key(schema, ("id",)), counted_key(schema, ("code",))
    assert by_id is not None
    assert by_id(2) == 7
    assert by_code is not None
    assert by_code(2) == "7"
    assert counted_key(schema, ("name",)) is None
