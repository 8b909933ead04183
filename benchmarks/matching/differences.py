"""Two connections with planted differences; what `sluice data compare` tells is held against the plan.

What is planted is a real difference, or only another way to write the same: that must not be told.
"""

from __future__ import annotations

import copy
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from benchmarks.matching.companies import Record, any_number, customers
from benchmarks.matching.lake import ENTITY, lake_of, schema_of
from benchmarks.matching.measuring import Score
from sluice.usecases.data.compare import Comparing, compare

HERE, THERE = "here", "there"
_ALL = 1_000_000

Change = Callable[[Record], None]


def _set(name: str, value: Any) -> Change:
    def change(record: Record) -> None:
        record[name] = value

    return change


def _in_address(name: str, value: str) -> Change:
    def change(record: Record) -> None:
        record["postal_address"] = {**record["postal_address"], name: value}

    return change


REAL: dict[str, Change] = {
    "name": lambda record: record.update(name=record["name"] + " Norge"),
    "email": _set("email", "ny@example.com"),
    "phone": _set("phone", None),
    "active": lambda record: record.update(active=not record["active"]),
    "payment_terms_days": _set("payment_terms_days", 61),
    "discount_percentage": _set("discount_percentage", "7.25"),
    "postal_address.city": _in_address("city", "Kirkenes"),
    "postal_address.line_1": _in_address("line_1", "Ny vei 1"),
    "language": _set("language", "fi"),
}
"""Differences, by the field that has to be told."""

SAME: tuple[Change, ...] = (
    lambda record: record.update(name=f"  {record['name']}\t"),
    lambda record: record.update(name=unicodedata.normalize("NFD", record["name"])),
    lambda record: record.update(discount_percentage=f"{Decimal(record['discount_percentage']):.5f}"),
    lambda record: record.update(mobile_phone=record["mobile_phone"] or ""),
    lambda record: record.update(created_at="2020-01-01T00:00:00Z"),
    lambda record: record.update(extensions={"also_supplier": True}),
    lambda record: record.update(organisation_number=f"NO {record['organisation_number']} MVA"),
)
"""The same in other signs: none of it is a difference."""


@dataclass(slots=True)
class Plan:
    """What has to be told: (key, field) that differ, keys of one side, doubled keys, records without one."""

    records: dict[str, list[Record]] = field(default_factory=lambda: {HERE: [], THERE: []})
    fields: set[tuple[str, str]] = field(default_factory=set)
    only: set[tuple[str, str]] = field(default_factory=set)
    doubles: set[tuple[str, str]] = field(default_factory=set)
    keyless: set[tuple[str, str]] = field(default_factory=set)

    def add(self, side: str, record: Record) -> str:
        """Put a record on a side and return its id there."""
        source_id = f"{len(self.records[side]) + 1}"
        self.records[side].append(
            {**copy.deepcopy(record), "source_id": source_id, "number": record["number"]}
        )
        return source_id


@dataclass(frozen=True, slots=True)
class Ways:
    """In which ways a record may become another, and in which it only looks so."""

    real: Mapping[str, Change]
    same: Sequence[Change]


def planned(seed: int, companies: int, ways: Ways | None = None) -> Plan:
    """Return the plan of a seed; without ``ways`` records differ in all of REAL and SAME."""
    random, plan = Random(f"{seed}/differences"), Plan()  # noqa: S311 - planted, not secret
    for record in customers(seed, companies):
        record["organisation_number"] = record["organisation_number"] or any_number(random)
        record["postal_address"] = record["postal_address"] or record["visiting_address"] or _address()
        _plant(plan, record, random, ways or Ways(REAL, SAME))
    return plan


def told(plan: Plan) -> dict[str, Score]:
    """Compare the plan's two sides through a lake of files; return what was told right, wrongly and not."""
    with lake_of(plan.records) as database:
        wanted = Comparing(ENTITY, (HERE, THERE), limit=_ALL)
        return scores(plan, compare(database, schema_of(), wanted).told)


def scores(plan: Plan, found: Mapping[str, Any]) -> dict[str, Score]:
    """Hold what a comparison of HERE with THERE told against the plan."""
    pair, sides = found["pairs"][0], found["connections"]
    fields = {(one["key"][0], name) for one in pair["differing"] for name in one["fields"]}
    only = {(HERE, one["key"][0]) for one in pair["only_here"]} | {
        (THERE, one["key"][0]) for one in pair["only_there"]
    }
    doubles = {(side, double["key"][0]) for side in sides for double in sides[side]["doubles"]}
    keyless = {(side, source_id) for side in sides for source_id in sides[side]["without_key"]}
    return {
        "fields that differ": _score(fields, plan.fields),
        "only on one side": _score(only, plan.only),
        "doubles": _score(doubles, plan.doubles),
        "without a key": _score(keyless, plan.keyless),
    }


def _plant(plan: Plan, record: Record, random: Random, ways: Ways) -> None:
    number, drawn = record["organisation_number"], random.random()
    if drawn < 0.1:
        side = random.choice((HERE, THERE))
        plan.add(side, record)
        plan.only.add((side, number))
    elif drawn < 0.15:
        side = random.choice((HERE, THERE))
        plan.keyless.add(
            (side, plan.add(side, {**record, "organisation_number": random.choice((None, " - "))}))
        )
    elif drawn < 0.2:
        side = random.choice((HERE, THERE))
        for where in (HERE, THERE, side):
            plan.add(where, {**record, "email": f"{random.randrange(1000)}@example.com"})
        plan.doubles.add((side, number))
    else:
        _plant_pair(plan, record, random, ways)


def _plant_pair(plan: Plan, record: Record, random: Random, ways: Ways) -> None:
    other = copy.deepcopy(record)
    for change in random.sample(ways.same, random.randrange(3)):
        change(other)
    if random.random() < 0.3:
        for name in random.sample(sorted(ways.real), random.randrange(1, 4)):
            ways.real[name](other)
            plan.fields.add((record["organisation_number"], name))
    plan.add(HERE, record)
    plan.add(THERE, other)


def _address() -> Record:
    empty = dict.fromkeys(("line_1", "line_2", "postal_code", "city", "region", "country"))
    return {**empty, "line_1": "Storgata 1", "postal_code": "0150", "city": "Oslo", "country": "NO"}


def _score(found: set[tuple[str, str]], wanted: set[tuple[str, str]]) -> Score:
    return Score(len(found & wanted), len(found - wanted), len(wanted - found))
