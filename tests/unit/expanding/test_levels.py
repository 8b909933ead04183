"""Rows of documents that are fetched one by one, of lists that are below parents: all three at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from sandbox.exchange import Incoming
from sluice.connector.outcomes import Outcome, Page, Throttled
from sluice.errors import ApiChanged, ConfigurationInvalid
from sluice.usecases.contracts.diff import interest_of
from tests.unit.connector.scripted import drive, reader, reply, toy
from tests.unit.expanding.archive_erp import ARCHIVE, LIST, PARENTS, REST, ArchiveErp, archive
from tests.unit.expanding.listing_erp import size_of, together
from tests.unit.expanding.sandboxed import MAPPING, SandboxSender, catalog, puller, raw

YEARS = {
    2024: {1: [10, 11], 2: [12], 3: [13, 14, 15]},
    2025: {},
    2026: {1: [20], 2: [], 3: [21], 4: [22, 23], 5: [24]},
    2027: {1: [30, 31]},
}
EVERY = [account for year in YEARS.values() for accounts in year.values() for account in accounts]
SINCE = "incremental: {watermark: request_time, query: {after: {since: datetime}}}\n"
Reading = Callable[..., Iterable[Outcome]]
READINGS = pytest.mark.parametrize("way", [drive, together], ids=["one by one", "at once"])


def erp(**given: Any) -> ArchiveErp:
    years = {year: {number: list(rows) for number, rows in found.items()} for year, found in YEARS.items()}
    return ArchiveErp(years, **given)


def records(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    return [record for one in outcomes if isinstance(one, Page) for record in one.records]


def accounts(outcomes: Iterable[Outcome]) -> list[int]:
    return [record["account"] for record in records(outcomes)]


@READINGS
def test_every_row_holds_what_is_kept_of_its_document_and_of_its_parent(way: Reading) -> None:
    found = records(way(reader(archive()), erp()))
    assert [one["account"] for one in found] == EVERY
    assert found[1] == {
        "account": 11,
        "name": "2024/1/11",
        "row": 2,
        "voucher": {"number": 1, "day": "2024-01-01"},
        "parent": {"id": 2024, "name": "year 2024"},
    }
    keys = [(one["parent"]["id"], one["voucher"]["number"], one["row"]) for one in found]
    assert len(set(keys)) == len(keys)


def test_each_voucher_is_asked_for_once_in_its_year() -> None:
    server, reading = erp(), reader(archive())
    list(drive(reading, server))
    assert server.asked[:6] == ["years", 2024, (2024, 1), (2024, 2), 2024, (2024, 3)]
    vouchers = [(year, number) for year, found in YEARS.items() for number in found]
    assert [one for one in server.asked if isinstance(one, tuple)] == vouchers
    assert server.asked.count(2025) == 1
    assert reading.next_request() is None
    assert (reading.records, reading.shifted) == (9, False)


def steps(server: ArchiveErp, last: int, way: Reading = drive) -> tuple[list[int], dict[str, Any]]:
    """Return what came of so many outcomes, and the position then."""
    reading = reader(archive())
    outcomes, kept = iter(way(reading, server)), []
    for _ in range(last):
        outcome = next(outcomes, None)
        kept += accounts([outcome] if outcome else [])
    return kept, json.loads(json.dumps(reading.position()))


def count_of(way: Reading) -> int:
    return sum(1 for _ in way(reader(archive()), erp()))


@READINGS
def test_a_reader_that_is_killed_at_any_reply_loses_and_doubles_nothing(way: Reading) -> None:
    for number in range(1, count_of(way) + 1):
        kept, position = steps(erp(), number, way)
        assert size_of(position) < 3_000
        later = reader(archive(), position=position)
        assert kept + accounts(way(later, erp())) == EVERY, number
        assert (later.records, later.shifted) == (9, False)


def test_readers_that_are_killed_at_every_reply_come_to_the_end() -> None:
    """Only the lists are asked for again: each voucher comes once, however often the reading is left."""
    server, kept, position = erp(), [], None
    for _ in range(100):
        reading = reader(archive(), position=position)
        if reading.next_request() is None:
            break
        before = len(server.asked)
        for outcome in drive(reading, server):
            kept += accounts([outcome])
            if isinstance(server.asked[-1], tuple) or len(server.asked) - before > 2:
                break
        position = reading.position()
    assert kept == EVERY
    vouchers = [one for one in server.asked if isinstance(one, tuple)]
    assert len(vouchers) == len(set(vouchers)) == 9


@pytest.mark.parametrize("gone", YEARS)
def test_a_year_that_is_deleted_at_any_time_hides_no_voucher_of_another(gone: int) -> None:
    """The next year has vouchers of the same numbers: none may be taken for one that was read."""
    others = {row for year, found in YEARS.items() if year != gone for rows in found.values() for row in rows}
    for number in range(1, count_of(drive)):
        kept, position = steps(erp(), number)
        after = erp()
        del after.years[gone]
        later = reader(archive(), position=position)
        found = {*kept, *accounts(drive(later, after))}
        assert others <= found or later.shifted, number


def test_a_year_whose_place_another_takes_is_not_gone_on_with() -> None:
    kept, position = steps(erp(), 3)
    assert kept == [10, 11]
    after = erp()
    del after.years[2024]
    later = reader(archive(), position=position)
    assert accounts(drive(later, after)) == EVERY[6:]
    assert later.shifted


def test_a_year_that_comes_first_meanwhile_starts_the_page_again() -> None:
    kept, position = steps(erp(), 6)
    after = erp()
    after.years = {2023: {1: [5]}, **after.years}
    later = reader(archive(), position=position)
    assert {*kept, *accounts(drive(later, after)), 5} == {*EVERY, 5}
    assert later.shifted


def test_a_voucher_that_comes_first_meanwhile_starts_the_page_of_its_year_again() -> None:
    kept, position = steps(erp(), 3)
    after = erp()
    after.years[2024] = {9: [19], **after.years[2024]}
    later = reader(archive(), position=position)
    assert kept + accounts(drive(later, after)) == [10, 11, 19, *EVERY]
    assert later.shifted


def test_a_year_that_was_edited_meanwhile_is_gone_on_with_and_its_rows_say_so() -> None:
    _, position = steps(erp(), 3)
    server = erp()

    def edited(request: Any) -> Any:
        answer = server(request)
        return reply(json.loads(answer.body.replace(b"year 2024", b"FY24")))

    found = records(drive(reader(archive(), position=position), edited))
    assert [one["account"] for one in found] == EVERY[2:]
    assert found[0]["parent"] == {"id": 2024, "name": "FY24"}


@READINGS
def test_a_year_that_is_gone_or_empty_has_no_records(way: Reading) -> None:
    reading = reader(archive())
    assert accounts(way(reading, erp(gone={2024}))) == EVERY[6:]
    assert not reading.shifted
    assert accounts(way(reader(archive()), ArchiveErp({2024: {}, 2025: {}}))) == []
    assert accounts(way(reader(archive()), ArchiveErp({}))) == []


def test_a_year_that_goes_while_its_vouchers_are_read_ends_there() -> None:
    kept, position = steps(erp(), 3)
    later = reader(archive(), position=position)
    assert kept + accounts(drive(later, erp(gone={2024}))) == [10, 11, *EVERY[6:]]


@READINGS
def test_a_voucher_that_is_gone_is_left_out(way: Reading) -> None:
    reading = reader(archive())
    assert accounts(way(reading, erp(lost={(2024, 3), (2026, 1)}))) == [10, 11, 12, 21, 22, 23, 24, 30, 31]
    assert not reading.shifted


@READINGS
def test_most_vouchers_gone_are_counted_over_all_years(way: Reading) -> None:
    years = {year: {1: [year], 2: [-year]} for year in range(1, 8)}
    lost = {(year, 1) for year in years} | {(1, 2), (2, 2)}
    with pytest.raises(ApiChanged) as caught:
        list(way(reader(archive()), ArchiveErp(years, lost=lost)))
    assert caught.value.changes[0].code == "D01"


def test_most_years_gone_are_a_change_too() -> None:
    years = {year: {1: [year]} for year in range(1, 13)}
    with pytest.raises(ApiChanged) as caught:
        list(drive(reader(archive()), ArchiveErp(years, gone=set(range(1, 13)))))
    assert caught.value.changes[0].code == "D01"


@pytest.mark.parametrize("what", ["years", 2026, (2026, 3)])
def test_patience_is_asked_for_at_every_level(what: object) -> None:
    server = erp(faults={what: [reply({}, 429, Retry_After="30")]})
    reading, kept = reader(archive()), []
    for outcome in together(reading, server):
        kept += accounts([outcome])
        if isinstance(outcome, Throttled):
            break
    later = reader(archive(), position=reading.position())
    assert kept + accounts(together(later, server)) == EVERY


@pytest.mark.parametrize("name", ["parent", "voucher", "row"])
def test_a_field_of_the_vendor_is_not_written_over(name: str) -> None:
    own = reply({"voucher": {"number": 1, "day": "2024-01-01", "rows": [{"account": 1, name: 7}]}})
    with pytest.raises(ApiChanged) as caught:
        list(drive(reader(archive()), erp(faults={(2024, 1): [own]})))
    assert (caught.value.changes[0].code, caught.value.changes[0].path) == ("D50", name)


def test_an_increment_asks_every_year_for_changes_and_the_list_of_years_for_all() -> None:
    server = erp()
    assert accounts(drive(reader(archive(SINCE), since="2026-11-20T12:00:00+00:00"), server)) == EVERY
    asked = {bool(query.get("after")): set() for query in server.queries}
    for what, query in zip(server.asked, server.queries, strict=True):
        asked[bool(query.get("after"))].add(type(what))
    assert asked == {True: {int}, False: {str, tuple}}


def test_rows_may_stand_in_the_list_below_a_parent() -> None:
    connector = toy(stream=LIST + PARENTS + REST)

    def server(request: Any) -> Any:
        if "year=" not in request.url:
            return reply({"years": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}], "count": 2})
        number = 7 if "year=1" in request.url else 8
        rows = [{"account": number * 10 + place} for place in range(2)]
        return reply({"items": [{"number": number, "day": "2026-01-01", "rows": rows}], "total": 1})

    found = records(drive(reader(connector), server))
    assert [(one["parent"]["id"], one["voucher"]["number"], one["row"], one["account"]) for one in found] == [
        (1, 7, 1, 70),
        (1, 7, 2, 71),
        (2, 8, 1, 80),
        (2, 8, 2, 81),
    ]


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        (
            "path: /voucher\nrequest: {query: {year: {parent: id}}}\n",
            "path: /all\n",
            "missing_call",
            "/parents",
        ),
        ("as: voucher", "as: parent", "not_allowed", "/rows/as"),
        ("fields: [number, day]", "fields: [day]", "missing_field", "/rows/fields"),
        ("key: [parent.id, voucher.number, row]", "key: [voucher.number, row]", "bad_form", "/key"),
        ("key: [parent.id, voucher.number, row]", "key: [parent.id, row]", "bad_form", "/key"),
        ("key: [parent.id, voucher.number, row]", "key: account\norder: account", "not_allowed", "/order"),
        ("  key: id\n", "  key: id\n  details: {path: /x}\n", "unknown_key", "/parents/details"),
    ],
)
def test_what_is_wrong_with_the_three_of_them_is_said(old: str, new: str, code: str, place: str) -> None:
    assert old in ARCHIVE
    with pytest.raises(ConfigurationInvalid, match=rf"{place}\b.*{code}|{code}.*{place}\b"):
        toy(stream=ARCHIVE.replace(old, new))


def test_a_key_of_the_vendors_own_needs_neither_parent_nor_document() -> None:
    assert toy(stream=ARCHIVE.replace("key: [parent.id, voucher.number, row]", "key: account")).streams


def test_a_parent_is_not_looked_for_in_what_is_described_of_the_documents() -> None:
    found, connector = catalog(ARCHIVE), archive()
    interest = interest_of(connector, connector.streams["thing"], found.mapper("toy", "thing"))
    assert {("rows",), ("rows", "name"), ("number",)} <= set(interest.used)
    assert not [path for path in interest.used if "parent" in path]


def test_a_pull_brings_what_the_sandbox_holds() -> None:
    by_account = {"transformers/toy/thing.yaml": MAPPING.replace("id: id", "id: account")}
    found = catalog(ARCHIVE, more=by_account)
    sender = SandboxSender(found.connector("toy"), records={"thing": 40})
    shelf = sender.sandbox.shelves["thing"]
    assert key_of(raw(found, sender)) == key_of(shelf.records())
    assert len(shelf.rows) == 40
    events = [json.loads(line)["data"]["name"] for line in puller(found, sender).events()]
    assert sorted(events) == sorted(record["name"] for record in shelf.records())


def key_of(found: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(record, sort_keys=True) for record in found)


def test_a_sandbox_serves_documents_below_their_year_alone() -> None:
    sender = SandboxSender(catalog(ARCHIVE).connector("toy"), records={"thing": 40})
    sandbox, shelf = sender.sandbox, sender.sandbox.shelves["thing"]
    headers = {"authorization": "Bearer " + sandbox.secrets["api_key"]}
    first = shelf.records()[0]
    year, number = first["parent"]["id"], first["voucher"]["number"]
    path = f"/voucher/{number}"
    whole = json.loads(sandbox.answer(Incoming("GET", path, {"year": str(year)}, headers)).body)["voucher"]
    assert (set(whole), whole["number"]) == ({"number", "day", "rows"}, number)
    assert [set(row) for row in whole["rows"]] == [{"account", "name"}] * 3
    assert sandbox.answer(Incoming("GET", path, {"year": "9"}, headers)).status == 404
    query = {"year": str(year), "from": "0", "count": "1"}
    (short,) = json.loads(sandbox.answer(Incoming("GET", "/voucher", query, headers)).body)["items"]
    assert short == {"number": number}
    shelf.change(list(shelf.rows)[:1], {"voucher.day": "2026-03-03", "parent.name": "FY"})
    siblings = shelf.records()[:3]
    assert [(one["voucher"]["day"], one["parent"]["name"]) for one in siblings] == [("2026-03-03", "FY")] * 3
    assert len(shelf.delete(list(shelf.rows)[:1])) == 3
