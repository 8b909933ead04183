from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sluice.bootstrap.documents import ROOT
from sluice.registry.packages import files_of
from tests.flows.rig import CANONICAL
from tests.flows.toy_erp import ToyDocuments
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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the toy ERP, whose customers all have one name."""
    for path, text in files_of(ToyDocuments(CANONICAL), "toy").items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(text.replace(b"name: name", b"name: {value: Hemmelig}"))
    return tmp_path


def test_a_connector_is_registered_listed_tried_and_taken_back(terminal: Terminal, folder: Path) -> None:
    said = terminal("connectors", "register", str(folder), "--by", "kari", "--reason", "they told us")
    assert said.code == 0
    assert "toy: version 1 holds, for acme; streams: customer, department" in said.err
    assert "rollback toy --to 0" in said.err
    only = terminal("connectors", "register", str(folder), "toy", "--connection", "acme", "--json").json
    assert (only["version"], only["connections"]) == (1, ["acme"])
    (row,) = terminal("connectors", "versions", "toy", "--json").json
    assert (row["number"], row["holds"], row["connections"]) == (1, True, ["acme"])
    assert (row["who"], row["reason"]) == ("kari", "they told us")
    assert terminal("connectors", "rollback", "toy", "--to", "0").code == 0
    (row,) = terminal("connectors", "versions", "toy", "--json").json
    assert (row["holds"], row["connections"]) == (False, [])
    assert terminal("connectors", "rollback", "toy").code == 2


def test_what_is_wrong_with_a_folder_is_said(terminal: Terminal, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = terminal("connectors", "register", str(tmp_path / "empty"))
    assert said.code == 2
    assert "holds no connectors/NAME/connector.yaml" in said.err
    mapping = folder / "transformers/toy/customer.yaml"
    mapping.write_text(mapping.read_text().replace("id: id", "id: {upppper: id}"))
    said = terminal("connectors", "register", str(folder))
    assert said.code == 2
    assert "transformers/toy/customer.yaml:" in said.err
    assert terminal("connectors", "versions", "toy", "--json").json == []


def test_a_registered_connector_is_shown_as_it_is_deployed(terminal: Terminal) -> None:
    assert [row["name"] for row in terminal("connectors", "list", "--deployed", "--json").json] == ["toy"]
    assert terminal("connectors", "show", "toy", "--deployed", "--json").json["title"] == "Toy ERP"


TUTORIAL = str(ROOT / "docs/tutorial/bygdeverk.openapi.yaml")


def test_a_connector_is_drafted_with_examples_once_it_is_whole(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal("connectors", "new", "bygdeverk", "--from-openapi", TUTORIAL, "--into", str(tmp_path))
    assert said.code == 1
    assert "project.yaml:5#/fields: name is required" in said.out
    assert "customer: incremental: is changed_since in UTC" in said.err
    assert not (tmp_path / "examples").exists()
    again = terminal("connectors", "new", "bygdeverk", "--from-openapi", TUTORIAL, "--into", str(tmp_path))
    assert again.code == 2
    assert "is there already" in again.err
    taken = ("--paths", "/companies/{companyId}/clients", "--into", str(tmp_path / "whole"))
    assert terminal("connectors", "new", "bygdeverk", "--from-openapi", TUTORIAL, *taken).code == 0
    examples = tmp_path / "whole/examples/bygdeverk"
    records, mapped = (
        json.loads((examples / name).read_text()) for name in ("customer.json", "customer.out.json")
    )
    assert len(records) == len(mapped) == 3
    assert [one["name"] for one in mapped] == [one["name"] for one in records]
    registered = terminal("connectors", "register", str(tmp_path / "whole"))
    assert "bygdeverk: version 1 holds, for no connection yet" in registered.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Bygdeverk", "--from-openapi", TUTORIAL), "is no name of a connector"),
        (("bygdeverk",), "right would be --from-openapi, --from-odata or --from-airbyte FILE"),
        (("bygdeverk", "--from-odata", TUTORIAL), "is OpenAPI 3.0.3; should be OData"),
    ],
)
def test_a_draft_of_something_else_is_wrong_use(
    terminal: Terminal, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    said = terminal("connectors", "new", *arguments, "--into", str(tmp_path))
    assert said.code == 2
    assert message in said.err


def test_an_unknown_connector_says_which_there_are(terminal: Terminal) -> None:
    said = terminal("connectors", "show", "tripltex")
    assert said.code == 2
    assert "did you mean 'tripletex'?" in said.err
