"""Two connections held against each other, and companies in several, page by page over the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.api.client import Client
from tests.unit.lake.small_lake import event_of, keys_of, put

NUMBERS = ("923609016", "914778271", "982463718", "971032081", "974760673", "984661185")


def customers(client: Client, connection: str, *rows: dict[str, Any]) -> None:
    """Put customers into the lake, their source ids counted from 1."""
    events = [event_of("customer", connection, str(at), **fields) for at, fields in enumerate(rows, 1)]
    put(client.rig.world.objects, keys_of("customer", connection, "fresh"), events)


def leafed(client: Client, path: str, **query: str) -> list[Any]:
    """Return the items of all pages, one by one."""
    found: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        answer = client("GET", path, query={"limit": "1", **query, **cursor}, group="viewer")
        assert answer.status == 200, answer.body
        found += answer.json["items"]
        if answer.json["next"] is None:
            return found
        cursor = {"cursor": answer.json["next"]}


@pytest.fixture
def two(client: Client) -> Client:
    one, other, *_ = NUMBERS
    customers(
        client,
        "acme",
        {"name": "Norlys AS", "organisation_number": one, "email": "a@norlys.example"},
        {"name": "Only here AS", "organisation_number": NUMBERS[2]},
        {"name": "Double AS", "organisation_number": NUMBERS[3]},
        {"name": "Double again AS", "organisation_number": NUMBERS[3]},
        {"name": "Nameless"},
        {"name": "Same AS", "organisation_number": other},
    )
    customers(
        client,
        "globex",
        {"name": "Norlys", "organisation_number": f"NO{one}MVA", "email": "b@norlys.example"},
        {"name": "Same AS", "organisation_number": other},
        {"name": "Only there AS", "organisation_number": NUMBERS[4]},
        {"name": "And there AS", "organisation_number": NUMBERS[5]},
    )
    return client


def test_each_kind_of_a_comparison_is_counted_and_leafed_through(two: Client) -> None:
    query = {"entity": "customer", "connections": "acme,globex"}
    found = two("GET", "/data/compare", query=query).json
    assert found["key"]["fields"] == ["organisation_number"]
    assert (found["here"]["connection"], found["there"]["connection"]) == ("acme", "globex")
    assert found["counts"] == {
        "only_here": 2, "only_there": 2, "in_both": 2, "equal": 1, "differing": 1, "not_compared": 0,
    }  # fmt: skip
    assert found["here"]["counts"]["without_key"] == 1
    assert set(found["by_field"]) == {"name", "email"}
    (item,) = found["items"]
    assert (item["title"], item["here"], item["there"]) == ("Norlys AS", ["1"], ["1"])
    assert {"field": "name", "here": "Norlys AS", "there": "Norlys"} in item["differences"]

    def kind(name: str) -> list[tuple[Any, ...]]:
        listed = leafed(two, "/data/compare", **query, kind=name)
        return [(one["title"], tuple(one["here"]), tuple(one["there"])) for one in listed]

    assert set(kind("only_here")) == {("Only here AS", ("2",), ()), ("Double AS", ("3", "4"), ())}
    assert set(kind("only_there")) == {("Only there AS", (), ("3",)), ("And there AS", (), ("4",))}
    assert kind("doubles_here") == [("Double AS", ("3", "4"), ())]
    assert kind("doubles_there") == []
    assert kind("without_key_here") == [("Nameless", ("5",), ())]
    assert kind("without_key_there") == []


def test_a_comparison_takes_other_keys_and_fields(two: Client) -> None:
    query = {"entity": "customer", "connections": "acme,globex", "by": "name", "fields": "email,name"}
    found = two("GET", "/data/compare", query=query).json
    assert (found["key"]["fields"], found["fields"]) == (["name"], ["name", "email"])
    assert found["counts"]["equal"] == 1
    query = {"entity": "customer", "connections": "acme,globex", "fields": "postal_address.city"}
    found = two("GET", "/data/compare", query=query).json
    assert (found["fields"], found["counts"]["equal"]) == (["postal_address.city"], 2)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"connections": "acme"}, 422, "too_short"),
        ({"connections": "acme,globex,third"}, 422, "too_long"),
        ({"connections": "acme,nobody"}, 422, "unknown_connection"),
        ({"connections": "acme,acme"}, 422, "connections"),
        ({"by": "nothing"}, 422, "unknown_field"),
        ({"by": "id"}, 422, "unknown_field"),
        ({"fields": "nothing"}, 422, "unknown_field"),
        ({"entity": "time_entry"}, 422, "no_key"),
        ({"kind": "'; DROP"}, 422, "literal_error"),
    ],
)
def test_what_is_wrong_with_a_comparison_is_named(
    two: Client, query: dict[str, str], status: int, code: str
) -> None:
    asked = {"entity": "customer", "connections": "acme,globex", **query}
    answer = two("GET", "/data/compare", query=asked)
    assert (answer.status, answer.json["errors"][0]["code"]) == (status, code)


def test_too_many_records_are_left_to_the_command_line(two: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for most in ("MOST_COMPARED", "MOST_MATCHED"):
        monkeypatch.setattr(f"lambdas.api.data.comparisons.{most}", 9)
    compared = two("GET", "/data/compare", query={"entity": "customer", "connections": "acme,globex"})
    matched = two("GET", "/data/match", query={"connections": "acme,globex"})
    for answer in (compared, matched):
        assert (answer.status, answer.json["errors"][0]["code"]) == (422, "too_many_records")
    assert two("GET", "/data/match", query={"connections": "globex"}).status == 200


def test_companies_are_matched_with_score_and_reason(two: Client) -> None:
    found = two("GET", "/data/match", group="viewer").json
    assert found["connections"] == ["acme", "globex"]
    assert found["counts"]["records"] == {"acme": 6, "globex": 4}
    groups = leafed(two, "/data/match")
    assert len(groups) == found["counts"]["groups"] == 3
    norlys = next(one for one in groups if one["records"][0]["name"] == "Norlys AS")
    assert {one["connection"] for one in norlys["records"]} == {"acme", "globex"}
    assert norlys["score"] > 0.9
    assert norlys["pairs"][0]["rule"] == "organisation_number"
    assert norlys["pairs"][0]["reasons"][0] == f"same organisation number {NUMBERS[0]}"
    double = next(one for one in groups if one["doubles"])
    assert double["doubles"] == {"acme": ["3", "4"]}


def test_pairs_in_doubt_say_why_they_are_no_group(client: Client) -> None:
    there = {"line_1": "Storgata 1", "postal_code": "0155", "city": "Oslo"}
    for connection, number in zip(("acme", "globex"), NUMBERS, strict=False):
        fields = {"name": "Fjordkraft Bergen AS", "organisation_number": number, "postal_address": there}
        customers(client, connection, {**fields, "phone": "22334455"})
    (one,) = leafed(client, "/data/match", kind="to_look_at", connections="acme,globex")
    assert (one["not_joined"], one["doubles"]) == ("below the threshold", {})
    assert len(one["records"]) == len(one["pairs"][0]["records"]) == 2
    assert client("GET", "/data/match", query={"entity": "invoice"}).status == 422
    assert client("GET", "/data/match", query={"threshold": "nan"}).status == 422
    assert client("GET", "/data/match", query={"cursor": "AAAA"}).status == 400
