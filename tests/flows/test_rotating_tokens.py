"""Refresh tokens that hold once: whoever dies when, the next one goes on, and nobody spends one twice."""

from __future__ import annotations

from contextlib import suppress

import pytest

from sluice.connector.session import Session
from sluice.model.secret import Secret
from sluice.usecases.access.credentials import store_session
from tests.flows.crashing import COUNTED, Aborted, Crash
from tests.flows.oauth_erp import LIFETIME, NAME, OAuthRig
from tests.flows.rig import Killed

CALLS = 12
"""Counted calls of a run until its first login is over, and some more."""


def begun() -> OAuthRig:
    """A rig that has run once; its access token has expired since."""
    rig = OAuthRig()
    assert rig.synced()
    assert rig.vendor.granted == 1
    return rig


def cause_of(rig: OAuthRig, run: str) -> str:
    """Return what is said of the first stream's failure."""
    return next(iter(rig.world.runs.streams(run).values())).cause or ""


def test_a_token_is_refreshed_once_for_all_streams_and_then_again_when_it_has_expired() -> None:
    rig = begun()
    assert rig.between > LIFETIME
    assert rig.synced()
    assert (rig.vendor.granted, rig.vendor.refused) == (2, 0)


def test_a_new_token_is_stored_before_it_is_used() -> None:
    rig = OAuthRig()

    def stored(token: str) -> None:
        session = rig.session()
        assert session is not None
        assert session.values["access_token"].reveal() == token

    rig.vendor.seen = stored
    assert rig.synced()
    assert rig.synced()
    assert rig.vendor.granted == 2


def dying(monkeypatch: pytest.MonkeyPatch, crash: Crash, *, grace: bool = True) -> OAuthRig:
    """A rig whose worker died at one of the calls of the login of its second run, and is well again."""
    monkeypatch.setitem(COUNTED, "sender", {"send"})
    for name in set(COUNTED) - {"sender", "secrets", "state"}:
        monkeypatch.setitem(COUNTED, name, set())
    rig = begun()
    rig.vendor.grace = grace
    crash.watch(rig)
    with suppress(Aborted):
        # The one who takes the step up waits until the turn of the dead one is over, within the same run.
        assert rig.synced()
    assert crash.calls >= crash.at
    crash.heal()
    rig.hook = lambda place: None
    rig.clock.advance(3600)
    return rig


@pytest.mark.thorough(most=12)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("again", [False, True], ids=["next run", "same run"])
@pytest.mark.parametrize("at", range(1, CALLS + 1))
def test_a_worker_that_dies_at_any_call_locks_nobody_out(
    monkeypatch: pytest.MonkeyPatch, at: int, again: bool, after: bool
) -> None:
    rig = dying(monkeypatch, Crash(at, after, again))
    assert rig.vendor.granted >= 2 or at < CALLS, "the calls do not reach to the end of the login"
    assert rig.synced()
    assert rig.vendor.refused == 0
    assert rig.vendor.granted <= 4


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, CALLS + 1))
def test_where_no_spent_token_is_taken_again_only_what_was_never_stored_is_lost(
    monkeypatch: pytest.MonkeyPatch, at: int, after: bool
) -> None:
    rig = dying(monkeypatch, Crash(at, after, again=False), grace=False)
    session = rig.session()
    assert session is not None
    newest = f"access-{rig.vendor.granted}"
    assert rig.synced() is (session.values["access_token"].reveal() == newest)


def test_a_refusal_after_a_crash_says_what_may_have_happened_and_what_to_do() -> None:
    rig = begun()
    rig.vendor.grace = False
    when = rig.clock.now()

    def die() -> None:
        raise Killed

    rig.vendor.meanwhile = die
    assert not rig.synced()
    rig.vendor.meanwhile = lambda: None
    for _ in range(2):
        summary = rig.run()
        assert {result["error"] for result in summary["results"].values()} == {"CredentialsRejected"}
        cause = cause_of(rig, summary["run"])
        assert f"how the login of {when.isoformat()[:16]}" in cause
        assert "sluice connections authorize" in cause
        assert "canary" not in cause
        assert "refresh-" not in cause

    rig.vendor.authorised("given-anew")
    store_session(rig.world, NAME, Session({"refresh_token": Secret("given-anew")}))
    assert rig.synced()
    rig.vendor.authorised("nothing")
    cause = cause_of(rig, rig.run()["run"])
    assert "how the login" not in cause
    assert "authorise the connection again" in cause
