"""Every change on the wire, over real HTTP: what a client sees of it, and that it is gone when it ends."""

# ruff: noqa: E501 (tables: one row, one line)
from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from sandbox.mutations import catalogue
from tests.unit.sandbox.client import Client

Start = Callable[..., Client]
Reply = tuple[int, dict[str, str], bytes]
WINDOW = {"invoiceDateFrom": "2026-01-01", "invoiceDateTo": "2026-02-01"}

# (mutation, status, headers that must be there)
STATUSES: list[tuple[str, int, dict[str, str]]] = [
    ("D01/404:customer", 404, {}),
    ("D01/410:customer", 410, {}),
    ("D02/other_host:customer", 301, {"location": "https://api.elsewhere.example/customer"}),
    ("D02/301:customer=https://x.example/", 301, {"location": "https://x.example/"}),
    ("D03/login_page:customer", 302, {"location": "https://login.elsewhere.example/authorize"}),
    ("D03/see_other:customer", 303, {"location": "https://login.elsewhere.example/authorize"}),
    ("D03/other_host:customer", 307, {"location": "https://api.elsewhere.example/customer"}),
    ("D05/405:customer", 405, {"allow": "PATCH"}),
    ("D06/501:customer", 501, {}),
    ("D06/505:customer", 505, {}),
    ("D07/406:customer", 406, {}),
    ("D07/415:customer", 415, {}),
    ("D08/426:customer", 426, {"upgrade": "TLS/1.3, HTTP/2.0"}),
    ("D12/unknown:customer", 460, {}),
    ("D12/unknown:customer=499", 499, {}),
    ("D14/201:customer", 201, {}),
    ("D14/203:customer", 203, {}),
    ("D15/header:customer", 200, {"x-api-version": "2.75.0"}),
    ("D15/header:customer=OData-Version:5.0", 200, {"odata-version": "5.0"}),
    ("D16/date:customer=2027-01-01", 200, {"deprecation": "@1798761600", "link": '<https://erp.example/docs/migration>; rel="deprecation"'}),
    ("D16/true:customer", 200, {"deprecation": "true"}),
    ("D16/http_date:customer=2027-01-01", 200, {"deprecation": "Fri, 01 Jan 2027 00:00:00 GMT"}),
    ("D16/successor:customer", 200, {"link": '<https://erp.example/docs/migration/v3>; rel="successor-version"'}),
    ("D17/sunset:customer=2027-06-30", 200, {"sunset": "Wed, 30 Jun 2027 00:00:00 GMT", "link": '<https://erp.example/docs/migration>; rel="sunset"'}),
    ("D17/soon:customer=2027-01-01", 200, {"sunset": "Fri, 01 Jan 2027 00:00:00 GMT"}),
    ("D17/warning:customer=Going away", 200, {"warning": '299 - "Going away"'}),
    ("D23/403:customer", 403, {}),
    ("D23/scope:customer", 403, {"www-authenticate": 'Bearer error="insufficient_scope", scope="read:extended"'}),
    ("D25/400:customer", 400, {}),
    ("D36/422:customer", 422, {}),
    ("D36/400:customer", 400, {}),
    ("D36/unknown:customer=changedSince", 400, {}),
    ("D29/400:customer", 400, {}),
    ("D29/413:customer", 413, {}),
]  # fmt: skip
TRIED_BELOW = {
    "D02/308", "D09", "D10", "D11", "D12/renumbered", "D13", "D14/202", "D14/204", "D14/206", "D18", "D19",
    "D20", "D21", "D22", "D24", "D26", "D27", "D28", "D30", "D31", "D32", "D33", "D34", "D35", "D37", "D38",
    "D39", "D41", "D53",
}  # fmt: skip


def order(client: Client, mutation: str, **more: Any) -> None:
    client.admin("mutate", mutation=mutation, **more)


def ask(
    client: Client, path: str = "/customer", headers: dict[str, str] | None = None, **query: Any
) -> Reply:
    url = f"/v2{path}?{urlencode(query)}"
    return client.send("GET", url, headers={**client.headers, **(headers or {})})


def body_of(reply: Reply) -> Any:
    assert reply[0] == 200, reply
    return json.loads(reply[2])


def ids(client: Client, path: str = "/customer", **query: Any) -> list[int]:
    return [one["id"] for one in body_of(ask(client, path, **query))["values"]]


@pytest.mark.thorough(most=8)
@pytest.mark.parametrize(("mutation", "status", "headers"), STATUSES, ids=[one[0] for one in STATUSES])
def test_status_and_headers(client: Client, mutation: str, status: int, headers: dict[str, str]) -> None:
    query = {"count": 150, "changedSince": "2024-01-01T00:00:00Z"}
    before = ask(client, **query)
    order(client, mutation)
    reply = ask(client, **query)
    assert reply[0] == status
    assert headers.items() <= reply[1].items()
    if status < 300:
        assert reply[2] == before[2]
    assert ask(client, "/supplier")[0] == 200
    order(client, mutation, on=False)
    assert ask(client, **query)[2] == before[2]


def test_every_variant_is_tried_here() -> None:
    wire = {entry.name for entry in catalogue() if entry.on == "wire"}
    tried = {one[0].partition(":")[0] for one in STATUSES}
    assert {name for name in wire - tried if not {name, name[:3]} & TRIED_BELOW} == set()


@pytest.mark.parametrize("variant", ["301", "308"])
def test_moved_on_the_same_host_it_answers_at_the_new_place(client: Client, variant: str) -> None:
    order(client, f"D02/{variant}:customer")
    status, headers, _ = ask(client, count=3, fields="id")
    assert status == int(variant)
    moved = headers["location"].removeprefix(client.server.url)
    assert len(json.loads(client.send("GET", moved)[2])["values"]) == 3


def test_every_stream_is_meant_where_none_is_named(client: Client) -> None:
    order(client, "D01")
    assert {ask(client, path)[0] for path in ("/customer", "/supplier", "/invoice")} == {404}


class TestBodies:
    @pytest.mark.parametrize("variant", ["login", "maintenance", "firewall"])
    def test_a_web_page(self, client: Client, variant: str) -> None:
        order(client, f"D09/{variant}:customer")
        status, headers, body = ask(client)
        assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert body.lower().startswith((b"<!doctype html>", b"<html>"))

    @pytest.mark.parametrize(
        ("variant", "content_type", "begins"),
        [
            ("xml", "application/xml; charset=utf-8", b"<?xml"),
            ("csv", "text/csv; charset=utf-8", b"id;version;name"),
            ("ndjson", "application/x-ndjson", b'{"id":10000000'),
            ("bom", "application/json; charset=utf-8", b"\xef\xbb\xbf{"),
            ("utf16", "application/json; charset=utf-16", b"\xff\xfe{\x00"),
        ],
    )
    def test_another_format(self, client: Client, variant: str, content_type: str, begins: bytes) -> None:
        order(client, f"D10/{variant}:customer")
        status, headers, body = ask(client)
        assert (status, headers["content-type"]) == (200, content_type)
        assert body.startswith(begins)

    @pytest.mark.parametrize("path", ["/customer", "/department"])
    def test_another_encoding(self, client: Client, path: str) -> None:
        order(client, f"D10/latin1:{path[1:]}")
        with pytest.raises(UnicodeDecodeError):
            ask(client, path)[2].decode()

    def test_another_envelope(self, client: Client) -> None:
        before = body_of(ask(client))
        rest = {name: one for name, one in before.items() if name != "values"}
        records = before["values"]
        wanted: dict[str, Any] = {
            "renamed": {**rest, "items": records},
            "bare": records,
            "nested": {"data": before},
            "missing": rest,
            "null": {**rest, "values": None},
            "single": {**rest, "values": records[0]},
            "keyed": {**rest, "values": {str(at): one for at, one in enumerate(records)}},
            "empty_object": {},
        }
        for variant, envelope in wanted.items():
            order(client, f"D11/{variant}:customer")
            assert body_of(ask(client)) == envelope, variant
            order(client, f"D11/{variant}:customer", on=False)
        order(client, "D11/renamed:customer=rows")
        assert body_of(ask(client))["rows"] == records

    def test_an_error_with_status_200(self, client: Client) -> None:
        order(client, "D13:customer")
        assert body_of(ask(client))["code"] == 1000

    def test_a_body_that_is_cut_off(self, client: Client) -> None:
        order(client, "D39/body:customer")
        with pytest.raises(json.JSONDecodeError):
            body_of(ask(client))

    @pytest.mark.parametrize("status", [202, 204])
    def test_success_without_a_body(self, client: Client, status: int) -> None:
        order(client, f"D14/{status}:customer")
        assert (ask(client)[0], ask(client)[2]) == (status, b"")

    def test_half_of_a_page(self, client: Client) -> None:
        order(client, "D14/206:customer")
        status, _, body = ask(client, count=20)
        assert (status, len(json.loads(body)["values"])) == (206, 10)

    def test_errors_under_another_status(self, client: Client) -> None:
        assert ask(client, "/invoice")[0] == 422
        order(client, "D12/renumbered")
        assert ask(client, "/invoice")[0] == 400
        assert ask(client)[0] == 200


class TestLogins:
    def test_another_scheme(self, client: Client) -> None:
        order(client, "D20/scheme")
        status, headers, _ = ask(client)
        assert status == 401
        assert headers["www-authenticate"].startswith("Bearer ")
        assert client.log_in() == 201

    @pytest.mark.parametrize(("variant", "status"), [("login_gone", 404), ("login_scheme", 401)])
    def test_the_login_is_over(self, client: Client, variant: str, status: int) -> None:
        order(client, f"D20/{variant}:customer")  # the stream is of no account: it is the connection's
        assert ask(client)[0] == 401
        assert client.log_in() == status
        order(client, f"D20/{variant}:customer", on=False)
        assert client.log_in() == 201

    @pytest.mark.parametrize(
        ("mutation", "login", "status"),
        [
            ("D21/revoked", 401, 401),
            ("D21/session_only", 201, 401),
            ("D22/401", 401, 401),
            ("D22/403", 201, 403),
        ],
    )
    def test_credentials_are_refused(self, client: Client, mutation: str, login: int, status: int) -> None:
        order(client, mutation)
        assert (client.log_in(), ask(client)[0]) == (login, status)

    def test_tokens_live_shorter(self, client: Client) -> None:
        form = urlencode({"consumerToken": "sandbox-consumer_token", "employeeToken": "sandbox-employee_token", "expirationDate": "2026-11-23"})  # fmt: skip
        told = []
        for mutation in ("D24/told=0.2", "D24/silent=0.2"):
            order(client, mutation)
            reply = json.loads(client.send("POST", "/v2/token/session/:create", form.encode())[2])
            told.append(reply["value"]["expirationDate"])
            client.log_in()
            assert ask(client)[0] == 200
            time.sleep(0.25)
            assert ask(client)[0] == 401
            order(client, mutation, on=False)
        assert len(told[0]) == 20
        assert told[1] == "2026-11-23"
        client.log_in()
        time.sleep(0.25)
        assert ask(client)[0] == 200


class TestRates:
    def test_a_lower_limit(self, client: Client) -> None:
        order(client, "D26/enforced=2")
        replies = [ask(client, "/department") for _ in range(3)]
        assert [status for status, _, _ in replies] == [200, 200, 429]
        assert [headers["x-rate-limit-remaining"] for _, headers, _ in replies] == ["1", "0", "0"]
        order(client, "D26", on=False)
        assert ask(client)[0] == 200

    def test_a_lower_limit_in_words_only(self, client: Client) -> None:
        order(client, "D26/advertised=2")
        replies = [ask(client, "/department") for _ in range(3)]
        assert [status for status, _, _ in replies] == [200, 200, 200]
        assert replies[2][1]["x-rate-limit-remaining"] == "0"

    @pytest.mark.parametrize("status", [503, 403, 401, 408, 200])
    def test_throttled_under_another_status(self, client: Client, status: int) -> None:
        order(client, f"D27/{status}:customer=7")
        replies = [ask(client) for _ in range(4)]
        assert [reply[0] for reply in replies] == [status, 200, status, 200]
        assert [reply[1].get("retry-after") for reply in replies] == ["7", None, "7", None]
        assert b"values" not in replies[0][2]


class TestPages:
    def test_smaller_than_asked_for(self, client: Client) -> None:
        order(client, "D28:customer=30")
        body = body_of(ask(client, count=150))
        assert (len(body["values"]), body["fullResultSize"], body["count"]) == (30, 200, 30)

    def test_a_size_that_is_allowed_passes(self, client: Client) -> None:
        order(client, "D29:customer=30")
        assert [ask(client, count=count)[0] for count in (31, 30)] == [400, 200]

    def test_they_stop_early(self, client: Client) -> None:
        order(client, "D30:customer")
        assert len(ids(client, count=50)) == 50
        body = body_of(ask(client, count=50, **{"from": 50}))
        assert (body["values"], body["fullResultSize"]) == ([], 200)

    @pytest.mark.parametrize("status", [410, 400, 404])
    def test_later_ones_are_refused(self, client: Client, status: int) -> None:
        order(client, f"D31/{status}:customer")
        assert [ask(client, **{"from": at})[0] for at in (0, 50)] == [200, status]

    def test_the_first_again(self, client: Client) -> None:
        order(client, "D32:customer")
        assert ids(client, count=50) == ids(client, count=50, **{"from": 50})

    @pytest.mark.parametrize(
        ("variant", "total"), [("null", None), ("low", 100), ("high", 221), ("page_only", 50)]
    )
    def test_another_total(self, client: Client, variant: str, total: int | None) -> None:
        order(client, f"D33/{variant}:customer")
        body = body_of(ask(client, count=50))
        assert (body["fullResultSize"], len(body["values"])) == (total, 50)

    def test_no_total(self, client: Client) -> None:
        order(client, "D33/missing:customer")
        assert "fullResultSize" not in body_of(ask(client))

    def test_smaller_where_no_size_is_sent(self, client: Client) -> None:
        order(client, "D37:customer=30")
        assert (len(ids(client)), len(ids(client, count=150))) == (30, 150)


class TestRecords:
    def test_in_another_order(self, client: Client) -> None:
        truth = ids(client)
        found = {}
        for variant in ("shuffled", "reversed", "unstable"):
            order(client, f"D34/{variant}:customer")
            found[variant] = [ids(client), ids(client)]
            order(client, "D34:customer", on=False)
        assert found["reversed"] == [truth[::-1], truth[::-1]]
        assert found["shuffled"][0] == found["shuffled"][1] != truth
        assert found["unstable"][0] != found["unstable"][1]
        assert all(sorted(one) == truth for both in found.values() for one in both)

    def test_filters_are_ignored(self, client: Client) -> None:
        assert ids(client, changedSince="2026-11-21T00:00:00Z") == []
        order(client, "D35/since:customer")
        assert len(ids(client, changedSince="2026-11-21T00:00:00Z")) == 200
        few = len(ids(client, "/invoice", **WINDOW))
        order(client, "D35/window:invoice")
        assert few < len(ids(client, "/invoice", **WINDOW)) == 300

    def test_inactive_ones_are_left_out(self, client: Client) -> None:
        truth = [one["id"] for one in client.truth("customer") if not one["isInactive"]]
        order(client, "D37/active_only:customer")
        assert ids(client) == truth

    @pytest.mark.parametrize(("mutation", "count"), [("D38:customer", 20), ("D38:customer=0.5", 100), ("D38:customer=3", 3), ("D38/none:customer", 0), ("D39:customer", 100), ("D39:customer=50", 50)])  # fmt: skip
    def test_few_are_left(self, client: Client, mutation: str, count: int) -> None:
        truth = ids(client)
        order(client, mutation)
        body = body_of(ask(client))
        assert body["fullResultSize"] == count
        assert [one["id"] for one in body["values"]] == truth[:count]

    def test_changes_do_not_count_as_changed(self, client: Client) -> None:
        order(client, "D41:customer")
        client.admin("change", stream="customer", count=2, set={"name": "Ny AS"})
        assert ids(client, changedSince="2026-11-21T00:00:00Z") == []
        assert sum(one["name"] == "Ny AS" for one in client.truth("customer")) == 2
        order(client, "D41:customer", on=False)
        client.admin("change", stream="customer", count=2, set={"name": "Nyere AS"})
        assert len(ids(client, changedSince="2026-11-21T00:00:00Z")) == 2

    def test_the_moment_is_taken_for_local_time(self, client: Client) -> None:
        client.admin("change", stream="customer", count=2, set={"name": "Ny AS"})
        since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3600))
        assert len(ids(client, changedSince=since)) == 2
        order(client, "D41/time_zone:customer")
        assert ids(client, changedSince=since) == []
        order(client, "D41/time_zone:customer=0.5")
        assert len(ids(client, changedSince=since)) == 2


class TestParameters:
    def test_a_header_that_became_required(self, client: Client) -> None:
        order(client, "D25:customer=X-Company")
        assert ask(client)[0] == 400
        assert ask(client, headers={"X-Company": "1"})[0] == 200

    def test_a_parameter_that_became_required(self, client: Client) -> None:
        order(client, "D36:customer=year")
        status, _, body = ask(client)
        assert (status, json.loads(body)["validationMessages"][0]["field"]) == (422, "year")
        assert ask(client, year=2026)[0] == 200

    def test_a_parameter_that_is_known_no_more(self, client: Client) -> None:
        order(client, "D36/unknown:customer=changedSince")
        assert ask(client)[0] == 200


def test_without_mutations_pages_are_bytes_from_the_shelf(client: Client) -> None:
    shelf = client.server.sandbox.shelves["customer"]
    order(client, "D42:supplier.email")
    listed = b"[" + b",".join(row.body for row in shelf.rows.values()) + b"]"
    assert ask(client)[2].endswith(listed + b"}")
