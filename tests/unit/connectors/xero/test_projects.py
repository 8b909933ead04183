"""The Projects API: projects, the tasks and time below each, the address and the scope that both APIs share.

The vendor's description of this API is not at hand as a file. What it lists (version 3.0.0, NOTES.md) stands
here: the fields that are used, with their types, and the words of its lists.
"""

from __future__ import annotations

from typing import Any

import pytest

from sluice.connector.outcomes import Outcome, Page
from sluice.connector.reader import StreamReader
from sluice.connector.settings import base_url_of, complete_settings
from sluice.errors import ConfigurationInvalid
from tests.unit.connectors.harness import asked_by, harness, query_of, replied, types_of
from tests.unit.connectors.xero.apis import ACCOUNTING, HOST, OF_PROJECTS, PROJECTS, rights_of

TENANT = "0a1b2c3d-1111-4222-8333-444455556666"
XERO = harness("xero", {"tenant_id": TENANT}, session={"access_token": "canary"})
BELOW = {"activity": "Tasks", "time_entry": "Time"}
TYPES = {
    "project": {
        "projectId": "string",
        "contactId": "string",
        "name": "string",
        "currencyCode": "string",
        "deadlineUtc": "string",
        "estimate": "object",
        "status": "string",
    },
    "activity": {
        "taskId": "string",
        "name": "string",
        "chargeType": "string",
        "rate": "object",
        "estimateMinutes": "integer",
        "status": "string",
    },
    "time_entry": {
        "timeEntryId": "string",
        "userId": "string",
        "taskId": "string",
        "dateUtc": "string",
        "dateEnteredUtc": "string",
        "duration": "integer",
        "description": "string",
        "status": "string",
    },
}
WORDS = [
    ("project", "status", "active", {"INPROGRESS": True, "CLOSED": False}),
    ("activity", "status", "active", {"ACTIVE": True, "LOCKED": True, "INVOICED": False}),
    ("activity", "chargeType", "billable", {"TIME": True, "FIXED": True, "NON_CHARGEABLE": False}),
    ("time_entry", "status", "locked", {"ACTIVE": False, "LOCKED": True, "INVOICED": True}),
]


def page(key: str, keys: list[str], *, pages: int = 1) -> dict[str, Any]:
    """Return the body of a reply; its itemCount is the page's own, which nothing may rely on."""
    counts = {"page": 1, "pageSize": 500, "pageCount": pages, "itemCount": len(keys)}
    return {"pagination": counts, "items": [{key: one} for one in keys]}


def read(reader: StreamReader, answers: dict[str, list[dict[str, Any]]]) -> tuple[list[str], list[Any]]:
    """Read to the end, each path with its answers in order; return what was asked for, and the records."""
    asked: list[str] = []
    records: list[Any] = []
    while (request := reader.next_request()) is not None:
        path = request.url.removeprefix(HOST + PROJECTS).partition("?")[0]
        asked.append(f"{path} {query_of(request)['page']}")
        found: Outcome = reader.receive(replied(answers[path].pop(0)) if answers[path] else replied({}, 404))
        records += found.records if isinstance(found, Page) else []
    return asked, records


@pytest.mark.parametrize("name", sorted(OF_PROJECTS))
@pytest.mark.parametrize("since", [None, "2026-11-20T12:30:45.250000+00:00"])
def test_each_read_begins_with_the_first_page_of_projects(name: str, since: str | None) -> None:
    request = XERO.request(name, since)
    assert request.url.partition("?")[0] == f"{HOST}{PROJECTS}/Projects"
    assert query_of(request) == {"page": "1", "pageSize": "500"}
    assert request.headers["xero-tenant-id"] == TENANT
    assert request.headers["Authorization"] == "Bearer canary"
    assert request.headers["Accept"] == "application/json"
    assert "If-Modified-Since" not in request.headers


def test_projects_are_read_to_the_page_that_the_vendor_says_is_the_last() -> None:
    pages = [page("projectId", ["a", "b"], pages=2), page("projectId", ["c"], pages=2)]
    asked, records = read(XERO.reader("project"), {"/Projects": pages})
    assert asked == ["/Projects 1", "/Projects 2"]
    assert [one["projectId"] for one in records] == ["a", "b", "c"]


@pytest.mark.parametrize("name", sorted(BELOW))
def test_what_is_below_is_asked_for_project_by_project(name: str) -> None:
    key = XERO.streams[name].key[0][0]
    first, second = (f"/Projects/{project}/{BELOW[name]}" for project in "ab")
    answers = {
        "/Projects": [page("projectId", ["a", "b"])],
        first: [page(key, ["1", "2"], pages=2), page(key, ["3"], pages=2)],
        second: [page(key, ["4"])],
    }
    asked, records = read(XERO.reader(name), answers)
    assert asked == ["/Projects 1", f"{first} 1", f"{first} 2", f"{second} 1"]
    assert [(one[key], one["parent"]["projectId"]) for one in records] == [
        ("1", "a"),
        ("2", "a"),
        ("3", "a"),
        ("4", "b"),
    ]


@pytest.mark.parametrize("name", sorted(BELOW))
def test_a_project_that_is_gone_by_then_has_nothing_below_it(name: str) -> None:
    key = XERO.streams[name].key[0][0]
    first, second = (f"/Projects/{project}/{BELOW[name]}" for project in "ab")
    answers = {"/Projects": [page("projectId", ["a", "b"])], first: [], second: [page(key, ["4"])]}
    _, records = read(XERO.reader(name), answers)
    assert [one[key] for one in records] == ["4"]


@pytest.mark.parametrize("name", sorted(OF_PROJECTS))
def test_every_field_is_declared_with_its_type(name: str) -> None:
    fields = {
        field: one for field, one in XERO.streams[name].schema["properties"].items() if field != "parent"
    }
    assert {field: types_of(one) for field, one in fields.items()} == {
        field: {kind} for field, kind in TYPES[name].items()
    }


@pytest.mark.parametrize(("name", "field", "target", "meanings"), WORDS)
def test_every_word_that_the_vendor_lists_has_a_meaning(
    name: str, field: str, target: str, meanings: dict[str, bool]
) -> None:
    example = XERO.example(name)
    found = {word: XERO.canonical(name, {**example, field: word})[target] for word in meanings}
    assert found == meanings
    assert XERO.mapper(name).map({**example, field: "ANOTHER"}, "acme").faults != ()


def test_hours_are_those_of_the_project_that_they_were_asked_for_below() -> None:
    entry = {**XERO.example("time_entry"), "parent": {"projectId": "p"}, "duration": 90}
    found = XERO.canonical("time_entry", entry)
    assert (found["project_id"], found["hours"]) == ("acme/project/p", "1.5")


def test_both_apis_are_below_one_address() -> None:
    settings = complete_settings(XERO.connector, {"tenant_id": TENANT})
    assert base_url_of(XERO.connector, settings) == HOST
    beginnings = {"/".join(stream.path.split("/")[:3]) for stream in XERO.streams.values()}
    assert beginnings == {ACCOUNTING, PROJECTS}


def test_a_connection_from_before_the_projects_api_still_fits() -> None:
    stored = {"tenant_id": TENANT, "base_url": "https://api.xero.com/api.xro/2.0"}
    assert XERO.with_settings(**stored).request("account").url == f"{HOST}{ACCOUNTING}/Accounts"


def test_an_old_setting_that_led_elsewhere_is_refused_and_not_passed_over() -> None:
    stored = {"tenant_id": TENANT, "base_url": "http://127.0.0.1:8000"}
    with pytest.raises(ConfigurationInvalid) as refused:
        complete_settings(XERO.connector, stored)
    assert [fault.pointer for fault in refused.value.faults] == ["/base_url"]


def test_reading_projects_is_asked_for() -> None:
    assert "projects.read" in rights_of(XERO)


@pytest.mark.parametrize("name", sorted(OF_PROJECTS))
def test_an_authorization_without_the_scope_holds_the_stream_and_spends_no_refresh_token(name: str) -> None:
    reader = XERO.reader(name)
    asked_by(reader)
    body = {"Type": None, "Title": "Unauthorized", "Status": 401, "Detail": "AuthorizationUnsuccessful"}
    with pytest.raises(ConfigurationInvalid):
        reader.receive(replied(body, 401))
