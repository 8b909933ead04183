"""What is asked of ERPNext, page by page and increment by increment, and what its answers come to."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from sluice.connector.outcomes import Page, Throttled, TryAgain
from sluice.errors import ApiChanged, CredentialsRejected, ErpUnavailable, SluiceError
from tests.unit.connectors.harness import asked_by, harness, query_of, received

ERPNEXT = harness(
    "erpnext", {"base_url": "https://erp.example.com"}, {"api_key": "key-7", "api_secret": "canary"}
)
STREAMS = sorted(ERPNEXT.streams)
LISTED = [name for name in STREAMS if ERPNEXT.streams[name].details is None]
SINCE = "2026-11-20T12:30:00+00:00"
# A document by itself comes without its nulls.
TIMESHEET = {
    "name": "TS-2026-00042",
    "docstatus": 1,
    "employee": "HR-EMP-3",
    "total_hours": 8.0,
    "time_logs": [
        {"name": "row-1", "idx": 1, "from_time": "2026-03-03 07:30:00", "hours": 7.5, "is_billable": 1},
        {"name": "row-2", "idx": 2, "from_time": "2026-03-04 07:30:00", "hours": 0.5, "is_billable": 0},
    ],
}


def documents(first: int, after: int) -> dict[str, Any]:
    return {"data": [{"name": f"DEP-{number}"} for number in range(first, after)]}


def test_a_first_read_asks_for_the_fields_in_use_as_a_json_list() -> None:
    request = ERPNEXT.request("department")
    assert request.url.startswith("https://erp.example.com/api/resource/Department?")
    assert request.headers["Authorization"] == "token key-7:canary"
    assert ERPNEXT.query("department") == {
        "fields": '["company","department_name","disabled","is_group","modified","name","parent_department"]',
        "order_by": "creation asc, name asc",
        "limit_start": "0",
        "limit_page_length": "500",
    }


@pytest.mark.parametrize(
    ("stream", "doctype"),
    [
        ("invoice", "Sales%20Invoice"),
        ("ledger_entry", "GL%20Entry"),
        ("supplier_invoice", "Purchase%20Invoice"),
    ],
)
def test_document_types_of_two_words(stream: str, doctype: str) -> None:
    assert urlsplit(ERPNEXT.request(stream).url).path == f"/api/resource/{doctype}"


@pytest.mark.parametrize("name", STREAMS)
def test_an_increment_asks_from_half_a_day_before_whatever_zone_the_site_is_in(name: str) -> None:
    query = ERPNEXT.query(name, SINCE)
    assert json.loads(query["filters"]) == [["modified", ">=", "2026-11-19T23:30:00"]]
    assert "filters" not in ERPNEXT.query(name)


def test_the_next_page_begins_with_the_last_document_of_the_one_before() -> None:
    reader = ERPNEXT.reader("department", SINCE, goes_round_fields=True)
    first = query_of(asked_by(reader))
    assert isinstance(received(reader, documents(0, 500)), Page)
    assert query_of(asked_by(reader)) == {**first, "limit_start": "499"}
    second = received(reader, documents(499, 501))
    assert isinstance(second, Page)
    assert [record["name"] for record in second.records] == ["DEP-500"]
    received(reader, documents(500, 501))
    assert reader.next_request() is None


@pytest.mark.parametrize("status", [417, 500])
@pytest.mark.parametrize("said", ["Field not permitted in query: company", "Unknown column 'company'"])
def test_where_a_field_is_refused_all_are_asked_for_to_see_what_became_of_it(status: int, said: str) -> None:
    reader = ERPNEXT.reader("department", goes_round_fields=True)
    outcome = received(reader, {"exc_type": "DataError", "exception": f"frappe.DataError: {said}"}, status)
    assert isinstance(outcome, TryAgain)
    assert query_of(asked_by(reader))["fields"] == '["*"]'
    assert reader.refused == ("company",)


def test_all_fields_of_an_employee_are_never_asked_for() -> None:
    with pytest.raises(ApiChanged) as caught:
        received(
            ERPNEXT.reader("employee", goes_round_fields=True),
            {"exception": "frappe.DataError: Field not permitted in query: status"},
            417,
        )
    assert [(found.code, found.path) for found in caught.value.changes] == [("D42", "status")]


@pytest.mark.parametrize(
    ("status", "kind", "change"),
    [
        (401, CredentialsRejected, ""),
        (403, CredentialsRejected, ""),
        (417, ApiChanged, "D36"),
        (503, ErpUnavailable, ""),
    ],
)
def test_what_a_status_means(status: int, kind: type[SluiceError], change: str) -> None:
    with pytest.raises(kind) as caught:
        received(
            ERPNEXT.reader("department", goes_round_fields=True),
            {"exc_type": "Error", "exception": "frappe.Error"},
            status,
        )
    if isinstance(caught.value, ApiChanged):
        assert [found.code for found in caught.value.changes] == [change]


def test_too_many_requests_are_waited_for() -> None:
    body = {"exc_type": "TooManyRequestsError"}
    assert isinstance(received(ERPNEXT.reader("department", goes_round_fields=True), body, 429), Throttled)


@pytest.mark.parametrize("name", LISTED)
def test_a_mapping_reads_declared_fields_of_the_document_itself(name: str) -> None:
    used = ERPNEXT.used(name)
    # Lists know no child tables, and fields of linked documents are not asked for.
    assert all(len(path) == 1 for path in used)
    assert {path[0] for path in used} <= set(ERPNEXT.streams[name].schema["properties"])


def test_hours_are_the_rows_of_timesheets_that_are_listed_by_name_and_fetched_one_by_one() -> None:
    reader = ERPNEXT.reader("time_entry", SINCE)
    listing = asked_by(reader)
    assert urlsplit(listing.url).path == "/api/resource/Timesheet"
    assert query_of(listing)["fields"] == '["name"]'
    received(reader, {"data": [{"name": "TS-2026-00042"}]})
    document = asked_by(reader)
    assert document.url == "https://erp.example.com/api/resource/Timesheet/TS-2026-00042"
    assert document.headers["Authorization"] == "token key-7:canary"
    outcome = received(reader, {"data": TIMESHEET})
    assert isinstance(outcome, Page)
    assert [record["name"] for record in outcome.records] == ["row-1", "row-2"]
    assert {json.dumps(record["timesheet"], sort_keys=True) for record in outcome.records} == {
        '{"docstatus": 1, "employee": "HR-EMP-3", "name": "TS-2026-00042"}'
    }


def test_a_timesheet_without_its_rows_holds_the_stream() -> None:
    reader = ERPNEXT.reader("time_entry")
    received(reader, {"data": [{"name": "TS-2026-00042"}]})
    asked_by(reader)
    with pytest.raises(ApiChanged) as caught:
        received(reader, {"data": {"name": "TS-2026-00042", "docstatus": 1, "employee": "HR-EMP-3"}})
    assert [found.code for found in caught.value.changes] == ["D11"]


@pytest.mark.parametrize(
    ("docstatus", "employee", "locked"),
    [(0, "HR-EMP-3", False), (1, "HR-EMP-3", True), (2, "HR-EMP-3", None), (1, None, None), (1, "", None)],
    ids=["draft", "submitted", "cancelled", "of-a-user", "of-nobody"],
)
def test_hours_of_cancelled_timesheets_and_of_users_who_are_no_employees_do_not_count(
    docstatus: int, employee: str | None, *, locked: bool | None
) -> None:
    timesheet = {"name": "TS-1", "docstatus": docstatus, "employee": employee}
    row = {"name": "row-1", "from_time": "2026-03-03 07:30:00", "hours": 7.5, "timesheet": timesheet}
    mapped = ERPNEXT.mapper("time_entry").map(row, "acme")
    assert not mapped.faults
    assert (None if mapped.data is None else mapped.data["locked"]) is locked


def test_hours_without_a_start_are_set_aside() -> None:
    timesheet = {"name": "TS-1", "docstatus": 0, "employee": "HR-EMP-3"}
    mapped = ERPNEXT.mapper("time_entry").map({"name": "row-1", "hours": 1, "timesheet": timesheet}, "acme")
    assert [fault.pointer for fault in mapped.faults] == ["/from_time"]
