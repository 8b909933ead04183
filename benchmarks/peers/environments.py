"""Python environments for the other tools, made when they are first needed.

Each has the packages that its file in ``requirements/`` pins, and lies below the user's cache folder
(``XDG_CACHE_HOME``), named after what it pins: with other requirements it is another one.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.peers.peer import REQUIREMENTS
from benchmarks.peers.usage import CACHE

_SECONDS = 900
"""How long making one may take."""


def pythons(names: Iterable[str], say: Callable[[str], None]) -> tuple[dict[str, Path], dict[str, str]]:
    """Return the Python of each environment, "" being this one's, and why those that are missing are."""
    found, missing = {"": Path(sys.executable)}, {}
    for name in sorted(names):
        try:
            found[name] = python_of(name, say)
        except (subprocess.SubprocessError, OSError) as error:
            missing[name] = f"its environment cannot be made: {_reason(error)}"
            say(f"left out: {name}: {missing[name]}")
    return found, missing


def python_of(name: str, say: Callable[[str], None]) -> Path:
    """Return the Python of an environment; raises SubprocessError or OSError where it cannot be made."""
    file = REQUIREMENTS / f"{name}.txt"
    folder = CACHE / f"{name}-{hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"
    python = folder / "bin" / "python"
    if (folder / "ready").exists():
        return python
    began = time.monotonic()
    say(f"making the environment of {name} (once) ...")
    shutil.rmtree(folder, ignore_errors=True)
    uv = [sys.executable, "-m", "uv"]
    _run([*uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
    install = [*uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python)]
    _run([*install, "--requirement", str(file)])
    (folder / "ready").touch()
    say(f"the environment of {name} was made in {time.monotonic() - began:.0f} s")
    return python


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS, text=True)  # noqa: S603


def _reason(error: Exception) -> str:
    told = (getattr(error, "stderr", None) or str(error)).strip()
    return told.splitlines()[-1][:200] if told else type(error).__name__


def versions(name: str) -> dict[str, str]:
    """Return the versions that an environment's requirements pin, by package."""
    lines = (REQUIREMENTS / f"{name}.txt").read_text().splitlines()
    pinned = (line.partition(" ;")[0].partition("==") for line in lines if "==" in line)
    return {package.strip(): version.strip() for package, _, version in pinned}
