"""Statuses that need a second look: not found, redirects, refused page sizes, patience, other logins."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sluice.connector.outcomes import LoggedIn, Page, Throttled, TryAgain
from sluice.connector.replies.addresses import registrable
from sluice.connector.session import Session
from sluice.errors import ApiChanged, CredentialsRejected, ErpUnavailable, SluiceError
from sluice.model.change import Action, Severity
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret
from tests.unit.connector.scripted import (
    CANARY,
    CONNECTOR,
    GOOD,
    SESSION_AUTH,
    Recorder,
    drive,
    first,
    query_of,
    reader,
    records_of,
    refused,
    reply,
    things,
    toy,
    with_auth,
    with_pagination,
)


def change_of(error: SluiceError) -> Any:
    assert isinstance(error, ApiChanged), error
    return error.changes[0]


def test_a_list_that_is_not_found_is_asked_for_once_more_and_then_held() -> None:
    reading = reader(toy())
    reading.next_request()
    assert isinstance(reading.receive(reply({}, 404)), TryAgain)
    reading.next_request()
    with pytest.raises(ApiChanged, match="D01 endpoint_gone") as caught:
        reading.receive(reply({}, 404))
    change = change_of(caught.value)
    assert (change.action, change.severity, change.evidence) == (Action.HOLD, Severity.CRITICAL, {"tries": 2})


def test_a_404_that_passed_is_forgotten_by_the_next_page() -> None:
    slips = iter([True, False, True, False])

    def server(request: Request) -> Reply:
        if next(slips):
            return reply({}, 404)
        start = int(query_of(request)["from"])
        return reply({"items": things(start, start + 2), "total": 3})

    assert records_of(drive(reader(toy()), server)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("status", "code", "action"),
    [
        (410, "D01", Action.HOLD),
        (301, "D02", Action.HOLD),
        (308, "D02", Action.HOLD),
        (302, "D03", Action.FAIL),
        (303, "D03", Action.FAIL),
        (307, "D03", Action.FAIL),
        (405, "D05", Action.HOLD),
        (501, "D06", Action.HOLD),
        (505, "D06", Action.HOLD),
        (406, "D07", Action.HOLD),
        (415, "D07", Action.HOLD),
        (426, "D08", Action.HOLD),
        (418, "D12", Action.HOLD),
        (206, "D14", Action.HOLD),
        (422, "D36", Action.HOLD),
    ],
)
def test_what_is_done_about_a_status(status: int, code: str, action: Action) -> None:
    change = change_of(refused(toy(), reply({"message": "so it is"}, status)))
    assert (change.code, change.action, change.after) == (code, action, str(status))


@pytest.mark.parametrize("status", range(300, 400))
def test_no_redirect_is_a_page(status: int) -> None:
    location = {"location": "https://evil.example/", "content-type": "application/json"}
    codes = {301: "D02", 308: "D02", 302: "D03", 303: "D03", 307: "D03"}
    error = refused(toy(), Reply(status, location, json.dumps(GOOD).encode()))
    assert change_of(error).code == codes.get(status, "D12")
    login = refused(with_auth(SESSION_AUTH), Reply(status, location, b'{"token": "t"}'))
    assert isinstance(login, ApiChanged)


@pytest.mark.parametrize(
    ("location", "host", "same_host", "same_owner"),
    [
        ("https://toy.example/v2/thing", "toy.example", True, True),
        ("/v2/thing", "toy.example", True, True),
        ("https://api.toy.example/v1/thing", "api.toy.example", False, True),
        ("https://evil.example.net/", "evil.example.net", False, False),
        ("//toy.example.evil.net/x", "toy.example.evil.net", False, False),
    ],
)
@pytest.mark.parametrize("status", [301, 302])
def test_a_redirect_is_not_followed_and_its_host_is_told(
    location: str, host: str, same_host: bool, same_owner: bool, status: int
) -> None:
    change = change_of(refused(toy(), Reply(status, {"location": location}, b"")))
    assert change.evidence == {
        "location_host": host,
        "same_host": same_host,
        "same_registrable_host": same_owner,
    }


def test_a_redirect_without_an_address_or_with_a_secret_in_it() -> None:
    assert change_of(refused(toy(), reply({}, 301))).evidence == {"location": "none"}
    broken = Reply(301, {"location": "https://[bad/"}, b"")
    assert change_of(refused(toy(), broken)).evidence == {"location": "no address"}
    leaking = Reply(302, {"location": f"https://{CANARY}.example/?k={CANARY}"}, b"")
    error = refused(toy(), leaking)
    assert CANARY not in str(error) + json.dumps([change_of(error).to_json()])


@pytest.mark.parametrize(
    ("host", "owner"),
    [
        ("api.toy.example", "toy.example"),
        ("toy.example", "toy.example"),
        ("a.b.toy.co.uk", "toy.co.uk"),
        ("toy.co.uk", "toy.co.uk"),
        ("a.toy.no", "toy.no"),
        ("10.0.0.1", "10.0.0.1"),
        ("localhost", "localhost"),
    ],
)
def test_the_part_of_a_host_that_was_registered(host: str, owner: str) -> None:
    assert registrable(host) == owner


SIZED = "{kind: offset, offset: {query: from}, limit: {query: count}, size: 100, total: {body: total}}"


def capped(most: int, status: int, said: str) -> Any:
    def server(request: Request) -> Reply:
        query = query_of(request)
        start, count = int(query["from"]), int(query["count"])
        if count > most:
            return reply({"message": said}, status)
        return reply({"items": things(start, min(start + count, 60)), "total": 60})

    return server


@pytest.mark.parametrize(
    ("status", "said"),
    [(413, "too much"), (400, "count must be 30 at most"), (422, "The page size is too large")],
)
def test_a_refused_page_size_is_halved_and_the_smaller_one_kept(status: int, said: str) -> None:
    recorder = Recorder(capped(30, status, said))
    reading = reader(with_pagination(SIZED))
    assert records_of(drive(reading, recorder)) == list(range(60))
    assert [query_of(request)["count"] for request in recorder.requests] == ["100", "50"] + ["25"] * 3
    assert (reading.facts["size"], reading.facts["asked"]) == (25, 25)
    other = reader(with_pagination(SIZED), position=json.loads(json.dumps(reading.position())))
    assert other.facts == reading.facts


def test_a_page_size_is_halved_four_times_at_most() -> None:
    recorder = Recorder(capped(2, 413, "too much"))
    with pytest.raises(ApiChanged, match="pages of 6 records too") as caught:
        list(drive(reader(with_pagination(SIZED)), recorder))
    assert [query_of(request)["count"] for request in recorder.requests] == ["100", "50", "25", "12", "6"]
    change = change_of(caught.value)
    assert (change.code, change.action, change.path) == ("D29", Action.HOLD, "page size")


def test_numbered_pages_of_another_size_begin_again() -> None:
    pagination = (
        "{kind: page, number: {query: page}, size_parameter: {query: count}, size: 4, total: {body: total}}"
    )
    met = iter([False, True])

    def server(request: Request) -> Reply:
        query = query_of(request)
        number, count = int(query["page"]), int(query["count"])
        if count > 2 and next(met):
            return reply({"message": "count is too large"}, 400)
        return reply({"items": things((number - 1) * count, min(number * count, 7)), "total": 7})

    recorder = Recorder(server)
    found = records_of(drive(reader(with_pagination(pagination)), recorder))
    assert found == [0, 1, 2, 3, *range(7)]


@pytest.mark.parametrize(
    ("connector", "answer", "code"),
    [
        (with_pagination(SIZED), reply({"message": "the account is closed"}, 400), "D36"),
        (with_pagination("{kind: single}"), reply({"message": "page size"}, 413), "D29"),
        (with_pagination("{kind: page, number: {query: p}, size: 9}"), reply({}, 413), "D29"),
        (
            toy(CONNECTOR + "errors: [{status: [400], means: api_changed, change: D42}]\n"),
            reply({"message": "count"}, 400),
            "D42",
        ),
    ],
)
def test_what_is_no_refusal_of_a_page_size_is_not_asked_again(
    connector: Any, answer: Reply, code: str
) -> None:
    assert change_of(refused(connector, answer)).code == code


@pytest.mark.parametrize("status", [400, 401, 403, 408, 409, 420, 500, 502, 504, 529])
def test_throttling_under_another_status_is_waited_out_and_noted(status: int) -> None:
    reading = reader(toy())
    reading.next_request()
    outcome = reading.receive(Reply(status, {"retry-after": "7"}, b"{}"))
    assert isinstance(outcome, Throttled)
    assert reading.facts["throttled"] == {str(status): 1}
    assert reading.facts["unusual"] == [status]


def test_an_error_with_status_200_that_says_when_to_come_back_is_throttling() -> None:
    outcome = first(toy(), Reply(200, {"retry-after": "7"}, b'{"error": "slow down"}'))
    assert isinstance(outcome, Throttled)
    assert isinstance(first(toy(), reply(GOOD, retry_after="7")), Page)
    assert isinstance(first(toy(), Reply(200, {"retry-after": "7"}, b"<html></html>")), TryAgain)


@pytest.mark.parametrize("status", [404, 405, 406, 410, 415, 426, 501, 505])
def test_a_status_that_no_patience_changes_is_no_throttling(status: int) -> None:
    answer = Reply(status, {"retry-after": "7"}, b"{}")
    with pytest.raises(ApiChanged):
        list(drive(reader(toy()), lambda _: answer))


def test_403_with_no_requests_left_is_throttling() -> None:
    connector = toy(CONNECTOR + "rate_limit: {remaining: X-Left, reset: X-Reset}\n")
    assert isinstance(first(connector, Reply(403, {"x-left": "0", "x-reset": "9"}, b"")), Throttled)
    assert isinstance(refused(connector, Reply(403, {"x-left": "5"}, b"")), CredentialsRejected)


def test_usual_throttling_and_that_of_a_rule_is_counted_but_not_unusual() -> None:
    rule = "errors: [{status: [200], body: {path: code, equals: 9}, means: throttled}]\n"
    reading = reader(toy(CONNECTOR + rule))
    for answer in (reply({}, 429), reply({}, 503, retry_after="1"), reply({"code": 9})):
        reading.next_request()
        assert isinstance(reading.receive(answer), Throttled)
    assert reading.facts["throttled"] == {"200": 1, "429": 1, "503": 1}
    assert "unusual" not in reading.facts
    assert isinstance(refused(toy(), reply({}, 503)), ErpUnavailable)


@pytest.mark.parametrize(
    ("challenge", "error"),
    [
        ('DPoP algs="ES256"', "D20"),
        ("Negotiate, Basic realm=x", "D20"),
        ("Bearer realm=x", "CredentialsRejected"),
        ('Basic realm="a, b", Bearer', "CredentialsRejected"),
        (None, "CredentialsRejected"),
    ],
)
def test_a_401_that_asks_for_another_scheme_than_is_sent(challenge: str | None, error: str) -> None:
    headers = {} if challenge is None else {"www-authenticate": challenge}
    found = refused(toy(), Reply(401, headers, b"{}"))
    assert error == (found.changes[0].code if isinstance(found, ApiChanged) else type(found).__name__)


@pytest.mark.parametrize(("known", "error"), [("basic", "CredentialsRejected"), ("digest", "D20")])
def test_what_is_known_of_earlier_401s_goes_before_what_is_sent(known: str, error: str) -> None:
    found = refused(toy(), Reply(401, {"www-authenticate": "Basic"}, b"{}"), known={"scheme": known})
    assert error == (found.changes[0].code if isinstance(found, ApiChanged) else type(found).__name__)


def test_the_scheme_of_a_session_that_ended_is_noted_and_a_fresh_one_refused_otherwise_is_a_change() -> None:
    reading = reader(with_auth(SESSION_AUTH), session=Session({"token": Secret("old")}))
    reading.next_request()
    assert isinstance(reading.receive(Reply(401, {"www-authenticate": "DPoP"}, b"")), TryAgain)
    assert reading.facts["scheme"] == "dpop"
    reading.next_request()
    assert isinstance(reading.receive(reply({"token": "new"})), LoggedIn)
    reading.next_request()
    with pytest.raises(ApiChanged, match="another way to log in") as caught:
        reading.receive(Reply(401, {"www-authenticate": "DPoP"}, b""))
    change = change_of(caught.value)
    assert (change.code, change.before, change.after) == ("D20", "session", "dpop")
