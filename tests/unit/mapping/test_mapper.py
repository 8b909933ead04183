from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sluice.bootstrap.documents import catalog
from sluice.faults import Fault
from sluice.mapping.load import load_mapping
from sluice.mapping.mapper import Mapper
from tests.unit.mapping.documents import HEAD, OneMapping

CUSTOMER: dict[str, Any] = {
    "id": 7,
    "name": "Fjellheim AS",
    "isInactive": False,
    "currency": {"id": 1, "code": "NOK"},
    "postalAddress": {"addressLine1": "Storgata 7"},
}


def mapper(rules: str, entity: str = "activity") -> Mapper:
    """Return a mapper of rules written in YAML."""
    return load_mapping(OneMapping(HEAD.replace("activity", entity) + rules), "x", "thing")


def faults(found: Mapper, record: dict[str, Any]) -> list[tuple[str, str]]:
    """Return codes and places of a record's faults."""
    mapped = found.map(record, "acme")
    assert mapped.data is None
    return [(fault.code, fault.pointer) for fault in mapped.faults]


@pytest.fixture(scope="module")
def customer() -> Mapper:
    return catalog().mapper("tripletex", "customer")


def test_a_record_becomes_its_canonical_form(customer: Mapper) -> None:
    mapped = customer.map(CUSTOMER, "acme")
    assert mapped.faults == ()
    assert mapped.source_id == "7"
    assert mapped.data is not None
    assert mapped.data["id"] == "acme/customer/7"
    assert mapped.data["active"] is True
    assert mapped.data["email"] is None, "every declared field is there"
    assert mapped.data["delivery_address"] is None
    assert list(mapped.data) == sorted(mapped.data)
    assert (customer.entity, customer.schema_id) == ("customer", "urn:sluice:customer:1")


def test_records_do_not_share_what_they_hold(customer: Mapper) -> None:
    one, two = customer.map(CUSTOMER, "acme").data, customer.map({**CUSTOMER, "id": 8}, "beta").data
    assert one is not None
    assert two is not None
    one["postal_address"]["city"] = "changed"
    one["extensions"]["new"] = 1
    assert two["postal_address"]["city"] is None
    assert two["id"] == "beta/customer/8"
    assert "new" not in two["extensions"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"id": None}, [("key_missing", "/id")]),
        ({"id": ""}, [("key_missing", "/id")]),
        ({"id": {"value": 7}}, [("not_text", "/id")]),
        ({"id": True}, [("not_text", "/id")]),
        ({"id": 7.5}, [("not_an_integer", "/id")]),
        ({"id": "7" * 501}, [("too_long", "/id")]),
        ({"name": None}, [("required_missing", "/name")]),
        ({"name": ["a"]}, [("not_text", "/name")]),
        ({"name": True}, [("not_text", "/name")]),
        ({"name": "x" * 1001}, [("too_long", "/name")]),
        ({"isInactive": 0}, [("not_a_boolean", "/isInactive")]),
        ({"discountPercentage": "12,5"}, [("not_a_decimal", "/discountPercentage")]),
        ({"discountPercentage": float("nan")}, [("not_a_decimal", "/discountPercentage")]),
        ({"invoicesDueInType": "DAYS", "invoicesDueIn": 14.5}, [("not_an_integer", "/invoicesDueIn")]),
        (
            {"invoicesDueInType": "DAYS", "invoicesDueIn": Decimal(2**70)},
            [("not_an_integer", "/invoicesDueIn")],
        ),
        ({"currency": {"code": "nok"}}, [("schema", "/currency/code")]),
        ({"currency": "NOK"}, [("not_an_object", "/currency/code")]),
        (
            {"postalAddress": [{"city": "Oslo"}]},
            [
                ("not_an_object", f"/postalAddress/{name}")
                for name in ("addressLine1", "addressLine2", "postalCode", "city", "country/isoAlpha2Code")
            ],
        ),
        ({"accountManager": {"id": {}}}, [("not_text", "/accountManager/id")]),
        (
            {"name": None, "isInactive": "no"},
            [("required_missing", "/name"), ("not_a_boolean", "/isInactive")],
        ),
    ],
)
def test_what_does_not_fit_is_a_fault_with_its_place(
    customer: Mapper, change: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    found = faults(customer, CUSTOMER | change)
    assert found == expected


@pytest.mark.parametrize(
    "change",
    [
        {"currency": {"code": ""}},
        {"currency": None},
        {"discountPercentage": ""},
        {"accountManager": {"id": ""}},
        {"postalAddress": None},
        {"customerNumber": None},
    ],
)
def test_what_is_missing_or_empty_is_null(customer: Mapper, change: dict[str, Any]) -> None:
    mapped = customer.map(CUSTOMER | change, "acme")
    assert mapped.faults == ()


def test_messages_say_what_came_but_not_of_personal_fields(customer: Mapper) -> None:
    personal, plain = (
        customer.map(CUSTOMER | change, "acme").faults[0].message
        for change in ({"email": ["kari@example.com"]}, {"discountPercentage": "12,5 %"})
    )
    assert personal == "email is a list of 1; should be a text or a number"
    assert (
        plain
        == "discount_percentage is the text '12,5 %'; should be a decimal such as 1234.50, or \"1234.50\""
    )
    too_long = customer.map(CUSTOMER | {"name": "Kari" * 300}, "acme").faults[0].message
    assert too_long == "name is a text of 1200 characters; should fit maxLength 1000"
    code = customer.map(CUSTOMER | {"currency": {"code": "kroner"}}, "acme").faults[0].message
    assert code == "currency is the text 'kroner'; should fit pattern ^[A-Z]{3}$"


def test_ids_are_kept_distinct() -> None:
    found = mapper("fields: {name: name}\n")
    ids = [
        found.map({"id": one, "name": "n"}, "c").source_id for one in (7, "7", "007", " 7", 7.0, Decimal(7))
    ]
    assert ids == ["7", "7", "007", " 7", "7", "7"]


def test_faults_in_lists_name_the_element() -> None:
    order = catalog().mapper("tripletex", "order")
    record = {"id": 1, "currency": {"code": "NOK"}, "isClosed": False}
    lines = [{"count": 1, "description": "ok"}, {"count": "many", "product": {"id": []}}]
    assert faults(order, {**record, "orderLines": lines}) == [
        ("not_text", "/orderLines/1/product/id"),
        ("not_a_decimal", "/orderLines/1/count"),
    ]
    wrong = faults(order, {**record, "orderLines": {"count": 1}})
    assert set(wrong) == {("not_a_list", "/orderLines")}
    unknown = faults(order, {**record, "isClosed": "maybe"})
    assert unknown == [("unknown_code", "/isClosed")]


def test_records_that_are_not_ours_are_skipped() -> None:
    found = mapper("when: {is: [kind, ours]}\nfields: {name: name}\n")
    assert found.map({"id": 1, "kind": "theirs"}, "c").skipped
    assert not found.map({"id": 1, "kind": "ours", "name": "n"}, "c").skipped
    assert found.map({"kind": "theirs"}, "c").source_id is None


def test_extensions_are_verbatim_but_for_decimals() -> None:
    found = mapper("fields: {name: name}\nextensions: {a: a, b: b.c, d: d}\n")
    record = {"id": 1, "name": "n", "a": {"x": [1, 2.5, None, True]}, "b": {"c": Decimal("1.10")}}
    data = found.map(record, "c").data
    assert data is not None
    assert data["extensions"] == {"a": {"x": [1, "2.5", None, True]}, "b": "1.10", "d": None}


def test_the_rest_is_what_no_rule_reads() -> None:
    found = mapper("fields: {name: names.full}\nextensions: rest\n")
    data = found.map({"id": 1, "names": {"full": "n", "short": "s"}, "more": 2.5}, "c").data
    assert data is not None
    assert data["extensions"] == {"more": "2.5"}
    assert found.used.whole_record


def test_depth_is_bounded() -> None:
    found = mapper("fields: {name: name}\nextensions: {deep: deep}\n")
    deep: Any = 1
    for _ in range(900):
        deep = [deep]
    assert faults(found, {"id": 1, "name": "n", "deep": deep}) == [("too_deep", "/deep")]


def test_a_fault_is_data() -> None:
    found = mapper("fields: {name: name}\n").map({"id": 1}, "c").faults
    assert found == (
        Fault(
            "required_missing", "/name", "name is missing or null; should be a text, because it is required"
        ),
    )


def test_used_paths_lead_back_to_canonical_fields() -> None:
    used = catalog().mapper("tripletex", "order").used
    assert ("orderLines", "amountIncludingVatCurrency") in used.paths()
    assert ("orderLines",) not in used.paths()
    assert used.fields_at(("orderLines", "count")) == ("order.lines.quantity",)
    assert used.fields_at(("isClosed",)) == ("order.status",)
    assert "order.lines.description" in used.fields_at(("orderLines",))
    assert used.fields_at(("customer", "id", "deeper")) == ("order.customer_id",)
    assert used.fields_at(("id",)) == ("order.id",)
    assert used.fields_at(("status",)) == ("order.status", "order.extensions.logistics_status")
    assert used.fields_at(("displayName",)) == ()
    assert not used.whole_record


def test_what_a_condition_looks_at_is_not_above_the_elements_of_a_list() -> None:
    rows = "{each: {of: {choose: {when: {is: [kind, A]}, then: rows}}, value: text}}"
    used = mapper(f"fields: {{name: name}}\nextensions: {{rows: {rows}}}\n").used
    assert used.paths() == {("id",), ("name",), ("kind",), ("rows", "text")}
