"""`make audit`: what is locked is held against what is known to be vulnerable, by pip-audit and npm audit.

A finding fails, unless requirements/advisories.yaml accepts it for a while, with a reason. A database that
cannot be reached is told, and fails where it is wanted strictly (--strict, as CI does): neither tool can be
taken at its word there, as pip-audit calls a package that its database does not have nothing but skipped.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from requirements.tools import FOLDER, environment, tool
from sluice.local import node

ROOT = Path(__file__).resolve().parents[1]
ACCEPTED = ROOT / "requirements" / "advisories.yaml"
PYTHON = (
    "requirements/lambda.txt",
    "requirements/lake.txt",
    "requirements/dev.txt",
    "requirements/tools.txt",
)
NODE = ("package-lock.json", "console/package-lock.json")
LONGEST = 180
"""Days: an advisory is accepted for no longer, then looked at again."""
_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Finding:
    """A locked package that an advisory names; ``ids`` are all the names that the advisory has."""

    package: str
    ids: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in one lock file; ``unseen`` says what was not looked at, and is empty where all was."""

    lock: str
    findings: tuple[Finding, ...] = ()
    unseen: str = ""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An advisory that is lived with until a day, and why."""

    id: str
    package: str
    reason: str
    until: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is told of the reports, and whether it fails: by what was found, or by what was not looked at."""

    lines: list[str] = field(default_factory=list)
    found: int = 0
    unseen: int = 0


def accepted(text: str, today: date) -> list[Acceptance]:
    """Return the acceptances that a file names; raises ValueError for one of no reason or a far day."""
    acceptances = [Acceptance(**one) for one in yaml.safe_load(text)["accepted"]]
    for one in acceptances:
        if type(one.until) is not date or (one.until - today).days > LONGEST:
            raise ValueError(f"{one.id}: until {one.until}; right would be a day in {LONGEST} days or fewer")
        if len(one.reason.split()) < 4:
            raise ValueError(
                f"{one.id}: {one.reason!r} is no reason; right would be why it does no harm here"
            )
    return acceptances


def judged(reports: Iterable[Report], acceptances: Sequence[Acceptance], today: date) -> Verdict:
    """Return what is told of the reports: findings that nobody accepts, and what was not looked at."""
    lines: list[str] = []
    found = unseen = 0
    valid = [one for one in acceptances if one.until >= today]
    for report in reports:
        open_ = [one for one in report.findings if not _is_accepted(one, valid)]
        left = f", {len(report.findings) - len(open_)} accepted" if len(open_) < len(report.findings) else ""
        count = f"{len(open_)} advisories{left}" if report.findings or not report.unseen else ""
        lines.append(f"{report.lock}: {'; '.join(filter(None, (count, report.unseen)))}")
        lines += [f"  {one.package}: {', '.join(one.ids)} {one.says}".rstrip() for one in open_]
        found += len(open_)
        unseen += bool(report.unseen)
    lines += [
        f"{one.id}: accepted until {one.until}, which is over" for one in acceptances if one.until < today
    ]
    return Verdict(lines, found, unseen)


def of_pip_audit(lock: str, out: str, said: str) -> Report:
    """Return the report that pip-audit's JSON comes to; ``said`` is what it wrote beside it."""
    try:
        packages: list[dict[str, Any]] = json.loads(out)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Report(lock, unseen=_not_reached(said))
    skipped = [one["name"] for one in packages if "skip_reason" in one]
    unseen = f"not looked at: {', '.join(skipped)}" if skipped else ""
    if skipped and len(skipped) == len(packages):
        unseen = _not_reached("it has none of these packages")
    findings = [
        Finding(
            f"{package['name']} {package['version']}",
            (found["id"], *found.get("aliases", ())),
            f"fixed in {', '.join(found['fix_versions'])}" if found.get("fix_versions") else "not fixed yet",
        )
        for package in packages
        for found in package.get("vulns", ())
    ]
    return Report(lock, tuple(findings), unseen)


def of_npm_audit(lock: str, out: str, said: str) -> Report:
    """Return the report that npm audit's JSON comes to."""
    try:
        answer: dict[str, Any] = json.loads(out)
        packages: dict[str, Any] = answer["vulnerabilities"]
    except (ValueError, KeyError, TypeError):
        return Report(lock, unseen=_not_reached(_message(out) or said))
    findings = {
        Finding(via["name"], (via["url"].rpartition("/")[2],), f"{via['severity']}, in {via['range']}")
        for package in packages.values()
        for via in package["via"]
        if isinstance(via, dict)  # else it is another package of this list
    }
    return Report(lock, tuple(sorted(findings, key=lambda one: (one.package, one.ids))))


def _is_accepted(finding: Finding, acceptances: Iterable[Acceptance]) -> bool:
    package = finding.package.partition(" ")[0]
    return any(one.id in finding.ids and one.package == package for one in acceptances)


def _not_reached(said: str) -> str:
    last = (said.strip().splitlines() or ["no answer"])[-1]
    return f"the database of advisories cannot be reached here ({last[:200]})"


def _message(out: str) -> str:
    try:
        return str(json.loads(out)["message"])
    except (ValueError, KeyError, TypeError):
        return ""


def _pip_audit(lock: str) -> Report:
    command = [tool("pip-audit"), "--requirement", lock, "--require-hashes", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off", "--cache-dir", str(FOLDER / "advisories")]
    return of_pip_audit(lock, *_run(command, ROOT, environment()))


def _npm_audit(lock: str) -> Report:
    found = node.find_node()
    command = [*node.npm(found), "audit", "--json", "--package-lock-only", "--fetch-retries", "1"]
    return of_npm_audit(lock, *_run(command, (ROOT / lock).parent, node.environment(found)))


def _run(command: list[str], folder: Path, known: dict[str, str]) -> tuple[str, str]:
    try:
        done = subprocess.run(  # noqa: S603 - tools of this environment, on files of ours
            command, cwd=folder, env=known, check=False, capture_output=True, text=True, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        return "", f"no answer in {_SECONDS} s"
    return done.stdout, done.stderr


def main(arguments: Sequence[str]) -> int:
    """Look at every lock file, tell what was found; return the exit code."""
    today = datetime.now(UTC).date()
    acceptances = accepted(ACCEPTED.read_text(), today)
    tool("pip-audit")  # installed once, before several want it
    jobs: list[tuple[Callable[[str], Report], str]] = [(_pip_audit, lock) for lock in PYTHON]
    jobs += [(_npm_audit, lock) for lock in NODE]
    with ThreadPoolExecutor(2) as workers:
        verdict = judged(workers.map(lambda job: job[0](job[1]), jobs), acceptances, today)
    sys.stdout.write("\n".join(verdict.lines) + "\n")
    strict = "--strict" in arguments
    if verdict.unseen and not strict:
        sys.stdout.write("not all could be looked at; AUDIT=strict makes that a failure\n")
    return 1 if verdict.found or (strict and verdict.unseen) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
