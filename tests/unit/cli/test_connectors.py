from __future__ import annotations

import shutil
from pathlib import Path

from sluice.bootstrap import ROOT
from tests.unit.cli.conftest import Terminal


def test_connectors_are_listed_and_shown(terminal: Terminal) -> None:
    rows = {row["name"]: row for row in terminal("connectors", "list", "--json").json}
    assert {"tripletex", "tryton"} <= set(rows)
    assert all(row["valid"] for row in rows.values())
    shown = terminal("connectors", "show", "tripletex", "--json").json
    assert {"consumer_token", "employee_token"} == set(shown["secrets"])
    assert "base_url" in terminal("connectors", "show", "tripletex").out


def test_good_connectors_check_well(terminal: Terminal) -> None:
    said = terminal("connectors", "check")
    assert (said.code, said.out) == (0, "")
    assert "tripletex: good" in said.err


def test_a_fault_is_shown_with_file_line_and_what_would_be_right(terminal: Terminal, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "connectors", tmp_path / "connectors")
    broken = tmp_path / "connectors/tripletex/connector.yaml"
    broken.write_text(broken.read_text().replace("pagination:", "pagnation:"))
    said = terminal("connectors", "check", "tripletex", "--connectors", str(tmp_path / "connectors"))
    assert said.code == 1
    assert "connectors/tripletex/connector.yaml:" in said.out
    assert "pagination" in said.out


def test_an_unknown_connector_says_which_there_are(terminal: Terminal) -> None:
    said = terminal("connectors", "show", "tripltex")
    assert said.code == 2
    assert "did you mean 'tripletex'?" in said.err
