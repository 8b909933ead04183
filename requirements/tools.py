"""The tools that look at what is delivered, in an environment of their own: pip-audit, cfn-lint, CycloneDX.

Of their own, because they bring 50 packages that nothing else needs; uv installs them in seconds. What they
find is judged elsewhere: requirements/audit.py, requirements/sbom.py, tests/law/template.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from requirements.install import settings

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / ".venv" / "tools"
UV = [sys.executable, "-m", "uv", "--quiet", "--no-cache"]  # nothing outside the repository is changed
NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}
"""What uv calls those of pip's settings that lead to packages."""


class ToolsMissing(Exception):
    """The tools could not be installed; the message is what uv said."""


def tool(name: str) -> str:
    """Return the path of a tool's program; installs what requirements/tools.txt names, unless it is there.

    Raises ToolsMissing.
    """
    lock = HERE / "tools.txt"
    stamp = FOLDER / ".installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != wanted:
        _uv("venv", "--allow-existing", "--python", sys.executable, str(FOLDER))
        _uv("pip", "sync", "--require-hashes", "--python", str(FOLDER / "bin" / "python"), str(lock))
        stamp.write_text(wanted)
    return str(FOLDER / "bin" / name)


def environment() -> dict[str, str]:
    """Return the environment in which uv finds packages where pip does.

    A package may lie in any of the places that are named: its hash says that it is the one.
    """
    found = {NAMES[name]: text for name, text in settings().items() if name in NAMES}
    for name in {"UV_INDEX", "UV_FIND_LINKS"} & set(found):
        found[name] = (" " if name == "UV_INDEX" else ",").join(found[name].split())
    return {**os.environ, "UV_INDEX_STRATEGY": "unsafe-best-match", "UV_NO_CONFIG": "1", **found}


def _uv(*arguments: str) -> None:
    done = subprocess.run(  # noqa: S603 - uv of this environment
        [*UV, *arguments], env=environment(), check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise ToolsMissing(done.stdout + done.stderr)
