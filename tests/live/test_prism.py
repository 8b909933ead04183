"""Prism serves vendors' own descriptions: every request of their connectors must fit them.

The descriptions are not part of this repository; where ../shared is absent the tests skip.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import urllib3
from msgspec.structs import replace

from sluice.bootstrap.documents import ROOT, catalog
from sluice.connector.outcomes import ReadPlan
from sluice.connector.reader import StreamReader
from sluice.connector.session import Session
from sluice.connector.settings import base_url_of, complete_settings
from sluice.connector.spec import Connector, Stream
from sluice.model.http import Request
from sluice.model.secret import Secret
from sluice.settings import child_environment
from sluice.usecases.contracts.selecting import selection_of
from tests.unit.connectors.poweroffice.undescribed import UNDESCRIBED

SPECS = ROOT.parent / "shared/specs"
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
SINCE = "2026-11-20T00:30:00+00:00"
UUID = "aaaaaaaa-1111-4111-8111-111111111111"
SERVED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "xero": ("xero/2026-07-14_58616f4.yaml", {"tenant_id": UUID}),
    "poweroffice": ("poweroffice/2025-03-10_0dc198c.yaml", {}),
}
"""Connectors, with the vendor's description and settings that a connection has to give."""
BELOW = {"xero": "https://api.xero.com/api.xro/2.0"}
"""The address of the described API, where the connector's base URL is that of several."""
NOT_SERVED = {"xero": {"activity", "project", "time_entry"}, "poweroffice": set(UNDESCRIBED)}
"""Streams that the description lacks: Xero's Projects API, and what only a client shows of PowerOffice Go."""
CATALOG = catalog()
HTTP = urllib3.PoolManager(retries=False)
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install Prism as it is locked; return its command."""
    npm = shutil.which("npm")
    assert npm is not None, "npm is needed; make setup needs it too"
    folder = tmp_path_factory.mktemp("prism")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "tests/live/prism" / name, folder)
    subprocess.run(  # noqa: S603 - our own command
        [npm, "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, capture_output=True, timeout=240
    )
    return folder / "node_modules/.bin/prism"


@pytest.fixture
def served(prism: Path, tmp_path: Path) -> Iterator[Callable[[Path], str]]:
    """Serve descriptions until the test ends: give a file, get an address."""
    started: list[subprocess.Popen[bytes]] = []

    def serve(description: Path) -> str:
        port = _free_port()
        command = [
            str(prism),
            "mock",
            "--errors",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            str(description),
        ]
        log = (tmp_path / "prism.log").open("wb")
        with closing(log):
            started.append(
                subprocess.Popen(command, env=child_environment(), stdout=log, stderr=log)  # noqa: S603
            )
        _wait_for(port)
        return f"http://127.0.0.1:{port}"

    yield serve
    for process in started:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise AssertionError("Prism did not begin to serve")


def first_request(
    connector: Connector, stream: Stream, settings: Mapping[str, str], since: str | None
) -> Request:
    plan = ReadPlan(
        connector=connector,
        stream=stream,
        settings=complete_settings(connector, settings),
        secrets={name: Secret(UUID) for name in connector.secrets},
        selection=selection_of(CATALOG.mapper(connector.name, stream.name)),
        since=since,
        started_at=NOW,
        position=None,
        session=Session({name: Secret("token") for name in connector.auth.capture}),
        now=lambda: NOW,
    )
    request = StreamReader(plan).next_request()
    assert request is not None
    return request


def served_at(address: str, connector: Connector, request: Request) -> Request:
    """Return the request as it is sent to the served description, instead of to the vendor."""
    vendor = BELOW.get(connector.name) or base_url_of(connector, complete_settings(connector, {}))
    assert request.url.startswith(f"{vendor}/")
    return replace(request, url=address + request.url.removeprefix(vendor))


def answer_to(request: Request) -> tuple[int, str]:
    """Return status and body; what does not fit the description is a problem document of Prism's."""
    reply = HTTP.request(
        request.method, request.url, body=request.body, headers=dict(request.headers), timeout=60
    )
    return reply.status, reply.data.decode("utf-8", "replace")[:2000]


@pytest.mark.parametrize("name", SERVED)
def test_every_request_fits_the_vendors_own_description(name: str, served: Callable[[Path], str]) -> None:
    file, given = SERVED[name]
    if not (SPECS / file).is_file():
        pytest.skip("the vendors' descriptions (../shared/specs) are not here")
    connector = CATALOG.connector(name)
    address = served(SPECS / file)
    told = {}
    for stream in connector.streams.values():
        if stream.name in NOT_SERVED.get(name, ()):
            continue
        for since in (None, SINCE) if stream.incremental else (None,):
            request = first_request(connector, stream, given, since)
            status, body = answer_to(served_at(address, connector, request))
            if status not in {200, 204}:
                told[(stream.name, since)] = (status, body)
    assert told == {}


def test_a_request_that_does_not_fit_is_told(served: Callable[[Path], str]) -> None:
    file, given = SERVED["xero"]
    if not (SPECS / file).is_file():
        pytest.skip("the vendors' descriptions (../shared/specs) are not here")
    connector = CATALOG.connector("xero")
    address = served(SPECS / file)
    asked = first_request(connector, connector.streams["invoice"], given, None)
    good = served_at(address, connector, asked)
    wrong = Request(good.method, f"{good.url}&page=first", good.headers, good.body, good.label)
    status, body = answer_to(wrong)
    assert status == 422
    assert "page" in body
