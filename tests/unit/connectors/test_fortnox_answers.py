"""What Fortnox's answers come to: errors in two casings and from the gateway, and records as mapped."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sluice.connector.outcomes import Page, Throttled, TryAgain
from sluice.errors import ApiChanged, ConfigurationInvalid, CredentialsRejected, ErpUnavailable, SluiceError
from tests.unit.connectors.harness import NOW, received, replied
from tests.unit.connectors.test_fortnox import FORTNOX, OTHERS, listed, page_of, voucher

EXPIRED = {"message": "unauthorized"}
PRIVATE = {
    "PersonalIdentityNumber",
    "MonthlySalary",
    "HourlyPay",
    "TaxTable",
    "TaxColumn",
    "BankAccountNo",
    "ClearingNo",
    "DatedWages",
}
# Fields of the records that a few streams cannot do without.
HEAD = {"Currency": "SEK", "Total": 0, "TotalVAT": 0, "RoundOff": 0}


def error(code: int, *, capital: bool) -> Any:
    """Return an error as Fortnox writes it, in one casing or the other."""
    names = ("Error", "Message", "Code") if capital else ("error", "message", "code")
    return {"ErrorInformation": dict(zip(names, (1, "Ett fel.", code), strict=True))}


@pytest.mark.parametrize("capital", [True, False])
@pytest.mark.parametrize(
    ("status", "code", "raised"),
    [
        (400, 2000663, ConfigurationInvalid),
        (403, 2001101, ConfigurationInvalid),
        (400, 2001103, ConfigurationInvalid),
        (400, 2000588, ApiChanged),
        (403, 2000999, CredentialsRejected),
        (500, 1000003, ErpUnavailable),
    ],
)
def test_an_error_is_known_by_its_code_in_either_casing(
    capital: bool, status: int, code: int, raised: type[SluiceError]
) -> None:
    with pytest.raises(raised):
        received(FORTNOX.reader("project"), error(code, capital=capital), status)


def test_a_parameter_that_is_refused_is_told_as_a_change() -> None:
    with pytest.raises(ApiChanged, match="D36"):
        received(FORTNOX.reader("supplier_invoice"), error(2000588, capital=False), 400)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, EXPIRED),
        (403, error(2000310, capital=True)),
        (400, error(2000310, capital=False)),
        (403, error(2000311, capital=False)),
    ],
)
def test_a_token_that_has_ended_is_refreshed_once(status: int, body: Any) -> None:
    reader = FORTNOX.reader("project")
    assert isinstance(received(reader, body, status), TryAgain)
    token = {"access_token": "new", "refresh_token": "next", "expires_in": 3600, "token_type": "bearer"}
    received(reader, token)
    with pytest.raises(CredentialsRejected):
        received(reader, body, status)


def test_a_refresh_token_that_was_spent_needs_a_person() -> None:
    answer = {"error": "invalid_grant", "error_description": "Invalid refresh token"}
    with pytest.raises(CredentialsRejected):
        received(FORTNOX.logged_out().reader("project"), answer, 400)


def test_too_many_requests_wait_as_long_as_the_vendor_counts() -> None:
    reader = FORTNOX.reader("project")
    assert isinstance(received(reader, {"message": "too many requests"}, 429), Throttled)
    assert reader.resume_at is not None
    assert 5 <= (reader.resume_at - NOW).total_seconds() < 30


@pytest.mark.parametrize("name", OTHERS)
def test_a_module_without_a_licence_is_no_fault_of_the_credentials(name: str) -> None:
    with pytest.raises(ConfigurationInvalid):
        received(FORTNOX.reader(name), {"id": "1", "error": "forbidden", "message": "no"}, 403)


def test_a_list_without_records_is_empty_and_not_gone() -> None:
    page = received(FORTNOX.reader("project"), listed("project", []))
    assert page == Page([], 1)


def test_a_record_that_is_deleted_while_the_list_is_read_is_left_out() -> None:
    reader = FORTNOX.reader("customer")
    received(reader, listed("customer", [{"CustomerNumber": "1"}, {"CustomerNumber": "2"}]))
    assert len(reader.next_requests()) == 2
    gone = replied(error(2000433, capital=True), 404)
    (page,) = reader.receive_all([gone, replied({"Customer": {"CustomerNumber": "2"}})])
    assert isinstance(page, Page)
    assert [one["CustomerNumber"] for one in page.records] == ["2"]


def test_years_whose_vouchers_are_all_gone_are_no_years_without_vouchers() -> None:
    reader = FORTNOX.reader("ledger_entry")
    received(reader, page_of("FinancialYears", [{"Id": 6}, {"Id": 5}]))
    assert received(reader, error(2000433, capital=True), 404) == Page([], 1)
    with pytest.raises(ApiChanged, match="D01"):
        received(reader, error(2000433, capital=True), 404)


def test_a_voucher_without_rows_is_no_empty_one() -> None:
    reader = FORTNOX.reader("ledger_entry")
    received(reader, page_of("FinancialYears", [{"Id": 6}]))
    received(reader, page_of("Vouchers", [voucher("A", 1, 6)]))
    with pytest.raises(ApiChanged, match="D11"):
        received(reader, {"Voucher": voucher("A", 1, 6)})


def posting(**row: Any) -> dict[str, Any]:
    """Return a row of a voucher as the stream has it."""
    head = {**voucher("A", 7, 6), "TransactionDate": "2026-03-01"}
    return {"Account": 1930, "row": 2, "voucher": head, "financialYear": {"Id": 6}, **row}


@pytest.mark.parametrize(
    ("row", "amount"),
    [
        ({"Debit": 12.5, "Credit": 0}, "12.5"),
        ({"Debit": 0, "Credit": 12.5}, "-12.5"),
        ({"Debit": 12.5}, "12.5"),
        ({"Credit": 12.5}, "-12.5"),
        ({"Debit": -3, "Credit": 0}, "-3"),
        ({"Debit": 800, "Credit": 0, "Removed": True}, "0"),
        ({"Debit": 800, "Credit": 0, "Removed": False}, "800"),
    ],
)
def test_debit_is_positive_and_what_was_struck_out_counts_for_nothing(
    row: dict[str, Any], amount: str
) -> None:
    data = FORTNOX.canonical("ledger_entry", posting(**row))
    assert data["amount"] == amount
    assert data["source_id"] == "6-A-7-2"
    assert data["extensions"]["removed"] == row.get("Removed")


def test_a_row_without_either_side_is_set_aside() -> None:
    assert FORTNOX.mapper("ledger_entry").map(posting(), "acme").faults


def test_a_posting_names_the_voucher_that_the_supplier_invoice_names() -> None:
    booked = {"VoucherYear": 6, "VoucherSeries": "A", "VoucherNumber": 7}
    invoice = FORTNOX.canonical("supplier_invoice", {**FORTNOX.example("supplier_invoice"), **booked})
    entry = FORTNOX.canonical("ledger_entry", posting(Debit=1, Credit=0))
    names = ("voucher_id", "voucher_number")
    assert [invoice[name] for name in names] == [entry[name] for name in names] == ["6-A-7", "A7"]


@pytest.mark.parametrize(("kind", "number"), [("INVOICE", "36"), ("SUPPLIERINVOICE", None), (None, None)])
def test_only_the_number_of_our_own_invoice_is_one(kind: str | None, number: str | None) -> None:
    row = posting(Debit=1, Credit=0)
    row["voucher"] |= {"ReferenceType": kind, "ReferenceNumber": "36"}
    assert FORTNOX.canonical("ledger_entry", row)["invoice_number"] == number


def test_an_employee_s_private_fields_are_read_by_no_rule() -> None:
    assert {path[0] for path in FORTNOX.used("employee")} & PRIVATE == set()
    assert set(FORTNOX.streams["employee"].schema["properties"]) & PRIVATE == set()


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"Booked": False, "Sent": False, "Balance": 0}, "draft"),
        ({"Booked": False, "Sent": True, "Balance": 100}, "open"),
        ({"Booked": True, "Sent": False, "Balance": 100.5}, "open"),
        ({"Booked": True, "Sent": False, "Balance": -100}, "open"),
        ({"Booked": True, "Sent": True, "Balance": 0}, "paid"),
        ({"Booked": True, "Sent": True, "Balance": 0, "Cancelled": True}, "cancelled"),
        ({"Booked": True, "Sent": True, "Balance": None}, None),
    ],
)
def test_how_far_an_invoice_has_come(said: dict[str, Any], status: str | None) -> None:
    record = {"DocumentNumber": "1", "CustomerNumber": "2", "Credit": "false", **HEAD, **said}
    assert FORTNOX.canonical("invoice", record)["status"] == status


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"Booked": False, "Balance": "625"}, "draft"),
        ({"Booked": True, "Balance": "0.00"}, "paid"),
        ({"Booked": True, "Balance": 0}, "paid"),
        ({"Booked": True, "Balance": "7500.25"}, "open"),
        ({"Booked": True, "Balance": "-12"}, "open"),
        ({"Booked": False, "Cancelled": True, "Balance": "0"}, "cancelled"),
    ],
)
def test_how_far_a_supplier_invoice_has_come_by_a_balance_that_is_text(
    said: dict[str, Any], status: str
) -> None:
    record = {"GivenNumber": "1", "SupplierNumber": "2", "Credit": False, "Currency": "SEK", **said}
    assert FORTNOX.canonical("supplier_invoice", record)["status"] == status


def test_a_reference_names_the_credited_invoice_on_credit_notes_only() -> None:
    record = {"DocumentNumber": "8", "CustomerNumber": "2", "CreditInvoiceReference": "7", **HEAD}
    note = FORTNOX.canonical("invoice", {**record, "Credit": "true"})
    invoice = FORTNOX.canonical("invoice", {**record, "Credit": "false"})
    assert (note["type"], note["credited_invoice_id"]) == ("credit_note", "acme/invoice/7")
    assert (invoice["type"], invoice["credited_invoice_id"]) == ("invoice", None)
    assert invoice["extensions"]["credit_note_id"] == "7"


@pytest.mark.parametrize("nothing", ["0", 0, "", None])
def test_a_reference_to_nothing_is_none(nothing: Any) -> None:
    record = {"DocumentNumber": "8", "CustomerNumber": "2", "Credit": "true", **HEAD}
    of_invoice = {**record, "OrderReference": nothing, "CreditInvoiceReference": nothing}
    invoice = FORTNOX.canonical("invoice", of_invoice)
    assert (invoice["order_id"], invoice["credited_invoice_id"]) == (None, None)
    order = FORTNOX.canonical("order", {**record, "InvoiceReference": nothing})
    assert order["status"] == "open"
    assert order["extensions"]["invoice_id"] is None


def test_the_amounts_of_postings_are_in_the_invoice_s_currency_where_it_has_one() -> None:
    kronor = {"Code": "PRE", "Account": 4010, "Debit": 152, "Credit": 0}
    euro = {**kronor, "DebitCurrency": 13.5, "CreditCurrency": 0}
    same = {**kronor, "DebitCurrency": 0, "CreditCurrency": 0}
    debt = {"Code": "TOT", "Account": 2440, "Debit": 0, "Credit": 152}
    back = {"Code": "PRE", "Account": 4010, "Debit": 0, "Credit": 2.5}
    head = {"GivenNumber": "1", "SupplierNumber": "2", "Credit": False, "Currency": "EUR"}
    rows = [debt, kronor, euro, same, back]
    invoice = FORTNOX.canonical("supplier_invoice", {**head, "SupplierInvoiceRows": rows})
    assert [line["total_excluding_tax"] for line in invoice["lines"]] == ["152", "13.5", "152", "-2.5"]


def test_absence_is_no_work() -> None:
    hours = {"id": "1", "userId": "4", "workedDate": "2026-03-02", "workedHours": 8}
    absent = {**hours, "registrationCode": {"code": "SEM", "type": "ABSENCE"}}
    assert FORTNOX.mapper("time_entry").map(absent, "acme").skipped
    worked = {**hours, "registrationCode": {"code": "ARB", "type": "WORK"}}
    assert FORTNOX.canonical("time_entry", worked)["hours"] == "8"


def test_hours_that_do_not_name_their_zone_were_created_at_swedish_time() -> None:
    record = {**FORTNOX.example("time_entry"), "createdTime": "2026-07-01T12:00:00"}
    assert FORTNOX.canonical("time_entry", record)["created_at"] == "2026-07-01T10:00:00Z"


@pytest.mark.parametrize("name", sorted(FORTNOX.streams))
def test_an_example_is_a_record_as_its_stream_declares_it(name: str) -> None:
    schema = dict(FORTNOX.streams[name].schema)
    record = FORTNOX.example(name)
    assert [error.json_path for error in Draft202012Validator(schema).iter_errors(record)] == []
    assert set(record) - set(schema["properties"]) - {"@url"} == set()
