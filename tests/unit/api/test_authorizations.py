"""A connection is authorised from the console's browser: begun and completed over the API, by one person."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from msgspec.structs import replace

from lambdas import serve_api
from sluice.local.memory_mailer import MemoryMailer
from sluice.registry.authorizations import LIFE
from sluice.usecases.access.credentials import known_credentials
from tests.flows.oauth_erp import NAME, OAuthRig
from tests.unit.api.client import Client

CONSOLE = "https://console.example"
BACK = f"{CONSOLE}/authorized"
PATH = f"/connections/{NAME}/authorizations"


@pytest.fixture
def rig() -> OAuthRig:
    rig = OAuthRig()
    rig.world = replace(rig.world, console=CONSOLE)
    rig.desk = replace(rig.desk, world=rig.world)
    return rig


@pytest.fixture
def client(rig: OAuthRig, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    monkeypatch.setattr(serve_api, "desk", lambda: rig.desk)
    return Client(rig, MemoryMailer())


def begun(client: Client, **who: Any) -> dict[str, str]:
    """Begin, and return what the vendor is asked for."""
    answer = client("POST", PATH, {"redirect_uri": BACK}, **{"group": "operator", "user": "ola", **who})
    assert answer.status == 201, answer.body
    parts = urlsplit(answer.json["address"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://erp.example/authorize"
    return dict(parse_qsl(parts.query))


def complete(client: Client, state: str, user: str = "ola", **came: str) -> Any:
    return client("POST", f"{PATH}/complete", {"state": state, **came}, group="operator", user=user)


def test_a_person_agrees_and_the_connection_can_be_read(client: Client, rig: OAuthRig) -> None:
    asked = begun(client)
    assert (asked["redirect_uri"], asked["code_challenge_method"]) == (BACK, "S256")
    done = complete(client, asked["state"], code="canary-code")
    assert (done.status, done.json) == (200, {"connection": NAME})
    session = rig.session()
    assert session is not None
    stored = known_credentials(rig.world, NAME)["refresh_token"]
    assert session.values["refresh_token"] == stored
    assert stored.reveal() not in done.body
    assert rig.synced()
    [entry] = [one for one in rig.world.audit.all() if one.action == "connections.authorize"]
    assert (entry.who, entry.target, entry.state) == ("ola", NAME, "done")


def test_it_is_the_persons_own_and_good_once(client: Client, rig: OAuthRig) -> None:
    state = begun(client)["state"]
    for wrong in (
        complete(client, state, user="kari", code="canary-code"),
        complete(client, "made-up", code="canary-code"),
    ):
        assert (wrong.status, wrong.json["type"]) == (409, "urn:sluice:problem:authorisation_failed")
    assert rig.vendor.granted == 0
    assert complete(client, state, code="canary-code").status == 200
    assert complete(client, state, code="canary-code").status == 409
    assert rig.vendor.granted == 1


def test_it_is_over_after_a_while_and_with_the_connection_it_was_for(client: Client, rig: OAuthRig) -> None:
    late, other = begun(client)["state"], begun(client)["state"]
    client("POST", "/connections", {"name": "beta", "connector": "rotor", "secrets": _secrets(rig)})
    elsewhere = client(
        "POST",
        "/connections/beta/authorizations/complete",
        {"state": other, "code": "canary-code"},
        user="ola",
    )
    assert elsewhere.status == 409
    rig.clock.advance(LIFE.total_seconds() + 1)
    answer = complete(client, late, code="canary-code")
    assert (answer.status, "10 minutes" in answer.json["detail"]) == (409, True)
    anew = begun(client)["state"]
    secrets = _secrets(rig)
    rig.desk.remove(NAME)
    client("POST", "/connections", {"name": NAME, "connector": "rotor", "secrets": secrets})
    assert complete(client, anew, code="canary-code").status == 409
    assert rig.vendor.granted == 0


def test_what_the_vendor_refuses_is_told_and_nothing_is_stored(client: Client, rig: OAuthRig) -> None:
    before = known_credentials(rig.world, NAME)
    said = {"error": "access_denied", "error_description": "<b>no</b>"}
    refused = complete(client, begun(client)["state"], **said)
    assert (refused.status, "access_denied" in refused.json["detail"]) == (409, True)
    missing = complete(client, begun(client)["state"])
    assert (missing.status, "without a code" in missing.json["detail"]) == (409, True)
    assert known_credentials(rig.world, NAME) == before
    assert rig.session() is None


def test_browsers_come_back_to_the_console_only(client: Client, rig: OAuthRig) -> None:
    for uri in ("https://evil.example/authorized", f"{CONSOLE}/authorized?x=1", f"{CONSOLE}/other"):
        answer = client("POST", PATH, {"redirect_uri": uri})
        assert (answer.status, answer.json["errors"][0]["code"]) == (422, "wrong_redirect_uri")
    rig.desk = replace(rig.desk, world=replace(rig.world, console=""))
    answer = client("POST", PATH, {"redirect_uri": BACK})
    assert answer.json["errors"][0]["code"] == "no_console"


def test_what_is_kept_meanwhile_opens_nothing_and_is_shown_nowhere(client: Client, rig: OAuthRig) -> None:
    asked = begun(client)
    [item] = list(rig.world.state.query("authorization"))
    # The state is only known to the person's browser: here there is its digest.
    assert asked["state"] not in json.dumps([item.sort, item.value])
    assert item.value["verifier"] not in json.dumps(asked)
    assert client("POST", PATH, {"redirect_uri": BACK}, group="ops").status == 403
    assert client("POST", "/connections/none/authorizations", {"redirect_uri": BACK}).status == 404


def _secrets(rig: OAuthRig) -> dict[str, str]:
    found = known_credentials(rig.world, NAME)
    return {name: found[name].reveal() for name in ("client_id", "client_secret")}
