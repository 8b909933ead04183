from __future__ import annotations

import json
from pathlib import Path

import pytest

from sluice.bootstrap.documents import ROOT
from tests.unit.cli.conftest import Terminal

MANIFEST = str(ROOT / "tests/unit/kit/airbyte/manifest.yaml")
TUTORIAL = str(ROOT / "docs/tutorial/bygdeverk.openapi.yaml")


def test_a_manifest_becomes_a_connector_that_can_be_registered(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal("connectors", "new", "havgull", "--from-airbyte", MANIFEST, "--into", str(tmp_path))
    assert said.code == 0
    assert "havgull: drafted customer, project, invoice into" in said.err
    assert "customer: not converted: streams.0.transformations.1: RemoveFields" in said.err
    assert "streams left out (4):" in said.err
    assert "  streams.5 StateDelegatingStream: is no DeclarativeStream" in said.err
    assert "definitions.never_used" in (tmp_path / "connectors/havgull/NOTES.md").read_text("utf-8")
    records, mapped = (
        json.loads((tmp_path / "examples/havgull" / name).read_text("utf-8"))
        for name in ("invoice.json", "invoice.out.json")
    )
    assert len(records) == len(mapped) == 3
    folders = [f"--{one}={tmp_path / one}" for one in ("connectors", "transformers")]
    assert terminal("connectors", "check", "havgull", *folders).code == 0
    assert terminal("connectors", "register", str(tmp_path)).code == 0


def test_streams_are_taken_by_their_names(terminal: Terminal, tmp_path: Path) -> None:
    options = ("--from-airbyte", MANIFEST, "--paths", "clients=supplier", "--into", str(tmp_path))
    assert terminal("connectors", "new", "havgull", *options).code == 0
    assert (tmp_path / "transformers/havgull/supplier.yaml").is_file()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--from-airbyte", TUTORIAL), "is no manifest: it should have `streams`"),
        (("--from-airbyte", MANIFEST, "--from-openapi", TUTORIAL), "says of no one description"),
        (("--from-airbyte", MANIFEST, "--paths", "clint"), "did you mean 'clients'"),
    ],
)
def test_what_cannot_be_converted_is_wrong_use(
    terminal: Terminal, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    said = terminal("connectors", "new", "havgull", *options, "--into", str(tmp_path))
    assert said.code == 2
    assert message in said.err
