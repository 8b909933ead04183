"""Realistic records of the repository's own streams, what is relied on, contracts learnt from them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from typing import Any

import orjson

from sandbox.making.recipes import counted_key, recipe
from sandbox.making.samples import World
from sluice.bootstrap.documents import catalog
from sluice.contract.contract import Contract
from sluice.contract.detector import Detector
from sluice.contract.examination import Finding
from sluice.contract.reliance import Reliance
from sluice.usecases.contracts.reliance import reliance_of

Record = dict[str, Any]
Mutation = Callable[[Record], Any]
TOTAL = 20_000
_CATALOG = catalog()


@cache
def reliance(stream: str, connector: str = "tripletex") -> Reliance:
    """Return what the stream's own mapping relies on."""
    found = _CATALOG.connector(connector)
    return reliance_of(found, found.streams[stream], _CATALOG.mapper(connector, stream))


@cache
def _made(stream: str, count: int, start: int, seed: int, connector: str) -> bytes:
    found = _CATALOG.connector(connector)
    keys = {name: counted_key(one.schema, one.key[0]) for name, one in found.streams.items()}
    known = {name: key for name, key in keys.items() if key is not None}
    world = World(date(2026, 11, 21), dict.fromkeys(found.streams, TOTAL), known)
    made = recipe(stream, found.streams[stream].schema, world).records(seed, start, count)
    return orjson.dumps(list(made))


def records(
    stream: str, count: int, *, start: int = 0, seed: int = 1, connector: str = "tripletex"
) -> list[Record]:
    """Return fresh copies of ``count`` records, the same for the same arguments."""
    found: list[Record] = orjson.loads(_made(stream, count, start, seed, connector))
    return found


@cache
def contract(stream: str, count: int = 1500, runs: int = 3, connector: str = "tripletex") -> Contract:
    """Return a contract that learnt these many records in so many runs."""
    return learnt(records(stream, count, connector=connector), reliance(stream, connector), runs)


def learnt(known: Sequence[Record], relied_on: Reliance, runs: int = 3) -> Contract:
    """Return the contract that the records teach in so many runs."""
    found = Contract()
    size = -(-len(known) // runs)
    for start in range(0, len(known), size or 1):
        seen = Detector(relied_on, found if found.runs else None).observed(known[start : start + size])
        found = found.learnt_from(seen, reliance=relied_on)
    return found


def mutated(known: Sequence[Record], mutation: Mutation, share: float = 1.0) -> list[Record]:
    """Return copies of the records, this share of them (at least one) mutated, evenly spread."""
    found = copy.deepcopy(list(known))
    step = max(1, round(1 / share))
    for record in found[::step]:
        mutation(record)
    return found


def examined(stream: str, window: Sequence[Record], **known: Any) -> Finding:
    """Return what the detector finds in a window of the stream, against the contract learnt from it."""
    found = known.get("contract", contract(stream))
    return Detector(reliance(stream), found).examine(window)


def said(finding: Finding) -> list[tuple[str, str, str]]:
    """Return (code, path, action) of each change."""
    return [(change.code, change.path, change.action.value) for change in finding.changes]


def blocking(finding: Finding) -> list[tuple[str, str, str]]:
    """Return what would keep something from being published."""
    return [one for one in said(finding) if one[2] in {"quarantine", "hold", "fail"}]


def to(*path: str, by: Callable[[Any], Any]) -> Mutation:
    """Return the mutation that replaces each value at a path, through lists too, where there is one."""

    def change(holder: Any, rest: tuple[str, ...]) -> None:
        if isinstance(holder, list):
            for element in holder:
                change(element, rest)
        elif isinstance(holder, dict) and rest[0] in holder:
            if len(rest) == 1:
                holder[rest[0]] = by(holder[rest[0]])
            else:
                change(holder[rest[0]], rest[1:])

    return lambda record: change(record, path)


def without(*path: str) -> Mutation:
    """Return the mutation that removes the field at a path, through lists too."""

    def remove(holder: Any, rest: tuple[str, ...]) -> None:
        if isinstance(holder, list):
            for element in holder:
                remove(element, rest)
        elif isinstance(holder, dict):
            if len(rest) == 1:
                holder.pop(rest[0], None)
            else:
                remove(holder.get(rest[0]), rest[1:])

    return lambda record: remove(record, path)


def renamed(old: str, new: str, *, into: str = "") -> Mutation:
    """Return the mutation that gives a field another name, in another object if ``into`` names one."""

    def change(record: Record) -> None:
        if old in record:
            holder = record.setdefault(into, {}) if into else record
            holder[new] = record.pop(old)

    return change
