"""Every handler is deployed, every deployed handler exists; a state, its file and its event share a name."""

from __future__ import annotations

import ast
import json
import re
from pathlib import PurePosixPath
from typing import Any

import pytest

from tests.law.tree import ROOT, files, text, tree

HANDLER = re.compile(r"\blambdas[./](\w+)\.(\w+)\b(?!\.)")


def handlers() -> list[str]:
    """Return the names of the files that hold a handler."""
    found = [PurePosixPath(path) for path in files() if re.fullmatch(r"lambdas/[a-z]\w*\.py", path)]
    return [path.stem for path in found if "handler" in functions_of(path.stem)]


def functions_of(module: str) -> set[str]:
    """Return the names of the functions in a file of lambdas/."""
    return {node.name for node in ast.walk(tree(f"lambdas/{module}.py")) if isinstance(node, ast.FunctionDef)}


def deployment() -> list[str]:
    """Return the paths of what describes the deployment."""
    return [
        path for path in files() if path == "serverless.yml" or re.fullmatch(r"infra/.+\.(ya?ml|json)", path)
    ]


def deployed() -> dict[str, str]:
    """Return the function's name in its file, by handler, for every ``handler:`` of the deployment."""
    return dict(pair for path in deployment() for pair in HANDLER.findall(text(path)))


def state_machines() -> list[str]:
    """Return the paths of the definitions."""
    return [path for path in files() if path.endswith(".asl.json")]


def states(value: Any) -> dict[str, Any]:
    """Return every state of a definition by name, those inside Map and Parallel too."""
    found: dict[str, Any] = {}
    if isinstance(value, dict):
        found |= value["States"] if isinstance(value.get("States"), dict) else {}
        for inner in value.values():
            found |= states(inner)
    elif isinstance(value, list):
        for inner in value:
            found |= states(inner)
    return found


def snake(name: str) -> str:
    """Return ``FetchPages`` as ``fetch_pages``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def test_every_handler_is_deployed() -> None:
    assert sorted(set(handlers()) - set(deployed())) == []


def test_every_deployed_handler_exists() -> None:
    missing = [
        f"lambdas.{module}.{function}"
        for module, function in deployed().items()
        if not (ROOT / f"lambdas/{module}.py").is_file() or function not in functions_of(module)
    ]
    assert not missing


@pytest.mark.parametrize("path", state_machines())
def test_a_task_that_calls_a_function_has_its_name(path: str) -> None:
    tasks = {
        name: state for name, state in states(json.loads(text(path))).items() if state.get("Type") == "Task"
    }
    calling = [
        name
        for name, task in tasks.items()
        if "lambda:invoke" in task["Resource"] or "Function" in task["Resource"]
    ]
    assert sorted(snake(name) for name in calling if snake(name) not in handlers()) == []


def test_every_handler_has_an_event_of_its_name() -> None:
    events = {
        PurePosixPath(path).stem for path in files() if re.fullmatch(r"tests/.+/events/\w+\.json", path)
    }
    assert sorted(set(handlers()) - events) == []
