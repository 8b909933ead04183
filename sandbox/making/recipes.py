"""Makes whole records of a stream from its schema: same schema, seed, sizes and day, same records.

Records come out as JSON bytes, one after the other; where they are kept is the shelves' business.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from sandbox.making.derived import Step, in_order, is_derived, step
from sandbox.making.samples import Maker, SampleInvalid, Schema, World, maker, type_of
from sandbox.words import Scene
from sluice.connector.paths import Path

DEFAULT_LENGTH = (1, 3)
Outer = tuple[tuple[str, ...], list[Step]]
"""Where an object stands in its record, and the record's fields that are worked out."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one stream's records are made; ``make`` takes a scene that stands at the record's index."""

    stream: str
    make: Maker

    def records(self, seed: int, start: int, count: int) -> Iterator[dict[str, Any]]:
        """Yield ``count`` records from index ``start`` on; a start above 0 draws fresh values."""
        random = Random(f"{seed}/{self.stream}/{start}")  # noqa: S311 (believable, not unguessable)
        scene = Scene(random, lead=zlib.crc32(self.stream.encode()) % 9_000_000)
        for index in range(start, start + count):
            scene.turn(index)
            yield self.make(scene)


def recipe(stream: str, schema: Schema, world: World) -> Recipe:
    """Return the recipe of a stream's schema; raises SampleInvalid."""
    return Recipe(stream, _whole(schema, world, stream))


def counted_key(schema: Schema, key: Path) -> Callable[[int], Any] | None:
    """Return what gives the key of the record at an index, or None where the key is not counted up."""
    here: Schema = schema
    for part in key:
        here = here.get("properties", {}).get(part, {})
    sample = here.get("sample")
    if not isinstance(sample, Mapping):
        return None
    if "sequence" in sample and type_of(here) != "string":
        start = int(sample["sequence"])
        return lambda index: start + index
    if "number_text" in sample or "sequence" in sample:
        start = int(sample.get("number_text", sample.get("sequence")))
        return lambda index: str(start + index)
    return None


def _whole(schema: Schema, world: World, where: str) -> Maker:
    """Return the maker of a record or list item: its own fields first, then what is worked out from them."""
    found: list[Step] = []
    make = _object(schema, world, where, ((), found))
    if not found:
        return make
    steps = [(step.path[:-1], step.path[-1], step.work) for step in in_order(found, where)]

    def complete(scene: Scene) -> Any:
        record = make(scene)
        for path, name, work in steps:
            holder = record
            for part in path:
                holder = holder[part]
            holder[name] = work(record, scene)
        return record

    return complete


def _object(schema: Schema, world: World, where: str, outer: Outer) -> Maker:
    path, steps = outer
    fields: list[tuple[str, Maker]] = []
    for name, field in schema.get("properties", {}).items():
        place = f"{where}.{name}"
        if is_derived(field):
            steps.append(step(field, (*path, name), place))
            fields.append((name, _nothing))
        elif type_of(field) == "object" and "properties" in field:
            fields.append((name, _nested(field, world, place, ((*path, name), steps))))
        elif type_of(field) == "array":
            fields.append((name, _array(field, world, place)))
        else:
            fields.append((name, maker(field, world, place)))
    return lambda scene: {name: make(scene) for name, make in fields}


def _nested(field: Schema, world: World, place: str, outer: Outer) -> Maker:
    """Return the maker of an object inside a record, null at times where its sample says ``nullable``."""
    before = len(outer[1])
    make = _object(field, world, place, outer)
    percent = field.get("sample", {}).get("nullable", 0)
    if not percent:
        return make
    if len(outer[1]) != before:
        raise SampleInvalid(f"{place}: an object that is null at times cannot hold worked-out fields")
    share = percent / 100
    return lambda scene: None if scene.random() < share else make(scene)


def _array(field: Schema, world: World, place: str) -> Maker:
    items = field.get("items", {})
    if "properties" not in items and "sample" not in items:
        return lambda _: []
    low, high = field.get("sample", {}).get("length", DEFAULT_LENGTH)
    make = _whole(items, world, place) if "properties" in items else maker(items, world, place)
    span = high - low + 1
    return lambda scene: [make(scene) for _ in range(low + int(scene.random() * span))]


def _nothing(_: Scene) -> None:
    return None
