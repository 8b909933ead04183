"""`sluice pull` keeps to a connector's limits without any AWS, and says for how long it waits."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from sandbox.options import Options
from sandbox.server import SandboxServer, serve
from sluice.bootstrap.documents import ROOT, catalog
from tests.unit.cli.conftest import Terminal

LIMITS = "limits: [{requests: 2, seconds: 1, shared_by: [{secret: token}]}]\n"


@pytest.mark.thorough(most=0)
def test_a_pull_is_never_banned(terminal: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "connectors"
    shutil.copytree(ROOT / "connectors" / "fiken", folder / "fiken")
    for schema in (ROOT / "connectors").glob("*.json"):
        shutil.copy(schema, folder)
    with (folder / "fiken" / "connector.yaml").open("a") as file:
        file.write(LIMITS)
    connector = catalog(folder).connector("fiken")
    with serve(connector, 0, Options(records={"account": 450}, bans=True)) as server:
        pairs = {**server.settings, **server.secrets}.items()
        given = [word for name, text in pairs for word in ("--set", f"{name}={text}")]
        asked = ("pull", "fiken", "account", *given, "--connectors", str(folder), "--raw")
        said = terminal(*asked, "--out", str(tmp_path / "out.jsonl"))
        seen = server.sandbox.warden.look()
    assert said.code == 0
    assert seen["banned"] == 0
    assert seen["most"]["2 requests in 1 s"] == 2


@pytest.fixture
def impatient() -> Iterator[SandboxServer]:
    """Give a sandbox that answers the first request for customers with 429 and Retry-After: 1."""
    connector = catalog().connector("tripletex")
    with serve(connector, 0, Options(records=dict.fromkeys(connector.streams, 12))) as server:
        mishap = {"kind": "status", "status": 429, "retry_after": "1", "stream": "customer"}
        order = json.dumps(mishap).encode()
        urlopen(f"{server.url}/_sandbox/faults", order).close()  # noqa: S310 - loopback
        yield server


def customers_of(server: SandboxServer) -> list[str]:
    pairs = [("base_url", server.base_url), *server.secrets.items()]
    return ["pull", "tripletex", "customer", *(w for n, text in pairs for w in ("--set", f"{n}={text}"))]


def test_a_wait_is_told_once_and_not_among_the_events(
    terminal: Terminal, impatient: SandboxServer, tmp_path: Path
) -> None:
    out = tmp_path / "customers.jsonl"
    said = terminal(*customers_of(impatient), "--out", str(out))
    assert said.code == 0
    lines = said.err.splitlines()
    told = [line for line in lines if "waiting" in line]
    assert len(told) == 1, lines
    assert re.fullmatch(r"waiting until \d\d:\d\d:\d\d UTC as the ERP or its limits ask \([12] s\)", told[0])
    assert lines[-1].startswith("12 fetched, 12 mapped, 12 published; ")
    assert said.out == ""
    assert len(out.read_text().splitlines()) == 12


def test_what_is_json_on_standard_error_stays_json(
    terminal: Terminal, impatient: SandboxServer, tmp_path: Path
) -> None:
    said = terminal(*customers_of(impatient), "--json", "--out", str(tmp_path / "customers.jsonl"))
    assert said.code == 0
    assert json.loads(said.err)["counts"]["published"] == 12
