"""How long functions and commands take to start: what each handler imports, and how large it is deployed.

Each import is of a fresh Python, from compiled code.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchmarks.peers.turns import Say
from benchmarks.peers.usage import Usage, compiling_once, middle, usage_of
from benchmarks.report import Section, at_most
from sluice.local.artefact import AWS_ARTEFACTS
from sluice.local.artefact_check import handlers, unzipped_size

ROOT = Path(__file__).resolve().parent.parent
_SLUICE = str(Path(sys.executable).with_name("sluice"))
_EXAMINED = ("lambdas.commit_cursor", "lambdas.serve_api", "sluice.cli.pull")
_HEAVIEST = 8
_ABOUT = """\
Importing a handler's module in a fresh Python, from compiled code; medians. Nothing is traced, as on
the embedded AWS; with X-Ray's SDK, as on AWS, it takes what stands in brackets (once each)."""


def start_section(turns: int, say: Say) -> Section:
    """Measure, and return it as a part of the report."""
    say("start: handlers, commands, artefacts")
    version = middle([usage_of([_SLUICE, "--version"]) for _ in range(turns + 1)][1:])
    lines = [
        _ABOUT,
        "",
        *_handler_rows(turns, say),
        "",
        "| of the milliseconds of an import | the heaviest packages |",
        "|---|---|",
        *(f"| `{module}` | {_told(heaviest(_import_times(module)))} |" for module in _EXAMINED),
        "",
        f"`sluice --version`: {version.cpu:.2f} s of CPU.",
        "",
        *_artefact_lines(),
    ]
    goals = (at_most("`sluice --version`: CPU", version.cpu, 0.2, " s"),)
    return Section("Starting", "make bench PARTS=start", "\n".join(lines), goals)


def _handler_rows(turns: int, say: Say) -> list[str]:
    known = handlers(ROOT / "infra" / "functions.yml")
    rows = ["| handler | artefact | import, CPU, s | wall, s | memory, MB |", "|---|---|---|---|---|"]
    for artefact, modules in known.items():
        for module in sorted(modules):
            quiet, traced = _imported(module, turns, traced=False), _imported(module, 1, traced=True)
            say(f"start: {module} {quiet.cpu:.2f} s")
            name = module.removeprefix("lambdas.")
            cells = (f"{quiet.cpu:.2f} ({traced.cpu:.2f})", f"{quiet.wall:.2f}", f"{quiet.peak_mb:.0f}")
            rows.append(f"| {name} | {artefact} | {' | '.join(cells)} |")
    return rows


def _imported(module: str, turns: int, *, traced: bool) -> Usage:
    setting = f"POWERTOOLS_TRACE_DISABLED={'false' if traced else 'true'}"
    command = ["env", setting, f"PYTHONPATH={ROOT}", sys.executable, "-c", f"import {module}"]
    return middle([usage_of(command) for _ in range(turns + 1)][1:])  # the first compiles


def _import_times(module: str) -> str:
    """Return what Python says of an import, module by module."""
    environment = {**compiling_once(), "POWERTOOLS_TRACE_DISABLED": "true", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-X", "importtime", "-c", f"import {module}"]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603
    return done.stderr


def heaviest(told: str) -> list[tuple[str, float]]:
    """Return (package, milliseconds) from what ``-X importtime`` printed, the heaviest first.

    A module's own time counts for its package; of Python's own modules all together are one, ``python``.
    """
    found: Counter[str] = Counter()
    for line in told.splitlines():
        own, _, rest = line.removeprefix("import time:").partition("|")
        if own.strip().isdigit():
            package = rest.partition("|")[2].strip().partition(".")[0]
            found["python" if _is_own(package) else package] += int(own)
    return [(package, microseconds / 1000) for package, microseconds in found.most_common()]


def _is_own(package: str) -> bool:
    return package in sys.stdlib_module_names or package.startswith(("_", "encodings"))


def _told(packages: Iterable[tuple[str, float]]) -> str:
    listed = list(packages)
    total = sum(milliseconds for _, milliseconds in listed)
    return f"{total:.0f}: " + ", ".join(f"{name} {cost:.0f}" for name, cost in listed[:_HEAVIEST])


def _artefact_lines() -> list[str]:
    rows = []
    for name, path in AWS_ARTEFACTS.items():
        if not (ROOT / path).exists():
            return ["There are no artefacts; `make package` builds them."]
        zipped, unpacked = (ROOT / path).stat().st_size / 1e6, unzipped_size(ROOT / path) / 1e6
        rows.append(f"| {name} | {zipped:.1f} | {unpacked:.1f} | {_age(ROOT / path)} |")
    return ["| artefact | zip, MB | unpacked, MB | |", "|---|---|---|---|", *rows]


def _age(built: Path) -> str:
    """Say whether an artefact is older than the code in it."""
    newest = max(file.stat().st_mtime for file in (ROOT / "sluice").rglob("*.py"))
    return "older than the code: `make package` builds it anew" if newest > built.stat().st_mtime else ""
