"""Lists that change while they are read: nothing is passed over unsaid, and every reading ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from sluice.connector.outcomes import Outcome, Page, TryAgain
from sluice.connector.spec import Connector
from sluice.errors import ApiChanged
from sluice.model.http import Reply, Request
from tests.unit.connector.scripted import (
    Recorder,
    drive,
    query_of,
    reader,
    records_of,
    reply,
    with_pagination,
)

OFFSET = "{kind: offset, offset: {query: from}, limit: {query: count}, size: %d%s}"
TOTAL = ", total: {body: total}"
RESTARTS = 3


@dataclass
class ShiftingErp:
    """An ERP whose list is ``keys`` in this order; ``between`` changes it before a request, by its number."""

    keys: list[int]
    between: Callable[[ShiftingErp, int], None] = lambda _, __: None
    requests: list[int] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        self.between(self, len(self.requests))
        query = query_of(request)
        size = int(query["count"])
        start = int(query["from"]) if "from" in query else size * (int(query["page"]) - 1)
        self.requests.append(start)
        items = [{"id": key, "name": f"thing {key}"} for key in self.keys[start : start + size]]
        return reply({"items": items, "total": len(self.keys)})


def deleting(key: int, before: int) -> Callable[[ShiftingErp, int], None]:
    def between(erp: ShiftingErp, number: int) -> None:
        if number == before:
            erp.keys.remove(key)

    return between


def offset(size: int, *, more: str = TOTAL) -> Connector:
    return with_pagination(OFFSET % (size, more))


@pytest.mark.parametrize("more", [TOTAL, "", TOTAL + ", ends_at_total: false"])
@pytest.mark.parametrize("key", [0, 2, 3, 5])
@pytest.mark.parametrize("before", [1, 2, 3])
def test_a_record_deleted_between_two_pages_hides_none(key: int, before: int, more: str) -> None:
    erp = ShiftingErp(list(range(10)), deleting(key, before))
    reading = reader(offset(4, more=more))
    found = records_of(drive(reading, erp))
    assert set(range(10)) - {key} <= set(found)
    assert not reading.shifted


def test_a_list_that_shifted_is_read_again_from_its_start() -> None:
    erp = ShiftingErp(list(range(6)), deleting(1, 1))
    outcomes = list(drive(reader(offset(4)), erp))
    assert [type(outcome) for outcome in outcomes] == [Page, TryAgain, Page, Page]
    assert records_of(iter(outcomes)) == [0, 1, 2, 3, 0, 2, 3, 4, 5]
    assert erp.requests == [0, 3, 0, 3]


def test_a_last_record_that_is_gone_with_the_rest_is_a_shift_too() -> None:
    """The page behind a full one comes empty: the list may have had records that moved before it."""

    def between(erp: ShiftingErp, number: int) -> None:
        if number == 1:
            del erp.keys[:2]

    erp = ShiftingErp(list(range(5)), between)
    assert set(records_of(drive(reader(offset(4, more="")), erp))) == set(range(5))


def test_a_list_that_stops_though_its_last_record_is_still_there_is_no_shift() -> None:
    """Nothing comes from the record on that ended the first page, and at its start the list is as before."""

    def server(request: Request) -> Reply:
        start = int(query_of(request)["from"])
        return reply({"items": [{"id": key} for key in range(4)] if start == 0 else []})

    recorder = Recorder(server)
    with pytest.raises(ApiChanged, match="D30"):
        list(drive(reader(offset(4, more="")), recorder))
    assert len(recorder.lines) == 4


def test_without_a_key_in_the_record_the_whole_record_is_compared() -> None:
    pages = {
        "0": [{"name": "a"}, {"name": "b"}],
        "1": [{"name": "b"}, {"name": "c"}],
        "2": [{"name": "c"}],
    }

    def server(request: Request) -> Reply:
        return reply({"items": pages[query_of(request)["from"]]})

    reading = reader(offset(2, more=""))
    names = [one["name"] for page in drive(reading, server) if isinstance(page, Page) for one in page.records]
    assert names == ["a", "b", "c"]
    assert not reading.shifted


def test_a_record_that_changed_at_the_edge_is_still_the_same() -> None:
    versions = iter(range(100))

    def server(request: Request) -> Reply:
        start = int(query_of(request)["from"])
        items = [{"id": key, "name": f"version {next(versions)}"} for key in range(start, min(start + 2, 5))]
        return reply({"items": items})

    assert records_of(drive(reader(offset(2, more="")), server)) == list(range(5))


def _ever_shifting(erp: ShiftingErp, number: int) -> None:
    if number and erp.requests[-1] == 0:
        erp.keys.pop(0)


@pytest.mark.parametrize("more", [TOTAL, ""])
def test_a_list_that_shifts_every_time_is_read_on_and_says_so(more: str) -> None:
    erp = ShiftingErp(list(range(20)), _ever_shifting)
    reading = reader(offset(4, more=more))
    outcomes = list(drive(reading, erp))
    assert sum(isinstance(outcome, TryAgain) for outcome in outcomes) == RESTARTS
    assert reading.shifted
    assert reading.position()["shifted"] is True
    # From the fourth shift on without overlap: what came at offset 3 is kept, and the next page follows it.
    assert erp.requests[:10] == [0, 3, 0, 3, 0, 3, 0, 3, 7, 11]
    assert records_of(iter(outcomes))[-9:] == list(range(11, 20))


WINDOWS = """\
windows:
  query: {d: {window: from, as: date}, e: {window: to, as: date}}
  from: {setting: from_day}
  days: 11
"""


def test_what_shifted_in_one_window_is_said_to_the_end_and_the_next_is_checked_again() -> None:
    connector = with_pagination(OFFSET % (4, TOTAL), extra=WINDOWS)
    erps: dict[str, ShiftingErp] = {}

    def server(request: Request) -> Reply:
        day = query_of(request)["d"]
        changes = _ever_shifting if not erps else deleting(1, 1)
        return erps.setdefault(day, ShiftingErp(list(range(12)), changes))(request)

    reading = reader(connector)
    outcomes = list(drive(reading, server))
    [_, second] = erps.values()
    assert sum(isinstance(outcome, TryAgain) for outcome in outcomes) == RESTARTS + 1
    assert second.requests == [0, 3, 0, 3, 6, 9]
    assert reading.shifted


@pytest.mark.parametrize(("count", "more"), [(1, ""), (2, ""), (2, TOTAL + ", ends_at_total: false")])
def test_an_insert_that_makes_the_same_page_come_again_is_no_loop(count: int, more: str) -> None:
    def between(erp: ShiftingErp, number: int) -> None:
        if number == 1:
            erp.keys.insert(0, 99)

    erp = ShiftingErp(list(range(count)), between)
    reading = reader(offset(500, more=more))
    assert set(records_of(drive(reading, erp))) == {99, *range(count)}
    assert not reading.shifted


def test_a_loop_in_a_list_without_a_total_is_read_twice_and_then_not_believed() -> None:
    recorder = Recorder(lambda _: reply({"items": [{"id": 1}, {"id": 2}]}))
    with pytest.raises(ApiChanged, match="D32"):
        list(drive(reader(offset(500, more="")), recorder))
    assert len(recorder.lines) == 4


PAGES = "{kind: page, number: {query: page}, size_parameter: {query: count}, size: 2%s}"


@pytest.mark.parametrize(
    ("more", "before", "shifted"),
    [
        (TOTAL, 99, False),
        (TOTAL, 1, True),
        (TOTAL, 2, True),
        (TOTAL + ", ends_at_total: false", 3, True),
        ("", 1, False),
    ],
)
def test_of_numbered_pages_a_total_that_falls_is_said(more: str, before: int, shifted: bool) -> None:
    erp = ShiftingErp(list(range(5)), deleting(0, before))
    reading = reader(with_pagination(PAGES % more))
    list(drive(reading, erp))
    assert reading.shifted is shifted


def test_a_total_of_nothing_behind_the_last_page_is_not_taken_for_a_shift() -> None:
    def server(request: Request) -> Reply:
        page = int(query_of(request)["page"])
        return reply({"items": [{"id": page}] if page < 3 else [], "total": 2 if page < 3 else 0})

    reading = reader(with_pagination(PAGES % (TOTAL + ", ends_at_total: false")))
    assert records_of(drive(reading, server)) == [1, 2]
    assert not reading.shifted


def test_an_overlap_that_is_switched_off_is_not_asked_for() -> None:
    erp = ShiftingErp(list(range(9)), deleting(1, 1))
    reading = reader(offset(4, more=TOTAL + ", overlap: false"))
    list(drive(reading, erp))
    assert erp.requests == [0, 4]
    assert reading.shifted


Edits = list[list[tuple[str, int]]]
EDITS: st.SearchStrategy[Edits] = st.lists(
    st.lists(st.tuples(st.sampled_from(["delete", "front", "back"]), st.integers(0, 50)), max_size=3),
    max_size=14,
)


@settings(deadline=None)
@given(
    count=st.integers(0, 16),
    size=st.integers(2, 6),
    edits=EDITS,
    more=st.sampled_from([TOTAL, "", TOTAL + ", ends_at_total: false"]),
    stops=st.sets(st.integers(0, 40)),
)
@example(count=3, size=3, edits=[[], [("delete", 0)], [], [("delete", 0)]], more="", stops=set())
@example(count=2, size=2, edits=[[], [("delete", 0)], [("front", 0)], [("delete", 0)]], more="", stops=set())
def test_whatever_comes_and_goes_what_was_there_all_the_time_is_read_or_it_is_said(
    count: int, size: int, edits: Edits, more: str, stops: set[int]
) -> None:
    fresh = iter(range(1000, 2000))

    def between(erp: ShiftingErp, number: int) -> None:
        for what, where in edits[number] if number < len(edits) else []:
            if what == "delete" and erp.keys:
                stayed.discard(erp.keys.pop(where % len(erp.keys)))
            elif what != "delete":
                erp.keys.insert(0 if what == "front" else len(erp.keys), next(fresh))

    erp = ShiftingErp(list(range(count)), between)
    stayed = set(erp.keys)
    connector = offset(size, more=more)
    reading, outcomes = reader(connector), list[Outcome]()
    while (request := reading.next_request()) is not None:
        assert len(erp.requests) < 300
        try:
            outcomes.append(reading.receive(erp(request)))
        except ApiChanged as changed:
            # Inserts of just a page's length, twice: that is no longer told from a loop.
            assume([change.code for change in changed.changes] != ["D32"])
            raise
        if len(erp.requests) in stops:
            reading = reader(connector, position=json.loads(json.dumps(reading.position())))
    missing = stayed - set(records_of(iter(outcomes)))
    assert not missing or reading.shifted


@pytest.mark.parametrize("changes", [deleting(1, 1), deleting(8, 2), _ever_shifting])
def test_another_reader_goes_on_from_every_position_of_a_shifting_list(
    changes: Callable[[ShiftingErp, int], None],
) -> None:
    def read(stop: int | None) -> tuple[list[int], list[int], dict[str, Any]]:
        erp = ShiftingErp(list(range(20)), changes)
        reading, outcomes = reader(offset(4)), list[Outcome]()
        while (request := reading.next_request()) is not None:
            outcomes.append(reading.receive(erp(request)))
            if len(outcomes) == stop:
                reading = reader(offset(4), position=json.loads(json.dumps(reading.position())))
        return records_of(iter(outcomes)), erp.requests, reading.position()

    whole = read(None)
    for stop in range(len(whole[1]) + 1):
        assert read(stop) == whole
