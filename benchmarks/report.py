"""The report of a run of all benchmarks: sections and goals as Markdown. Measures nothing."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import told_of_the_machine


@dataclass(frozen=True, slots=True)
class Goal:
    """What was wanted and what came: ``holds`` is None where it was not measured, ``reached`` says why."""

    what: str
    wanted: str
    reached: str
    holds: bool | None

    def row(self) -> str:
        """Return it as a row of a table."""
        verdict = {True: "reached", False: "missed", None: "not measured"}[self.holds]
        return f"| {self.what} | {self.wanted} | {self.reached} | {verdict} |"


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the report: how it is measured again by itself, what came out, which goals it answers."""

    title: str
    command: str
    text: str
    goals: tuple[Goal, ...] = ()

    def markdown(self) -> str:
        """Return it under its title."""
        return f"## {self.title}\n\n`{self.command}`\n\n{self.text}\n"


def at_most(what: str, figure: float | None, most: float, unit: str = "") -> Goal:
    """Return the goal that a figure is not above ``most``; None is a figure that nobody measured."""
    return _goal(what, f"at most {most:g}{unit}", figure, None if figure is None else figure <= most, unit)


def at_least(what: str, figure: float | None, least: float, unit: str = "") -> Goal:
    """Return the goal that a figure is not below ``least``."""
    return _goal(what, f"at least {least:g}{unit}", figure, None if figure is None else figure >= least, unit)


def _goal(what: str, wanted: str, figure: float | None, holds: bool | None, unit: str) -> Goal:  # noqa: FBT001
    return Goal(what, wanted, "—" if figure is None else f"{figure:.2f}{unit}", holds)


def document(sections: Sequence[Section], command: str) -> str:
    """Return the whole report."""
    goals = [goal for section in sections for goal in section.goals]
    head = ["# Benchmarks", "", f"`{command}`", "", machine(), ""]
    table = ["| goal | wanted | reached | |", "|---|---|---|---|", *(goal.row() for goal in goals), ""]
    return "\n".join([*head, *(table if goals else ()), *(section.markdown() for section in sections)])


def machine() -> str:
    """Return what the figures depend on: day, processor, memory, system, what else was going on."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    parts = (told_of_the_machine(), _processor(), f"{memory:.0f} GB", platform.platform(terse=True))
    return f"{'; '.join(part for part in parts if part)}. Load at the end (1, 5, 15 minutes): {load}."


def _processor() -> str:
    """Return what Linux calls the processor; elsewhere nothing."""
    try:
        lines: Iterable[str] = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
