"""The result of a certification as people and scripts read it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from sluice.cli.certify.rules import RULES, Finding, Status

COLUMNS = ("rule", "status", "note")
SUMMARY_COLUMNS = ("connector", "certified", "seconds", "done", "exempt", "failed", "note")
LONGEST_NOTE = 160
PACE = "all but its pace"
"""The note of a connector whose limits were left out."""


class Scorecard(Struct, frozen=True):
    """What a certification found; ``error`` says why there was none, where it could not be done.

    ``files`` is the digest of what was certified; ``left_out`` is what of the vendor's pace was not kept to.
    """

    connector: str
    findings: tuple[Finding, ...]
    seconds: float
    error: str = ""
    files: str = ""
    left_out: tuple[str, ...] = ()

    @property
    def certified(self) -> bool:
        """Whether every rule is done or exempt."""
        return bool(self.findings) and all(one.is_good for one in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        rules = [
            {"rule": one.rule, "means": RULES[one.rule], "status": one.status.value, "note": one.note}
            for one in self.findings
        ]
        found = {"connector": self.connector, "certified": self.certified, "seconds": round(self.seconds, 1)}
        return {**found, "error": self.error or None, "left_out": list(self.left_out), "rules": rules}

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each rule; a long note is cut, but for what is wrong."""
        return [{"rule": one.rule, "status": one.status.value, "note": _cut(one)} for one in self.findings]

    def row(self) -> dict[str, Any]:
        """Return all as one row; its note names what failed."""
        failed = [one.rule for one in self.findings if not one.is_good]
        note = self.error.replace("\n", " ") or ", ".join(failed) or (PACE if self.left_out else "")
        facts = {"connector": self.connector, "certified": self.certified, "seconds": round(self.seconds)}
        return {**facts, **self._counts(), "note": note}

    def summary(self) -> str:
        """Return all as a line: ``fiken: certified in 52 s, 12 done, 1 exempt``."""
        told = ", ".join(f"{count} {status}" for status, count in self._counts().items() if count)
        word = "certified" if self.certified else "NOT certified"
        return f"{self.connector}: {word} in {self.seconds:.0f} s, {told or self.error}"

    def not_certified(self) -> str:
        """Return what was left out as a line: ``not certified: pace (60 requests in 60 s)``."""
        return f"not certified: pace ({', '.join(self.left_out)}); limits have tests of their own"

    def _counts(self) -> dict[str, int]:
        return {status.value: sum(one.status is status for one in self.findings) for status in Status}


def _cut(one: Finding) -> str:
    if one.status is Status.FAILED or len(one.note) <= LONGEST_NOTE:
        return one.note
    return one.note[: LONGEST_NOTE - 1] + "…"
