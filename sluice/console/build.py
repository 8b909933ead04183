"""Builds console/ into console/dist with Vite, and knows when there is nothing new to build."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sluice.local import node

_MADE = ("node_modules", "dist")
_PATIENCE_SECONDS = 300.0
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class NotBuilt(Exception):
    """Vite did not build the console; the message says what it said."""


def build(project: Path, progress: Callable[[str], None] = lambda _: None) -> Path:
    """Build the console, unless it is built as its sources are now; return the folder of the built files.

    ``progress`` is told in words what happens. Raises NotBuilt, and NodeMissing where Node or the packages
    cannot be had.
    """
    console = project / "console"
    built = console / "dist"
    with _alone(console):
        if is_built(project):
            return built
        progress("building the console (half a minute the first time)")
        node.install_tools(console)
        wanted = fingerprint(console)
        _run_vite(console)
        # Beside what is built, not in it: every file there is published.
        _stamp(console).write_text(wanted)
    return built


def is_built(project: Path) -> bool:
    """Return whether console/dist is what the sources make."""
    console = project / "console"
    try:
        last = _stamp(console).read_text()
    except OSError:
        return False
    return last == fingerprint(console) and (console / "dist" / "index.html").is_file()


def fingerprint(console: Path) -> str:
    """Return a hash of all that the build depends on: sources, configuration, lock."""
    found = hashlib.sha256()
    for file in sorted(_sources(console)):
        found.update(f"{file.relative_to(console).as_posix()}\0".encode())
        found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


def _sources(console: Path) -> Iterator[Path]:
    for entry in console.iterdir():
        if entry.name not in _MADE:
            found = [entry] if entry.is_file() else entry.rglob("*")
            # Types alone (the API's are written by `npm run types`) leave nothing in what is built.
            yield from (file for file in found if file.is_file() and not file.name.endswith(".d.ts"))


def _stamp(console: Path) -> Path:
    return console / "node_modules" / ".sluice-built"


def _run_vite(console: Path) -> None:
    done = subprocess.run(  # noqa: S603 - vite of console/node_modules
        [*node.tool(console, "vite"), "build"],
        cwd=console,
        env=node.environment(node.find_node()),
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_SECONDS,
    )
    if done.returncode != 0:
        said = _COLOUR.sub("", done.stdout + done.stderr)
        raise NotBuilt(f"vite build failed:\n{said[:2000]}")


@contextmanager
def _alone(console: Path) -> Iterator[None]:
    """Two builds at once would write into one folder."""
    folder = os.open(console, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
