"""What the Tryton connector asks for, without a server; tests/live asks a real one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.connectors.harness import asked_by, harness, replied

TRYTON = harness(
    "tryton",
    {"base_url": "https://erp.example", "database": "erp", "user": "sluice"},
    {"password": "canary"},
    session={"user_id": "7", "session": "abc"},
)
SINCE = "2026-11-20T12:00:00+00:00"
LOGICAL = ("AND", "OR")


def parameters(stream: str, since: str | None = None, **given: Any) -> list[Any]:
    body = TRYTON.with_settings(**given).request(stream, since).body
    assert body is not None
    found: list[Any] = json.loads(body)["params"]
    return found


def lists_of_clauses(domain: list[Any]) -> Iterator[list[Any]]:
    """Yield the lists that Tryton adds its own condition to: all but AND lists inside AND lists."""
    yield [part for part in flat(domain) if is_clause(part)]
    for part in flat(domain):
        if isinstance(part, list) and not is_clause(part):
            yield from lists_of_clauses(part)


def flat(domain: list[Any]) -> list[Any]:
    found: list[Any] = []
    for part in domain:
        if isinstance(part, list) and part and not is_clause(part) and part[0] not in LOGICAL:
            found += flat(part)
        else:
            found.append(part)
    return found


def is_clause(part: Any) -> bool:
    return isinstance(part, list) and len(part) == 3 and isinstance(part[0], str) and part[0] not in LOGICAL


@pytest.mark.parametrize("since", [None, SINCE], ids=["whole", "incremental"])
@pytest.mark.parametrize("stream", ["customer", "supplier"])
def test_every_list_of_clauses_names_active_so_that_archived_parties_come(
    stream: str, since: str | None
) -> None:
    domain = parameters(stream, since)[0]
    assert all(any(clause[0] == "active" for clause in clauses) for clauses in lists_of_clauses(domain))


def test_an_incremental_read_asks_from_the_watermark_minus_the_lookback() -> None:
    clause = parameters("time_entry", SINCE)[0][1][1]
    moment = {"year": 2026, "month": 11, "day": 20, "hour": 11, "minute": 50, "second": 0, "microsecond": 0}
    assert clause == ["create_date", ">=", {"__class__": "datetime", **moment}]


def test_typed_values_are_asked_for_as_a_whole() -> None:
    fields = parameters("invoice")[4]
    assert "invoice_date" in fields
    assert "lines.taxes.rate" in fields
    assert not [field for field in fields if "__class__" in field or "decimal" in field]


def test_paging_order_and_context_stand_in_the_body() -> None:
    _, offset, limit, order, _, context = parameters("project", company=3, language="nb")
    assert (offset, limit, order) == (0, 500, [["id", "ASC"]])
    assert context == {"company": 3, "language": "nb"}


def test_the_session_header_is_login_user_and_session_in_base64() -> None:
    assert TRYTON.request("account").headers["Authorization"] == "Session c2x1aWNlOjc6YWJj"


def test_a_login_captures_user_and_session() -> None:
    reader = TRYTON.logged_out().reader("account")
    login = asked_by(reader)
    assert json.loads(login.body or b"")["params"] == ["sluice", {"password": "canary"}, "en"]
    reader.receive(replied({"id": 0, "result": [7, "abc"]}))
    page = asked_by(reader)
    assert page.headers["Authorization"] == "Session c2x1aWNlOjc6YWJj"
    assert page.url == "https://erp.example/erp/"


def test_every_stream_has_a_request_id_of_its_own() -> None:
    ids = [json.loads(TRYTON.request(stream).body or b"")["id"] for stream in TRYTON.streams]
    assert len(set(ids)) == len(ids)


INVOICES = {"invoice": "out", "supplier_invoice": "in"}


@pytest.mark.parametrize("stream", INVOICES)
def test_invoices_are_told_apart_by_their_type(stream: str) -> None:
    assert ["type", "=", INVOICES[stream]] in parameters(stream)[0]
    assert ["type", "=", INVOICES[stream]] in parameters(stream, SINCE)[0]


def test_only_posted_moves_are_in_the_ledger_and_posting_is_a_change_of_their_lines() -> None:
    assert ["move.state", "=", "posted"] in parameters("ledger_entry")[0]
    changed = parameters("ledger_entry", SINCE)[0][-1]
    assert changed[0] == "OR"
    assert {clause[0] for clause in changed[1:]} == {"create_date", "write_date", "move.write_date"}


@pytest.mark.parametrize("stream", ["invoice", "supplier_invoice", "order", "purchase_order"])
def test_a_change_of_a_line_is_a_change_of_its_document(stream: str) -> None:
    changed = parameters(stream, SINCE)[0][-1]
    assert changed[0] == "OR"
    assert {"lines.create_date", "lines.write_date"} <= {clause[0] for clause in changed[1:]}


FROM_OTHER_MODULES = ("sales", "purchases", "origins", "shipments", "moves")


@pytest.mark.parametrize("stream", sorted(set(TRYTON.streams) - {"order", "purchase_order"}))
def test_no_stream_but_the_orders_needs_sale_or_purchase(stream: str) -> None:
    body = json.loads(TRYTON.request(stream).body or b"")
    assert not body["method"].startswith(("model.sale.", "model.purchase."))
    fields = {part for field in body["params"][4] for part in field.split(".")}
    assert not fields & set(FROM_OTHER_MODULES)
