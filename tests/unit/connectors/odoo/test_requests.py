"""What is asked of Odoo, page by page and increment by increment."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from sluice.connector.outcomes import Outcome, Page
from sluice.connector.reader import StreamReader
from tests.unit.connectors.harness import asked_by, harness, received

ODOO = harness("odoo", {"base_url": "https://mycompany.odoo.com"}, {"api_key": "canary"})
STREAMS = sorted(ODOO.streams)
SINCE = "2026-11-20T12:30:00.750000+00:00"


def body_of(reader: StreamReader) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(asked_by(reader).body or b"")
    return body


def listed(reader: StreamReader, records: list[dict[str, Any]]) -> Outcome:
    return received(reader, {"length": len(records), "records": records})


def test_a_first_read_names_its_fields_and_begins_before_every_id() -> None:
    request = ODOO.with_settings(database="mine", language="nb_NO", companies=[1, 3]).request("department")
    assert request.method == "POST"
    assert request.url == "https://mycompany.odoo.com/json/2/hr.department/web_search_read"
    assert request.headers["Authorization"] == "Bearer canary"
    assert request.headers["X-Odoo-Database"] == "mine"
    assert request.headers["Content-Type"].startswith("application/json")
    assert json.loads(request.body or b"") == {
        "domain": [["id", ">", 0], ["id", ">", 0]],
        "specification": {
            "active": {},
            "company_id": {"fields": {"display_name": {}}},
            "complete_name": {},
            "create_date": {},
            "id": {},
            "manager_id": {},
            "name": {},
            "parent_id": {},
            "write_date": {},
        },
        "limit": 500,
        "order": "id",
        "count_limit": 1,
        "context": {"lang": "nb_NO", "active_test": False, "allowed_company_ids": [1, 3]},
    }


def test_a_server_with_one_database_is_not_told_its_name() -> None:
    assert "X-Odoo-Database" not in ODOO.request("department").headers


@pytest.mark.parametrize(
    ("stream", "model"),
    [
        ("account", "account.account"),
        ("activity", "project.task"),
        ("customer", "res.partner"),
        ("department", "hr.department"),
        ("employee", "hr.employee"),
        ("invoice", "account.move"),
        ("ledger_entry", "account.move.line"),
        ("order", "sale.order"),
        ("product", "product.product"),
        ("project", "project.project"),
        ("purchase_order", "purchase.order"),
        ("supplier", "res.partner"),
        ("supplier_invoice", "account.move"),
        ("time_entry", "account.analytic.line"),
    ],
)
def test_the_model_of_a_stream(stream: str, model: str) -> None:
    assert urlsplit(ODOO.request(stream).url).path == f"/json/2/{model}/web_search_read"


@pytest.mark.parametrize(
    ("stream", "clauses"),
    [
        ("invoice", [["move_type", "in", ["out_invoice", "out_refund", "out_receipt"]]]),
        ("supplier_invoice", [["move_type", "in", ["in_invoice", "in_refund", "in_receipt"]]]),
        ("ledger_entry", [["parent_state", "=", "posted"], ["account_id", "!=", False]]),
        ("time_entry", [["project_id", "!=", False], ["employee_id", "!=", False]]),
        (
            "customer",
            [["customer_rank", ">=", 1], "|", ["parent_id", "=", False], ["is_company", "=", True]],
        ),
        (
            "supplier",
            [["supplier_rank", ">=", 1], "|", ["parent_id", "=", False], ["is_company", "=", True]],
        ),
    ],
)
def test_which_records_of_a_model_are_a_stream_s(stream: str, clauses: list[Any]) -> None:
    assert body_of(ODOO.reader(stream))["domain"] == [["id", ">", 0], *clauses, ["id", ">", 0]]


def test_every_contact_may_be_a_customer() -> None:
    everybody = ODOO.with_settings(least_customer_rank=0).reader("customer")
    assert ["customer_rank", ">=", 0] in body_of(everybody)["domain"]
    assert ["supplier_rank", ">=", 0] in body_of(
        ODOO.with_settings(least_supplier_rank=0).reader("supplier")
    )["domain"]


@pytest.mark.parametrize("stream", STREAMS)
def test_an_increment_asks_from_an_hour_before_in_odoo_s_own_form(stream: str) -> None:
    whole, changed = (body_of(ODOO.reader(stream, since))["domain"] for since in (None, SINCE))
    asked = [["write_date", ">=", "2026-11-20 11:30:00"]]
    if stream == "employee":
        asked.append(["current_version_id.write_date", ">=", "2026-11-20 11:30:00"])
    assert changed == [*whole[: -len(asked)], *asked]
    # A whole read has a clause that is always true in its place.
    assert whole[-len(asked) :] == [["id", ">", 0]] * len(asked)


def test_a_changed_employee_or_contract_is_enough() -> None:
    assert body_of(ODOO.reader("employee", SINCE))["domain"] == [
        ["id", ">", 0],
        "|",
        ["write_date", ">=", "2026-11-20 11:30:00"],
        ["current_version_id.write_date", ">=", "2026-11-20 11:30:00"],
    ]


@pytest.mark.parametrize("stream", STREAMS)
def test_archived_records_come_too_in_the_order_of_their_ids(stream: str) -> None:
    body = body_of(ODOO.reader(stream))
    assert body["context"] == {"lang": "en_US", "active_test": False, "allowed_company_ids": []}
    assert (body["order"], body["count_limit"]) == ("id", 1)


def test_lines_come_with_their_document() -> None:
    specification = body_of(ODOO.reader("invoice"))["specification"]
    lines = specification["invoice_line_ids"]["fields"]
    assert lines["tax_ids"] == {
        "fields": {"amount": {}, "amount_type": {}, "id": {}, "price_include": {}},
    }
    assert {"id", "display_type", "product_id", "price_subtotal", "price_total"} <= set(lines)
    assert lines["product_id"] == {}
    assert specification["currency_id"] == {"fields": {"name": {}}}


def test_what_employees_keep_private_is_not_asked_for() -> None:
    asked = set(body_of(ODOO.reader("employee"))["specification"])
    assert not {"private_email", "private_phone", "birthday", "ssnid", "wage", "pin", "barcode"} & asked


def test_the_next_page_goes_on_from_the_last_id_and_an_empty_one_ends_the_list() -> None:
    reader = ODOO.reader("department", SINCE)
    first = body_of(reader)
    page = listed(reader, [{"id": number, "write_date": "2026-11-21 01:02:03"} for number in range(7, 507)])
    assert isinstance(page, Page)
    assert len(page.records) == 500
    second = body_of(reader)
    assert second == {**first, "domain": [["id", ">", 506], *first["domain"][1:]]}
    listed(reader, [{"id": 900, "write_date": "2026-11-21 01:02:03"}])
    assert body_of(reader)["domain"][0] == ["id", ">", 900]
    listed(reader, [])
    assert reader.next_request() is None


@pytest.mark.parametrize("name", STREAMS)
def test_a_mapping_reads_declared_fields(name: str) -> None:
    for path in ODOO.used(name):
        schema: Any = ODOO.streams[name].schema
        for part in path:
            schema = schema.get("items", schema)["properties"]
            assert part in schema, path
            schema = schema[part]
