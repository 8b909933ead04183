from __future__ import annotations

import json
import random
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from sluice.bootstrap.documents import ROOT
from sluice.console import background
from sluice.console.server import Site

SITE = Site(str(ROOT), {"token": "http://127.0.0.1:4566/oauth2/token", "stage": "a"}, "http://127.0.0.1:1")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    background.stop(tmp_path)


def port_nobody_is_given() -> int:
    """Return a free port below those that the system hands out: no other test is given it meanwhile."""
    return next(
        port
        for port in random.sample(range(20_000, 32_000), 100)
        if background.port_for(Path(), port) == port
    )


def stage(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/config.json", timeout=5) as answer:
        return str(json.load(answer)["stage"])


def test_it_is_started_once_again_where_it_serves_something_else_and_ended(home: Path) -> None:
    port = port_nobody_is_given()
    assert background.running(home) is None
    assert background.start(home, SITE, port) == f"http://localhost:{port}"
    first = json.loads((home / "console.json").read_text())["pid"]
    assert background.start(home, SITE, port) == background.running(home)
    assert json.loads((home / "console.json").read_text())["pid"] == first
    assert background.port_for(home) == port
    background.start(home, replace(SITE, config=SITE.config | {"stage": "b"}), port)
    assert stage(port) == "b"
    assert background.stop(home)
    assert not background.stop(home)
    assert background.running(home) is None
    assert background.port_for(home) == port


@pytest.mark.parametrize("address", [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)])
def test_a_port_that_somebody_has_is_replaced_by_a_free_one(
    home: Path, address: tuple[str, socket.AddressFamily]
) -> None:
    host, family = address
    with socket.socket(family, socket.SOCK_STREAM) as taken:
        try:
            taken.bind((host, port_nobody_is_given()))
        except OSError:
            pytest.skip(f"this machine has no {host}")
        taken.listen()
        port = int(taken.getsockname()[1])
        assert background.port_for(home, port) != port
    assert background.port_for(home, port) == port


def test_what_its_log_says_is_told_where_it_does_not_come_up(home: Path) -> None:
    with pytest.raises(background.ConsoleNotStarted, match=r"console_headers\.yml"):
        background.start(home, replace(SITE, project=str(home)), background._any_free())
