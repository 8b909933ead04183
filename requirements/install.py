"""Installs the locked packages and this project into the environment that runs it.

Of a person's pip settings only those count that lead to packages (index, proxy, certificates, ...), never
those that change what is installed or where (user, target, prefix, require-hashes, no-binary, ...).
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
KEPT = frozenset(
    {
        "cert", "client-cert", "default-timeout", "extra-index-url", "find-links", "index-url", "no-index",
        "keyring-provider", "proxy", "retries", "timeout", "trusted-host", "use-deprecated", "cache-dir",
    }
)  # fmt: skip
PIP = [sys.executable, "-m", "pip", "--quiet"]


def settings() -> dict[str, str]:
    """Return the settings that count, by name; the environment's go over those of files."""
    listed = subprocess.run([*PIP, "config", "list"], check=True, capture_output=True, text=True).stdout  # noqa: S603
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in found and name in KEPT:
            found[section][name] = str(ast.literal_eval(value))
    return found["global"] | found["install"] | found[":env:"]


def install(environment: dict[str, str], *arguments: str) -> None:
    """Run pip install; where it fails, leave with its exit code and what it said."""
    command = [*PIP, "install", *arguments]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        sys.exit(done.returncode)


def main() -> None:
    """Install what requirements/dev.txt names, then the project itself, editable."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PIP_")}
    environment |= {"PIP_" + name.upper().replace("-", "_"): text for name, text in settings().items()}
    environment |= {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    sys.stdout.write("installing the locked packages into the environment (about a minute, once)\n")
    sys.stdout.flush()
    install(environment, "--require-hashes", "--requirement", str(HERE / "dev.txt"))
    install(environment, "--no-deps", "--editable", str(HERE.parent))
    # Once and for all: where Python is told to write no compiled code, each start would compile it anew.
    code = [str(HERE.parent / folder) for folder in ("sluice", "lambdas", "sandbox")]
    subprocess.run([sys.executable, "-m", "compileall", "-q", *code], check=False)  # noqa: S603


if __name__ == "__main__":
    main()
