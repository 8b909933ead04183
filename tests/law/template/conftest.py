"""cfn-lint over the template that goes to AWS: begun first and waited for last, as it takes half a minute."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from requirements.tools import environment, tool

WAITING = "test_cfn_lint"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.stem == WAITING)


@pytest.fixture(scope="session", autouse=True)
def linting(
    templates: dict[str, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[subprocess.Popen[str]]:
    """Give cfn-lint, at work on the template beside the other laws."""
    folder = tmp_path_factory.mktemp("lint")
    (folder / "template.json").write_text(json.dumps(templates["dev"]))
    command = [tool("cfn-lint"), "--template", "template.json", "--regions", "eu-north-1", "--format", "json"]
    with subprocess.Popen(  # noqa: S603
        command, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        yield running
        running.kill()
