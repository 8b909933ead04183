"""Freshness and charts over the API."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.flows.replay.replaying import rename
from tests.unit.api.client import Client
from tests.unit.lake.small_lake import event_of, keys_of, put


def write(client: Client, entity: str, connection: str, *events: dict[str, Any]) -> None:
    """Put events into the lake; each has a key and fields."""
    made = [event_of(entity, connection, one.pop("key"), one.pop("version", 1), **one) for one in events]
    put(client.rig.world.objects, keys_of(entity, connection, "fresh"), made)


def chart(client: Client, name: str, **query: str) -> Any:
    answer = client("GET", f"/data/charts/{name}", query=query, group="viewer")
    assert answer.status == 200, answer.body
    return answer.json


def lines(found: Any) -> dict[str, list[str]]:
    return {one["name"]: one["values"] for one in found["series"]}


def fresh(client: Client, entity: str) -> list[Any]:
    found = client("GET", "/data/freshness", group="viewer").json["items"]
    return [one for one in found if one["entity"] == entity]


def test_freshness_tells_lag_and_completeness(client: Client) -> None:
    client.rig.erp.put("customer", 1, "Kari")
    client.rig.run()
    put(client.rig.world.objects, keys_of("customer", "acme", "fresh"), client.rig.consumer.events)
    found = client("GET", "/data/freshness", group="viewer").json["items"]
    (customer,) = [one for one in found if one["entity"] == "customer"]
    assert (customer["connection"], customer["streams"], customer["records"]) == ("acme", ["customer"], 1)
    assert customer["behind"] is False
    assert customer["lag_seconds"] == 0
    assert customer["filled"]["name"] == 1
    assert 0 < customer["completeness"] < 1
    assert client("GET", "/data/freshness", query={"connection": "acme"}).json["items"] == found
    unknown = client("GET", "/data/freshness", query={"connection": "acm"})
    assert (unknown.status, unknown.json["errors"][0]["code"]) == (422, "unknown_connection")
    assert "'acme'" in unknown.json["errors"][0]["detail"]


def test_events_of_the_second_in_which_their_run_began_are_not_behind_it(client: Client) -> None:
    rig = client.rig
    rig.erp.put("customer", 1, "Kari")
    rig.run()
    (run,) = rig.world.runs.of("acme")
    put(rig.world.objects, keys_of("customer", "acme", "fresh"), rig.consumer.events)
    (customer,) = fresh(client, "customer")
    began = customer["newest_event"].replace("Z", ".566Z")
    rig.world.runs.put(replace(run, started_at=began), 0)
    assert [one["behind"] for one in fresh(client, "customer")] == [False]


def test_a_held_stream_names_the_change_that_holds_it(client: Client) -> None:
    rig = client.rig
    for key in range(1, 26):
        rig.erp.put("department", key, f"department {key}")
    rig.run()
    rename(rig, name="title")
    rig.erp.put("department", 3, "Ny")
    rig.run()
    (department,) = fresh(client, "department")
    assert list(department["held"]) == ["department"]
    assert client("GET", f"/changes/{department['held']['department']}").status == 200
    assert [one["held"] for one in fresh(client, "customer")] == [{}]


def test_amounts_are_summed_by_period_and_currency_and_stay_exact(client: Client) -> None:
    write(
        client, "invoice", "acme",
        {"key": "1", "issue_date": "2026-09-30", "currency": "NOK", "total_excluding_tax": "0.1"},
        {"key": "2", "issue_date": "2026-09-01", "currency": "NOK", "total_excluding_tax": "0.2"},
        {"key": "3", "issue_date": "2026-11-01", "currency": "EUR", "total_excluding_tax": "-12.50"},
        {"key": "4", "issue_date": None, "currency": "NOK", "total_excluding_tax": "7"},
        {"key": "5", "issue_date": "2026-10-05", "currency": "NOK", "total_excluding_tax": None},
    )  # fmt: skip
    write(
        client, "invoice", "globex",
        {"key": "1", "issue_date": "2026-09-02", "currency": "NOK", "total_excluding_tax": "1000"},
    )  # fmt: skip
    found = chart(client, "invoice_amounts", since="2026-09-15")
    assert found["periods"] == ["2026-09-01", "2026-10-01", "2026-11-01"]
    assert lines(found) == {"EUR": ["0", "0", "-12.5"], "NOK": ["1000.3", "0", "0"]}
    assert lines(chart(client, "invoice_amounts", since="2026-09-15", connections="acme"))["NOK"][0] == "0.3"
    assert len(chart(client, "invoice_amounts")["periods"]) == 12
    week = chart(client, "invoice_amounts", by="week", since="2026-09-29", until="2026-10-05")
    assert (week["periods"], lines(week)) == (["2026-09-28", "2026-10-05"], {"NOK": ["0.1", "0"]})


def test_records_are_counted_as_they_came_and_went(client: Client) -> None:
    write(
        client, "customer", "acme",
        {"key": "1", "time": "2026-10-30T08:00:00Z"},
        {"key": "2", "time": "2026-11-18T08:00:00Z"},
        {"key": "1", "version": 2, "name": "x", "time": "2026-11-19T08:00:00Z"},
        {"key": "2", "version": 2, "gone": True, "time": "2026-11-20T08:00:00Z"},
        {"key": "2", "version": 3, "name": "back", "time": "2026-11-21T07:00:00Z"},
    )  # fmt: skip
    # A connection in its second life: its first version is created, too.
    write(client, "customer", "globex", {"key": "1", "version": 10_000_001, "time": "2026-11-20T08:00:00Z"})
    found = chart(client, "records", entity="customer", by="day", since="2026-11-17")
    assert found["periods"][0] == "2026-11-17"
    assert lines(found) == {"acme": ["1", "2", "2", "1", "2"], "globex": ["0", "0", "0", "1", "1"]}
    changes = lines(chart(client, "changes", entity="customer", by="day", since="2026-11-17"))
    assert changes == {
        "created": ["0", "1", "0", "1", "0"],
        "changed": ["0", "0", "1", "0", "1"],
        "deleted": ["0", "0", "0", "1", "0"],
    }


def test_hours_are_summed_by_connection(client: Client) -> None:
    write(
        client, "time_entry", "acme",
        {"key": "1", "date": "2026-11-20", "hours": "7.5"},
        {"key": "2", "date": "2026-11-21", "hours": "0.25"},
    )  # fmt: skip
    assert lines(chart(client, "hours", by="month", since="2026-11-01")) == {"acme": ["7.75"]}
    assert len(chart(client, "hours", by="day")["periods"]) == 30


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [
        ("nothing", {}, "literal_error"),
        ("records", {}, "wrong_entity"),
        ("records", {"entity": "nothing"}, "wrong_entity"),
        ("hours", {"entity": "customer"}, "wrong_entity"),
        ("hours", {"by": "year"}, "literal_error"),
        ("hours", {"since": "2026-02-31"}, "wrong_value"),
        ("hours", {"since": "2027-02-01"}, "wrong_since"),
        ("hours", {"since": "0001-01-01", "by": "day"}, "wrong_since"),
        ("hours", {"connections": "a b"}, "string_pattern_mismatch"),
    ],
)
def test_what_is_wrong_with_a_chart_is_named(
    client: Client, name: str, query: dict[str, str], code: str
) -> None:
    answer = client("GET", f"/data/charts/{name}", query=query)
    assert (answer.status, answer.json["errors"][0]["code"]) == (422, code)


@pytest.mark.parametrize("by", ["day", "week", "month"])
def test_the_ends_of_the_calendar_are_days_like_others(client: Client, by: str) -> None:
    assert chart(client, "hours", by=by, since="9999-12-31", until="9999-12-31")["series"] == []
    assert chart(client, "hours", by=by, since="0001-01-01", until="0001-01-01")["series"] == []
    assert chart(client, "hours", by=by, until="0001-01-01")["series"] == []
