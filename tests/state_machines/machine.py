"""The state machine as its tests see it: its definition, its edges, and copies of it with one edge cut."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DEFINITIONS = ROOT / "state_machines"
SYNC = "sync"
WATCH = "watch"
REPLAY = "replay"
HOUSEKEEPING = "housekeeping"
BACKFILL = "backfill"
CUT = "EdgeTaken"
"""Error of the Fail state that a cut edge leads to."""

Definition = dict[str, Any]
_NONE: Definition = {"States": {}}


@dataclass(frozen=True, slots=True)
class Edge:
    """One way out of a state: ``FetchPages!ApiChanged`` (a Catch), ``WhatNext=done`` (a Choice's rule)."""

    state: str
    way: str

    def __str__(self) -> str:
        return f"{self.state}{self.way}"


def definition(
    account: str = "000000000000", region: str = "eu-north-1", *, machine: str = SYNC
) -> Definition:
    """Return the definition with functions and queue put in, which need not exist."""
    text = (DEFINITIONS / f"{machine}.asl.json").read_text()
    text = re.sub(r"\$\{(\w+)Arn\}", rf"arn:aws:lambda:{region}:{account}:function:\1", text)
    text = text.replace("${ErpSystemQueueUrl}", f"https://sqs.{region}.amazonaws.com/{account}/ERP_SYSTEM")
    found: Definition = json.loads(text)
    return found


def state_tables(found: Definition) -> Iterator[dict[str, Any]]:
    """Yield every ``States`` object: the machine's own, then those inside its Maps."""
    yield found["States"]
    for state in found["States"].values():
        if "ItemProcessor" in state:
            yield from state_tables(state["ItemProcessor"])


def all_states(found: Definition) -> dict[str, Any]:
    """Return every state by name, those inside Maps too; names are unique in the whole file."""
    return {name: state for table in state_tables(found) for name, state in table.items()}


def edges(found: Definition) -> list[Edge]:
    """Return every Catch edge, one for each error name, and every Choice edge."""
    return [Edge(name, way) for name, state in all_states(found).items() for way, _ in _ways(state)]


def with_edge_cut(found: Definition, edge: Edge) -> Definition:
    """Return a copy in which that edge leads to a Fail state and whose Maps catch nothing that is inside."""
    cut = copy.deepcopy(found)
    for table in state_tables(cut):
        if edge.state not in table:
            continue
        for around in cut["States"].values():
            if table is not cut["States"] and table in list(state_tables(around.get("ItemProcessor", _NONE))):
                around.pop("Catch")
        table[CUT] = {"Type": "Fail", "Error": CUT, "Cause": str(edge)}
        _redirect(table[edge.state], edge.way)
        return cut
    raise LookupError(str(edge))


def unguarded(found: Definition, state: str = "FetchPages") -> Definition:
    """Return a copy in which the state catches nothing, so that its error reaches the Map around it."""
    bare = copy.deepcopy(found)
    all_states(bare)[state].pop("Catch")
    return bare


def _ways(state: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for catch in state.get("Catch", ()):
        for error in catch["ErrorEquals"]:
            yield f"!{error}", catch
    for rule in state.get("Choices", ()):
        yield "=" + "+".join(_values(rule)), rule
    if "Default" in state:
        yield "=", state


def _values(rule: dict[str, Any]) -> list[str]:
    """Return what the rule compares with, all of which must hold; of several, one of which must: ``a|b``."""
    if "Or" in rule:
        return ["|".join(value for part in rule["Or"] for value in _values(part))]
    if "And" in rule:
        return [value for part in rule["And"] for value in _values(part)]
    return [rule["StringEquals"]]


def _redirect(state: dict[str, Any], way: str) -> None:
    if way == "=":
        state["Default"] = CUT
        return
    if way[0] == "=":
        next(rule for found, rule in _ways(state) if found == way)["Next"] = CUT
        return
    # A Catch of several names: only this one is led away, by a Catch of its own before it.
    at = next(n for n, catch in enumerate(state["Catch"]) if way[1:] in catch["ErrorEquals"])
    if way == "!States.ALL":
        state["Catch"][at]["Next"] = CUT
        return
    state["Catch"][at]["ErrorEquals"] = [e for e in state["Catch"][at]["ErrorEquals"] if e != way[1:]] or [
        "_"
    ]
    state["Catch"].insert(0, {"ErrorEquals": [way[1:]], "ResultPath": "$.failure", "Next": CUT})


def read_mock_config(file: Path) -> dict[str, Any]:
    """Return a machine's cases in Step Functions Local's mock-config format."""
    found: dict[str, Any] = json.loads(file.read_text())
    return found
