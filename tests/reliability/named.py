"""A test as the catalogue names it, looked up in the repository: whether it is there, and ever runs."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TYPESCRIPT = (".ts", ".tsx")

Node = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def fault(name: str) -> str:
    """Return what is wrong with ``path::name``, in words; empty where the test is there and is run."""
    path, _, inside = name.partition("::")
    if not inside or not path.startswith(("tests/", "console/")) or not (ROOT / path).is_file():
        return "no such file of tests"
    if path.endswith(TYPESCRIPT):
        return "" if inside in _text(path) else "no test of this title"
    if not Path(path).name.startswith("test_"):
        return "pytest looks for no tests there"
    return _fault_inside(_tree(path), inside.partition("[")[0].split("::"))


def _fault_inside(tree: ast.Module, steps: list[str]) -> str:
    nodes = [node for node in tree.body if isinstance(node, Node)]
    if _is_skipped(_marks_of(tree)):
        return "its file is always skipped"
    if steps[0] in _made_of_machines(tree) and len(steps) == 1:
        return ""
    for step in steps:
        found = next((node for node in nodes if node.name == step), None)
        if found is None:
            return f"{step} is not there"
        if _is_skipped(found.decorator_list):
            return f"{step} is always skipped"
        nodes = [node for node in found.body if isinstance(node, Node)]
    if isinstance(found, ast.ClassDef) or not found.name.startswith("test_"):
        return f"{steps[-1]} is no test"
    return "" if _is_collected(tree, steps) else f"{steps[0]} is run by no class of tests"


def _is_collected(tree: ast.Module, steps: list[str]) -> bool:
    """Return whether the function stands alone, in a class of tests, or in what such a class inherits."""
    return len(steps) == 1 or any(
        steps[0] in {node.name, *(base.id for base in node.bases if isinstance(base, ast.Name))}
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test")
    )


def _made_of_machines(tree: ast.Module) -> set[str]:
    """Return the tests that Hypothesis makes of a state machine: ``TestIt = It.TestCase``."""
    return {
        node.targets[0].id
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id.startswith("Test")
        and ast.unparse(node.value).endswith(".TestCase")
    }


def _marks_of(tree: ast.Module) -> list[ast.expr]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            return node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
    return []


def _is_skipped(marks: list[ast.expr]) -> bool:
    return any(ast.unparse(mark).split("(")[0] in {"pytest.mark.skip", "skip"} for mark in marks)


@cache
def _text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def _tree(path: str) -> ast.Module:
    return ast.parse(_text(path), filename=path)
