"""Mutations ordered of a running sandbox: in records, in fields that are asked for, refused, listed, ended."""

# ruff: noqa: E501 (tables: one row, one line)
from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sluice.connector.spec import Connector
from tests.unit.sandbox.client import Client

Start = Callable[..., Client]
WINDOW = {"invoiceDateFrom": "2024-01-01", "invoiceDateTo": "2027-11-22"}


def order(client: Client, mutation: str, **more: Any) -> list[str]:
    on: list[str] = client.admin("mutate", mutation=mutation, **more)["on"]
    return on


def customers(client: Client, **query: Any) -> list[dict[str, Any]]:
    status, body = client.get("/customer", **query)
    assert status == 200, body
    found: list[dict[str, Any]] = body["values"]
    return found


class TestFields:
    def test_a_vanished_field_is_refused_where_it_is_named(self, client: Client) -> None:
        order(client, "D42:customer.organizationNumber")
        status, body = client.get("/customer", fields="id,organizationNumber")
        assert (status, body["code"]) == (400, 11000)
        truth = client.truth("customer")
        expected = [{key: one[key] for key in one if key != "organizationNumber"} for one in truth]
        assert customers(client, fields="*") == customers(client) == expected

    def test_a_silent_one_is_left_out(self, client: Client) -> None:
        order(client, "D42/silent:customer.organizationNumber")
        found = customers(client, fields="id,organizationNumber,name")
        assert found == [{"id": one["id"], "name": one["name"]} for one in client.truth("customer")]

    def test_a_renamed_field_is_served_under_its_new_name(self, client: Client) -> None:
        order(client, "D44:customer.organizationNumber=orgNumber")
        assert client.get("/customer", fields="organizationNumber")[0] == 400
        truth = [one["organizationNumber"] for one in client.truth("customer")]
        assert [one["orgNumber"] for one in customers(client, fields="*")] == truth
        assert [one["orgNumber"] for one in customers(client, fields="orgNumber")] == truth

    def test_silently_renamed_the_old_name_gives_nothing(self, client: Client) -> None:
        order(client, "D44/silent:customer.organizationNumber=orgNumber")
        assert set(customers(client, fields="id,organizationNumber")[0]) == {"id"}
        assert "orgNumber" in customers(client, fields="*")[0]

    def test_in_lists_and_objects(self, client: Client) -> None:
        order(client, "D44:invoice.orderLines.amountExcludingVatCurrency=net")
        order(client, "D47:invoice.orderLines.product.id")
        fields = "id,orderLines(net,product(id))"
        _, body = client.get("/invoice", fields=fields, **WINDOW)
        truth = client.truth("invoice")
        for served, held in zip(body["values"], truth, strict=True):
            for line, was in zip(served["orderLines"], held["orderLines"], strict=True):
                assert line["net"] == was["amountExcludingVatCurrency"]
                assert line["product"] == (was["product"] and {"id": str(was["product"]["id"])})
        named = "orderLines(amountExcludingVatCurrency)"
        assert client.get("/invoice", fields=named, **WINDOW)[0] == 400

    def test_a_moved_field_is_refused_at_its_old_place_and_served_at_the_new(self, client: Client) -> None:
        order(client, "D46:customer.email=contact")
        assert client.get("/customer", fields="email")[0] == 400
        assert customers(client, fields="contact(email)")[0] == {
            "contact": {"email": client.truth("customer")[0]["email"]}
        }

    def test_a_value_of_another_type_is_served_where_it_is_named(self, client: Client) -> None:
        order(client, "D50/value_object:customer.name")
        assert customers(client, fields="name")[0] == {"name": {"value": client.truth("customer")[0]["name"]}}

    def test_where_a_share_changes_nothing_is_refused(self, client: Client) -> None:
        order(client, "D42:customer.email@0.2")
        found = customers(client, fields="id,email")
        without = [one for one in found if "email" not in one]
        assert 15 <= len(without) <= 70
        again = [one for one in customers(client, **{"from": 50, "count": 150}) if "email" not in one]
        assert [one["id"] for one in again] == [one["id"] for one in without if one in found[50:]]

    def test_mutations_follow_one_another(self, client: Client) -> None:
        order(client, "D63/x100:invoice.amount")
        order(client, "D44:invoice.amount=total")
        _, body = client.get("/invoice", count=1, **WINDOW)
        assert body["values"][0]["total"] == round(client.truth("invoice")[0]["amount"] * 100, 6)

    def test_the_shelf_stays_as_it_is(self, client: Client) -> None:
        before = client.truth("customer")
        order(client, "D52:customer.name")
        customers(client)
        assert client.truth("customer") == before


class TestKeysAndDeletes:
    def test_the_key_s_path_need_not_be_named(self, client: Client) -> None:
        assert order(client, "D57/duplicated:customer") == ["D57/duplicated:customer.id@1"]
        keys = [one["id"] for one in customers(client)]
        assert len(set(keys)) == len(keys) / 2

    def test_the_field_that_filters_is_known(self, client: Client) -> None:
        assert order(client, "D58:invoice") == ["D58/absent:invoice.invoiceDate@1"]
        _, body = client.get("/invoice", **WINDOW)
        assert body["fullResultSize"] == 300
        assert all("invoiceDate" not in one for one in body["values"])

    def test_deletes_turn_soft(self, client: Client) -> None:
        order(client, "D71:customer.isDeleted")
        truth = client.truth("customer")
        gone = client.admin("delete", stream="customer", id=truth[3]["id"])["deleted"]
        found = customers(client)
        assert [one["id"] for one in found] == [one["id"] for one in truth]
        assert [str(one["id"]) for one in found if one.get("isDeleted")] == gone
        assert [one["id"] for one in customers(client, changedSince="2026-11-21T00:00:00Z")] == [
            truth[3]["id"]
        ]

    def test_flagged_records_vanish(self, client: Client) -> None:
        order(client, "D71/hard:customer.isInactive")
        status, body = client.get("/customer")
        left = [one for one in client.truth("customer") if not one["isInactive"]]
        assert (status, body["values"], body["fullResultSize"]) == (200, left, len(left))


class TestOrders:
    def test_what_is_on_is_listed_and_ends(self, client: Client) -> None:
        order(client, "D42:customer.email@0.05")
        order(client, "D28:customer=50")
        assert client.look()["mutations"] == [
            {
                "mutation": "D42/absent:customer.email@0.05",
                "code": "D42",
                "variant": "absent",
                "stream": "customer",
                "path": "email",
                "to": "",
                "share": 0.05,
            },
            {
                "mutation": "D28/capped:customer=50",
                "code": "D28",
                "variant": "capped",
                "stream": "customer",
                "path": "",
                "to": "50",
                "share": None,
            },
        ]
        assert order(client, "D42:customer.email", on=False) == ["D28/capped:customer=50"]
        client.admin("restore")
        assert client.look()["mutations"] == []
        assert customers(client) == client.truth("customer")

    def test_the_same_order_again_replaces_the_first(self, client: Client) -> None:
        order(client, "D28:customer=50")
        assert order(client, "D28:customer=20") == ["D28/capped:customer=20"]

    def test_all_there_are_can_be_looked_up(self, client: Client) -> None:
        found = client.look("/mutations")["mutations"]
        assert {
            "code": "D60",
            "variant": "dotted",
            "title": "Dates are dd.mm.yyyy",
            "on": "record",
            "argument": "",
        } in found

    def test_they_can_be_on_from_the_start(self, start: Start) -> None:
        client = start(mutations=("D42:customer.email", "D28:customer=7"))
        client.log_in()
        found = customers(client)
        assert len(found) == 7
        assert all("email" not in one for one in found)

    @pytest.mark.parametrize(
        ("mutation", "said"),
        [
            ("D99:customer", "there is no mutation 'D99'"),
            ("D42/quiet:customer.email", "D42 has no variant 'quiet'; there are absent, silent"),
            ("D42:custmer.email", "tripletex has no stream 'custmer'; did you mean 'customer'?"),
            ("D42:customer.organisationNumber", "customer has no field 'organisationNumber'; did you mean 'organizationNumber'?"),
            ("D42:customer.postalAddress.cty", "customer.postalAddress has no field 'cty'; did you mean 'city'"),
            ("D42:customer.name.first", "customer.name has no field 'first'; it has no fields"),
            ("D45:customer.email", "the field is there already"),
            ("D60:customer.name", "no variant of D60 changes what stands there"),
            ("D63:customer.isInactive", "no variant of D63 changes what stands there"),
            ("D28:customer=many", "'many' is not how many records (100)"),
            ("D28:customer=0", "'0' is not how many records (100)"),
            ("D16:customer=soon", "'soon' is not the day (today)"),
            ("D34/reversed:customer=3", "D34/reversed takes no argument after ="),
            ("D35/since:invoice", "invoice cannot show it: it is not asked for changes only"),
            ("D58:product", "product names no field that filters it"),
            ("D65/gross:invoice.amount=much", "could not convert string to float: 'much'"),
            ("D48/retyped:customer.name=text", "'text' is no type; there are string, integer"),
            ("D63/x100:customer.isInactive", "D63/x100 changes nothing there"),
            ("D33/page_only:customer=3", "D33/page_only takes no argument after ="),
            ("D53:customer.idd", "customer has no field 'idd'"),
        ],
    )  # fmt: skip
    def test_a_wrong_order_says_what_would_be_right(self, client: Client, mutation: str, said: str) -> None:
        body = json.dumps({"mutation": mutation}).encode()
        status, _, answer = client.send("POST", "/_sandbox/mutate", body)
        assert status == 400
        assert said in json.loads(answer)["error"]
        assert client.look()["mutations"] == []

    def test_what_is_not_on_cannot_be_ended(self, client: Client) -> None:
        order(client, "D28:customer")
        body = json.dumps({"mutation": "D29:customer", "on": False}).encode()
        status, _, answer = client.send("POST", "/_sandbox/mutate", body)
        assert status == 400
        assert json.loads(answer)["error"] == "D29:customer is not on; on is D28/capped:customer"

    def test_an_empty_stream_can_be_mutated_too(self, client: Client) -> None:
        client.admin("clear", stream="customer")
        order(client, "D44:customer.email=mail")
        assert customers(client) == []


def test_another_connector_s_odd_names(start: Start, tryton_connector: Connector) -> None:
    client = start(tryton_connector, scale=0.1)
    client.admin("mutate", mutation='D44:customer."addresses.".city=town')
    assert client.look()["mutations"][0]["path"] == '"addresses.".city'
