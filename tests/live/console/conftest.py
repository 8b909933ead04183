"""The console as `sluice up` serves it, in front of an embedded AWS of its own, with a user of each group.

``pytest tests/live/console --update-screenshots`` writes the pictures in docs/console/ anew;
``--at .sluice`` takes what `sluice up` has started in that folder, and leaves it running.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from sandbox.options import Options
from sandbox.server import SandboxServer, serve
from sluice.aws.cognito_users import random_password
from sluice.bootstrap.deployment import Deployment
from sluice.bootstrap.documents import ROOT
from sluice.settings import DEFAULT_REGION, LOCAL_STAGE, child_environment
from tests.live.console.driving import (
    PATIENCE_MILLISECONDS,
    REFRESH_KEY,
    Visit,
    chromium,
    launch,
    open_context,
    sign_in,
    visit,
)
from tests.live.console.situation import Situation, arrange

Enter = Callable[..., Visit]
Person = tuple[str, str]

NAMES = {"viewer": "vilde", "ops": "omar", "operator": "olga", "admin": "asta"}
"""Who is in each group."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-screenshots", action="store_true", help="write the pictures in docs/console/ anew"
    )
    parser.addoption("--at", type=Path, help="the SLUICE_HOME of an embedded AWS to test against")


@dataclass(frozen=True)
class Place:
    """Where the console is, and the deployment behind it."""

    origin: str
    deployment: Deployment


def _sluice(home: Path, *arguments: str) -> str:
    """Give a command as a person does; return what it printed."""
    done = subprocess.run(  # noqa: S603 - our own command
        [str(Path(sys.executable).with_name("sluice")), *arguments],
        cwd=ROOT,
        env=child_environment(SLUICE_HOME=str(home)),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "there is no console" not in done.stderr, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if chromium() is None:
        pytest.skip("no Chromium on PATH; install it (Debian: apt-get install chromium) to test the console")
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        running = launch(playwright)
        yield running
        running.close()


@pytest.fixture(scope="session")
def place(
    browser: Browser, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    del browser  # without one nothing need be started
    given = request.config.getoption("--at", default=None)
    home = given.absolute() if given else tmp_path_factory.mktemp("sluice-home")
    try:
        standing = json.loads(_sluice(home, "up", "--json"))
        deployment = Deployment(LOCAL_STAGE, DEFAULT_REGION, standing["endpoint"])
        before = {one.name for one in deployment.world.connections.all()}
        yield Place(standing["console"], deployment)
        for connection in {one.name for one in deployment.world.connections.all()} - before:
            deployment.desk.remove(connection)
    finally:
        if given is None:
            _sluice(home, "down")


@pytest.fixture(scope="session")
def people(place: Place) -> Iterator[dict[str, Person]]:
    """Return a name and a password in each group."""
    found: dict[str, Person] = {}
    users = place.deployment.users
    for group, name in NAMES.items():
        password = random_password()
        users.add(name, group)
        users.set_password(name, password, permanent=True)
        found[group] = (name, password.reveal())
    yield found
    for name in NAMES.values():
        users.remove(name)


@pytest.fixture(scope="session")
def sessions(browser: Browser, place: Place, people: dict[str, Person]) -> dict[str, str]:
    """Sign in once in each group, by the real page; return the refresh tokens."""
    found: dict[str, str] = {}
    for group, (name, password) in people.items():
        guest = visit(open_context(browser, place.origin), place.origin)
        guest.page.goto("/")
        sign_in(guest.page, name, password)
        guest.settled()
        found[group] = guest.page.evaluate(f'sessionStorage.getItem("{REFRESH_KEY}")')
        guest.watch.check()
        guest.page.context.close()
    return found


@pytest.fixture(scope="session")
def rooms(browser: Browser, place: Place) -> Callable[..., BrowserContext]:
    """Give each kind of visitor a context that keeps what the browser has loaded once."""
    opened: dict[str, BrowserContext] = {}

    def room(group: str | None, **more: Any) -> BrowserContext:
        key = repr((group, more))
        if key not in opened:
            opened[key] = open_context(browser, place.origin, **more)
        return opened[key]

    return room


@pytest.fixture
def enter(
    place: Place, rooms: Callable[..., BrowserContext], request: pytest.FixtureRequest
) -> Iterator[Enter]:
    """Let somebody in: ``enter("viewer")``, ``enter("ops", viewport=PHONE)``, ``enter(None)`` not signed in.

    At the end of the test nothing may have been complained of that was not expected.
    """
    visits: list[Visit] = []

    def come(group: str | None, **more: Any) -> Visit:
        refresh = request.getfixturevalue("sessions")[group] if group else None
        visits.append(visit(rooms(group, **more), place.origin, refresh))
        return visits[-1]

    yield come
    for one in visits:
        one.page.close()
    for one in visits:
        one.watch.check()


@pytest.fixture(scope="session")
def picture(request: pytest.FixtureRequest) -> Callable[[Visit, str], None]:
    """Write docs/console/NAME.png where pictures are asked for."""
    wanted = bool(request.config.getoption("--update-screenshots", default=False))
    if wanted and os.environ.get("CI"):
        pytest.fail("screenshots are written by a person who looks at them, never in CI")

    def take(of: Visit, name: str) -> None:
        if wanted:
            of.screenshot(ROOT / "docs" / "console" / f"{name}.png")

    return take


@pytest.fixture(scope="session")
def erp(place: Place) -> Iterator[Callable[..., SandboxServer]]:
    """Start sandbox ERPs: ``erp("tripletex", records={"customer": 5})``; all end with the tests."""
    servers: list[SandboxServer] = []

    def start(connector: str, **options: Any) -> SandboxServer:
        spec = place.deployment.world.catalog.connector(connector)
        servers.append(serve(spec, 0, Options(**options)))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture(scope="session")
def situation(place: Place, erp: Callable[..., SandboxServer]) -> Situation:
    """What the pages have to show."""
    return arrange(place.deployment, erp)
