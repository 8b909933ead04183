from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sluice.connector.outcomes import LoggedIn, Page, Throttled
from sluice.connector.session import Session
from sluice.errors import ConfigurationInvalid, CredentialsRejected, ErpUnavailable
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.registry.login_turns import LIFE, LoginTurns
from sluice.usecases.access.authorising import Authorising
from sluice.usecases.access.credentials import credentials_name, store_session
from sluice.usecases.access.logging_in import COURTESY, PATIENCE, nobody_logs_in
from tests.flows.oauth_erp import LIFETIME, NAME, SECRETS, OAuthErp, OAuthRig, Reading
from tests.flows.toy_erp import reply


@pytest.fixture
def rig() -> OAuthRig:
    return OAuthRig()


@pytest.fixture
def vendor(rig: OAuthRig) -> OAuthErp:
    return rig.vendor


def stored(rig: OAuthRig) -> str:
    session = rig.session()
    assert session is not None
    return session.values["refresh_token"].reveal()


def during_the_next_refresh(vendor: OAuthErp, what: Callable[[], Any]) -> None:
    """Do it while the vendor has granted a refresh whose answer is on its way; once."""

    def meanwhile() -> None:
        vendor.meanwhile = lambda: None
        what()

    vendor.meanwhile = meanwhile


def hold_the_turn(rig: OAuthRig) -> None:
    """Somebody takes the turn, and is never heard of again."""
    turns, now = LoginTurns(rig.world.state), rig.clock.now()
    place = turns.free(NAME, now)
    assert place is not None
    assert turns.take(NAME, place, now) is not None


def unfinished(rig: OAuthRig) -> str:
    place = LoginTurns(rig.world.state).free(NAME, rig.clock.now())
    assert place is not None, "the turn was not given back"
    return str(place.row["unfinished"])


def test_one_logs_in_and_the_next_goes_on_with_its_session(rig: OAuthRig, vendor: OAuthErp) -> None:
    first, second = Reading(rig), Reading(rig)
    assert first.to_end() == [LoggedIn, Page, Page, Page]
    assert second.to_end() == [Page, Page, Page]
    assert (vendor.granted, stored(rig), unfinished(rig)) == (1, "refresh-1", "")


def test_a_session_that_ends_for_two_is_opened_anew_by_one(rig: OAuthRig, vendor: OAuthErp) -> None:
    Reading(rig).to_end()
    readings = [Reading(rig).events(), Reading(rig).events()]
    for events in readings:
        assert isinstance(next(events), Page)
    vendor.end_sessions()
    assert [[type(event) for event in events] for events in readings] == [
        [LoggedIn, Page, Page],
        [Page, Page],
    ]
    assert (vendor.granted, vendor.refused) == (2, 0)


def test_the_newest_refresh_token_is_spent_not_the_one_that_was_known(
    rig: OAuthRig, vendor: OAuthErp
) -> None:
    Reading(rig).to_end()
    late = Reading(rig)
    rig.clock.advance(LIFETIME)
    Reading(rig).to_end()
    rig.clock.advance(LIFETIME)
    assert late.to_end() == [LoggedIn, Page, Page, Page]
    assert (vendor.granted, vendor.refused, stored(rig)) == (3, 0, "refresh-3")


def test_a_dead_holder_is_waited_for_and_then_followed(rig: OAuthRig, vendor: OAuthErp) -> None:
    since = rig.clock.now()
    hold_the_turn(rig)
    with pytest.raises(ErpUnavailable, match="somebody else has been logging in to fjord for 30 s"):
        Reading(rig).to_end()
    assert PATIENCE <= rig.clock.slept < PATIENCE + 2
    assert vendor.granted == 0
    assert Reading(rig).to_end() == [LoggedIn, Page, Page, Page]
    assert LIFE <= rig.clock.now() - since < LIFE * 2
    assert unfinished(rig) == ""


def test_where_nothing_rotates_a_dead_holder_is_waited_for_shortly(rig: OAuthRig) -> None:
    hold_the_turn(rig)
    assert Reading(rig, rotating=False).to_end() == [LoggedIn, Page, Page, Page]
    assert COURTESY <= rig.clock.slept < COURTESY + 2
    assert stored(rig) == "refresh-1"


def test_a_holder_who_comes_late_overwrites_no_newer_session(rig: OAuthRig, vendor: OAuthErp) -> None:
    def followed() -> None:
        rig.clock.advance(LIFE.total_seconds() + 1)
        assert Reading(rig).to_end() == [LoggedIn, Page, Page, Page]

    used: list[str] = []
    vendor.seen = used.append
    during_the_next_refresh(vendor, followed)
    assert Reading(rig).to_end() == [LoggedIn, Page, Page, Page]
    assert stored(rig) == "refresh-2"
    assert used == ["access-2"] * 6


def test_a_holder_who_comes_late_stores_if_its_follower_got_nothing(rig: OAuthRig, vendor: OAuthErp) -> None:
    def followed() -> None:
        rig.clock.advance(LIFE.total_seconds() + 1)
        vendor.faults.append(reply(503, {}))
        with pytest.raises(ErpUnavailable):
            Reading(rig).to_end()

    during_the_next_refresh(vendor, followed)
    assert Reading(rig).to_end() == [LoggedIn, Page, Page, Page]
    assert stored(rig) == "refresh-1"


def test_a_holder_who_comes_late_waits_for_a_follower_under_way(rig: OAuthRig, vendor: OAuthErp) -> None:
    def followed() -> None:
        rig.clock.advance(LIFE.total_seconds() + 1)
        hold_the_turn(rig)

    during_the_next_refresh(vendor, followed)
    before = rig.clock.now()
    assert Reading(rig).to_end() == [LoggedIn, Page, Page, Page]
    assert rig.clock.now() - before >= LIFE * 2
    assert stored(rig) == "refresh-1"


def test_a_login_under_way_does_not_bring_back_what_an_operator_replaced(
    rig: OAuthRig, vendor: OAuthErp
) -> None:
    def replaced() -> None:
        rig.clock.advance(1)
        rig.desk.add(Connection(NAME, "rotor"), {"refresh_token": Secret("given-anew")}, update=True)
        vendor.authorised("given-anew")

    during_the_next_refresh(vendor, replaced)
    with pytest.raises(ErpUnavailable, match="the connection was changed while it was read"):
        Reading(rig).to_end()
    assert rig.session() is None
    assert Reading(rig).to_end() == [LoggedIn, Page, Page, Page]
    assert vendor.refused == 0


def test_a_person_who_authorises_meanwhile_wins_and_the_login_under_way_goes_on_with_it(
    rig: OAuthRig, vendor: OAuthErp
) -> None:
    """The login has the turn; the person waits for it, as long as it may take, and then takes it away."""
    vendor.grace = False

    def authorised() -> None:
        authorising = Authorising(rig.world, NAME, "http://127.0.0.1:1/callback")
        state = parse_qs(urlsplit(authorising.address).query)["state"][0]
        authorising.complete(f"/callback?code=given&state={state}")

    used: list[str] = []
    vendor.seen = used.append
    during_the_next_refresh(vendor, authorised)
    before = rig.clock.now()
    assert Reading(rig).to_end() == [LoggedIn, Page, Page, Page]
    assert rig.clock.now() - before >= LIFE
    assert stored(rig) == "refresh-2"
    assert rig.world.secrets.get(credentials_name(NAME))["refresh_token"].reveal() == "refresh-2"
    assert used == ["access-2"] * 3
    rig.clock.advance(LIFETIME)
    assert Reading(rig).to_end() == [LoggedIn, Page, Page, Page]
    assert vendor.refused == 0


def test_a_login_under_way_does_not_bring_back_what_was_removed(rig: OAuthRig, vendor: OAuthErp) -> None:
    during_the_next_refresh(vendor, lambda: rig.desk.remove(NAME))
    with pytest.raises(ConfigurationInvalid, match=NAME):
        Reading(rig).to_end()
    assert rig.session() is None


@pytest.mark.parametrize("fault", [reply(503, {}), "connection reset", reply(200, {"token": "unknown"})])
def test_a_login_whose_outcome_is_not_known_is_remembered_until_one_ends_well(
    rig: OAuthRig, vendor: OAuthErp, fault: Any
) -> None:
    began = rig.clock.now().isoformat()
    vendor.faults.append(fault)
    with pytest.raises(Exception, match="login"):
        Reading(rig).to_end()
    assert unfinished(rig) == began
    vendor.faults.append(reply(400, {"error": "invalid_grant"}))
    with pytest.raises(CredentialsRejected, match=f"how the login of {re.escape(began)} ended is not known"):
        Reading(rig).to_end()
    assert Reading(rig).to_end() == [LoggedIn, Page, Page, Page]
    assert unfinished(rig) == ""


def test_a_refusal_says_what_to_do_and_gives_the_turn_back(rig: OAuthRig, vendor: OAuthErp) -> None:
    vendor.authorised("another")
    with pytest.raises(CredentialsRejected, match="sluice connections authorize") as refused:
        Reading(rig).to_end()
    assert "how the login" not in str(refused.value)
    assert "canary" not in str(refused.value)
    assert unfinished(rig) == ""


def test_what_somebody_else_spent_and_stored_meanwhile_is_no_refusal(rig: OAuthRig, vendor: OAuthErp) -> None:
    def stored_late() -> None:
        told = json.loads(vendor._granted(SECRETS["refresh_token"].reveal()).body)
        tokens = {name: Secret(told[name]) for name in ("access_token", "refresh_token")}
        store_session(rig.world, NAME, Session(tokens))

    vendor.faults.append(reply(400, {"error": "invalid_grant"}))
    during_the_next_refresh(vendor, stored_late)
    assert Reading(rig).to_end() == [Page, Page, Page]
    assert (stored(rig), unfinished(rig)) == ("refresh-2", "")


def test_what_the_one_who_followed_spent_is_no_refusal(rig: OAuthRig, vendor: OAuthErp) -> None:
    def followed() -> None:
        rig.clock.advance(LIFE.total_seconds() + 1)
        assert Reading(rig).to_end() == [LoggedIn, Page, Page, Page]
        vendor.faults.append(reply(400, {"error": "invalid_grant"}))

    during_the_next_refresh(vendor, followed)
    assert Reading(rig).to_end() == [Page, Page, Page]
    assert (stored(rig), unfinished(rig)) == ("refresh-2", "")


def test_being_throttled_gives_the_turn_back(rig: OAuthRig, vendor: OAuthErp) -> None:
    vendor.faults.append(reply(429, {}, retry_after="5"))
    assert Reading(rig).to_end() == [Throttled]
    assert unfinished(rig) == ""


def test_an_operator_waits_for_a_login_under_way_but_not_for_a_dead_one(rig: OAuthRig) -> None:
    hold_the_turn(rig)
    with nobody_logs_in(rig.world, NAME):
        assert LIFE.total_seconds() <= rig.clock.slept < LIFE.total_seconds() + 2
        assert LoginTurns(rig.world.state).free(NAME, rig.clock.now()) is None
    assert unfinished(rig) == ""


def test_a_connection_that_nobody_authorised_says_so_before_the_erp_is_asked(rig: OAuthRig) -> None:
    known = {name: secret for name, secret in SECRETS.items() if name != "refresh_token"}
    rig.desk.add(Connection("alone", "rotor"), known)
    rig.connection = "alone"
    summary = rig.run()
    assert (summary["error"], rig.erp.asked) == ("ConfigurationInvalid", 0)
    assert "sluice connections authorize alone" in summary["cause"]
    assert rig.desk.show("alone")["note"] == "must be authorised: sluice connections authorize alone"
    assert rig.desk.show(NAME)["note"] == ""
