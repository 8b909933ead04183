from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.unit.sandbox.client import Client

Start = Callable[..., Client]
WINDOW = {"invoiceDateFrom": "2024-01-01", "invoiceDateTo": "2027-11-22"}


def read_all(client: Client, path: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        status, body = client.get(path, **{"from": len(found), "count": 70, **query})
        assert status == 200, body
        found += body["values"]
        if len(found) >= body["fullResultSize"]:
            return found


def test_paging_to_the_end_gives_exactly_all_records(client: Client) -> None:
    assert read_all(client, "/customer") == client.truth("customer")


def test_the_envelope_is_the_vendor_s(client: Client) -> None:
    _, body = client.get("/department", **{"from": 1, "count": 2})
    assert list(body) == ["fullResultSize", "from", "count", "versionDigest", "values"]
    assert (body["fullResultSize"], body["from"], body["count"], len(body["values"])) == (3, 1, 2, 2)


def test_a_page_past_the_end_is_empty(client: Client) -> None:
    status, body = client.get("/department", **{"from": 500})
    assert (status, body["values"], body["count"]) == (200, [], 0)


def test_a_page_is_never_larger_than_the_cap(start: Start) -> None:
    client = start(records={"customer": 1500})
    client.log_in()
    assert len(client.get("/customer", count=5000)[1]["values"]) == 1000
    assert len(client.get("/customer")[1]["values"]) == 1000


class TestLogin:
    def test_without_a_session_nothing_is_answered(self, start: Start) -> None:
        status, body = start().get("/customer")
        assert (status, body["code"]) == (401, 3000)

    def test_wrong_credentials_are_refused(self, start: Start) -> None:
        client = start()
        assert client.log_in("wrong") == 401
        assert client.get("/customer")[0] == 401

    def test_another_token_is_refused(self, client: Client) -> None:
        client.headers = {"Authorization": "Basic MDp3cm9uZw=="}
        assert client.get("/customer")[0] == 401

    def test_a_token_expires(self, start: Start) -> None:
        client = start(token_ttl=0.2)
        client.log_in()
        assert client.get("/customer")[0] == 200
        time.sleep(0.25)
        assert client.get("/customer")[0] == 401
        client.log_in()
        assert client.get("/customer")[0] == 200

    def test_secrets_may_be_chosen(self, start: Start) -> None:
        client = start(secrets={"employee_token": "another"})
        assert client.log_in() == 401
        assert client.log_in("another") == 201


class TestWindows:
    def test_a_missing_window_is_refused_as_the_vendor_does(self, client: Client) -> None:
        status, body = client.get("/invoice", invoiceDateFrom="2026-01-01")
        assert status == 422
        assert body["validationMessages"][0]["field"] == "invoiceDateTo"

    def test_windows_filter_half_open(self, client: Client) -> None:
        truth = client.truth("invoice")
        asked = {"invoiceDateFrom": "2026-03-01", "invoiceDateTo": "2026-03-10"}
        found = read_all(client, "/invoice", **asked)
        assert found == [one for one in truth if "2026-03-01" <= one["invoiceDate"] < "2026-03-10"]
        assert found

    def test_windows_side_by_side_give_every_record_once(self, client: Client) -> None:
        days = ["2024-01-01", "2026-01-01", "2026-05-17", "2027-11-22"]
        found = []
        for first, end in pairwise(days):
            found += read_all(client, "/invoice", invoiceDateFrom=first, invoiceDateTo=end)
        assert sorted(one["id"] for one in found) == [one["id"] for one in client.truth("invoice")]


class TestChangedSince:
    def test_only_what_changed_since_is_answered(self, client: Client) -> None:
        before = "2026-11-20T00:00:00Z"
        assert read_all(client, "/customer", changedSince=before) == []
        changed = client.admin("change", stream="customer", count=3, set={"name": "Ny AS"})["changed"]
        found = read_all(client, "/customer", changedSince=before)
        assert sorted(str(one["id"]) for one in found) == sorted(changed)
        assert {one["name"] for one in found} == {"Ny AS"}

    def test_added_records_are_changes_too(self, client: Client) -> None:
        added = client.admin("add", stream="supplier", count=2)["added"]
        found = read_all(client, "/supplier", changedSince="2026-11-20T00:00:00")
        assert [str(one["id"]) for one in found] == added

    def test_a_moment_that_cannot_be_read_is_refused(self, client: Client) -> None:
        assert client.get("/customer", changedSince="yesterday")[0] == 422


class TestFields:
    def test_only_selected_fields_are_answered(self, client: Client) -> None:
        _, body = client.get("/customer", fields="id,postalAddress(city)", count=1)
        assert list(body["values"][0]) == ["id", "postalAddress"]

    def test_an_unknown_field_is_refused_as_the_vendor_does(self, client: Client) -> None:
        status, body = client.get("/customer", fields="id,shoeSize")
        assert (status, body["code"]) == (400, 11000)
        assert "shoeSize does not match a field in the model: CustomerDTO" in body["developerMessage"]


class TestRate:
    def test_headers_count_down_and_429_follows(self, start: Start) -> None:
        client = start(rate=3)
        client.log_in()
        left = [client.send("GET", "/v2/department") for _ in range(4)]
        assert [status for status, _, _ in left] == [200, 200, 200, 429]
        assert [headers["x-rate-limit-remaining"] for _, headers, _ in left] == ["2", "1", "0", "0"]
        assert 1 <= int(left[3][1]["retry-after"]) <= 61

    def test_without_a_rate_there_is_room(self, client: Client) -> None:
        _, headers, _ = client.send("GET", "/v2/department")
        assert int(headers["x-rate-limit-remaining"]) > 1000


class TestOrders:
    def test_delete_clear_and_restore(self, client: Client) -> None:
        truth = client.truth("activity")
        client.admin("delete", stream="activity", id=truth[0]["id"])
        client.admin("change", stream="activity", id=truth[1]["id"], set={"name": "Annet"})
        assert len(read_all(client, "/activity")) == len(truth) - 1
        assert client.admin("clear", stream="activity")["deleted"] == len(truth) - 1
        assert client.get("/activity")[1]["fullResultSize"] == 0
        client.admin("restore")
        assert read_all(client, "/activity") == truth

    def test_a_restored_change_is_a_change(self, client: Client) -> None:
        client.admin("change", stream="customer", count=1, set={"name": "Ny AS"})
        client.admin("restore", stream="customer")
        assert len(read_all(client, "/customer", changedSince="2026-11-20T00:00:00Z")) == 1

    @pytest.mark.parametrize(
        ("order", "asked", "said"),
        [
            ("change", {"stream": "shop"}, "should be one of account, activity"),
            ("faults", {"kind": "sulk"}, "should be one of status, reset"),
            ("faults", {"kind": "html", "often": 3}, "often: unknown"),
            ("mutate", {"stream": "customer", "kind": "rename", "path": "name"}, "to is missing"),
        ],
    )
    def test_a_wrong_order_says_what_would_be_right(
        self, client: Client, order: str, asked: dict[str, Any], said: str
    ) -> None:
        status, _, body = client.send("POST", f"/_sandbox/{order}", json.dumps(asked).encode())
        assert status == 400
        assert said in json.loads(body)["error"]

    def test_looking_tells_what_was_asked(self, client: Client) -> None:
        client.get("/department", fields="id")
        seen = client.look()
        assert seen["seen"][-1] == {
            "stream": "department",
            "method": "GET",
            "path": "/department",
            "query": {"fields": "id"},
            "status": 200,
        }
        assert seen["logins"] == 1
        assert seen["streams"]["department"] == 3
        assert "sandbox-employee_token" not in str(seen)


class TestMutations:
    def test_a_removed_field_is_gone_and_asking_for_it_is_refused(self, client: Client) -> None:
        client.admin("mutate", stream="customer", kind="remove", path="postalAddress.city")
        _, body = client.get("/customer", count=1)
        assert "city" not in (body["values"][0]["postalAddress"] or {})
        assert client.get("/customer", fields="postalAddress(city)")[0] == 400
        client.admin("mutate", stream="customer", kind="remove", path="postalAddress.city", on=False)
        assert client.get("/customer", fields="postalAddress(city)")[0] == 200

    def test_a_renamed_field_answers_under_its_new_name(self, client: Client) -> None:
        client.admin("mutate", stream="customer", kind="rename", path="name", to="fullName")
        _, body = client.get("/customer", fields="id,fullName", count=1)
        assert body["values"][0]["fullName"] == client.truth("customer")[0]["name"]

    def test_a_retyped_field_in_a_list(self, client: Client) -> None:
        client.admin("mutate", stream="invoice", kind="retype", path="orderLines.count", to="string")
        _, body = client.get("/invoice", count=1, **WINDOW)
        assert all(isinstance(line["count"], str) for line in body["values"][0]["orderLines"])


def test_unknown_paths_are_not_found_in_the_vendor_s_style(client: Client) -> None:
    status, body = client.get("/shop")
    assert (status, body["code"]) == (404, 6000)
