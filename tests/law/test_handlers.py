"""Every handler is deployed, every deployed handler exists; a state, its file and its event share a name."""

from __future__ import annotations

import ast
import json
import re
from pathlib import PurePosixPath
from typing import Any

import pytest

from tests.law.tree import ROOT, files, text, tree

HANDLER = re.compile(r"handler: (lambdas/(?:\w+/)?\w+)\.(\w+)\b")


def handlers() -> dict[str, str]:
    """Return the path of every file that holds a handler, by its name."""
    found = [PurePosixPath(path) for path in files() if re.fullmatch(r"lambdas/(\w+/)?[a-z]\w*\.py", path)]
    return {path.stem: str(path) for path in found if "handler" in functions_of(str(path))}


def functions_of(path: str) -> set[str]:
    """Return the names of the functions in a file."""
    return {node.name for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)}


def deployment() -> list[str]:
    """Return the paths of what describes the deployment."""
    return [
        path for path in files() if path == "serverless.yml" or re.fullmatch(r"infra/.+\.(ya?ml|json)", path)
    ]


def deployed() -> dict[str, str]:
    """Return the function's name, by the path of its file, for every ``handler:`` of the deployment."""
    pairs = [pair for path in deployment() for pair in HANDLER.findall(text(path))]
    return {f"{module}.py": function for module, function in pairs}


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
    assert sorted(set(handlers().values()) - set(deployed())) == []


def test_every_deployed_handler_exists() -> None:
    missing = [
        f"{path}: {function}"
        for path, function in deployed().items()
        if not (ROOT / path).is_file() or function not in functions_of(path)
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


METERED = tuple(f"state_machines/{name}.asl.json" for name in ("sync", "replay", "backfill"))


def calling(machine: Any) -> dict[str, Any]:
    """Return the states that call a function, by name."""
    return {
        name: state for name, state in states(machine).items() if "lambda:invoke" in state.get("Resource", "")
    }


def test_every_step_of_a_run_answers_with_what_it_used_and_no_other_handler_does() -> None:
    steps = {snake(name) for path in METERED for name in calling(json.loads(text(path)))}
    answering = {name for name, path in handlers().items() if "\n@powered_step\n" in text(path)}
    assert answering == steps


@pytest.mark.parametrize("path", METERED)
def test_what_a_step_used_does_not_add_up_in_the_state(path: str) -> None:
    """Inside of a Map each answer is kept once for each stream: what was used is left out of it."""
    maps = [state for state in states(json.loads(text(path))).values() if state.get("Type") == "Map"]
    inside = {name: state for one in maps for name, state in calling(one["ItemProcessor"]).items()}
    assert [
        name for name, state in inside.items() if "used" in str(state.get("ResultSelector", "used"))
    ] == []
