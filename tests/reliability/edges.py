"""Every way out of every state of every state machine, and the cases that take it; edges.md tells of them.

Which edges a case takes is what it claims (tests/state_machines); that it does is shown there, on an engine:
the edge is cut, and the case has to end where it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Protocol

from tests.state_machines import backfill_cases, cases, housekeeping_cases, replay_cases, watch_cases
from tests.state_machines.machine import BACKFILL, DEFINITIONS, HOUSEKEEPING, REPLAY, SYNC, WATCH, definition
from tests.state_machines.machine import edges as edges_of
from tests.state_machines.retrying.rules import Rule, rules

PAGE = "tests/reliability/edges.md"
RETRYING = "tests/state_machines/retrying/test_retrying.py"


class Case(Protocol):
    """What the cases of all machines have in common: the edges that they take, in order."""

    @property
    def edges(self) -> tuple[str, ...]: ...


CASES: Mapping[str, Mapping[str, Case]] = {
    SYNC: cases.CASES | cases.UNGUARDED,
    REPLAY: replay_cases.CASES,
    BACKFILL: backfill_cases.CASES,
    WATCH: watch_cases.CASES | watch_cases.UNGUARDED,
    HOUSEKEEPING: housekeeping_cases.CASES | housekeeping_cases.UNGUARDED,
}
TESTS = {machine: f"tests/state_machines/test_{machine}_cases.py" for machine in CASES}


def machines() -> list[str]:
    """Return the names of the machines that there are definitions of; ascending."""
    return sorted(path.name.removesuffix(".asl.json") for path in DEFINITIONS.glob("*.asl.json"))


def taken(machine: str) -> dict[str, list[str]]:
    """Return the cases that take each edge of a machine, by the edge; none for one that is not taken."""
    return {
        str(edge): [name for name, case in CASES.get(machine, {}).items() if str(edge) in case.edges]
        for edge in edges_of(definition(machine=machine))
    }


def summary() -> list[str]:
    """Return the table of how many edges there are, as lines of Markdown."""
    lines = [
        "| machine | Catch | taken | Choice | taken | Retry | taken | cases |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for machine in machines():
        found = taken(machine)
        counts = [
            number
            for sign in "!="
            for part in [[names for edge, names in found.items() if sign in edge]]
            for number in (len(part), sum(map(bool, part)))
        ]
        again = len(rules(machine))
        numbers = " | ".join(map(str, (*counts, again, again, len(CASES.get(machine, ())))))
        lines.append(f"| [{machine}](../state_machines/{machine}.asl.json) | {numbers} |")
    return lines


def page() -> str:
    """Return the list of all edges and the cases that take them, as Markdown."""
    return _PREFACE + "\n".join(_section(machine) for machine in machines())


_PREFACE = """\
# Every edge of every state machine

Made by `make generate`. `FetchPages!ApiChanged` is the Catch of a state for an error, `WhatNext=done` the
rule of a Choice for a value, `WhatNext=` its Default. Beside each stand the cases of
[tests/state_machines](../state_machines) that take it; each case is run on an engine with that very edge cut,
and has to end there. A rule of a Retry is taken by a case for each of its errors, made from the definition
([rules.py](../state_machines/retrying/rules.py)): the Task has to be tried as often as the rule says.

"""


def _section(machine: str) -> str:
    lines = [f"## {machine}", "", "| edge | cases |", "|---|---|"]
    lines += [f"| `{_cell(edge)}` | {', '.join(names)} |" for edge, names in taken(machine).items()]
    lines += ["", "| state | tried again for | at most |", "|---|---|---|"]
    for state, found in groupby(rules(machine), key=lambda rule: rule.state):
        lines += [f"| {state} | {_errors(rule)} | {rule.attempts} |" for rule in found]
    return "\n".join([*lines, ""])


def _errors(rule: Rule) -> str:
    return ", ".join(_code(rule.errors))


def _code(names: Iterable[str]) -> list[str]:
    return [f"`{name}`" for name in names]


def _cell(edge: str) -> str:
    return edge.replace("|", "\\|")
