"""What replies come to: sessions, throttling, changes, broken bodies, and no secret in anything that is said."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sluice.connector.outcomes import LoggedIn, Page, Throttled, TryAgain
from sluice.connector.selection import Selection
from sluice.connector.session import Session
from sluice.connector.spec import Connector
from sluice.errors import (
    ApiChanged,
    ConfigurationInvalid,
    CredentialsRejected,
    ErpUnavailable,
    SluiceError,
)
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret
from tests.unit.connector.scripted import (
    CANARY,
    CONNECTOR,
    NOW,
    SESSION_AUTH,
    STREAM,
    Recorder,
    drive,
    plan,
    query_of,
    reader,
    records_of,
    reply,
    things,
    toy,
    with_auth,
    with_pagination,
)

GOOD = {"items": things(0, 2), "total": 2}
LIMIT = "rate_limit: {remaining: X-Left, reset: X-Reset, keep: 2}\n"


def first(connector: Connector, answer: Reply, **changes: Any) -> Any:
    reading = reader(connector, **changes)
    assert reading.next_request() is not None
    return reading.receive(answer)


def refused(connector: Connector, answer: Reply, **changes: Any) -> SluiceError:
    with pytest.raises(SluiceError) as caught:
        first(connector, answer, **changes)
    return caught.value


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (201, "D14"), (202, "D14"), (204, "D14"), (206, "D14"),
        (301, "D02"), (308, "D02"), (302, "D03"), (303, "D03"), (307, "D03"), (304, "D12"),
        (400, "D36"), (422, "D36"), (404, "D01"), (410, "D01"), (405, "D05"), (406, "D07"), (415, "D07"),
        (409, "D12"), (413, "D29"), (418, "D12"), (426, "D08"), (501, "D06"), (505, "D06"),
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


def test_after_any_error_the_same_page_can_be_asked_for_again() -> None:
    reading = reader(toy())
    request = reading.next_request()
    for status in (500, 404, 403):
        with pytest.raises(SluiceError):
            reading.receive(reply({}, status))
        again = reading.next_request()
        assert request is not None
        assert again is not None
        assert again.url == request.url
    assert isinstance(reading.receive(reply(GOOD)), Page)
    assert reading.next_request() is None


@pytest.mark.parametrize(
    ("rule", "answer", "error"),
    [
        ("{status: [400], body: {path: code, equals: 11}, means: api_changed, change: D42}", ({"code": 11}, 400), ApiChanged),
        ("{status: [200], body: {path: error, exists: true}, means: api_changed, change: D13}", ({"error": [1]}, 200), ApiChanged),
        ("{body: {path: error.code, contains: LIMIT}, means: throttled}", ({"error": {"code": "A_LIMIT_B"}}, 200), None),
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
        (b'{"items": [NaN]}', {}, "ErpUnavailable", "not JSON"),
        (b'{"items": []}{"items": []}', {}, "ErpUnavailable", "not JSON"),
        (b")]}'\n{}", {}, "ErpUnavailable", "not JSON"),
        (b"[" * 100_000, {}, "ErpUnavailable", "not JSON"),
        (gzip.compress(b"{}"), {}, "D10", "not UTF-8"),
    ],
)
def test_a_body_that_is_no_page(body: Any, headers: dict[str, str], error: str, says: str) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = refused(toy(), Reply(200, headers, data))
    name = found.changes[0].code if isinstance(found, ApiChanged) else type(found).__name__
    assert (name, says in str(found)) == (error, True), found


def test_a_web_page_with_status_200_is_asked_for_once_more() -> None:
    page = reply(b"<!DOCTYPE html><title>Maintenance</title>", content_type="text/html")
    reading = reader(toy())
    reading.next_request()
    assert isinstance(reading.receive(page), TryAgain)
    reading.next_request()
    with pytest.raises(ApiChanged, match="D09") as caught:
        reading.receive(page)
    assert "Maintenance" in str(caught.value)


def test_a_web_page_that_passed_is_forgotten_by_the_next_page() -> None:
    slips = iter([True, False, True, False])

    def server(request: Request) -> Reply:
        if next(slips):
            return reply(b"  <html></html>")
        start = int(query_of(request)["from"])
        return reply({"items": things(start, start + 2), "total": 4})

    assert records_of(drive(reader(toy()), server)) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "17"}, 17),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "-5"}, 1),
        ({"retry-after": "1000000000"}, 3600),
        ({"retry-after": "1e400"}, 30),
        ({"retry-after": "nan"}, 30),
        ({"retry-after": "soon"}, 30),
        ({"retry-after": ""}, 30),
        ({"retry-after": "Sat, 21 Nov 2026 12:02:00 GMT"}, 120),
        ({"retry-after": "Sat, 21 Nov 2026 11:00:00 GMT"}, 1),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, 3600),
        ({"retry-after": "Sat, 21 Nov 2026 15:02:00 GMT", "date": "Sat, 21 Nov 2026 15:01:00 GMT"}, 60),
        ({"retry-after": "Sat, 99 Nov 2026 15:02:00 GMT"}, 30),
        ({}, 30),
        ({"x-reset": "44"}, 44),
        ({"x-reset": "44", "retry-after": "5"}, 5),
        ({"x-reset": "never"}, 30),
    ],
)
def test_how_long_a_throttled_request_waits(headers: dict[str, str], seconds: float) -> None:
    connector = toy(CONNECTOR + LIMIT)
    for status in (429, 503) if "retry-after" in headers else (429,):
        outcome = first(connector, Reply(status, headers, b"{}"))
        assert outcome == Throttled(NOW + timedelta(seconds=seconds))


def test_a_reset_as_seconds_since_1970() -> None:
    connector = toy(CONNECTOR + LIMIT.replace("keep: 2", "reset_in: epoch"))
    reset = str(int(NOW.timestamp()) + 90)
    assert first(connector, Reply(429, {"x-reset": reset}, b"")) == Throttled(NOW + timedelta(seconds=90))


def test_a_throttled_page_is_asked_for_again_and_nothing_is_lost() -> None:
    turns = iter([False, True, True, False])

    def server(request: Request) -> Reply:
        if next(turns):
            return reply({}, 429)
        start = int(query_of(request)["from"])
        return reply({"items": things(start, start + 2), "total": 4})

    outcomes = list(drive(reader(toy()), server))
    assert [type(outcome) for outcome in outcomes] == [Page, Throttled, Throttled, Page]
    assert records_of(iter(outcomes)) == [0, 1, 2, 3]


@pytest.mark.parametrize(("left", "waits"), [("3", None), ("2", 40), ("0", 40), ("-1", 40), ("?", None)])
def test_a_nearly_used_up_limit_keeps_the_page_and_waits_before_the_next(
    left: str, waits: int | None
) -> None:
    reading = reader(toy(CONNECTOR + LIMIT))
    reading.next_request()
    body = {"items": things(0, 2), "total": 4}
    assert isinstance(reading.receive(reply(body, x_left=left, x_reset="40")), Page)
    assert reading.resume_at == (None if waits is None else NOW + timedelta(seconds=waits))
    reading.next_request()
    assert reading.resume_at is None


def session_server(request: Request) -> Reply:
    """Gives out tokens t-1, t-2, ...; each is good for two pages."""
    state = session_server.__dict__
    if request.url.endswith("/login"):
        state["token"] = state.get("token", 0) + 1
        state["left"] = 2
        return reply({"token": f"t-{state['token']}"})
    good = request.headers["Authorization"] == f"Session t-{state.get('token', 0)}" and state["left"] > 0
    if not good:
        return reply({"message": "expired"}, 401)
    state["left"] -= 1
    start = int(query_of(request)["from"])
    return reply({"items": things(start, min(start + 2, 7)), "total": 7})


def test_a_session_that_ends_in_mid_run_is_opened_again_and_the_same_page_read() -> None:
    session_server.__dict__.clear()
    recorder = Recorder(session_server)
    reading = reader(with_auth(SESSION_AUTH))
    outcomes = list(drive(reading, recorder))
    assert [type(outcome) for outcome in outcomes] == [LoggedIn, Page, Page, TryAgain, LoggedIn, Page, Page]
    assert records_of(iter(outcomes)) == list(range(7))
    assert recorder.lines == [
        f'POST /v1/login {{"key":"{CANARY}"}}',
        "GET /v1/thing?count=2&from=0",
        "GET /v1/thing?count=2&from=2",
        "GET /v1/thing?count=2&from=4",
        f'POST /v1/login {{"key":"{CANARY}"}}',
        "GET /v1/thing?count=2&from=4",
        "GET /v1/thing?count=2&from=6",
    ]
    assert reading.session == Session({"token": Secret("t-2")}, NOW + timedelta(hours=1))


def test_a_stored_session_is_used_until_it_ends() -> None:
    connector = with_auth(SESSION_AUTH)
    for left, label in (
        (timedelta(minutes=5), "GET /thing page 1"),
        (timedelta(seconds=30), "POST /login (login)"),
    ):
        stored = Session.from_secrets(Session({"token": Secret("t")}, NOW + left).to_secrets())
        request = reader(connector, session=stored).next_request()
        assert request is not None
        assert request.label == label


def test_a_fresh_session_that_is_refused_too_means_refused_credentials() -> None:
    reading = reader(with_auth(SESSION_AUTH), session=Session({"token": Secret("old")}))
    reading.next_request()
    assert isinstance(reading.receive(reply({}, 401)), TryAgain)
    reading.next_request()
    assert isinstance(reading.receive(reply({"token": "new"})), LoggedIn)
    reading.next_request()
    with pytest.raises(CredentialsRejected, match="status 401"):
        reading.receive(reply({}, 401))


@pytest.mark.parametrize("status", [400, 401, 403, 422])
def test_a_refused_login(status: int) -> None:
    error = refused(with_auth(SESSION_AUTH), reply({"message": "unknown key"}, status))
    assert isinstance(error, CredentialsRejected)
    assert "POST /login (login): the login was refused: status" in str(error)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (reply({}, 404), "D20"),
        (reply({}, 405), "D20"),
        (reply({}, 302), "D03"),
        (reply({}, 500), "ErpUnavailable"),
        (reply({"other": 1}), "D20"),
        (reply({"token": None}), "D20"),
        (reply({"token": ["x"]}), "D20"),
        (reply(b"nonsense"), "ErpUnavailable"),
    ],
)
def test_a_login_that_is_answered_otherwise(answer: Reply, error: str) -> None:
    found = refused(with_auth(SESSION_AUTH), answer)
    assert error == (found.changes[0].code if isinstance(found, ApiChanged) else type(found).__name__)


def test_a_throttled_login_waits() -> None:
    answer = Reply(429, {"retry-after": "9"}, b"")
    assert first(with_auth(SESSION_AUTH), answer) == Throttled(NOW + timedelta(seconds=9))


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ("2026-11-23", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("2026-11-21T14:00:00+01:00", datetime(2026, 11, 21, 13, tzinfo=UTC)),
        ("2026-11-21T13:00:00", datetime(2026, 11, 21, 13, tzinfo=UTC)),
        (1200, NOW + timedelta(minutes=20)),
        ("1200", NOW + timedelta(minutes=20)),
        (int(NOW.timestamp()) + 600, NOW + timedelta(minutes=10)),
        ("2020-01-01", None),
        ("whenever", None),
        (True, None),
        (None, None),
        (10**30, None),
    ],
)
def test_when_a_session_ends(said: Any, ends: datetime | None) -> None:
    connector = with_auth(SESSION_AUTH.replace("{after_seconds: 3600}", "{path: ends}"))
    reading = reader(connector)
    reading.next_request()
    reading.receive(reply({"token": "t", "ends": said}))
    assert reading.session == Session({"token": Secret("t")}, ends)
    request = reading.next_request()
    assert request is not None
    assert request.label == "GET /thing page 1"


def test_windows_are_read_one_after_the_other_without_gap_or_overlap() -> None:
    windows = (
        "windows: {query: {a: {window: from, as: date}, b: {window: to, as: datetime}}, "
        "from: {setting: from_day}, to_days_ahead: 1, days: 10}\n"
    )
    recorder = Recorder(lambda _: reply({"items": [], "total": 0}))
    reading = reader(toy(stream=STREAM + windows))
    assert records_of(drive(reading, recorder)) == []
    assert [query_of(request)["a"] + " " + query_of(request)["b"] for request in recorder.requests] == [
        "2026-11-01 2026-11-11T00:00:00Z",
        "2026-11-11 2026-11-21T00:00:00Z",
        "2026-11-21 2026-11-23T00:00:00Z",
    ]
    assert recorder.requests[0].label == "GET /thing 2026-11-01..2026-11-11 page 1"


def test_windows_of_a_reading_stay_those_of_its_start() -> None:
    windows = "windows: {query: {a: {window: from, as: date}, b: {window: to, as: date}}, from: '2026-11-20', days: 1}\n"
    connector = toy(stream=STREAM + windows)
    one = reader(connector)
    one.next_request()
    one.receive(reply({"items": things(0, 1), "total": 1}))
    other = reader(connector, position=one.position(), started_at=NOW + timedelta(days=40))
    recorder = Recorder(lambda _: reply({"items": things(0, 1), "total": 1}))
    assert records_of(drive(other, recorder)) == [0]
    assert recorder.lines == ["GET /v1/thing?a=2026-11-21&b=2026-11-22&count=2&from=0"]


def test_a_first_day_in_the_future_is_a_fault_of_the_settings() -> None:
    windows = "windows: {query: {a: {window: from, as: date}, b: {window: to, as: date}}, from: {setting: from_day}, days: 1}\n"
    with pytest.raises(ConfigurationInvalid, match="lies behind the last"):
        reader(toy(stream=STREAM + windows), settings={"from_day": "2027-01-01"})


@pytest.mark.parametrize(
    ("form", "text"),
    [("datetime", "2026-11-20T23:50:00Z"), ("date", "2026-11-20"), ("epoch", "1795218600")],
)
def test_an_incremental_read_asks_from_the_watermark_less_the_lookback(form: str, text: str) -> None:
    incremental = f"incremental: {{query: {{changed: {{since: {form}}}}}, watermark: request_time}}\n"
    connector = toy(stream=STREAM + incremental)
    for since in ("2026-11-21T00:00:00Z", "2026-11-21T01:00:00+01:00", "2026-11-21T00:00:00"):
        request = reader(connector, since=since).next_request()
        assert request is not None
        assert query_of(request)["changed"] == text
    whole = reader(connector).next_request()
    assert whole is not None
    assert "changed" not in query_of(whole)


def test_if_since_chooses_between_an_incremental_and_a_whole_read() -> None:
    stream = STREAM + (
        "request: {method: POST, body: {domain: {if_since: [[write_date, '>', {since: tryton_datetime}]], else: []}}}\n"
        "incremental: {body: true, watermark: request_time, lookback_minutes: 0}\n"
    )
    bodies = []
    for since in (None, "2026-11-21T00:00:00Z"):
        request = reader(toy(stream=stream), since=since).next_request()
        assert request is not None
        bodies.append(json.loads(request.body or b""))
    moment = {"__class__": "datetime", "year": 2026, "month": 11, "day": 21} | dict.fromkeys(
        ("hour", "minute", "second", "microsecond"), 0
    )
    assert bodies == [{"domain": []}, {"domain": [["write_date", ">", moment]]}]


@pytest.mark.parametrize(
    "position",
    [
        {},
        {"format": 1},
        {"format": 1, "stream": "thing", "page": {"nonsense": 1}},
    ],
)
def test_a_position_that_is_none_is_refused(position: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationInvalid, match="bad_position"):
        reader(toy(), position=position)


def test_a_position_of_another_stream_or_window_is_refused() -> None:
    good = reader(toy()).position()
    for change in (
        {"stream": "other"},
        {"format": 2},
        {"window": 7},
        {"window": -1},
        {"started_at": "2026-01-01"},
    ):
        with pytest.raises(ConfigurationInvalid, match="bad_position"):
            reader(toy(), position={**good, **change})


def test_a_reply_without_a_request_is_a_programming_error() -> None:
    with pytest.raises(RuntimeError):
        reader(toy()).receive(reply({}))


@pytest.mark.parametrize("secret", ["two\nlines", "tab\t", "blå"])
def test_a_secret_that_no_header_can_carry_is_told_without_it(secret: str) -> None:
    with pytest.raises(ConfigurationInvalid, match="'Authorization' holds a line break") as caught:
        reader(toy(), secrets={"api_key": Secret(secret)}).next_request()
    assert secret not in str(caught.value)


ECHOES = [
    reply({"message": f"the header was Bearer {CANARY}"}, 400),
    reply({"message": f"key {CANARY}"}, 401),
    reply({"message": f"key {CANARY}"}, 500),
    reply(f"<html>{CANARY}</html>".encode(), 500),
    reply({"error": CANARY}, 200),
    reply({"items": CANARY}, 200),
    reply({CANARY: 1}, 200),
    reply(f"<a>{CANARY}</a>".encode(), 200),
    reply(f'{{"a": "{CANARY}'.encode(), 200),
    reply({"items": things(0, 2), "next": f"https://toy.example/v1/thing?key={CANARY}&p=2"}),
    reply({"items": things(0, 2), "next": f"https://{CANARY}.example/v1/thing"}),
]


@pytest.mark.parametrize("answer", ECHOES)
def test_no_secret_is_in_anything_that_is_said(answer: Reply) -> None:
    connector = with_pagination("{kind: next_url, next: {body: next}}")
    error = refused(connector, answer)
    told = [
        str(error),
        repr(error),
        repr(answer),
        json.dumps([c.to_json() for c in getattr(error, "changes", ())]),
    ]
    assert not [text for text in told if CANARY in text]


def test_no_secret_is_in_a_repr_or_a_position() -> None:
    auth = "auth: {kind: api_key, attach: {query: {key: {secret: api_key}}, headers: {X-Key: {secret: api_key}}}}\n"
    text = CONNECTOR.replace("auth: {kind: bearer, token: {secret: api_key}}\n", auth)
    connector = toy(text, STREAM + "pagination: {kind: next_url, next: {body: next}}\n")
    reading = reader(connector)
    request = reading.next_request()
    assert request is not None
    assert query_of(request)["key"] == CANARY
    outcome = reading.receive(
        reply({"items": things(0, 2), "next": f"https://toy.example/v1/thing?key={CANARY}&p=2"})
    )
    told = [
        repr(plan(connector)),
        repr(request),
        repr(outcome),
        json.dumps(reading.position()),
        repr(reading),
    ]
    assert not [text for text in told if CANARY in text]
    following = reading.next_request()
    assert following is not None
    assert query_of(following) == {"p": "2", "key": CANARY}


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        ("auth: {kind: none}\n", None),
        ("auth: {kind: bearer, token: {secret: api_key}}\n", f"Bearer {CANARY}"),
        (
            "auth: {kind: basic, username: x, password: {secret: api_key}}\n",
            "Basic eDpjYW5hcnktN2YzYS1zZWNyZXQ=",
        ),
        ("auth: {kind: api_key, attach: {headers: {Authorization: {secret: api_key}}}}\n", CANARY),
    ],
)
def test_how_requests_are_authenticated(auth: str, header: str | None) -> None:
    request = reader(with_auth(auth)).next_request()
    assert request is not None
    assert request.headers.get("Authorization") == header


def test_a_login_by_form_is_encoded_as_one() -> None:
    login = SESSION_AUTH.replace(
        "{path: /login, body: {key: {secret: api_key}}}",
        "{path: /login, query: {v: 2}, form: {key: {secret: api_key}, until: {now: date, plus_days: 2}, none: null}}",
    )
    request = reader(with_auth(login)).next_request()
    assert request is not None
    assert request.url == "https://toy.example/v1/login?v=2"
    assert request.body == f"key={CANARY}&until=2026-11-23".encode()
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
