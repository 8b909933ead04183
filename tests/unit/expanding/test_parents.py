"""A list for each record of another list: every parent has its turn once, wherever it is left."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from sluice.connector.outcomes import Outcome, Page, Throttled
from sluice.connector.selection import Selection
from sluice.errors import ApiChanged, ConfigurationInvalid, CredentialsRejected
from tests.unit.connector.scripted import drive, reader, reply, toy
from tests.unit.expanding.family_erp import FAMILY, FamilyErp, family
from tests.unit.expanding.listing_erp import size_of, together

PROJECTS = {1: [1, 2, 3], 2: [], 3: [4], 4: [5, 6, 7, 8, 9], 5: [10]}


def ids(outcomes: Iterable[Outcome]) -> list[int]:
    pages = [outcome for outcome in outcomes if isinstance(outcome, Page)]
    return [record["id"] for page in pages for record in page.records]


def erp(**given: Any) -> FamilyErp:
    return FamilyErp({number: list(keys) for number, keys in PROJECTS.items()}, **given)


def test_the_list_below_every_parent_is_read_to_its_end() -> None:
    assert ids(drive(reader(family()), erp())) == list(range(1, 11))


def test_a_record_holds_what_is_kept_of_its_parent_and_no_more() -> None:
    pages = [one for one in drive(reader(family()), erp()) if isinstance(one, Page)]
    record = next(record for page in pages for record in page.records if record["id"] == 4)
    kept = {"number": 3, "customer": {"name": "customer 3"}}
    assert record == {"id": 4, "name": "3/4", "parent": kept}


def test_requests_at_once_are_given_out_one_by_one() -> None:
    assert ids(together(reader(family()), erp())) == list(range(1, 11))


def test_without_parents_there_are_no_records() -> None:
    reading = reader(family())
    assert ids(drive(reading, FamilyErp({}))) == []
    assert reading.next_request() is None


def test_a_parent_that_is_gone_has_no_records() -> None:
    reading = reader(family())
    assert ids(drive(reading, erp(gone={1, 3}))) == [5, 6, 7, 8, 9, 10]
    assert not reading.shifted


def test_most_parents_gone_is_a_change_of_the_api() -> None:
    many = FamilyErp({number: [number] for number in range(1, 13)}, gone=set(range(1, 13)))
    with pytest.raises(ApiChanged) as caught:
        list(drive(reader(family()), many))
    assert caught.value.changes[0].code == "D01"


def test_all_of_several_parents_gone_are_a_change_and_one_alone_is_not() -> None:
    with pytest.raises(ApiChanged) as caught:
        list(drive(reader(family()), FamilyErp({1: [1], 2: [2], 3: [3]}, gone={1, 2, 3})))
    (change,) = caught.value.changes
    assert (change.code, change.evidence["gone"], change.evidence["asked"]) == ("D01", 3, 3)
    assert ids(drive(reader(family()), FamilyErp({1: [1]}, gone={1}))) == []


def steps(server: FamilyErp, last: int) -> tuple[list[int], dict[str, Any]]:
    """Return what came of so many replies, and the position then."""
    reading = reader(family())
    outcomes, kept = drive(reading, server), []
    for _ in range(last):
        kept += ids([outcome] if (outcome := next(outcomes, None)) else [])
    return kept, reading.position()


def test_a_reader_that_is_killed_at_any_reply_loses_nothing() -> None:
    last = sum(1 for _ in drive(reader(family()), erp()))
    for number in range(1, last + 1):
        kept, position = steps(erp(), number)
        assert size_of(position) < 3_000
        later = reader(family(), position=json.loads(json.dumps(position)))
        assert kept + ids(drive(later, erp())) == list(range(1, 11)), number
        assert (later.records, later.shifted) == (10, False)


@pytest.mark.parametrize("gone", [1, 3, 4])
def test_a_parent_deleted_at_any_time_costs_no_record_of_another(gone: int) -> None:
    others = {key for number, keys in PROJECTS.items() if number != gone for key in keys}
    last = sum(1 for _ in drive(reader(family()), erp()))
    for number in range(1, last):
        kept, position = steps(erp(), number)
        after = erp()
        del after.projects[gone]
        later = reader(family(), position=position)
        found = {*kept, *ids(drive(later, after))}
        assert others <= found or later.shifted, number


def test_a_parent_that_comes_first_meanwhile_starts_the_page_again() -> None:
    kept, position = steps(erp(), 3)
    after = erp()
    after.projects = {9: [90], **after.projects}
    later = reader(family(), position=position)
    assert {*kept, *ids(drive(later, after))} == {*range(1, 11), 90}
    assert later.shifted


def test_patience_is_asked_for_below_a_parent_and_of_the_parents() -> None:
    for path in ("/project", "/project/4/thing"):
        server = erp(faults={path: [reply({}, 429, Retry_After="30")]})
        reading, kept = reader(family()), []
        outcomes: Iterator[Outcome] = drive(reading, server)
        for outcome in outcomes:
            kept += ids([outcome])
            if isinstance(outcome, Throttled):
                break
        later = reader(family(), position=reading.position())
        assert kept + ids(drive(later, server)) == list(range(1, 11))


def test_refused_credentials_are_refused_below_a_parent_too() -> None:
    server = erp(faults={"/project/4/thing": [reply({}, 401)]})
    with pytest.raises(CredentialsRejected):
        list(drive(reader(family()), server))


def test_a_parent_without_what_its_records_are_asked_by_is_a_change() -> None:
    def server(_: object) -> Any:
        return reply({"projects": [{"number": 1}, {"id": 2}], "count": 2})

    with pytest.raises(ApiChanged) as caught:
        list(drive(reader(family()), server))
    assert (caught.value.changes[0].code, caught.value.changes[0].path) == ("D58", "number")


def test_a_field_of_the_vendor_is_not_written_over() -> None:
    own = reply({"items": [{"id": 1, "parent": 7}], "total": 1})
    with pytest.raises(ApiChanged, match="of their own"):
        list(drive(reader(family()), erp(faults={"/project/1/thing": [own]})))


def test_what_is_kept_of_the_parent_is_not_asked_for_in_the_record() -> None:
    asked: list[str] = []
    server = erp()

    def noting(request: Any) -> Any:
        asked.append(request.url)
        return server(request)

    more = "request: {query: {fields: {fields: commas}}}\n"
    chosen = Selection(frozenset({("id",), ("parent", "number")}))
    list(drive(reader(family(more), selection=chosen), noting))
    assert "fields" not in asked[0]
    assert "fields=id&" in asked[1]


def _refused(stream: str) -> str:
    with pytest.raises(ConfigurationInvalid) as caught:
        toy(stream=stream)
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{project: {parent: number}}", "{project: fixed}", "missing_call"),
        ("        number: {type: integer, sample: {integer: [1, 3]}}\n", "", "unknown_field"),
        ("        number: {", "        colour: {type: string}\n        number: {", "unknown_field"),
        ("    parent:\n      type: object\n", "    owner:\n      type: object\n", "missing_field"),
        ("  key: number\n", "  key: number\n  parents: {path: /x, key: id}\n", "parents"),
    ],
)
def test_what_is_wrong_with_parents_is_said(old: str, new: str, said: str) -> None:
    assert old in FAMILY
    assert said in _refused(FAMILY.replace(old, new))


def test_parents_do_not_stand_beside_windows() -> None:
    query = "{a: {window: from, as: date}, b: {window: to, as: date}}"
    windows = f"windows: {{from: '2026-11-01', days: 30, query: {query}}}\n"
    assert "may not stand beside `windows`" in _refused(FAMILY + windows)
