"""A list of ids, and a request for each record: nothing is missed, read in half, or read for ever."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from sluice.connector.expanding.below import MAX_CURSOR
from sluice.connector.expanding.within import Within
from sluice.connector.facts.facts import Facts
from sluice.connector.outcomes import Listed, LoggedIn, Outcome, Page, Throttled, TryAgain
from sluice.connector.paging import PageState
from sluice.connector.position import Position
from sluice.connector.selection import Selection
from sluice.errors import ApiChanged, CredentialsRejected, ErpUnavailable
from sluice.model.http import Reply, Request
from tests.unit.connector.scripted import (
    CONNECTOR,
    SESSION_AUTH,
    drive,
    open_session,
    query_of,
    reader,
    records_of,
    reply,
)
from tests.unit.expanding.listing_erp import ListingErp, listing, size_of, together

BEARER = "auth: {kind: bearer, token: {secret: api_key}}\n"


def names(outcomes: Iterable[Outcome]) -> list[str]:
    pages = [outcome for outcome in outcomes if isinstance(outcome, Page)]
    return [record["name"] for page in pages for record in page.records]


def test_every_record_of_the_list_is_asked_for_by_itself_and_comes_in_the_order_of_the_list() -> None:
    erp = ListingErp([5, 3, 9, 1])
    assert names(drive(reader(listing()), erp)) == ["thing 5", "thing 3", "thing 9", "thing 1"]
    assert erp.asked == ["/thing", "/thing/5", "/thing/3", "/thing/9", "/thing", "/thing/1"]


def test_the_request_for_a_record_carries_credentials_and_its_own_query_and_no_page() -> None:
    seen: list[Request] = []

    def server(request: Request) -> Reply:
        seen.append(request)
        return ListingErp([1])(request)

    list(drive(reader(listing()), server))
    assert query_of(seen[1]) == {"verbose": "true"}
    assert seen[1].headers["Authorization"] == seen[0].headers["Authorization"]
    assert seen[1].label == "GET /thing/{number} (detail)"


def test_several_are_given_out_at_once_a_slice_at_a_time() -> None:
    reading, erp = reader(listing(2, size=20)), ListingErp(list(range(20)))
    assert isinstance(reading.receive_all([erp(reading.next_requests()[0])])[0], Listed)
    asked = reading.next_requests()
    assert (len(asked), reading.at_once) == (8, 2)
    page = reading.receive_all([erp(one) for one in asked])[0]
    assert isinstance(page, Page)
    assert [record["id"] for record in page.records] == list(range(8))


def test_pages_count_those_of_the_list_and_records_those_that_came() -> None:
    reading, erp = reader(listing(4)), ListingErp(list(range(7)), gone={4})
    pages = [one for one in together(reading, erp) if isinstance(one, Page)]
    assert [page.number for page in pages] == [1, 2, 3]
    assert (reading.pages, reading.records) == (3, 6)
    assert reading.facts["listed"] == 7


def test_what_came_out_of_turn_waits_for_what_is_before_it() -> None:
    reading, erp = reader(listing(4)), ListingErp([1, 2, 3])
    reading.receive_all([erp(one) for one in reading.next_requests()])
    requests = reading.next_requests()
    assert reading.receive_all([None, erp(requests[1]), erp(requests[2])]) == []
    assert reading.records == 0
    (again,) = reading.next_requests()
    assert again.url == requests[0].url
    (page,) = reading.receive_all([erp(again)])
    assert isinstance(page, Page)
    assert [record["id"] for record in page.records] == [1, 2, 3]
    assert reading.next_requests() == ()


def test_throttled_in_the_middle_what_came_is_handed_on_and_another_reader_goes_on_behind_it() -> None:
    erp = ListingErp([1, 2, 3, 4])
    erp.faults["/thing/2"] = [reply({}, 429, Retry_After="30")]
    reading = reader(listing(4))
    outcomes = [reading.receive_all([erp(one) for one in reading.next_requests()])[0]]
    outcomes += reading.receive_all([erp(one) for one in reading.next_requests()])
    assert isinstance(outcomes[1], Page)
    assert [record["id"] for record in outcomes[1].records] == [1]
    assert isinstance(outcomes[2], Throttled)
    assert reading.resume_at == outcomes[2].resume_at
    erp.asked.clear()
    later = reader(listing(4), position=reading.position())
    assert names(together(later, erp)) == ["thing 2", "thing 3", "thing 4"]
    assert erp.asked == ["/thing", "/thing/2", "/thing/3", "/thing", "/thing/4"]
    assert (later.records, later.shifted) == (4, False)
    assert later.facts["throttled"] == {"429": 1}


def test_a_session_that_ends_in_the_middle_costs_one_login_and_no_record() -> None:
    erp = ListingErp([1, 2, 3])
    for key in (2, 3):
        erp.faults[f"/thing/{key}"] = [reply({}, 401)]

    def server(request: Request) -> Reply:
        if urlsplit(request.url).path.endswith("/login"):
            return reply({"token": "t-1"})
        return erp(request)

    connector = listing(4, connector=CONNECTOR.replace(BEARER, SESSION_AUTH))
    outcomes = list(together(reader(connector, session=open_session()), server))
    assert names(outcomes) == ["thing 1", "thing 2", "thing 3"]
    assert sum(isinstance(one, LoggedIn) for one in outcomes) == 1
    assert (erp.times("/thing"), erp.times("/thing/1"), erp.times("/thing/2")) == (1, 1, 2)


def test_credentials_refused_for_a_record_are_refused() -> None:
    erp = ListingErp([1, 2])
    erp.faults["/thing/1"] = [reply({}, 401)]
    with pytest.raises(CredentialsRejected):
        list(together(reader(listing()), erp))


def test_a_record_that_is_gone_is_left_out() -> None:
    erp = ListingErp([1, 2, 3], gone={2})
    erp.faults["/thing/3"] = [reply({}, 410)]
    assert names(drive(reader(listing()), erp)) == ["thing 1"]


@pytest.mark.parametrize(("gone", "changed"), [(5, False), (6, True)])
def test_more_than_half_of_ten_gone_is_a_change_of_the_api(gone: int, *, changed: bool) -> None:
    erp = ListingErp(list(range(10)), gone=set(range(10 - gone, 10)))
    reading = reader(listing(4, size=10))
    if not changed:
        assert len(names(together(reading, erp))) == 5
        return
    with pytest.raises(ApiChanged) as caught:
        list(together(reading, erp))
    (change,) = caught.value.changes
    assert (change.code, change.evidence["gone"], change.evidence["asked"]) == ("D01", 6, 10)


def test_the_gone_are_counted_over_pages_and_readers() -> None:
    erp = ListingErp(list(range(12)), gone=set(range(12)))
    position = None
    for _ in range(9):
        reading = reader(listing(), position=position)
        for _ in range(2):
            request = reading.next_request()
            assert request is not None
            reading.receive(erp(request))
        position = reading.position()
    assert erp.asked[-1] == "/thing/8"
    with pytest.raises(ApiChanged):
        list(drive(reader(listing(), position=position), erp))


def test_another_verdict_is_judged_as_that_of_a_page() -> None:
    erp = ListingErp([1, 2])
    erp.faults["/thing/2"] = [reply({"message": "broken"}, 500)] * 2
    reading = reader(listing(4))
    list_came, page = next(outcomes := together(reading, erp)), next(outcomes)
    assert isinstance(list_came, Listed)
    assert isinstance(page, Page)
    with pytest.raises(ErpUnavailable, match=r"/thing/\{number\}"):
        list(outcomes)
    assert names(together(reading, erp)) == ["thing 2"]


@pytest.mark.parametrize(
    ("came", "code"),
    [
        (reply({"error": {"message": "no"}}), "D13"),
        (reply({"thing": [1]}), "D11"),
        (reply({"other": {}}), "D11"),
        (reply({}, 302, Location="https://elsewhere.example"), "D03"),
        (reply({}, 400), "D36"),
    ],
)
def test_a_reply_without_the_record_is_a_change(came: Reply, code: str) -> None:
    erp = ListingErp([1, 2])
    erp.faults["/thing/1"] = [came] * 9
    with pytest.raises(ApiChanged) as caught:
        list(together(reader(listing()), erp))
    assert caught.value.changes[0].code == code


def test_a_web_page_in_place_of_a_record_is_asked_for_once_more() -> None:
    erp = ListingErp([1, 2])
    erp.faults["/thing/2"] = [reply(b"<html>soon back</html>")]
    outcomes = list(together(reader(listing()), erp))
    assert any(isinstance(one, TryAgain) for one in outcomes)
    assert names(outcomes) == ["thing 1", "thing 2"]
    erp.faults["/thing/2"] = [reply(b"<html>soon back</html>")] * 3
    with pytest.raises(ApiChanged) as caught:
        list(together(reader(listing()), erp))
    assert caught.value.changes[0].code == "D09"


def test_a_rule_of_the_connector_about_404_goes_before() -> None:
    rules = "errors: [{status: [404], means: unavailable}]\n"
    erp = ListingErp([1, 2], gone={1})
    with pytest.raises(ErpUnavailable):
        list(together(reader(listing(more=rules)), erp))


@pytest.mark.parametrize("item", [{"name": "x"}, {"id": None}, {"id": ""}, {"id": ".."}, {"id": True}])
def test_a_list_whose_records_do_not_say_their_id_is_a_change(item: object) -> None:
    with pytest.raises(ApiChanged) as caught:
        list(drive(reader(listing()), lambda _: reply({"items": [{"id": 7}, item], "total": 2})))
    (change,) = caught.value.changes
    assert (change.code, change.path, change.evidence["absent"]) == ("D58", "id", 1)


def left_in_the_middle(erp: ListingErp) -> dict[str, object]:
    """Return the position behind the second of three records."""
    reading = reader(listing())
    for _ in range(3):
        request = reading.next_request()
        assert request is not None
        reading.receive(erp(request))
    assert reading.records == 2
    return reading.position()


def test_a_list_that_is_the_same_is_gone_on_with() -> None:
    erp = ListingErp([1, 2, 3])
    position = left_in_the_middle(erp)
    erp.asked.clear()
    later = reader(listing(), position=position)
    assert records_of(drive(later, erp)) == [3]
    assert erp.asked == ["/thing", "/thing/3"]
    assert not later.shifted


@pytest.mark.parametrize("keys", [[0, 1, 2, 3], [1, 3, 4], [3]])
def test_a_list_that_shifted_is_read_from_the_start_of_its_page_and_says_so(keys: list[int]) -> None:
    erp = ListingErp([1, 2, 3])
    position = left_in_the_middle(erp)
    erp.keys = keys
    later = reader(listing(), position=position)
    assert records_of(drive(later, erp)) == keys
    assert later.shifted


def test_a_list_that_shifts_at_every_look_is_read_to_its_end() -> None:
    erp, position = ListingErp([1, 2, 3]), None
    for turn in range(40):
        reading = reader(listing(), position=position)
        for _ in range(2):
            request = reading.next_request()
            if request is None:
                assert reading.shifted
                return
            reading.receive(erp(request))
        position = reading.position()
        erp.keys = [turn + 10, *erp.keys[1:]]
    raise AssertionError("read for ever")


def test_a_reader_that_is_killed_at_any_reply_loses_nothing() -> None:
    expected = list(range(7))
    for last in range(1, 11):
        erp = ListingErp(expected)
        reading, kept = reader(listing(2)), []
        outcomes = drive(reading, erp)
        position = reading.position()
        for _ in range(last):
            outcome = next(outcomes, None)
            kept += records_of(iter([outcome])) if outcome else []
            position = reading.position()
        later = reader(listing(2), position=position)
        assert kept + records_of(together(later, erp)) == expected, last
        assert not later.shifted


def test_the_position_stays_small_and_an_older_one_is_gone_on_with() -> None:
    erp = ListingErp([1, 2, 3])
    position = left_in_the_middle(erp)
    assert size_of(position) < 3_000
    older = {name: value for name, value in reader(listing()).position().items() if name != "within"}
    assert records_of(drive(reader(listing(), position=older), erp)) == [1, 2, 3]


def test_a_field_that_is_refused_by_name_is_gone_round_in_the_request_for_the_record() -> None:
    erp = ListingErp([1, 2])
    asked: list[dict[str, str]] = []

    def server(request: Request) -> Reply:
        asked.append(query_of(request))
        if "name" in query_of(request).get("fields", ""):
            return reply({"message": "unknown field name"}, 400)
        return erp(request)

    rule = "{status: [400], body: {path: message, contains: unknown}, means: api_changed, change: D42}"
    connector = listing(query="{fields: {fields: parentheses}}", more=f"errors: [{rule}]\n")
    chosen = Selection(frozenset({("id",), ("name",)}))
    reading = reader(connector, selection=chosen, goes_round_fields=True)
    assert records_of(together(reading, server)) == [1, 2]
    assert [one.get("fields") for one in asked] == [None, "id,name", "id,name", "*,id", "*,id"]


def test_windows_are_gone_through_one_after_the_other() -> None:
    query = "{f: {window: from, as: date}, t: {window: to, as: date}}"
    windows = f"windows: {{query: {query}, from: '2026-11-01', days: 15}}\n"
    erp = ListingErp([1, 2, 3])
    reading = reader(listing(2, more=windows))
    assert records_of(together(reading, erp)) == [1, 2, 3, 1, 2, 3]
    assert (reading.records, erp.times("/thing/2")) == (6, 2)


def test_a_position_of_parents_with_all_that_it_may_hold_is_small_enough() -> None:
    cursor, marks = "x" * (MAX_CURSOR - 2), tuple("0123456789abcdef" for _ in range(13))
    page = PageState(99_999, 9_999_999, cursor, 20, "0123456789abcdef", 9_999_999, 10_000)
    links = {"deprecation": "https://toy.example/" + "y" * 700}
    within = Within(9_999, "0123456789abcdef", 9_999_999, 999_999, 3)
    began = "2026-11-21T12:00:00.000000+00:00"
    outer = Position("s" * 40, began, page=page, seen=marks[:5], within=within, facts=Facts(size=10_000))
    position = Position("s" * 40, began, began, page=page, seen=marks, facts=Facts(links=links), outer=outer)
    position = replace(position, parent="0123456789abcdef", records=9_999_999, pages=99_999, within=within)
    assert size_of(position.to_json()) < 3_000
    assert Position.from_json(position.to_json(), "s" * 40) == position
