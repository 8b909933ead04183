"""Windows that look as if the API had changed, though it has not: nothing of them may be blocked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from benchmarks.drift.baseline import Baseline
from benchmarks.drift.cases import SIZES
from benchmarks.drift.judging import judge
from benchmarks.drift.measures import Measures
from benchmarks.drift.stage import Stage

Record = dict[str, Any]
Decoy = Callable[[Stage, list[Record], Random], list[Record]]
_TEXTS = (
    "O'Brien & Søn",
    "Кафе Ромашка",
    '{"note": "pasted"}',
    "100,5 m²",
    "&amp;",
    "\u00c3\u00b8l og vin",  # someone pasted what another program had spoilt
    "0",
    "null",
    "-",
)


def _other_order(_: Stage, records: list[Record], random: Random) -> list[Record]:
    """Return the records with the fields of each object in another order: JSON objects have none."""
    return [_reordered(record, random) for record in records]


def _reordered(value: Any, random: Random) -> Any:
    if isinstance(value, dict):
        names = list(value)
        random.shuffle(names)
        return {name: _reordered(value[name], random) for name in names}
    return [_reordered(item, random) for item in value] if isinstance(value, list) else value


def _written_otherwise(stage: Stage, records: list[Record], _: Random) -> list[Record]:
    """Return the records with whole numbers of decimal fields written 100 and 100.0 in turn."""
    return [_floats(stage.stream.schema, record, odd=bool(index % 2)) for index, record in enumerate(records)]


def _floats(schema: Mapping[str, Any], value: Any, *, odd: bool) -> Any:
    if isinstance(value, list):
        return [_floats(schema.get("items", {}), item, odd=odd) for item in value]
    if isinstance(value, dict):
        known = schema.get("properties", {})
        return {name: _floats(known.get(name, {}), below, odd=odd) for name, below in value.items()}
    kinds = schema.get("type", "string")
    is_number = kinds == "number" or "number" in kinds
    if is_number and type(value) in {int, float} and value == int(value):
        return float(value) if odd else int(value)
    return value


def _twice(_: Stage, records: list[Record], random: Random) -> list[Record]:
    """Return the records with some of them twice, as a list gives that shifts while it is read."""
    again = random.sample(records, max(len(records) // 20, 1))
    return [*records, *again]


def _one_day(stage: Stage, records: list[Record], _: Random) -> list[Record]:
    """Return the records as a batch makes them: all dates and references as in the first one."""
    first = records[0]
    same = [
        name for name in first if "date" in name.lower() or name.lower().rstrip(".") in {"customer", "party"}
    ]
    same = [name for name in same if stage.declared.get((name,), {}).get("type") != "array"]
    return [{**record, **{name: first[name] for name in same if name in record}} for record in records]


def _one_only(_: Stage, records: list[Record], __: Random) -> list[Record]:
    """Return one record: most increments are as small."""
    return records[-1:]


def _odd_texts(stage: Stage, records: list[Record], random: Random) -> list[Record]:
    """Return the records with an odd text typed by someone into one in fifty of them."""
    names = [
        name
        for name in ("name", "displayName", "description", "comment", "text")
        if (name,) in stage.declared
    ]
    chosen = set(random.sample(range(len(records)), max(len(records) // 50, 1)))
    return [
        {**record, **{name: random.choice(_TEXTS) for name in names if isinstance(record.get(name), str)}}
        if index in chosen
        else record
        for index, record in enumerate(records)
    ]


def _none_at_all(_: Stage, __: list[Record], ___: Random) -> list[Record]:
    """Return no record: nobody works at the weekend."""
    return []


DECOYS: Mapping[str, Decoy] = {
    "fields in another order": _other_order,
    "100 and 100.0": _written_otherwise,
    "records twice": _twice,
    "a batch of one day": _one_day,
    "one record": _one_only,
    "odd texts": _odd_texts,
    "no records": _none_at_all,
}


def try_decoys(stage: Stage, baselines: Sequence[Baseline], measures: Measures) -> int:
    """Try every decoy on every company's windows; return how many were tried."""
    tried = 0
    for baseline in baselines:
        for size in SIZES:
            for name, decoy in DECOYS.items():
                where = f"decoy {name!r} {stage.name} {size} {baseline.seed}"
                random = Random(where)  # noqa: S311 (the same every time, not secret)
                records = decoy(stage, list(baseline.window(size)), random)
                verdict = judge(stage, baseline.contract(size), records)
                measures.decoy(where, verdict)
                tried += 1
    return tried
