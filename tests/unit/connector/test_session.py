"""Logins, sessions that end, and how requests are authenticated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sluice.connector.outcomes import LoggedIn, Page, Throttled, TryAgain
from sluice.connector.session import Session
from sluice.errors import (
    ApiChanged,
    CredentialsRejected,
    SluiceError,
)
from sluice.model.http import Reply, Request
from sluice.model.secret import Secret
from tests.unit.connector.scripted import (
    CANARY,
    NOW,
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
    with_auth,
)


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
    return reply({"items": things(start, min(start + 2, 5)), "total": 5})


def test_a_session_that_ends_in_mid_run_is_opened_again_and_the_same_page_read() -> None:
    session_server.__dict__.clear()
    recorder = Recorder(session_server)
    reading = reader(with_auth(SESSION_AUTH))
    outcomes = list(drive(reading, recorder))
    assert [type(outcome) for outcome in outcomes] == [LoggedIn, Page, Page, TryAgain, LoggedIn, Page, Page]
    assert records_of(iter(outcomes)) == list(range(5))
    assert recorder.lines == [
        f'POST /v1/login {{"key":"{CANARY}"}}',
        "GET /v1/thing?count=2&from=0",
        "GET /v1/thing?count=2&from=1",
        "GET /v1/thing?count=2&from=2",
        f'POST /v1/login {{"key":"{CANARY}"}}',
        "GET /v1/thing?count=2&from=2",
        "GET /v1/thing?count=2&from=3",
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
        (reply(b'{"token": "t'), "ErpUnavailable"),
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
        "{path: /login, query: {v: 2}, form: {k: {secret: api_key}, u: {now: date, plus_days: 2}, n: null}}",
    )
    request = reader(with_auth(login)).next_request()
    assert request is not None
    assert request.url == "https://toy.example/v1/login?v=2"
    assert request.body == f"k={CANARY}&u=2026-11-23".encode()
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_a_login_that_is_answered_with_created_is_good() -> None:
    assert first(with_auth(SESSION_AUTH), reply({"token": "t"}, 201)) == LoggedIn()


@pytest.mark.parametrize(
    "answer",
    [
        reply({"token": CANARY}, 202),
        reply({"accessToken": CANARY}),
        reply(f"<html>{CANARY}</html>".encode()),
        reply(f"<xml>{CANARY}</xml>".encode()),
        reply(f'{{"token": "{CANARY}'.encode()),
        reply({"error": CANARY}),
    ],
)
def test_a_token_that_comes_in_another_way_is_not_told(answer: Reply) -> None:
    reading = reader(with_auth(SESSION_AUTH), secrets={"api_key": Secret("another")})
    told = ""
    for _ in range(2):
        reading.next_request()
        try:
            told += repr(reading.receive(answer))
        except SluiceError as error:
            told += str(error)
    assert "(login)" in told
    assert CANARY not in told
