"""`sluice pull` keeps to a connector's limits without any AWS."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sandbox.options import Options
from sandbox.server import serve
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
