"""Which records change, and where a mutation makes sense at all."""

from __future__ import annotations

import copy
import json
from datetime import date
from random import Random

import pytest

from sandbox.erp import Sandbox
from sandbox.mutations import RECORD, Mutation, read_mutation
from sandbox.options import Options
from sluice.connector.spec import Connector

TODAY = date(2026, 11, 21)
RECORDS = [{"id": 1000 + index, "name": f"Navn {index}", "no": index} for index in range(2000)]


@pytest.fixture(scope="module")
def held(tripletex: Connector) -> Sandbox:
    return Sandbox(tripletex, Options(scale=0.1, today=TODAY))


def test_a_share_of_the_records_changes() -> None:
    found, indexes = read_mutation("D42:s.name@0.05").apply_to(RECORDS)
    assert 60 <= len(indexes) <= 140
    assert [index for index, record in enumerate(found) if "name" not in record] == indexes
    assert all(found[index] is RECORDS[index] for index in range(2000) if index not in set(indexes))


def test_the_records_given_are_left_alone() -> None:
    kept = copy.deepcopy(RECORDS)
    read_mutation("D52:s.name@0.5").apply_to(RECORDS)
    assert kept == RECORDS


def test_the_same_seed_changes_the_same_records_in_any_order() -> None:
    mutation = read_mutation("D68/nulls:s.name@0.3")
    first, second = mutation.apply_to(RECORDS, seed=3), mutation.apply_to(RECORDS, seed=3)
    assert json.dumps(first) == json.dumps(second)
    assert mutation.apply_to(RECORDS, seed=4)[1] != first[1]
    mixed = list(RECORDS)
    Random(1).shuffle(mixed)  # noqa: S311
    keys = {mixed[index]["id"] for index in mutation.apply_to(mixed, seed=3)[1]}
    assert keys == {RECORDS[index]["id"] for index in first[1]}


def test_a_larger_share_changes_the_same_records_and_more() -> None:
    mutation = read_mutation("D52:s.name")
    few, many = (set(mutation.apply_to(RECORDS, share=share)[1]) for share in (0.05, 0.3))
    assert few < many


def test_records_without_the_key_are_known_by_their_content() -> None:
    records = [{"number": str(index)} for index in range(400)]
    indexes = read_mutation("D52:s.number@0.5").apply_to(records)[1]
    assert 150 < len(indexes) < 250
    assert read_mutation("D52:s.number@0.5").apply_to(records, key=(("number",),))[1] != indexes


def test_a_variant_has_a_usual_share() -> None:
    records = [{"id": index, "kind": "EHF" if index % 2 else "EMAIL"} for index in range(1000)]
    assert 60 < len(Mutation("D55", "new", ("kind",)).apply_to(records)[1]) < 140
    assert len(Mutation("D55", "new", ("kind",)).apply_to(records, share=1.0)[1]) == 1000


def test_indexes_name_what_really_changed() -> None:
    records = [{"id": 1, "a": None}, {"id": 2, "a": 5.0}]
    assert Mutation("D63", "x100", ("a",)).apply_to(records) == (
        [{"id": 1, "a": None}, {"id": 2, "a": 500}],
        [1],
    )


@pytest.mark.parametrize(
    ("text", "fits", "fits_not"),
    [
        ("D60:s.x", "invoice.invoiceDate", "customer.name"),
        ("D61/midnight:s.x", "invoice.invoiceDate", "invoice.amount"),
        ("D62:s.x", "invoice.amount", "customer.isInactive"),
        ("D63/x100:s.x", "invoice.orderLines.amountExcludingVatCurrency", "customer.organizationNumber"),
        ("D63/minutes:s.x", "time_entry.hours", "invoice.amount"),
        ("D64/absolute:s.x", "", "invoice.amount"),
        ("D65/line_missing:s.x", "invoice.orderLines", "invoice.customer"),
        ("D66/one_decimal:s.x", "invoice.amount", "customer.customerNumber"),
        ("D67/alpha3:s.x", "customer.postalAddress.country.isoAlpha2Code", "customer.name"),
        ("D67/currency_numeric:s.x", "customer.currency.code", "customer.language"),
        ("D55:s.x", "customer.invoiceSendMethod", "customer.name"),
        ("D69/mojibake:s.x", "customer.name", "customer.invoiceSendMethod"),
        ("D43:s.x", "customer.organizationNumber", "customer.name"),
        ("D54/null_to_empty:s.x", "customer.organizationNumber", "customer.name"),
        ("D40/references:s.x", "customer.postalAddress", "invoice.customer"),
        ("D51/unwrapped:s.x", "invoice.orderLines", "customer.currency"),
        ("D45:s.x", "customer.brandNew", "customer.name"),
        ("D71/soft:s.x", "customer.isDeleted", "customer.name"),
        ("D42:s.x", "invoice.orderLines.product.id", "customer.nothing"),
    ],
)
def test_a_mutation_knows_where_it_makes_sense(held: Sandbox, text: str, fits: str, fits_not: str) -> None:
    for place, wanted in ((fits, True), (fits_not, False)):
        if place:
            stream, *path = place.split(".")
            records = held.shelves[stream].records()
            assert read_mutation(text).applies_to(records, tuple(path)) is wanted, place


@pytest.mark.parametrize("code", sorted(RECORD))
def test_what_applies_changes_something_and_what_does_not_nothing(held: Sandbox, code: str) -> None:
    places = ["name", "organizationNumber", "language", "isInactive", "postalAddress", "postalAddress.city"]
    records = held.shelves["customer"].records()
    for variant in RECORD[code]:
        for place in [*places, "discountPercentage", "currency.code", "id"]:
            mutation = Mutation(code, variant.name, tuple(place.split(".")), "customer")
            if mutation.applies_to(records):
                assert mutation.apply_to(records, share=1.0)[1], (variant.name, place)


@pytest.mark.parametrize("code", sorted(RECORD))
def test_a_declared_schema_allows_what_its_records_allow(
    held: Sandbox, tripletex: Connector, code: str
) -> None:
    # Of text a schema says too little: numbers, names of countries and codes stand in plain strings.
    untold = {"D48/text_to_number", "D67", "D69", "D55", "D56", "D68", "D63", "D54"}
    records = held.shelves["invoice"].records()
    for variant in RECORD[code]:
        for place in ("invoiceDate", "amount", "orderLines", "orderLines.count", "customer", "isCredited"):
            mutation = Mutation(code, variant.name, tuple(place.split(".")), "invoice")
            if not {code, f"{code}/{variant.name}"} & untold and mutation.applies_to(records):
                assert mutation.applies_to(tripletex.streams["invoice"].schema), (variant.name, place)
