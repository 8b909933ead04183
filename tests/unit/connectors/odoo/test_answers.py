"""What Odoo's answers come to: false for what is empty, errors with the name of a Python exception."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.connector.outcomes import Outcome, Page, Throttled, TryAgain
from sluice.errors import ApiChanged, ConfigurationInvalid, CredentialsRejected, ErpUnavailable, SluiceError
from tests.unit.connectors.harness import received
from tests.unit.connectors.odoo.test_requests import ODOO, SINCE, STREAMS, listed

MARKED = {"www-authenticate": "Bearer"}

# What a record of each stream cannot do without; everything else may be false.
KEPT: dict[str, dict[str, Any]] = {
    "account": {"name": "Bank"},
    "activity": {"name": "Design", "is_template": False},
    "customer": {"name": "Azur"},
    "department": {"name": "Sales"},
    "employee": {"name": "Ola"},
    "invoice": {"currency_id": {"id": 15, "name": "NOK"}, "move_type": "out_invoice"},
    "ledger_entry": {
        "date": "2026-01-31",
        "account_id": {"id": 3, "code": False, "account_type": "income"},
        "balance": 0.0,
    },
    "order": {"currency_id": {"id": 15, "name": "NOK"}},
    "product": {"name": "Desk"},
    "project": {"name": "Shop", "is_template": False},
    "purchase_order": {"currency_id": {"id": 15, "name": "NOK"}},
    "supplier": {"name": "Azur"},
    "supplier_invoice": {"currency_id": {"id": 15, "name": "NOK"}, "move_type": "in_invoice"},
    "time_entry": {"date": "2026-01-31", "employee_id": 3, "unit_amount": 0.0},
}


BOOLEANS = {"active", "private_individual"}


def emptied(stream: str) -> dict[str, Any]:
    """Return a record as Odoo gives it where nothing is filled in: lists are empty, all else is false."""
    fields = ODOO.streams[stream].schema["properties"]
    empty = {name: [] if "array" in field["type"] else False for name, field in fields.items()}
    return {**empty, "id": 7, **KEPT[stream]}


def failed(stream: str, status: int, name: str, message: str, **headers: str) -> Outcome:
    debug = "Traceback: records.web_read(specification) name = self.active, self.write_date, company_id\n"
    body = {"name": name, "message": message, "arguments": [message], "context": {}, "debug": debug}
    return received(ODOO.reader(stream), body, status, **headers)


@pytest.mark.parametrize("stream", STREAMS)
def test_a_record_without_anything_is_mapped_with_nulls(stream: str) -> None:
    page = listed(ODOO.reader(stream), [emptied(stream)])
    assert isinstance(page, Page)
    data = ODOO.canonical(stream, page.records[0])
    assert [name for name, value in data.items() if value is False and name not in BOOLEANS] == []


def test_what_is_true_or_false_stays_so() -> None:
    page = listed(ODOO.reader("customer"), [{**emptied("customer"), "active": False, "is_company": False}])
    assert isinstance(page, Page)
    [record] = page.records
    assert (record["active"], record["is_company"]) == (False, False)
    assert (record["email"], record["country_id"], record["category_id"]) == (None, None, [])


def test_lines_without_a_product_and_a_tax() -> None:
    line = {"id": 1, "display_type": "product", "product_id": False, "name": False, "quantity": 1.0}
    record = {**emptied("invoice"), "invoice_line_ids": [{**line, "tax_ids": []}]}
    page = listed(ODOO.reader("invoice"), [record])
    assert isinstance(page, Page)
    [mapped] = ODOO.canonical("invoice", page.records[0])["lines"]
    assert (mapped["product_id"], mapped["description"], mapped["tax_percentage"]) == (None, None, None)


@pytest.mark.parametrize(
    ("status", "name", "message", "kind"),
    [
        (401, "werkzeug.exceptions.Unauthorized", "Invalid apikey", CredentialsRejected),
        (403, "odoo.exceptions.AccessError", "You are not allowed to access", CredentialsRejected),
        (
            404,
            "werkzeug.exceptions.NotFound",
            "the model 'hr.department' does not exist",
            ConfigurationInvalid,
        ),
        (500, "psycopg2.errors.SerializationFailure", "could not serialize access", ErpUnavailable),
        (503, "werkzeug.exceptions.ServiceUnavailable", "down", ErpUnavailable),
    ],
)
def test_what_an_error_means(status: int, name: str, message: str, kind: type[SluiceError]) -> None:
    with pytest.raises(kind):
        failed("department", status, name, message, **(MARKED if status == 401 else {}))


@pytest.mark.parametrize("field", ["manager_id", "complete_name"])
def test_a_field_that_has_gone_is_named_whatever_the_trace_says(field: str) -> None:
    with pytest.raises(ApiChanged) as caught:
        failed("department", 500, "builtins.ValueError", f"Invalid field '{field}' on 'hr.department'")
    assert [(found.code, found.path) for found in caught.value.changes] == [("D42", field)]


def test_an_argument_that_the_method_no_longer_has() -> None:
    with pytest.raises(ApiChanged) as caught:
        failed("department", 422, "werkzeug.exceptions.UnprocessableEntity", "unexpected keyword 'count'")
    assert [found.code for found in caught.value.changes] == ["D36"]


def test_a_method_that_has_gone_is_asked_for_once_more_and_then_a_change() -> None:
    message = "The method 'hr.department.web_search_read' does not exist"
    body = {"name": "werkzeug.exceptions.NotFound", "message": message}
    reader = ODOO.reader("department")
    assert isinstance(received(reader, body, 404), TryAgain)
    with pytest.raises(ApiChanged) as caught:
        received(reader, body, 404)
    assert [found.code for found in caught.value.changes] == ["D01"]


def test_too_many_requests_are_waited_for() -> None:
    outcome = failed("department", 429, "werkzeug.exceptions.TooManyRequests", "slow down")
    assert isinstance(outcome, Throttled)


def test_a_filter_that_odoo_ignored_is_noticed() -> None:
    with pytest.raises(ApiChanged) as caught:
        listed(ODOO.reader("department", SINCE), [{"id": 1, "write_date": "2025-01-01 00:00:00"}])
    assert [found.code for found in caught.value.changes] == ["D35"]


def test_a_list_in_another_order_is_noticed() -> None:
    reader = ODOO.reader("department")
    records = [{"id": one, "name": "x"} for one in (1, 3, 2)]
    assert isinstance(listed(reader, records), TryAgain)
    with pytest.raises(ApiChanged) as caught:
        listed(reader, records)
    assert [found.code for found in caught.value.changes] == ["D34"]
