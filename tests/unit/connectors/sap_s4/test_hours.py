"""How SAP's time sheet entries are read: by days that the service is known to filter by, and in no order."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from sluice.connector.outcomes import Page
from sluice.errors import ApiChanged
from tests.unit.connectors.harness import asked_by, harness, query_of, replied

API = "https://my300000-api.s4hana.cloud.sap"
HISTORY = {"base_url": API, "history_from": "2026-11-02"}
S4 = harness("sap_s4", HISTORY, {"user": "SLUICE", "password": "canary"})
DAY = {"2026-11-02": 1793577600000, "2026-11-08": 1794096000000, "2026-11-12": 1794441600000}


def entry(record: str, day: str) -> dict[str, str]:
    key = {"PersonWorkAgreementExternalID": "5001", "CompanyCode": "1010", "TimeSheetRecord": record}
    return {**key, "TimeSheetDate": f"/Date({DAY[day]})/"}


def test_days_are_asked_for_from_the_first_to_the_last_of_a_week() -> None:
    sent = S4.query("time_entry")
    assert sent == {
        "$format": "json",
        "$filter": "TimeSheetDate ge datetime'2026-11-02T00:00:00' "
        "and TimeSheetDate le datetime'2026-11-08T00:00:00'",
    }


def test_no_day_is_asked_for_twice() -> None:
    reader = S4.reader("time_entry")
    spans = []
    while (request := reader.next_request()) is not None:
        words = query_of(request)["$filter"].replace("T00:00:00", "").split("'")
        spans.append((words[1], words[3]))
        reader.receive(replied({"d": {"results": []}}))
    assert spans[:2] == [("2026-11-02", "2026-11-08"), ("2026-11-09", "2026-11-15")]
    assert spans[-1][1] == "2026-12-22"
    assert {
        date.fromisoformat(first) - date.fromisoformat(last) for (_, last), (first, _) in pairwise(spans)
    } == {timedelta(days=1)}


def test_a_week_goes_on_where_the_server_says_and_the_next_begins_a_day_later() -> None:
    reader = S4.reader("time_entry")
    asked = asked_by(reader)
    more = f"{API}{S4.streams['time_entry'].path}?$skiptoken=2"
    body = {"d": {"results": [entry("1", "2026-11-02")], "__next": more}}
    assert isinstance(reader.receive(replied(body)), Page)
    assert asked_by(reader).url == more != asked.url
    reader.receive(replied({"d": {"results": [entry("2", "2026-11-08")]}}))
    assert "ge datetime'2026-11-09T00:00:00'" in query_of(asked_by(reader))["$filter"]


def test_days_of_another_week_show_that_the_filter_is_ignored() -> None:
    reader = S4.reader("time_entry")
    asked_by(reader)
    with pytest.raises(ApiChanged, match="filter"):
        reader.receive(
            replied({"d": {"results": [entry("1", "2026-11-02"), *[entry("2", "2026-11-12")] * 3]}})
        )


@pytest.mark.parametrize(
    ("code", "status", "locked"),
    [
        ("10", "in_process", False),
        ("20", "released", False),
        ("30", "approved", True),
        ("40", "rejected", False),
        ("50", "changed_after_approval", True),
        ("99", None, None),
    ],
)
def test_what_a_status_means(code: str, status: str | None, locked: bool | None) -> None:
    seen = S4.canonical("time_entry", {**S4.example("time_entry"), "TimeSheetStatus": code})
    assert (seen["extensions"]["status"], seen["locked"]) == (status, locked)


def test_a_cancelled_entry_counts_no_more() -> None:
    mapped = S4.mapper("time_entry").map({**S4.example("time_entry"), "TimeSheetStatus": "60"}, "acme")
    assert mapped.skipped
    assert mapped.data is None


def test_two_employees_may_have_records_of_one_number() -> None:
    first = S4.example("time_entry")
    ids = {S4.canonical("time_entry", {**first, "PersonWorkAgreementExternalID": one})["id"] for one in "AB"}
    assert len(ids) == 2
