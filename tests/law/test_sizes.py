"""Files, functions, parameter lists, handlers and folders stay small; the exceptions only ever shrink."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import PurePosixPath

import pytest

from tests.law.exceptions import TOO_LARGE
from tests.law.tree import CODE, ROOT, Function, files, functions, python_files, text

FILE_LINES = 400
HANDLER_LINES = 60
FUNCTION_LINES = 50
PARAMETERS = 5
SIBLINGS = 25
HANDLER = re.compile(r"lambdas/((watch|housekeeping)/)?\w+\.py")


def parameters(function: Function) -> int:
    """Return how many parameters a caller sees."""
    taken = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
    return sum(argument.arg not in {"self", "cls"} for argument in taken)


def sizes() -> dict[str, tuple[int, int]]:
    """Return (size, limit) of everything that has a limit."""
    found: dict[str, tuple[int, int]] = {}
    for path in python_files(*CODE, "tests", "infra"):
        limit = HANDLER_LINES if HANDLER.fullmatch(path) else FILE_LINES
        found[path] = (len(text(path).splitlines()), limit)
        for name, function in functions(path):
            found[name] = ((function.end_lineno or 0) - function.lineno + 1, FUNCTION_LINES)
            if not path.startswith("tests/"):
                found[f"{name}()"] = (parameters(function), PARAMETERS)
    for folder, entries in siblings().items():
        found[f"{folder}/"] = (entries, SIBLINGS)
    return found


def siblings() -> Counter[str]:
    """Return how many entries (files and folders) each folder has."""
    entries = {entry for path in files() for entry in (PurePosixPath(path), *PurePosixPath(path).parents)}
    return Counter(str(entry.parent) for entry in entries if str(entry) != ".")


def test_nothing_is_larger_than_the_house_allows() -> None:
    too_large = {
        name: size for name, (size, limit) in sizes().items() if size > max(limit, TOO_LARGE.get(name, 0))
    }
    assert not too_large, "split these (tests/law/test_sizes.py holds the limits)"


def test_an_exception_is_as_large_as_the_list_says() -> None:
    found = sizes()
    stale = {
        name: found.get(name, (0, 0))[0]
        for name, size in TOO_LARGE.items()
        if found.get(name, (0, 0))[0] != size
    }
    assert not stale, "smaller by now, or gone: lower the figure in tests/law/exceptions.py, or take it out"


def test_the_list_of_exceptions_only_shrinks() -> None:
    command = ["git", "show", "HEAD:tests/law/exceptions.py"]
    committed = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603
    if committed.returncode:
        pytest.skip("without git's history there is no earlier list to hold this one against")
    before: dict[str, object] = {}
    exec(committed.stdout, before)  # noqa: S102 - our own file as of the last commit
    allowed = before["TOO_LARGE"]
    assert isinstance(allowed, dict)
    grown = {name: size for name, size in TOO_LARGE.items() if size > allowed.get(name, 0)}
    assert not grown
