"""Fields worked out from other fields of the same record: sums, products, later dates, joined texts.

This is what makes a sandbox invoice add up. The closed list stands in samples.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sandbox.making.samples import DERIVED, SampleInvalid, Schema, type_of
from sandbox.words import Scene

Worker = Callable[[Mapping[str, Any], Scene], Any]
MONEY_PLACES = 2
_AMOUNTS = frozenset({"sum", "times"})


@dataclass(frozen=True, slots=True)
class Step:
    """One field to work out: where it goes, which fields must stand before, and how."""

    path: tuple[str, ...]
    needs: frozenset[str]
    work: Worker


def in_order(steps: list[Step], where: str) -> list[Step]:
    """Return the steps so that each finds what it needs; raises SampleInvalid where none can be first."""
    ordered: list[Step] = []
    waiting = list(steps)
    while waiting:
        open_paths = {".".join(step.path) for step in waiting}
        ready = [step for step in waiting if not step.needs & open_paths]
        if not ready:
            raise SampleInvalid(f"{where}: {', '.join(sorted(open_paths))} are worked out of each other")
        ordered += ready
        waiting = [step for step in waiting if step not in ready]
    return ordered


def is_derived(schema: Schema) -> bool:
    """Return whether the field's sample looks at other fields."""
    sample = schema.get("sample")
    return isinstance(sample, Mapping) and bool(DERIVED & set(sample))


def step(schema: Schema, path: tuple[str, ...], where: str) -> Step:
    """Return what works the field at ``path`` out from its record; raises SampleInvalid."""
    sample = schema["sample"]
    name = next(iter(DERIVED & set(sample)))
    arguments = sample[name]
    if not isinstance(arguments, list) or not arguments:
        raise SampleInvalid(f"{where}: {name} takes a list, not {arguments!r}")
    needs = frozenset(argument for argument in arguments if isinstance(argument, str))
    work = _WORKERS[name](arguments)
    return Step(path, needs, _written(work) if name in _AMOUNTS and type_of(schema) == "string" else work)


def values_at(record: Any, path: str) -> Iterator[Any]:
    """Yield every value at a dotted path, through lists; nothing where the path ends early."""
    head, _, rest = path.partition(".")
    if isinstance(record, list):
        for item in record:
            yield from values_at(item, path)
    elif isinstance(record, Mapping) and head in record:
        if rest:
            yield from values_at(record[head], rest)
        elif record[head] is not None:
            yield record[head]


def _written(work: Worker) -> Worker:
    """Return what works out an amount as text, for APIs that keep decimals so."""
    return lambda record, scene: f"{work(record, scene):.{MONEY_PLACES}f}"


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, str) else value


def _first(record: Mapping[str, Any], path: str) -> Any:
    return next(values_at(record, path), None)


def _sum(paths: list[Any]) -> Worker:
    def work(record: Mapping[str, Any], _: Scene) -> Any:
        return round(sum(_number(value) for path in paths for value in values_at(record, path)), MONEY_PLACES)

    return work


def _times(arguments: list[Any]) -> Worker:
    path, factor = arguments

    def work(record: Mapping[str, Any], scene: Scene) -> Any:
        by = factor
        if isinstance(factor, list):
            by = factor[int(scene.random() * len(factor))]
        elif isinstance(factor, str):
            by = _number(_first(record, factor))
        # Nothing of a credit note is 0.0, not -0.0.
        return round(_number(_first(record, path)) * by, MONEY_PLACES) + 0

    return work


def _days_after(arguments: list[Any]) -> Worker:
    path, days = arguments

    def work(record: Mapping[str, Any], _: Scene) -> Any:
        by = _first(record, days) if isinstance(days, str) else days
        return (date.fromisoformat(_first(record, path)) + timedelta(days=by)).isoformat()

    return work


def _joined(paths: list[Any]) -> Worker:
    return lambda record, _: " ".join(str(value) for path in paths for value in values_at(record, path))


_WORKERS: dict[str, Callable[[list[Any]], Worker]] = {
    "sum": _sum,
    "times": _times,
    "days_after": _days_after,
    "joined": _joined,
}
