"""What osls makes of serverless.yml and infra/, once for all laws on it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sluice.local import deploy, node
from tests.law.tree import ROOT

Resources = dict[str, Any]
Templates = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Return the template of a stage on AWS, and of the local one."""
    folder = tmp_path_factory.mktemp("infra")
    empty = folder / "empty.zip"
    empty.write_bytes(b"PK\x05\x06" + bytes(18))
    with deploy.alone_with_osls(ROOT):
        node.install_tools(ROOT)
        return {stage: package(stage, folder / stage, empty) for stage in ("dev", "local")}


def package(stage: str, folder: Path, zipped: Path) -> dict[str, Any]:
    """Let osls write the template of a stage; nothing is sent anywhere."""
    command = [*node.tool(ROOT, "osls"), "package", "--stage", stage, "--package", str(folder)]
    lake = zipped.with_name("lake.zip")
    lake.write_bytes(zipped.read_bytes())
    environment = node.environment(node.find_node(), AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x")
    done = subprocess.run(  # noqa: S603
        [*command, *("--param", f"artefact={zipped}"), *("--param", f"lakeArtefact={lake}")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads((folder / "cloudformation-template-update-stack.json").read_text())
    return found


@pytest.fixture
def resources(templates: Templates) -> Resources:
    """Return the properties of every resource of a stage on AWS, by logical id."""
    return {name: found.get("Properties", {}) for name, found in templates["dev"]["Resources"].items()}
