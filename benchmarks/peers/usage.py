"""What a process took: processor time, wall time, peak memory; and the middle of several. Linux and macOS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

_LAUNCH = Path(__file__).with_name("launch.py")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sluice-bench"
"""Where environments and compiled code are kept from one run to the next."""


class Broken(RuntimeError):
    """What was to be measured did not do its work; the text says what it said."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Seconds of processor time in the program and in the kernel, seconds of wall time, MB at the most."""

    user: float
    system: float
    wall: float
    peak_mb: float

    @property
    def cpu(self) -> float:
        """Seconds of processor time, both kinds."""
        return self.user + self.system


def usage_of(command: Sequence[str]) -> Usage:
    """Run a command to its end and return what it took; raises Broken where it fails.

    Python's compiled code is kept, as it is wherever a program is installed, whatever the environment says:
    else each start would compile what the one before has compiled.
    """
    launched = [sys.executable, "-I", "-S", str(_LAUNCH), *command]
    done = subprocess.run(launched, env=compiling_once(), check=True, capture_output=True)  # noqa: S603 - our own
    told = json.loads(done.stdout)
    if told["code"]:
        raise Broken(f"{' '.join(command)} ended with {told['code']}: {told['said'].strip()[-1500:]}")
    return Usage(told["user"], told["system"], told["wall"], told["peak_mb"])


def compiling_once() -> dict[str, str]:
    """Return this process's environment, with Python's compiled code kept in the cache."""
    kept = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(CACHE / "bytecode")}


def middle(usages: Sequence[Usage]) -> Usage:
    """Return the median of each figure by itself; of memory the most that was seen."""
    return Usage(
        median(one.user for one in usages),
        median(one.system for one in usages),
        median(one.wall for one in usages),
        max(one.peak_mb for one in usages),
    )
