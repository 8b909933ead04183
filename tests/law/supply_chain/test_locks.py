"""What is installed is what was locked: by hash, by version, and without running anything of it."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath

import pytest

from tests.law.tree import ROOT, files, text

NODE = [path for path in files() if path.endswith("package-lock.json")]
PYTHON = [path for path in files() if re.fullmatch(r"requirements/\w+\.txt", path)]


@pytest.mark.parametrize("path", NODE)
def test_every_package_of_npm_is_held_by_its_hash(path: str) -> None:
    packages = json.loads(text(path))["packages"]
    assert len(packages) > 1
    loose = [
        name for name, one in packages.items() if name and not one.get("integrity", "").startswith("sha512-")
    ]
    assert loose == []


@pytest.mark.parametrize("path", NODE)
def test_no_package_of_npm_runs_anything_when_it_is_installed(path: str) -> None:
    settings = ROOT / PurePosixPath(path).parent / ".npmrc"
    kept_from = settings.is_file() and "ignore-scripts=true" in settings.read_text().splitlines()
    wanting = [
        name for name, one in json.loads(text(path))["packages"].items() if one.get("hasInstallScript")
    ]
    assert kept_from or wanting == []


@pytest.mark.parametrize("path", PYTHON)
def test_every_package_of_python_is_one_version_and_comes_from_nowhere_special(path: str) -> None:
    for entry in re.split(r"\n(?=\S)", text(path).strip()):
        assert re.match(r"^[A-Za-z0-9._-]+==[^\s;\\]+( ; .+)? \\\n", entry), entry[:80]
    assert not re.search(
        r"^\s*(-e|--(extra-)?index-url|--find-links|git\+|https?:)", text(path), re.MULTILINE
    )


def test_python_is_installed_by_its_hashes() -> None:
    for path in ("requirements/install.py", "requirements/tools.py", "sluice/local/artefact.py"):
        assert '"--require-hashes"' in text(path), path


def test_actions_may_read_the_repository_and_nothing_else() -> None:
    workflow = text(".github/workflows/ci.yml")
    assert re.search(r"^permissions:\n  contents: read\n\n", workflow, re.MULTILINE)
    assert workflow.count("actions/checkout@") == workflow.count("persist-credentials: false")
    assert "secrets." not in workflow
