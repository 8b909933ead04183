"""What Sluice has to survive, as data: the faults and the inputs, and the tests that show each.

``faults.yaml`` and ``inputs.yaml`` beside this file hold one row for each id. A row has

- ``id``: F01.. for a fault, B01.. for an input;
- ``what``: the fault or the input, in one line;
- ``holds`` (faults): the invariants that must hold after it, by their ids in ``faults.yaml``;
- ``verdict`` (inputs): one or more of VERDICTS;
- ``then`` (if there is more to say): what becomes of it, in one line;
- ``tests``: what shows it, ``path::function``, ``path::Class::method``, or ``path::title`` in TypeScript;
- ``elsewhere``: why it, or what is left of it, cannot be shown here;
- ``open``: what is missing yet.

A row has one of the last three at least. It judges nothing: tests/law/test_reliability.py does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sluice.model.yaml_document import read_yaml

FOLDER = Path(__file__).parent
FAULTS = "faults.yaml"
INPUTS = "inputs.yaml"
VERDICTS = ("reject", "quarantine", "accept exactly", "normalise")
KEYS = {"id", "what", "holds", "verdict", "then", "tests", "elsewhere", "open"}


class Standing(StrEnum):
    """How far a row is shown: what is missing outweighs what is there."""

    SHOWN = "shown"
    ELSEWHERE = "elsewhere"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Row:
    """One fault or input. ``must`` are ids of invariants, or verdicts; an absent text is empty."""

    id: str
    what: str
    must: tuple[str, ...]
    tests: tuple[str, ...] = ()
    then: str = ""
    elsewhere: str = ""
    open: str = ""

    @property
    def standing(self) -> Standing:
        """How far the row is shown."""
        if self.open or not (self.tests or self.elsewhere):
            return Standing.OPEN
        return Standing.SHOWN if self.tests else Standing.ELSEWHERE


def read(file: str) -> dict[str, Any]:
    """Return what stands in one of the two files; raises ConfigurationInvalid for what is no YAML."""
    found: dict[str, Any] = read_yaml((FOLDER / file).read_bytes(), file).value
    return found


def invariants() -> Mapping[str, str]:
    """Return what each invariant says, by its id."""
    found: dict[str, str] = read(FAULTS)["invariants"]
    return found


def faults() -> list[Row]:
    """Return the faults, in the file's order."""
    return [_row(found, "holds") for found in read(FAULTS)["faults"]]


def inputs() -> list[Row]:
    """Return the inputs, in the file's order."""
    return [_row(found, "verdict") for found in read(INPUTS)["inputs"]]


def _row(found: Mapping[str, Any], must: str) -> Row:
    musts = found[must]
    return Row(
        id=found["id"],
        what=found["what"],
        must=(musts,) if isinstance(musts, str) else tuple(musts),
        tests=tuple(found.get("tests", ())),
        then=found.get("then", ""),
        elsewhere=found.get("elsewhere", ""),
        open=found.get("open", ""),
    )
