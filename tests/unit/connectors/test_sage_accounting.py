"""What the Sage Accounting connector makes of replies: which refusal is which, and what records become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from sluice.connector.outcomes import Throttled, TryAgain
from sluice.errors import CredentialsRejected, ErpUnavailable
from sluice.mapping.mapper import Mapped
from tests.unit.connectors.harness import NOW, ROOT, TOKEN, harness, received

SAGE = harness(
    "sage_accounting",
    {"business_id": "b0551e", "department_analysis_type": "dep7", "project_analysis_type": "pro9"},
    session={"access_token": TOKEN},
)
EXAMPLES = ROOT / "tests/examples/sage_accounting"
STREAMS = sorted(SAGE.streams)

Record = dict[str, Any]


def problem(code: str, message: str = "canary") -> list[Record]:
    """Return a refusal as Sage writes it: a list."""
    return [{"$severity": "error", "$dataCode": code, "$message": message, "$source": ""}]


def examples(name: str) -> list[Record]:
    return list(orjson.loads(Path(EXAMPLES / f"{name}.json").read_bytes()))


def mapped(name: str, **changed: Any) -> Record:
    """Return the canonical record of the stream's first example with these fields; it is valid."""
    return SAGE.canonical(name, {**SAGE.example(name), **changed})


def faulty(name: str, **changed: Any) -> Mapped:
    return SAGE.mapper(name).map({**SAGE.example(name), **changed}, "acme")


@pytest.mark.parametrize("name", STREAMS)
def test_each_example_fits_what_the_connector_declares(name: str) -> None:
    validator = Draft202012Validator(dict(SAGE.streams[name].schema))
    assert [error.message for one in examples(name) for error in validator.iter_errors(one)] == []


@pytest.mark.parametrize("name", STREAMS)
def test_each_example_becomes_a_valid_canonical_record(name: str) -> None:
    assert [SAGE.canonical(name, one)["source_id"] for one in examples(name)] == [
        one["id"] for one in examples(name)
    ]


@pytest.mark.parametrize("name", STREAMS)
def test_a_record_with_little_more_than_its_id_is_no_fault_of_form(name: str) -> None:
    # Nothing is required of an answer; what the canonical record needs is told as missing.
    found = SAGE.mapper(name).map({"id": "only"}, "acme")
    assert {fault.code for fault in found.faults} <= {"required_missing"}


def test_a_subscription_that_has_ended_is_said_to_be_a_matter_of_credentials() -> None:
    with pytest.raises(CredentialsRejected):
        received(SAGE.reader("customer"), problem("AuthorizationFailure", "No active subscription"), 401)


def test_a_token_that_has_ended_is_renewed() -> None:
    reader = SAGE.reader("customer")
    assert isinstance(received(reader, problem("AuthenticationFailed"), 401), TryAgain)
    request = reader.next_request()
    assert request is not None
    assert request.url == "https://oauth.accounting.sage.com/token"


def test_a_refresh_token_that_has_ended_needs_a_new_authorization() -> None:
    with pytest.raises(CredentialsRejected):
        received(SAGE.logged_out().reader("customer"), {"error": "invalid_grant"}, 400)


def test_no_access_to_a_business_is_a_matter_of_credentials() -> None:
    with pytest.raises(CredentialsRejected):
        received(SAGE.reader("customer"), problem("MultiUserAccessDenied"), 403)


def test_trouble_at_sages_is_tried_again_later() -> None:
    with pytest.raises(ErpUnavailable):
        received(SAGE.reader("customer"), problem("UnexpectedError"), 500)


@pytest.mark.parametrize(("headers", "seconds"), [({}, 60), ({"retry-after": "90"}, 90)])
def test_too_many_requests_are_waited_out(headers: dict[str, str], seconds: int) -> None:
    reader = SAGE.reader("invoice")
    assert isinstance(received(reader, problem("TooManyRequests"), 429, **headers), Throttled)
    assert reader.resume_at is not None
    assert (reader.resume_at - NOW).total_seconds() >= seconds


@pytest.mark.parametrize(
    ("terms", "days", "told"),
    [
        (None, 30, 30),
        (None, None, None),
        ("date_from_invoice", 14, 14),
        ("immediate_invoice", None, 0),
        ("month_end_invoice", 30, None),
        ("month_end_payment", 30, None),
        ("date_from_payment", 30, None),
    ],
)
@pytest.mark.parametrize("name", ["customer", "supplier"])
def test_days_of_payment_are_told_where_they_count_from_the_invoice(
    name: str, terms: str | None, days: int | None, told: int | None
) -> None:
    found = mapped(name, credit_terms=terms, credit_days=days)
    assert found["payment_terms_days"] == told
    assert (found["extensions"]["credit_terms"], found["extensions"]["credit_days"]) == (terms, days)


@pytest.mark.parametrize(
    ("status", "number", "told"),
    [
        ("DRAFT", None, "draft"),
        ("PRO_FORMA", None, "draft"),
        ("UNPAID", "SI-1", "open"),
        ("PART_PAID", "SI-1", "open"),
        ("PAID", "SI-1", "paid"),
        ("VOID", "SI-1", "cancelled"),
        ("DISPUTED", "SI-1", None),
    ],
)
def test_what_is_not_issued_yet_has_no_number(status: str, number: str | None, told: str | None) -> None:
    found = mapped("invoice", status={"id": status})
    assert (found["number"], found["status"]) == (number, told)
    assert found["extensions"]["sage_status"] == status


def test_a_price_with_tax_is_not_given_as_one_without() -> None:
    lines = mapped("invoice")["lines"]
    assert [one["unit_price_excluding_tax"] for one in lines] == ["20.0", None]


def test_where_a_line_bears_two_taxes_no_percentage_is_its_own() -> None:
    (line,) = SAGE.canonical("invoice", examples("invoice")[1])["lines"]
    assert line["tax_percentage"] is None


def test_none_of_several_prices_is_taken_for_the_usual_one() -> None:
    several = SAGE.canonical("product", examples("product")[2])
    assert (several["unit_price_excluding_tax"], several["unit_price_including_tax"]) == (None, None)
    assert [one["price"] for one in several["extensions"]["sales_prices"]] == ["4.5", "3.9"]


def test_items_that_have_a_list_of_their_own_are_no_products_here() -> None:
    found = faulty("product", catalog_item_type={"id": "STOCK_ITEM"})
    assert (found.data, found.faults) == (None, ())


@pytest.mark.parametrize("name", ["quick_entry", "supplier_quick_entry"])
def test_a_quick_entry_of_an_unknown_type_is_set_aside(name: str) -> None:
    assert mapped(name, quick_entry_type={"id": "CREDIT_NOTE"})["type"] == "credit_note"
    found = faulty(name, quick_entry_type={"id": "SOMETHING"})
    assert (found.data, len(found.faults)) == (None, 1)


def test_a_supplier_invoice_has_the_suppliers_number() -> None:
    assert mapped("supplier_invoice")["number"] == "PT 9911"
    assert mapped("supplier_invoice", vendor_reference=None)["number"] == "January"


@pytest.mark.parametrize(
    ("debit", "credit", "amount"),
    [("10.5", "0.0", "10.5"), ("0.0", "10.5", "-10.5"), (None, "3.2", "-3.2"), ("3.2", None, "3.2")],
)
def test_a_debit_is_positive_and_a_credit_negative(debit: Any, credit: Any, amount: str) -> None:
    assert mapped("ledger_entry", debit=debit, credit=credit)["amount"] == amount


def test_an_entry_with_neither_debit_nor_credit_is_set_aside() -> None:
    found = faulty("ledger_entry", debit=None, credit=None)
    assert (found.data, len(found.faults)) == (None, 1)


@pytest.mark.parametrize(
    ("sort", "kind"),
    [
        ("SALES", "income"),
        ("OVERHEADS", "expense"),
        ("FUTURE_ASSETS", "asset"),
        ("LINE_OF_CREDIT", "liability"),
        ("EQUITY", "equity"),
        ("TAXES", None),
    ],
)
def test_an_account_is_of_the_kind_that_its_type_says(sort: str, kind: str | None) -> None:
    found = mapped("account", ledger_account_type={"id": sort})
    assert (found["type"], found["extensions"]["ledger_account_type"]) == (kind, sort)
