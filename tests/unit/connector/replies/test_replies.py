"""What replies mean that are no pages: by status, by rule, by their bodies."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from sluice.connector.outcomes import Throttled, TryAgain
from sluice.connector.selection import Selection
from sluice.errors import (
    ApiChanged,
    ConfigurationInvalid,
    CredentialsRejected,
    ErpUnavailable,
)
from sluice.model.http import Reply, Request
from tests.unit.connector.scripted import (
    CONNECTOR,
    GOOD,
    STREAM,
    drive,
    first,
    query_of,
    reader,
    records_of,
    refused,
    reply,
    things,
    toy,
)

CHANGED = "means: api_changed, change: D42}"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (201, "D14"), (202, "D14"), (204, "D14"), (206, "D14"),
        (301, "D02"), (308, "D02"), (302, "D03"), (303, "D03"), (307, "D03"), (304, "D12"),
        (400, "D36"), (422, "D36"), (410, "D01"), (405, "D05"), (406, "D07"), (415, "D07"),
        (409, "D12"), (418, "D12"), (426, "D08"), (501, "D06"), (505, "D06"),
    ],
)  # fmt: skip
def test_a_status_that_says_that_the_api_changed(status: int, code: str) -> None:
    error = refused(toy(), reply({"message": "so it is"}, status))
    assert isinstance(error, ApiChanged)
    assert error.changes[0].code == code
    assert f"GET /thing page 1: the ERP answered status {status} saying" in str(error)
    assert "expected 200 with JSON" in str(error)


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504, 599])
def test_a_status_that_may_pass(status: int) -> None:
    assert isinstance(refused(toy(), reply(b"<html>down</html>", status)), ErpUnavailable)


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_is_not_tried_again(status: int) -> None:
    assert isinstance(refused(toy(), reply({}, status)), CredentialsRejected)


@pytest.mark.parametrize(
    ("rule", "answer", "error"),
    [
        ("{status: [400], body: {path: code, equals: 11}, " + CHANGED, ({"code": 11}, 400), ApiChanged),
        ("{status: [200], body: {path: e, exists: true}, " + CHANGED, ({"e": [1]}, 200), ApiChanged),
        ("{body: {path: e.code, contains: LIM}, means: throttled}", ({"e": {"code": "LIM_B"}}, 200), None),
        ("{status: [403], means: unavailable}", ({}, 403), ErpUnavailable),
        ("{status: [500], means: credentials_rejected}", ({}, 500), CredentialsRejected),
        ("{status: [500], means: session_expired}", ({}, 500), CredentialsRejected),
        ("{status: [400], means: configuration_invalid}", ({}, 400), ConfigurationInvalid),
    ],
)  # fmt: skip
def test_a_rule_of_the_connector_goes_before_the_table(rule: str, answer: Any, error: Any) -> None:
    connector = toy(CONNECTOR + f"errors: [{rule}]\n")
    if error is None:
        assert isinstance(first(connector, reply(*answer)), Throttled)
    else:
        assert type(refused(connector, reply(*answer))) is error


def test_a_rule_that_does_not_fit_leaves_the_table_to_decide() -> None:
    rule = "{status: [400], body: {path: code, equals: 11}, means: unavailable}"
    connector = toy(CONNECTOR + f"errors: [{rule}]\n")
    for body in ({"code": "11"}, {"code": 12}, {}, b"<html>", b""):
        assert isinstance(refused(connector, reply(body, 400)), ApiChanged)


def test_the_rule_of_the_stream_goes_before_the_connector_s() -> None:
    connector = toy(
        CONNECTOR + "errors: [{status: [404], means: credentials_rejected}]\n",
        STREAM + "errors: [{status: [404], means: unavailable}]\n",
    )
    assert isinstance(refused(connector, reply({}, 404)), ErpUnavailable)


def test_a_field_that_the_erp_refuses_is_named_by_the_change() -> None:
    connector = toy(CONNECTOR + "errors: [{status: [400], means: api_changed, change: D42}]\n")
    selection = Selection(frozenset({("id",), ("name",), ("address", "city"), ("address", "name")}))
    body = {"message": "Illegal field in fields filter: city does not match"}
    error = refused(connector, reply(body, 400), selection=selection)
    assert isinstance(error, ApiChanged)
    assert error.changes[0].path == "address.city"


@pytest.mark.parametrize(
    ("body", "headers", "error", "says"),
    [
        ({"data": things(0, 2)}, {}, "D11", "expected a list of records at items, found nothing"),
        ({"items": None}, {}, "D11", "NoneType"),
        ({"items": {"0": {}}}, {}, "D11", "type dict"),
        (things(0, 2), {}, "D11", "found nothing"),
        ({"items": [1, 2]}, {}, "D50", "record 0 of 2 at items is no object"),
        ({"items": [{"id": 1}, [2]]}, {}, "D50", "record 1 of 2"),
        ({"jsonrpc": "2.0", "id": 1, "error": {"code": 9, "message": "no"}}, {}, "D13", "under 'error'"),
        ({"items": None, "errors": [{"message": "no"}]}, {}, "D13", "under 'errors'"),
        (b"<?xml version='1.0'?><a/>", {}, "D10", "XML"),
        (b"id,name\n1,x\n", {"content-type": "text/csv; charset=utf-8"}, "D10", "text/csv"),
        ('{"items": [{"name": "bl\xe5"}]}'.encode("latin-1"), {}, "D10", "not UTF-8"),
        ('{"items": []}'.encode("utf-16"), {}, "D10", "byte order mark"),
        (b'\xef\xbb\xbf{"items": []}', {}, "D10", "byte order mark"),
        (json.dumps(GOOD).encode()[:-9], {}, "ErpUnavailable", "cut short or is broken"),
        (b"", {}, "ErpUnavailable", "cut short or is broken"),
        (b'{"things": ' + b"[" * 300 + b"]" * 300 + b"}", {}, "ErpUnavailable", "nested deeper than the 250"),
        (b'{"items": [NaN]}', {}, "ErpUnavailable", "not JSON"),
        (b'{"items": []}{"items": []}', {}, "ErpUnavailable", "not JSON"),
        (b'{"id": 1}\n{"id": 2}\n', {}, "D10", "one JSON text a line"),
        ({"items": [], "error": "a timeout"}, {}, "D13", "under 'error'"),
        ({"success": False, "reason": "no"}, {}, "D13", "under 'success'"),
        (b"[" * 100_000, {}, "ErpUnavailable", "not JSON"),
        (gzip.compress(b"{}", mtime=0), {}, "D10", "not UTF-8"),
    ],
)
def test_a_body_that_is_no_page(body: Any, headers: dict[str, str], error: str, says: str) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = refused(toy(), Reply(200, headers, data))
    name = found.changes[0].code if isinstance(found, ApiChanged) else type(found).__name__
    assert (name, says in str(found)) == (error, True), found


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (reply(b"<!DOCTYPE html><title>Maintenance</title>", content_type="text/html"), "D09"),
        (reply(b"<!-- x --><div>Maintenance</div>", content_type="text/html; charset=utf-8"), "D09"),
        (reply(b"Maintenance until noon", content_type="text/plain"), "D10"),
        (reply(b')]}\'\n{"items": [], "Maintenance": 1}'), "D10"),
    ],
)
def test_a_web_page_or_text_with_status_200_is_asked_for_once_more(page: Reply, code: str) -> None:
    reading = reader(toy())
    reading.next_request()
    assert isinstance(reading.receive(page), TryAgain)
    reading.next_request()
    with pytest.raises(ApiChanged, match=code) as caught:
        reading.receive(page)
    assert "Maintenance" in str(caught.value)


def test_a_web_page_that_passed_is_forgotten_by_the_next_page() -> None:
    slips = iter([True, False, True, False])

    def server(request: Request) -> Reply:
        if next(slips):
            return reply(b"  <html></html>")
        start = int(query_of(request)["from"])
        return reply({"items": things(start, start + 2), "total": 3})

    assert records_of(drive(reader(toy()), server)) == [0, 1, 2]
