"""`sluice connections authorize`, with an HTTP client as the browser and a sandbox as the vendor."""

from __future__ import annotations

import io
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from msgspec.structs import replace

from sandbox.server import SandboxServer, serve
from sluice.cli.connections import commands as connections
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.registry.catalog import Catalog
from sluice.transport.erp_sender import ErpSender
from sluice.usecases.access.credentials import known_credentials
from sluice.usecases.connections import ConnectionDesk
from tests.flows.oauth_erp import NAME, OAuthRig, oauth_documents
from tests.unit.cli.conftest import Terminal

AUTHORIZE = ("connections", "authorize", NAME)
HOSTED = "https://app.example/oauth/callback"
LIMITS = "limits: [{requests: 1000, seconds: 60, shared_by: [{secret: client_id}]}]\n"


@dataclass
class Browser:
    """Opens what it is told to; ``goes`` is what it does with the vendor's page, in a thread of its own."""

    goes: Callable[[str], None]
    opened: list[str] = field(default_factory=list)
    failed: list[BaseException] = field(default_factory=list)

    def open(self, address: str) -> bool:
        self.opened.append(address)
        self.thread = threading.Thread(target=self._go, args=(address,))
        self.thread.start()
        return True

    def _go(self, address: str) -> None:
        try:
            self.goes(address)
        except BaseException as error:  # noqa: BLE001 - told by the test's thread
            self.failed.append(error)

    def done(self) -> None:
        self.thread.join(10)
        assert not self.failed


def agrees(address: str) -> None:
    """Follow the vendor's page to wherever it leads."""
    with urllib.request.urlopen(address, timeout=10) as page:  # noqa: S310
        assert "This window can be closed" in page.read().decode()


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def comes_back_with(**answer: str) -> Callable[[str], None]:
    """Come back from the vendor's page with this, and the right state unless another is given."""

    def goes(address: str) -> None:
        asked = query_of(address)
        back = f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], **answer})}"
        urllib.request.urlopen(back, timeout=10).close()  # noqa: S310

    return goes


@pytest.fixture
def catalog() -> Catalog:
    return Catalog(oauth_documents(LIMITS))


@pytest.fixture
def server(catalog: Catalog) -> Iterator[SandboxServer]:
    with serve(catalog.connector("rotor")) as running:
        yield running


@pytest.fixture
def rig(server: SandboxServer, catalog: Catalog) -> Iterator[OAuthRig]:
    """A rig whose connection nobody has authorised; its ERP is the sandbox."""
    rig = OAuthRig()
    sender = ErpSender(allow_loopback_http=True)
    rig.world = replace(rig.world, sender=sender, catalog=catalog)
    rig.desk = ConnectionDesk(rig.world, rig.schedules)
    rig.desk.remove(NAME)
    known = {name: Secret(text) for name, text in server.secrets.items() if name != "refresh_token"}
    rig.desk.add(Connection(NAME, "rotor", settings=dict(server.settings)), known)
    yield rig
    sender.close()


@pytest.fixture
def terminal(rig: OAuthRig, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(rig, capsys)


@pytest.fixture
def browse(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], None]], Browser]:
    def with_browser(goes: Callable[[str], None]) -> Browser:
        browser = Browser(goes)
        monkeypatch.setattr("webbrowser.open", browser.open)
        return browser

    return with_browser


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def stored(rig: OAuthRig) -> dict[str, Secret]:
    return known_credentials(rig.world, NAME)


def test_a_person_agrees_and_the_connection_can_be_read(
    terminal: Terminal, rig: OAuthRig, browse: Callable[..., Browser]
) -> None:
    assert rig.run()["error"] == "ConfigurationInvalid"
    listed = terminal("connections", "list").out
    assert f"must be authorised: sluice connections authorize {NAME}" in listed
    browser = browse(agrees)
    said = terminal(*AUTHORIZE)
    browser.done()
    assert said.code == 0, said.err
    assert f"{NAME} is authorised" in said.err
    asked = query_of(browser.opened[0])
    assert asked["redirect_uri"].startswith("http://127.0.0.1:")
    assert asked["redirect_uri"] in said.err
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    session = rig.session()
    assert session is not None
    assert session.values["refresh_token"] == stored(rig)["refresh_token"]
    assert not any(secret.reveal() in said.err + said.out for secret in session.values.values())
    assert "must be authorised" not in terminal("connections", "list").out
    assert rig.run()["outcome"] == "succeeded"


def test_again_after_a_lock_out_everything_stored_is_replaced(
    terminal: Terminal, rig: OAuthRig, server: SandboxServer, browse: Callable[..., Browser]
) -> None:
    browse(agrees)
    terminal(*AUTHORIZE)
    first = stored(rig)["refresh_token"]
    connection = Connection(NAME, "rotor", settings=dict(server.settings))
    rig.desk.add(connection, {"refresh_token": Secret("gone")}, update=True)
    assert {found["error"] for found in rig.run()["results"].values()} == {"CredentialsRejected"}
    browse(agrees)
    assert terminal(*AUTHORIZE).code == 0
    assert stored(rig)["refresh_token"] not in {first, Secret("gone")}
    assert rig.run()["outcome"] == "succeeded"


def test_without_a_browser_the_address_is_printed_and_not_waited_for_for_ever(
    terminal: Terminal, rig: OAuthRig, browse: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "WAITED", 2)
    monkeypatch.setattr(connections, "TOLD_EVERY", 1)
    browser = browse(agrees)
    port = free_port()
    said = terminal(*AUTHORIZE, "--no-browser", "--port", str(port))
    assert (said.code, browser.opened) == (1, [])
    assert "waiting for the browser, 2 s left" in said.err
    assert "waiting for the browser, 1 s left" in said.err
    assert f"registered with the vendor: http://127.0.0.1:{port}/callback\n" in said.err
    assert "Open in a browser: http://127.0.0.1:" in said.err
    assert "the browser did not come back" in said.err
    assert rig.session() is None


def test_another_address_on_this_machine_is_listened_at(
    terminal: Terminal, browse: Callable[..., Browser]
) -> None:
    wanted = f"http://localhost:{free_port()}/oauth/back"
    browser = browse(agrees)
    assert terminal(*AUTHORIZE, "--redirect-uri", wanted).code == 0
    assert query_of(browser.opened[0])["redirect_uri"] == wanted


def test_where_the_vendor_wants_a_hosted_address_it_is_pasted(
    terminal: Terminal, rig: OAuthRig, browse: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stays(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    def pastes(address: str) -> bool:
        with pytest.raises(HTTPError) as sent:
            urllib.request.build_opener(Stays).open(address, timeout=10)
        with sent.value as answer:
            monkeypatch.setattr("sys.stdin", io.StringIO(f"{answer.headers['Location']}\n"))
        return True

    monkeypatch.setattr("webbrowser.open", pastes)
    said = terminal(*AUTHORIZE, "--redirect-uri", HOSTED)
    assert said.code == 0, said.err
    assert HOSTED in said.err
    assert "refresh_token" in stored(rig)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            {"error": "access_denied", "error_description": "sandbox-client_secret\nsaid no"},
            "the ERP did not let us in: access_denied: *** said no",
        ),
        ({"code": "x", "state": "forged"}, "the browser came back from another authorisation"),
        ({"state": ""}, "the browser came back from no authorisation"),
        ({"error": ""}, "the browser came back without a code"),
    ],
    ids=["refused", "forged", "no state", "no code"],
)
def test_what_is_no_consent_stores_nothing(
    terminal: Terminal, rig: OAuthRig, browse: Callable[..., Browser], answer: dict[str, str], words: str
) -> None:
    browser = browse(comes_back_with(**answer))
    said = terminal(*AUTHORIZE)
    browser.done()
    assert said.code == 1
    assert words in said.err
    assert "nothing is stored" in said.err
    assert rig.session() is None
    assert "refresh_token" not in stored(rig)


def test_a_code_that_the_erp_refuses_stores_nothing(
    terminal: Terminal, rig: OAuthRig, browse: Callable[..., Browser]
) -> None:
    browse(comes_back_with(code="made-up-code"))
    said = terminal(*AUTHORIZE)
    assert said.code == 1
    assert "CredentialsRejected" in said.err
    assert "made-up-code" not in said.err
    assert rig.session() is None


def test_an_erp_that_is_away_is_no_refusal(
    terminal: Terminal, rig: OAuthRig, browse: Callable[..., Browser]
) -> None:
    found = rig.world.connections.get(NAME)
    settings = {**found.settings, "token_url": f"http://127.0.0.1:{free_port()}/token"}
    rig.world.connections.replace(replace(found, settings=settings))
    browse(comes_back_with(code="made-up-code"))
    said = terminal(*AUTHORIZE)
    assert said.code == 1
    assert "ErpUnavailable" in said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("acme",), "is api_key; should be oauth2_authorization_code"),
        (("nowhere",), "nowhere"),
        ((NAME, "--port", "8080", "--redirect-uri", HOSTED), "--port and --redirect-uri exclude each other"),
    ],
)
def test_wrong_use_says_what_would_be_right(
    terminal: Terminal, arguments: tuple[str, ...], words: str
) -> None:
    said = terminal("connections", "authorize", *arguments)
    assert said.code == 2
    assert words in said.err


def test_a_port_that_is_taken_is_told(terminal: Terminal) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = terminal(*AUTHORIZE, "--port", str(taken.getsockname()[1]))
    assert said.code == 2
    assert "right would be another --port" in said.err
