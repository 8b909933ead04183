"""Entities, records page by page, one record with its history, and exports, over the API."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.unit.api.client import Client
from tests.unit.lake.small_lake import event_of, keys_of, put

RECORDS = "/data/entities/customer/records"


def customers(client: Client, connection: str = "acme", **named: dict[str, Any]) -> None:
    """Put customers into the lake, by source id."""
    events = [event_of("customer", connection, key, **fields) for key, fields in named.items()]
    put(client.rig.world.objects, keys_of("customer", connection, "fresh"), events)


def pages(client: Client, path: str = RECORDS, limit: int = 3, **query: str) -> list[dict[str, Any]]:
    """Return the values of all records, page by page."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = client("GET", path, query={"limit": str(limit), **query, **cursor}, group="viewer")
        assert answer.status == 200, answer.body
        assert len(answer.json["items"]) <= limit
        found += [one["values"] for one in answer.json["items"]]
        if answer.json["next"] is None:
            return found
        cursor = {"cursor": answer.json["next"]}


def named(client: Client, **query: str) -> list[Any]:
    return [one["name"] for one in pages(client, **query)]


def test_entities_tell_their_fields_and_what_the_lake_has(client: Client) -> None:
    customers(client, a={"name": "A"}, b={"name": "B", "time": "2026-11-21T10:00:00Z"})
    customers(client, "globex", c={"name": "C"})
    found = client("GET", "/data/entities", group="viewer").json["items"]
    assert len(found) == 14
    (one,) = [entity for entity in found if entity["entity"] == "customer"]
    assert (one["records"], one["connections"]) == (3, {"acme": 2, "globex": 1})
    assert one["last_change"] == "2026-11-21T10:00:00Z"
    fields = {field["name"]: field for field in one["fields"]}
    assert (fields["name"]["type"], fields["name"]["personal"], fields["name"]["searched"]) == (
        "text", True, True,
    )  # fmt: skip
    assert fields["department_id"]["reference"] == "department"
    assert fields["postal_address"]["selectable"] is False
    (invoice,) = [entity for entity in found if entity["entity"] == "invoice"]
    assert (invoice["records"], invoice["last_change"]) == (0, None)
    kinds = next(field["values"] for field in invoice["fields"] if field["name"] == "type")
    assert kinds == ["invoice", "credit_note"]


@pytest.mark.thorough(most=10)
@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("limit", [1, 2, 3, 50])
@pytest.mark.parametrize("sort", ["name", "credit_limit", "active", "event_time", "event_version", "id"])
def test_every_record_is_on_one_page_whatever_the_order(
    client: Client, sort: str, order: str, limit: int
) -> None:
    names = ("b", "B", None, "a, c", "Å", "å", None, "a" * 300, "a" * 299)
    rows: dict[str, dict[str, Any]] = {
        f"{at:02d}": {
            "name": name,
            "credit_limit": (None, "1.5", "10", "9.123456789")[at % 4],
            "active": (True, None, False)[at % 3],
            "time": f"2026-11-{10 + at % 3}T10:00:00Z",
        }
        for at, name in enumerate(names)
    }
    customers(client, **rows)
    found = pages(client, limit=limit, sort=sort, order=order)
    assert sorted(one["source_id"] for one in found) == sorted(rows)
    values = [one[sort] for one in found]
    known = [value for value in values if value is not None]
    assert values == known + [None] * (len(values) - len(known))
    keys = [
        value.lower()[:100] if sort == "name" else float(value) if sort == "credit_limit" else value
        for value in known
    ]
    assert keys == sorted(keys, reverse=order == "desc")


@pytest.mark.parametrize("asked", [{"q": "0"}, {"filter": '{"source_id": {"contains": "0"}}'}])
@pytest.mark.parametrize("sort", ["name", "credit_limit", "event_time", "id"])
def test_a_search_has_the_pages_of_what_it_finds(client: Client, sort: str, asked: dict[str, str]) -> None:
    names = ("b", None, "B", "a" * 300, None, "a" * 299, "Å" * 120)
    rows = {f"0{at}": {"name": name, "credit_limit": str(at % 3)} for at, name in enumerate(names)}
    customers(client, **rows)
    all_of_them = pages(client, limit=2, sort=sort)
    customers(client, **{"1": {"name": "another", "credit_limit": "1"}})
    assert pages(client, limit=2, sort=sort, **asked) == all_of_them
    found = client("GET", RECORDS, query={"limit": "2", "total": "true", **asked}).json
    cursor = {"cursor": found["next"], "limit": "2", "total": "true", **asked}
    assert (found["total"], client("GET", RECORDS, query=cursor).json["total"]) == (7, 7)


def test_records_are_filtered_by_connection_text_fields_and_time(client: Client) -> None:
    customers(
        client,
        a={"name": "Norlys AS", "credit_limit": "100", "active": True, "number": "17"},
        b={"name": "Bjørgvin, Fjord & Kraft", "credit_limit": "2500.50", "active": False},
        c={"name": "100% _wild_", "email": "post@NORLYS.example", "time": "2026-11-21T08:00:00Z"},
    )
    customers(client, "globex", d={"name": "Norlys Danmark"})
    assert set(named(client, connections="acme")) == {"Norlys AS", "Bjørgvin, Fjord & Kraft", "100% _wild_"}
    assert len(named(client, connections="acme,globex")) == 4
    assert named(client, connections="nobody") == []
    assert set(named(client, q="norLYS")) == {"Norlys AS", "100% _wild_", "Norlys Danmark"}
    assert named(client, q="Bjørgvin, Fjord") == ["Bjørgvin, Fjord & Kraft"]
    assert named(client, q="BJØRGVIN") == ["Bjørgvin, Fjord & Kraft"]
    assert named(client, q="%") == named(client, q="_wild") == ["100% _wild_"]
    assert named(client, q="17") == ["Norlys AS"]
    assert named(client, changed_since="2026-11-21") == ["100% _wild_"]
    assert named(client, changed_since="2026-11-21T08:00:01Z") == []

    def by(**conditions: Any) -> set[str]:
        return {str(one["source_id"]) for one in pages(client, filter=json.dumps(conditions))}

    assert by(name="Norlys AS") == {"a"}
    assert by(name=["Norlys AS", "Norlys Danmark"]) == {"a", "d"}
    assert by(active=True) == {"a"}
    assert by(active={"!=": "true"}) == {"b", "c", "d"}
    assert by(credit_limit=None) == {"c", "d"}
    assert by(credit_limit={"!=": None}) == {"a", "b"}
    assert by(credit_limit={">": 100, "<=": "2500.5"}) == {"b"}
    assert by(credit_limit=[None, "100"]) == {"a", "c", "d"}
    assert by(name={"contains": "fjord"}) == {"b"}
    assert by(event_time={"<": "2026-11-21T00:00:00Z"}) == {"a", "b", "d"}
    assert by(connection="globex", name={"contains": "AS"}) == set()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"sort": "nothing"}, "unknown_field"),
        ({"sort": "postal_address"}, "unknown_field"),
        ({"sort": "record"}, "unknown_field"),
        ({"fields": "name,nothing"}, "unknown_field"),
        ({"filter": "{"}, "wrong_filter"),
        ({"filter": "[]"}, "wrong_filter"),
        ({"filter": '{"name": 1.5}'}, "wrong_filter"),
        ({"filter": '{"credit_limit": [["x"]]}'}, "wrong_filter"),
        ({"filter": '{"name\\" OR 1=1 --": "x"}'}, "unknown_field"),
        ({"filter": '{"name": {"; DROP": "x"}}'}, "wrong_condition"),
        ({"filter": '{"credit_limit": "1e9"}'}, "wrong_value"),
        ({"filter": '{"credit_limit": "1; SELECT 1"}'}, "wrong_value"),
        ({"filter": '{"active": "yes"}'}, "wrong_value"),
        ({"filter": '{"created_at": "yesterday"}'}, "wrong_value"),
        ({"filter": '{"credit_limit": {"contains": "1"}}'}, "wrong_condition"),
        ({"filter": '{"credit_limit": {">": null}}'}, "wrong_condition"),
        ({"filter": '{"name": []}'}, "wrong_condition"),
        ({"changed_since": "2026-02-31"}, "wrong_value"),
    ],
)
def test_what_is_wrong_with_a_listing_is_named(client: Client, query: dict[str, str], code: str) -> None:
    answer = client("GET", RECORDS, query=query)
    assert (answer.status, answer.json["errors"][0]["code"]) == (422, code)


def test_hostile_names_and_values_are_data(client: Client) -> None:
    hostile = [
        "'; DROP VIEW customer; --",
        '"',
        "\\",
        "' OR '1'='1",
        "<script>alert(1)</script>",
        "?",
        "$1",
        "\0x",
    ]
    customers(client, **{f"k{at}' OR 1=1 --/é?": {"name": name} for at, name in enumerate(hostile)})
    for sort in ("name", "source_id"):
        assert sorted(named(client, sort=sort, limit=1)) == sorted(hostile)  # type: ignore[arg-type]
    for name in hostile:
        assert [one["name"] for one in pages(client, filter=json.dumps({"name": name}))] == [name]
        assert name in [one["name"] for one in pages(client, q=name)]
        assert named(client, connections="acme", filter=json.dumps({"name": [name, None]})) == [name]
    listed = client("GET", RECORDS).json["items"]
    for item in listed:
        shown = client("GET", f"{RECORDS}/{item['key']}").json
        assert shown["data"]["name"] == item["values"]["name"]


def test_a_cursor_is_of_its_listing_only(client: Client) -> None:
    customers(client, a={"name": "A"}, b={"name": "B"})
    cursor = client("GET", RECORDS, query={"limit": "1"}).json["next"]
    for other in ({"sort": "name"}, {"order": "asc"}, {"q": "A"}, {"connections": "acme"}):
        assert client("GET", RECORDS, query={"cursor": cursor, **other}).status == 400
    assert client("GET", RECORDS, query={"cursor": "AAAA"}).status == 400
    assert client("GET", "/data/entities/supplier/records", query={"cursor": cursor}).status == 400


def test_a_page_has_the_fields_and_the_count_that_were_asked_for(client: Client) -> None:
    customers(client, a={"name": "A"}, b={"name": "B"})
    found = client("GET", RECORDS, query={"fields": "name", "limit": "1", "total": "true"}).json
    assert found["total"] == 2
    assert set(found["items"][0]["values"]) == {
        "id", "connection", "source_id", "event_version", "event_time", "name",
    }  # fmt: skip
    assert client("GET", RECORDS).json["total"] is None


def test_what_came_since_is_on_the_next_page_that_is_asked(client: Client) -> None:
    customers(client, a={"name": "A"})
    assert named(client) == ["A"]
    newer = event_of("customer", "acme", "a", 2, name="AA")
    put(client.rig.world.objects, keys_of("customer", "acme", "fresh"), [newer])
    assert named(client) == ["AA"]


def test_one_record_has_its_versions_and_the_runs_that_brought_them(client: Client) -> None:
    rig = client.rig
    rig.erp.put("customer", 1, "Kari")
    first = rig.run()["run"]
    rig.erp.put("customer", 1, "Kari Nordmann")
    second = rig.run()["run"]
    rig.run()
    put(rig.world.objects, keys_of("customer", "acme", "fresh"), rig.consumer.events)
    (item,) = client("GET", RECORDS).json["items"]
    found = client("GET", f"{RECORDS}/{item['key']}", group="viewer").json
    assert (found["data"]["name"], found["deleted"], found["version_count"]) == ("Kari Nordmann", False, 2)
    newest, oldest = found["versions"]
    assert (newest["run"], oldest["run"]) == (second, first)
    assert {"field": "name", "before": "Kari", "after": "Kari Nordmann"} in newest["changes"]
    assert oldest["changes"] == []


def test_a_deleted_record_is_shown_as_it_was_last(client: Client) -> None:
    events = [event_of("customer", "acme", "a", name="A"), event_of("customer", "acme", "a", 2, gone=True)]
    put(client.rig.world.objects, keys_of("customer", "acme", "fresh"), [events[0]])
    key = client("GET", RECORDS).json["items"][0]["key"]
    put(client.rig.world.objects, keys_of("customer", "acme", "fresh"), [events[1]])
    assert client("GET", RECORDS).json["items"] == []
    found = client("GET", f"{RECORDS}/{key}").json
    assert (found["deleted"], found["data"]["name"]) == (True, "A")
    assert [(one["version"], one["deleted"]) for one in found["versions"]] == [(2, True), (1, False)]
    assert client("GET", f"{RECORDS}/none").status == 404
    assert client("GET", "/data/entities/nothing/records").status == 404


@pytest.fixture
def exported(client: Client) -> Any:
    """Export customers, and return the answer with the bytes of the file behind it."""

    def export(**wanted: Any) -> tuple[Any, bytes]:
        client.rig.clock.advance(1)
        answer = client("POST", "/data/entities/customer/exports", wanted, group="viewer", user="ola")
        assert answer.status == 201, answer.body
        (key,) = client.rig.world.objects.keys("exports/")
        data = client.rig.world.objects.get(key)
        client.rig.world.objects.delete(key)
        assert answer.json["bytes"] == len(data)
        assert key in answer.json["url"]
        return answer.json, data

    return export


def test_an_export_in_csv_is_safe_to_open(client: Client, exported: Any) -> None:
    customers(
        client, a={"name": "=1+1", "credit_limit": "-5.50"}, b={"name": 'said "x",\ny'}, c={"name": None}
    )
    told, data = exported(format="csv", filter={"credit_limit": "-5.5"})
    assert (told["records"], told["name"]) == (1, "customer-2026-11-21.csv")
    (row,) = csv.DictReader(io.StringIO(data.decode()))
    assert (row["name"], row["credit_limit"]) == ("'=1+1", "-5.5")
    assert exported(format="csv", q="said", connections=["acme"])[0]["records"] == 1
    entry = client("GET", "/audit").json["items"][0]
    assert (entry["who"], entry["action"], entry["target"]) == ("ola", "data.export", "customer")
    assert entry["connection"] == "acme"


def test_an_export_in_parquet_has_the_types_of_the_lake(client: Client, exported: Any) -> None:
    customers(client, a={"name": "A", "credit_limit": "10.25"})
    told, data = exported(format="parquet")
    assert told["records"] == 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customer.parquet"
        path.write_bytes(data)
        with duckdb.connect() as database:
            [(name, limit)] = database.read_parquet(str(path)).project("name, credit_limit").fetchall()
    assert (name, str(limit)) == ("A", "10.250000000")


def test_an_export_says_what_is_wrong_with_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    customers(client, a={"name": "A"}, b={"name": "B"})
    path = "/data/entities/customer/exports"
    assert client("POST", path, {"format": "xlsx"}).status == 422
    assert client("POST", path, {"format": "csv", "filter": {"nothing": "x"}}).status == 422
    assert client("POST", "/data/entities/nothing/exports", {"format": "csv"}).status == 404
    monkeypatch.setattr("sluice.usecases.data.export.MOST_RECORDS", 1)
    refused = client("POST", path, {"format": "csv"}).json
    assert refused["errors"][0]["code"] == "too_many_records"
    assert list(client.rig.world.objects.keys("exports/")) == []
