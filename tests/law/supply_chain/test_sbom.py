"""The bills of materials: whole, true of the lock files, and CycloneDX 1.6 by its own schema."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from requirements.tools import tool
from tests.law.tree import ROOT, text

VALIDATE = """
import pathlib, sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
validator = JsonStrictValidator(SchemaVersion.V1_6)
for path in sys.argv[1:]:
    print("wrong" if validator.validate_str(pathlib.Path(path).read_text()) else "valid")
"""


@pytest.fixture(scope="module")
def bills(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sbom")
    script = str(ROOT / "requirements" / "sbom.py")
    subprocess.run([tool("python"), "-W", "error", script, str(folder)], check=True, cwd=ROOT)  # noqa: S603
    return folder


def read(bills: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((bills / f"{name}.cdx.json").read_text())
    return found


@pytest.mark.parametrize("name", ["lambda", "lake"])
def test_artefact_has_every_locked_package_with_its_hashes(bills: Path, name: str) -> None:
    locked = text(f"requirements/{name}.txt")
    named = set(re.findall(r"^([\w.-]+)==([^\s;\\]+)", locked, re.MULTILINE))
    parts = read(bills, f"sluice-{name}")["components"]
    assert len(named) > 20
    assert {(one["name"], one["version"]) for one in parts} == named
    assert all(one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}" for one in parts)
    hashes = {
        one["content"] for part in parts for place in part["externalReferences"] for one in place["hashes"]
    }
    assert hashes == set(re.findall(r"sha256:(\w+)", locked))


def test_console_has_what_browsers_get_and_what_needs_what(bills: Path) -> None:
    packages = json.loads(text("console/package-lock.json"))["packages"]
    served = {
        place.rpartition("node_modules/")[2]
        for place, one in packages.items()
        if place and not one.get("dev")
    }
    found = read(bills, "sluice-console")
    names = {"/".join(filter(None, (one.get("group"), one["name"]))) for one in found["components"]}
    assert names == served
    assert "vite" not in names
    refs = {one["bom-ref"] for one in found["components"]}
    needs = {one["ref"]: set(one.get("dependsOn", ())) for one in found["dependencies"]}
    assert set().union(*needs.values()) <= refs
    direct = {one.partition("|")[0].rpartition("@")[0] for one in needs["sluice-console"]}
    assert direct == set(packages[""]["dependencies"])


def test_a_bill_is_judged_by_the_schema(bills: Path, tmp_path: Path) -> None:
    # `written` has judged all of them, or the fixture would have failed; this shows that it can refuse one.
    right, wrong = bills / "sluice-console.cdx.json", tmp_path / "wrong.json"
    wrong.write_text(json.dumps({**read(bills, "sluice-console"), "serialNumber": "none"}))
    command = [tool("python"), "-c", VALIDATE, str(right), str(wrong)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    assert said.split() == ["valid", "wrong"]
