"""Documents whose rows are the records: every row comes once, with what is kept of its document."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.exchange import Incoming
from sandbox.mutations import read_mutation
from sluice.connector.outcomes import Outcome, Page
from sluice.errors import ApiChanged, ConfigurationInvalid
from sluice.usecases.contracts.diff import diff_of, interest_of, interests_of
from sluice.usecases.contracts.reliance import reliance_of
from tests.unit.connector.scripted import CONNECTOR, drive, reader
from tests.unit.expanding.ledger_erp import DETAILS, ROWS, LedgerErp, journal, ledger
from tests.unit.expanding.sandboxed import SandboxSender, catalog, puller, raw

WINDOWS = (
    "windows: {from: '2026-11-01', days: 30, check: %s, query: {a: {window: from, as: date}, "
    "b: {window: to, as: date}}}\n"
)


def erp(**given: Any) -> LedgerErp:
    return LedgerErp({1: journal(1, [10, 11, 12]), 2: journal(2, []), 3: journal(3, [13])}, **given)


def records(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    return [record for one in outcomes if isinstance(one, Page) for record in one.records]


def fault(faulty: dict[str, Any], more: str = "") -> tuple[str, str]:
    with pytest.raises(ApiChanged) as caught:
        list(drive(reader(ledger(more)), LedgerErp({1: journal(1, [1]), 2: faulty}, short=bool(more))))
    return caught.value.changes[0].code, caught.value.changes[0].path


@pytest.mark.parametrize("more", ["", DETAILS], ids=["list", "details"])
def test_every_row_is_a_record_with_what_is_kept_of_its_document(more: str) -> None:
    found = records(list(drive(reader(ledger(more)), erp(short=bool(more)))))
    kept = {"number": 1, "day": "2026-01-01", "by": {"name": "B"}}
    assert found[1] == {"id": 11, "name": "line 11", "line": 2, "journal": kept}
    assert [(one["id"], one["journal"]["number"], one["line"]) for one in found] == [
        (10, 1, 1),
        (11, 1, 2),
        (12, 1, 3),
        (13, 3, 1),
    ]


def test_the_list_is_paged_by_its_documents() -> None:
    server = erp()
    outcomes = list(drive(reader(ledger()), server))
    assert server.asked == ["/journal", "/journal"]
    assert [len(one.records) for one in outcomes if isinstance(one, Page)] == [3, 1]


@pytest.mark.parametrize("more", ["", DETAILS], ids=["list", "details"])
@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("absent", ("D11", "lines")),
        (None, ("D11", "lines")),
        ({"id": 1}, ("D11", "lines")),
        (["text"], ("D50", "lines")),
        ([{"id": 1, "journal": 7}], ("D50", "journal")),
        ([{"id": 1, "line": 7}], ("D50", "line")),
    ],
)
def test_rows_that_are_not_what_they_were_hold_the_stream(
    rows: Any, told: tuple[str, str], more: str
) -> None:
    faulty = {**journal(2, []), "lines": rows}
    if rows == "absent":
        del faulty["lines"]
    assert fault(faulty, more) == told


def test_the_order_is_that_of_the_documents() -> None:
    days = LedgerErp({1: journal(1, [1], "2026-02-01"), 2: journal(2, [2], "2026-01-01")})
    assert len(records(list(drive(reader(ledger()), days)))) == 2
    with pytest.raises(ApiChanged) as caught:
        list(drive(reader(ledger("order: journal.day\n")), days))
    assert caught.value.changes[0].code == "D34"


def test_a_document_outside_its_window_holds_the_stream() -> None:
    day = {1: journal(1, [1], "2026-11-20"), 2: journal(2, [2], "2026-01-01")}
    windowed = ledger(WINDOWS % "journal.day")
    with pytest.raises(ApiChanged) as caught:
        list(drive(reader(windowed), LedgerErp(day)))
    assert caught.value.changes[0].code == "D35"
    del day[2]
    assert [one["id"] for one in records(list(drive(reader(windowed), LedgerErp(day))))] == [1]


def test_only_chooses_documents() -> None:
    chosen = ledger("only: {path: journal.number, in: [3], not_in: [1, 2]}\n")
    assert [one["id"] for one in records(list(drive(reader(chosen), erp())))] == [13]


def test_a_row_version_is_that_of_the_document() -> None:
    since = "incremental: {watermark: {highest: journal.number}, query: {above: {since: raw}}}\n"
    reading = reader(ledger(since))
    list(drive(reading, erp()))
    assert reading.position()["highest"] == "3"


@pytest.mark.parametrize(
    ("stream", "code", "place"),
    [
        (ROWS + "order: id\n", "not_allowed", "/order"),
        (ROWS + WINDOWS % "name", "not_allowed", "/windows/check"),
        (ROWS + "only: {path: id, in: [1]}\n", "not_allowed", "/only/path"),
        (ROWS + "false_is_empty: true\n", "not_allowed", "/rows"),
        (ROWS + "request: {query: {f: {fields: commas}}}\n", "not_allowed", "/rows"),
        (ROWS + "deletions: {path: /x, key: [a, b]}\n", "not_allowed", "/rows"),
        (ROWS.replace("as: journal", "as: other"), "missing_field", "/schema/properties"),
        (ROWS.replace("number: line", "number: name"), "missing_field", "/schema/properties"),
        (ROWS.replace("day, by", "by"), "unknown_field", "/schema/properties/journal/properties/day"),
    ],
)
def test_what_is_wrong_with_rows_is_said(stream: str, code: str, place: str) -> None:
    with pytest.raises(ConfigurationInvalid, match=rf"{place}\b.*{code}|{code}.*{place}\b"):
        catalog(stream, CONNECTOR).connector("toy")


def test_the_key_of_the_document_is_relied_on() -> None:
    connector = ledger()
    mapper = catalog(ROWS).mapper("toy", "thing")
    reliance = reliance_of(connector, connector.streams["thing"], mapper)
    assert ("journal", "number") in reliance.key
    interest = interest_of(connector, connector.streams["thing"], mapper)
    assert {("lines",), ("lines", "id"), ("number",)} <= set(interest.used)


def test_a_sandbox_serves_documents_of_a_few_rows_each() -> None:
    sender = SandboxSender(catalog(ROWS).connector("toy"), records={"thing": 7})
    headers = {"authorization": "Bearer " + sender.sandbox.secrets["api_key"]}
    answer = sender.sandbox.answer(Incoming("GET", "/journal", {"from": "0", "count": "2"}, headers))
    body = json.loads(answer.body)
    assert body["total"] == 3
    assert [len(one["lines"]) for one in body["items"]] == [3, 3]
    assert set(body["items"][0]) == {"number", "day", "by", "lines"}
    assert set(body["items"][0]["lines"][0]) == {"id", "name"}


@pytest.mark.parametrize("more", ["", DETAILS], ids=["list", "details"])
def test_a_pull_brings_what_the_sandbox_holds(more: str) -> None:
    found = catalog(ROWS + more)
    sender = SandboxSender(found.connector("toy"), records={"thing": 20})
    assert raw(found, sender) == sender.sandbox.shelves["thing"].records()
    events = [json.loads(line) for line in puller(found, sender).events()]
    assert [event["data"]["name"] for event in events] == [
        record["name"] for record in sender.sandbox.shelves["thing"].records()
    ]


def test_in_a_sandbox_what_is_edited_in_a_document_is_so_in_all_its_rows() -> None:
    found = catalog(ROWS)
    sender = SandboxSender(found.connector("toy"), records={"thing": 6})
    shelf = sender.sandbox.shelves["thing"]
    first = next(iter(shelf.rows))
    shelf.change([first], {"journal.day": "2026-03-03"})
    records = raw(found, sender)
    assert [one["journal"]["day"] == "2026-03-03" for one in records] == [True] * 3 + [False] * 3
    assert records == shelf.records()
    assert len(shelf.delete([first])) == 3
    assert raw(found, sender) == shelf.records()
    shelf.add(2)
    assert raw(found, sender) == shelf.records()
    assert len({one["journal"]["number"] for one in shelf.records()}) == 2


def test_in_a_sandbox_a_changed_row_lists_its_whole_document() -> None:
    since = "incremental: {watermark: request_time, query: {after: {since: datetime}}}\n"
    sender = SandboxSender(catalog(ROWS + since).connector("toy"), records={"thing": 9})
    shelf = sender.sandbox.shelves["thing"]
    shelf.change(list(shelf.rows)[4:5], {"name": "edited"})
    headers = {"authorization": "Bearer " + sender.sandbox.secrets["api_key"]}
    query = {"from": "0", "count": "5", "after": "2026-11-20T23:00:00Z"}
    body = json.loads(sender.sandbox.answer(Incoming("GET", "/journal", query, headers)).body)
    listed = [line["name"] for one in body["items"] for line in one["lines"]]
    assert listed == [one["name"] for one in shelf.records()[3:6]]


def test_a_field_renamed_in_the_rows_is_seen_in_the_records() -> None:
    found = catalog(ROWS)
    sender = SandboxSender(found.connector("toy"), records={"thing": 20})
    sender.sandbox.mutate(read_mutation("D44:thing.name=title"))
    assert all("title" in one and "name" not in one for one in raw(found, sender))


def test_a_description_shows_the_rows_and_what_changes_there() -> None:
    found = catalog(ROWS, CONNECTOR + "published: {kind: openapi, path: /openapi.json}\n")
    connector = found.connector("toy")
    interests = interests_of(connector, lambda name: found.mapper("toy", name))
    sender = SandboxSender(connector, records={"thing": 5})
    headers = {"authorization": "Bearer " + sender.sandbox.secrets["api_key"]}
    asked = Incoming("GET", "/openapi.json", {}, headers)
    before = sender.sandbox.answer(asked).body
    sender.sandbox.mutate(read_mutation("D44:thing.name=title"))
    diff = diff_of(("before", before), ("after", sender.sandbox.answer(asked).body), interests)
    assert diff.breaking
    assert diff.uncovered == ()
    assert "department.name" in diff.changes[0].used_by
