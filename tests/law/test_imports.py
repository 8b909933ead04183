"""Imports follow the floor plan: the contracts of pyproject.toml, and what those cannot say."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from tests.law.tree import CODE, ROOT, imported, python_files, tree

SETTINGS = "sluice/settings.py"
AWS = {"boto3", "botocore", "moto", "ministack"}
WITHOUT_AWS = ("tests/unit", "tests/examples", "tests/flows")
ADAPTERS = ("tests/unit/aws/", "tests/unit/local/")


def test_the_contracts_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run([lint], cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603
    assert found.returncode == 0, found.stdout[-4000:] + found.stderr


def reads_environment(node: ast.AST) -> bool:
    """Return whether a node reads the process's environment by way of os."""
    names = {"environ", "environb", "getenv", "getenvb", "putenv"}
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and node.value.id == "os" and node.attr in names
    if isinstance(node, ast.ImportFrom):
        return node.module == "os" and any(alias.name in names for alias in node.names)
    return False


def test_only_the_settings_read_the_environment() -> None:
    guilty = [
        f"{path}:{getattr(node, 'lineno', 0)}"
        for path in python_files(*CODE)
        for node in ast.walk(tree(path))
        if path != SETTINGS and reads_environment(node)
    ]
    assert not guilty, f"read it in {SETTINGS} and pass the value on"


def test_fast_tests_do_without_aws() -> None:
    guilty = {
        path: sorted(imported(path) & AWS)
        for path in python_files(*WITHOUT_AWS)
        if imported(path) & AWS and not path.startswith(ADAPTERS)
    }
    assert not guilty, "tests are foldered by what they need: contracts/ and state_machines/ may use moto"


def test_no_import_hides_in_a_function() -> None:
    guilty = [
        f"{path}:{inner.lineno}"
        for path in python_files("sluice", "lambdas")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not guilty, "a late import hides a cycle: draw the line elsewhere"
