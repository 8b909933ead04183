"""Runs scripts of console/package.json with the Node there is: python -m sluice.console.scripts check."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sluice.local import node


def run(console: Path, *scripts: str) -> int:
    """Run scripts one after another until one fails; return its exit code, 0 for none.

    Installs the packages first unless they are there. Raises NodeMissing.
    """
    node.install_tools(console)
    found = node.find_node()
    for script in scripts:
        command = [*node.npm(found), "run", "--silent", script]
        code = subprocess.run(command, cwd=console, env=node.environment(found), check=False).returncode  # noqa: S603
        if code != 0:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(run(Path.cwd() / "console", *sys.argv[1:]))
