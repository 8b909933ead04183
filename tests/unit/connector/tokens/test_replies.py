"""What a token endpoint's replies come to, and what becomes of a session that ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sluice.connector.outcomes import LoggedIn, Page, Throttled, TryAgain
from sluice.connector.session import Session
from sluice.errors import ApiChanged, CredentialsRejected, ErpUnavailable, SluiceError
from sluice.model.http import Reply
from sluice.model.secret import Secret
from tests.unit.connector.scripted import GOOD, NOW, reply, things
from tests.unit.connector.tokens.kinds import (
    AUTHORIZATION_CODE,
    CLIENT_CREDENTIALS,
    SECRETS,
    TOKEN_URL,
    kept,
    logged_in,
    reading,
    sent,
    session,
    tokens,
)


@pytest.mark.parametrize(
    ("fields", "ends"),
    [
        ({"expires_in": 3600}, NOW + timedelta(hours=1)),
        ({"expires_in": "1800"}, NOW + timedelta(minutes=30)),
        ({"expires_in": 5}, None),
        ({"expires_in": None}, None),
        ({}, None),
    ],
)
def test_how_long_an_access_token_holds(fields: dict[str, Any], ends: object) -> None:
    reader = reading(CLIENT_CREDENTIALS)
    assert logged_in(reader, tokens(**fields)) == LoggedIn()
    assert reader.session == Session({"access_token": Secret("access-1-token")}, ends)  # type: ignore[arg-type]
    assert reader.facts.get("token") == (int(fields["expires_in"]) if fields.get("expires_in") else None)


@pytest.mark.parametrize("token_type", ["bearer", "BEARER", None])
def test_a_token_type_is_read_whatever_its_case(token_type: str | None) -> None:
    assert logged_in(reading(), tokens(token_type=token_type)) == LoggedIn()


@pytest.mark.parametrize(
    ("fields", "says", "after"),
    [
        ({"token_type": "DPoP"}, "names the token_type 'DPoP'; expected 'Bearer'", "DPoP"),
        ({"token_type": "what-is-a-token"}, "names the token_type 'another'", "another"),
        ({"access_token": None}, "holds no access_token", "none"),
        ({"access_token": ""}, "holds no access_token", "none"),
    ],
)
def test_a_reply_that_gives_no_bearer_token_is_a_change(
    fields: dict[str, Any], says: str, after: str
) -> None:
    with pytest.raises(ApiChanged, match=says) as caught:
        logged_in(reading(CLIENT_CREDENTIALS), tokens(**fields))
    change = caught.value.changes[0]
    assert (change.code, change.after) == ("D20", after)
    assert "what-is-a-token" not in str(caught.value)


def test_a_new_refresh_token_takes_the_place_of_the_old_one() -> None:
    reader = reading(session=session("refresh-8-token").ended(NOW))
    logged_in(reader, tokens("access-2-token", refresh_token="refresh-9-token"))
    assert kept(reader) == {"access_token": "access-2-token", "refresh_token": "refresh-9-token"}


@pytest.mark.parametrize("none", [{}, {"refresh_token": None}, {"refresh_token": ""}])
def test_a_reply_without_a_refresh_token_lets_the_one_that_was_used_stand(none: dict[str, Any]) -> None:
    reader = reading(session=session("refresh-8-token").ended(NOW))
    logged_in(reader, tokens("access-2-token", **none))
    assert kept(reader) == {"access_token": "access-2-token", "refresh_token": "refresh-8-token"}
    first = reading()
    logged_in(first, tokens("access-2-token", **none))
    assert kept(first) == {"access_token": "access-2-token"}
    assert first.session is not None
    again = reading(session=Session.from_secrets(first.session.ended(NOW).to_secrets()))
    assert b"refresh_token=refresh-0-token" in (sent(again).body or b"")


def test_the_refresh_token_outlives_an_access_token_that_is_refused() -> None:
    reader = reading(session=session("refresh-8-token"))
    assert sent(reader).label == "GET /thing page 1"
    assert isinstance(reader.receive(reply({}, 401)), TryAgain)
    assert kept(reader)["refresh_token"] == "refresh-8-token"
    request = sent(reader)
    assert (request.url, request.body) == (
        TOKEN_URL,
        b"grant_type=refresh_token&refresh_token=refresh-8-token",
    )
    assert reader.receive(tokens("access-2-token", refresh_token="refresh-9-token")) == LoggedIn()
    assert sent(reader).headers["Authorization"] == "Bearer access-2-token"
    assert isinstance(reader.receive(reply(GOOD)), Page)


def test_a_login_that_comes_too_soon_is_waited_out_where_the_connector_knows_the_words() -> None:
    rule = "{body: {path: error_description, contains: not expired}, means: throttled, wait_seconds: 35}"
    too_soon = reply({"error": "unauthorized_client", "error_description": "access_token not expired"}, 400)
    assert logged_in(reading(f"{AUTHORIZATION_CODE}errors: [{rule}]\n"), too_soon) == Throttled(
        NOW + timedelta(seconds=35)
    )
    with pytest.raises(CredentialsRejected):
        logged_in(reading(), too_soon)


def test_a_session_that_somebody_else_opened_is_gone_on_with() -> None:
    reader = reading(session=session("refresh-8-token"))
    sent(reader)
    reader.receive(reply({}, 401))
    sent(reader)
    assert reader.wants_login
    reader.adopt(session("refresh-9-token", access_token="access-2-token"))
    assert sent(reader).headers["Authorization"] == "Bearer access-2-token"
    assert not reader.wants_login
    assert isinstance(reader.receive(reply(GOOD)), Page)
    assert reader.next_request() is None
    assert not reader.wants_login


def test_an_adopted_session_that_has_ended_too_is_opened_anew_and_then_the_credentials_are_refused() -> None:
    reader = reading(session=session("refresh-8-token"))
    sent(reader)
    reader.receive(reply({}, 401))
    reader.adopt(session("refresh-9-token", access_token="access-2-token"))
    sent(reader)
    assert isinstance(reader.receive(reply({}, 401)), TryAgain)
    assert b"refresh-9-token" in (sent(reader).body or b"")
    reader.adopt(session("refresh-10-token", access_token="access-3-token"))
    sent(reader)
    with pytest.raises(CredentialsRejected):
        reader.receive(reply({}, 401))


def test_after_a_good_page_another_s_session_may_have_ended_once_more() -> None:
    reader = reading(session=session("refresh-8-token"))
    for number in (2, 3):
        sent(reader)
        assert isinstance(reader.receive(reply({}, 401)), TryAgain)
        reader.adopt(session(access_token=f"access-{number}-token"))
        sent(reader)
        assert isinstance(reader.receive(reply({}, 401)), TryAgain)
        assert logged_in(reader, tokens()) == LoggedIn()
        sent(reader)
        first = number - 2
        answer = reply({"items": things(first, first + 2), "total": 9})
        assert isinstance(reader.receive(answer), Page)


@pytest.mark.parametrize("status", [400, 401])
def test_a_refresh_token_that_is_no_longer_good_asks_for_a_person(status: int) -> None:
    answer = reply({"error": "invalid_grant", "error_description": "spent: refresh-0-token"}, status)
    with pytest.raises(CredentialsRejected, match="sluice connections authorize NAME") as caught:
        logged_in(reading(), answer)
    assert "refresh-0-token" not in str(caught.value)
    with pytest.raises(CredentialsRejected) as other:
        logged_in(reading(CLIENT_CREDENTIALS), answer)
    assert "authorize" not in str(other.value)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (reply({"error": "invalid_client"}, 401), CredentialsRejected),
        (reply({"error": "invalid_scope"}, 400), CredentialsRejected),
        (reply({"error": "server_error"}, 503), ErpUnavailable),
        (reply({}, 404), ApiChanged),
    ],
)
def test_a_token_request_that_is_refused_for_another_reason(answer: Reply, error: type[SluiceError]) -> None:
    with pytest.raises(error) as caught:
        logged_in(reading(), answer)
    assert "POST /oauth/token (login)" in str(caught.value)
    assert "authorize NAME" not in str(caught.value)


def test_a_token_endpoint_that_asks_for_patience() -> None:
    answer = Reply(429, {"retry-after": "9"}, b"")
    assert logged_in(reading(), answer) == Throttled(NOW + timedelta(seconds=9))


@pytest.mark.parametrize("auth", [CLIENT_CREDENTIALS, AUTHORIZATION_CODE])
@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_no_secret_of_a_token_request_is_told(auth: str, status: int) -> None:
    held = session("refresh-8-token", access_token="access-0-token").ended(NOW)
    basic = sent(reading(auth, session=held)).headers["Authorization"]
    texts = [*SECRETS.values(), "refresh-8-token", "access-0-token", basic, basic.split()[1]]
    for text in texts:
        reader = reading(auth, session=held)
        request = sent(reader)
        with pytest.raises(SluiceError) as caught:
            reader.receive(reply({"error": f"came with {text}, which is not good"}, status))
        told = f"{caught.value} {request!r} {reader.session!r} {reader.position()}"
        told += "".join(str(change.to_json()) for change in getattr(caught.value, "changes", ()))
        assert "which is not good" in told
        assert text not in told


LIFE = '  refresh_token_life: {days: 60, source: "https://erp.example/faq", told: refresh_token_expires_in}\n'


@pytest.mark.parametrize(
    ("fields", "holds"),
    [
        ({"refresh_token": "refresh-2-token"}, timedelta(days=60)),
        ({"refresh_token": "refresh-2-token", "refresh_token_expires_in": 3600}, timedelta(hours=1)),
        ({"refresh_token": "refresh-2-token", "refresh_token_expires_in": "soon"}, timedelta(days=60)),
        ({"refresh_token": "refresh-2-token", "refresh_token_expires_in": True}, timedelta(days=60)),
        ({}, None),
    ],
)
def test_how_long_a_refresh_token_holds_that_rests(fields: dict[str, Any], holds: timedelta | None) -> None:
    reader = reading(AUTHORIZATION_CODE + LIFE)
    logged_in(reader, tokens(**fields))
    assert reader.session is not None
    assert reader.session.kept_until == (NOW + holds if holds else None)
    assert Session.from_secrets(reader.session.to_secrets()) == reader.session


def test_a_reply_without_a_refresh_token_lets_its_end_stand() -> None:
    ends = NOW + timedelta(days=3)
    before = Session({"refresh_token": Secret("refresh-1-token")}, NOW, ends)
    reader = reading(AUTHORIZATION_CODE + LIFE, session=before)
    logged_in(reader, tokens())
    assert reader.session is not None
    assert reader.session.kept_until == ends
    assert reader.session.ended(NOW).kept_until == ends


def test_of_a_life_that_nobody_knows_nothing_is_said() -> None:
    reader = reading(AUTHORIZATION_CODE)
    logged_in(reader, tokens(refresh_token="refresh-2-token"))
    assert reader.session is not None
    assert reader.session.kept_until is None
