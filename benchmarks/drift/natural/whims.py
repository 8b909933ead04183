"""What happens to single fields now and then; habits say where. Paths are names joined by slashes.

Of a list on the way, the first item is meant.
"""

from __future__ import annotations

from typing import Any

from benchmarks.drift.natural.moment import Chance, Record, Whim


def sometimes(share: float, path: str, value: Any) -> Whim:
    """Return what puts ``value`` at the path in that share of the records."""
    *above, name = path.split("/")

    def change(record: Record, chance: Chance) -> None:
        holder = _holder(record, above)
        if holder is not None and chance.happens(share):
            holder[name] = value

    return change


def lengthened(share: float, path: str) -> Whim:
    """Return what writes a lot more into a text in that share of the records."""
    *above, name = path.split("/")

    def change(record: Record, chance: Chance) -> None:
        holder = _holder(record, above)
        if holder and isinstance(holder.get(name), str) and chance.happens(share):
            holder[name] = " ".join([holder[name]] * (5 + int(chance.random.random() * 20)))

    return change


def emptied(path: str) -> Whim:
    """Return what makes the field null wherever it is there."""
    *above, name = path.split("/")

    def change(record: Record, _: Chance) -> None:
        holder = _holder(record, above)
        if holder is not None and name in holder:
            holder[name] = None

    return change


def all_of(*whims: Whim) -> Whim:
    """Return what does all of these."""

    def change(record: Record, chance: Chance) -> None:
        for whim in whims:
            whim(record, chance)

    return change


def _holder(record: Record, above: list[str]) -> Record | None:
    holder: Any = record
    for name in above:
        holder = holder.get(name) if isinstance(holder, dict) else None
        if isinstance(holder, list):
            holder = holder[0] if holder else None
    return holder if isinstance(holder, dict) else None
