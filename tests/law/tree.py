"""The repository as the laws see it: its files and what stands in its Python. Judges nothing."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("sluice", "lambdas", "sandbox")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def files() -> tuple[str, ...]:
    """Return the paths of every file that is, or could be, committed; ascending."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout  # noqa: S603
    return tuple(
        sorted(path for path in set(listed.decode().split("\0")) if path and (ROOT / path).is_file())
    )


def python_files(*folders: str) -> list[str]:
    """Return the Python files below the folders."""
    return [
        path
        for path in files()
        if path.endswith(".py") and path.startswith(tuple(f"{name}/" for name in folders))
    ]


def markdown_files() -> list[str]:
    """Return the documents that people read, without the changelog, which tells of what is no more."""
    return [path for path in files() if path.endswith(".md") and path != "CHANGELOG.md"]


@cache
def text(path: str) -> str:
    """Return a file's text; of a binary file, what can be read of it."""
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


@cache
def tree(path: str) -> ast.Module:
    """Return a Python file's syntax tree."""
    return ast.parse(text(path), filename=path)


def functions(path: str) -> Iterator[tuple[str, Function]]:
    """Yield (``path::function``, node) of every function and method of a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, Function):
            yield f"{path}::{node.name}", node


def imported(path: str) -> set[str]:
    """Return the top-level packages that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found
