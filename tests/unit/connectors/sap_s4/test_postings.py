"""How SAP's journal entry items are read: month by month, which of them, and what an increment asks for."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from sluice.connector.outcomes import Page
from sluice.errors import ApiChanged
from tests.unit.connectors.harness import asked_by, harness, query_of, replied

HISTORY = {"base_url": "https://my300000-api.s4hana.cloud.sap", "history_from": "2026-01-01"}
S4 = harness("sap_s4", HISTORY, {"user": "SLUICE", "password": "canary"})
SINCE = "2026-11-20T10:00:00+00:00"
JANUARY = "/Date(1768176000000)/"
MARCH = "/Date(1773014400000)/"


def item(number: int, **fields: Any) -> dict[str, Any]:
    key = {"CompanyCode": "1010", "FiscalYear": "2026", "AccountingDocument": "1", "PostingDate": JANUARY}
    return {**key, "AccountingDocumentItem": f"{number:03}", "AccountingDocumentCategory": "", **fields}


def answer(*items: dict[str, Any]) -> Any:
    return replied({"d": {"__count": str(len(items)), "results": list(items)}})


def test_an_increment_asks_every_month_for_what_was_entered_since_two_days_before() -> None:
    assert S4.query("ledger_entry", SINCE)["$filter"] == (
        "PostingDate ge datetime'2026-01-01T00:00:00' and PostingDate le datetime'2026-01-31T00:00:00' "
        "and AccountingDocumentCreationDate ge datetime'2026-11-18T00:00:00'"
    )


def test_months_follow_each_other_without_a_day_twice_and_a_year_ahead() -> None:
    reader = S4.reader("ledger_entry")
    spans = []
    while (request := reader.next_request()) is not None:
        words = query_of(request)["$filter"].replace("T00:00:00", "").split("'")
        spans.append((words[1], words[3]))
        reader.receive(answer())
    assert spans[:2] == [("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-03-03")]
    assert spans[-1][1] == "2027-11-22"
    assert {
        date.fromisoformat(first) - date.fromisoformat(last) for (_, last), (first, _) in pairwise(spans)
    } == {timedelta(days=1)}


@pytest.mark.parametrize("category", ["D", "L", "M", "S", "V", "W", "Z"])
def test_what_is_no_posting_of_the_leading_ledger_is_left_out(category: str) -> None:
    reader = S4.reader("ledger_entry")
    asked_by(reader)
    page = reader.receive(answer(item(1), item(2, AccountingDocumentCategory=category)))
    assert isinstance(page, Page)
    assert [one["AccountingDocumentItem"] for one in page.records] == ["001"]


def test_a_category_that_nobody_knows_holds_the_stream() -> None:
    reader = S4.reader("ledger_entry")
    asked_by(reader)
    with pytest.raises(ApiChanged):
        reader.receive(answer(item(1), item(2, AccountingDocumentCategory="Q")))


def test_a_posting_of_another_month_shows_that_the_filter_is_ignored() -> None:
    reader = S4.reader("ledger_entry")
    asked_by(reader)
    with pytest.raises(ApiChanged, match="filter"):
        reader.receive(answer(*(item(number, PostingDate=MARCH) for number in range(4))))


def test_names_of_users_are_never_asked_for() -> None:
    assert "AccountingDocCreatedByUser" not in S4.query("ledger_entry")["$select"].split(",")
    assert not S4.streams["ledger_entry"].all_fields


def test_numbers_begin_anew_in_a_company_and_a_year() -> None:
    first = S4.example("ledger_entry")
    others = [first, {**first, "CompanyCode": "2010"}, {**first, "FiscalYear": "2025"}]
    seen = [S4.canonical("ledger_entry", one) for one in others]
    assert len({one["id"] for one in seen}) == len({one["voucher_id"] for one in seen}) == 3


def test_what_stands_for_nothing_is_null() -> None:
    nothing = {
        "TaxCode": "**",
        "Quantity": "0.000",
        "WBSElementInternalID": "00000000",
        "PersonnelNumber": "00000000",
    }
    seen = S4.canonical("ledger_entry", {**S4.example("ledger_entry"), **nothing})
    assert (seen["tax_code"], seen["quantity"]) == (None, None)
    assert seen["extensions"]["wbs_element_internal_id"] is seen["extensions"]["personnel_number"] is None


@pytest.mark.parametrize("number", ["001", "999"])
def test_a_row_is_the_items_number(number: str) -> None:
    seen = S4.canonical("ledger_entry", {**S4.example("ledger_entry"), "AccountingDocumentItem": number})
    assert seen["row"] == int(number)
