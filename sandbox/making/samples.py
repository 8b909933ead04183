"""Turns a schema's ``sample`` into a function that makes one value of a record.

The closed list of samples: a word of words.py, or one of

    {sequence: START}            START, START + 1, ...            {number_text: START}   the same as text
    {reference: STREAM}          the key of a record that exists  {constant: VALUE}
    {choice: [...]}              one of them                      {boolean: PERCENT}     true that often
    {integer: [LO, HI]}          {decimal: [LO, HI], places: N}
    {date: [FROM, TO]}           {datetime: [FROM, TO]}           days from today
    {length: [LO, HI]}           how many items an array has
    {sum: [PATH, ...]}           the sum of other fields, also through lists (``lines.amount``)
    {times: [PATH, FACTOR]}      another field times a number, another field, or one of several numbers
    {days_after: [PATH, DAYS]}   another field's date, later
    {joined: [PATH, ...]}        other fields' texts with spaces

each with ``nullable: PERCENT`` beside it, a word then as {word: NAME, nullable: PERCENT}. The last four are
worked out when the rest of the record (or of the list item) stands. A field without a sample gets a plain
value of its type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sandbox.words import WORDS, Scene

Maker = Callable[[Scene], Any]
Schema = Mapping[str, Any]
CALLS = frozenset(
    {"boolean", "choice", "constant", "date", "datetime", "decimal", "integer", "number_text"}
    | {"reference", "sequence", "word"}
)
DERIVED = frozenset({"days_after", "joined", "sum", "times"})


class SampleInvalid(ValueError):
    """A sample names no known word or call, or a reference leads nowhere; the message says where and what."""


@dataclass(frozen=True, slots=True)
class World:
    """What samples look at beside their own record.

    ``key_of`` gives, by stream, the key of the record at an index; ``counts`` how many records a stream has.
    """

    today: date
    counts: Mapping[str, int]
    key_of: Mapping[str, Callable[[int], Any]]


def type_of(schema: Schema) -> str:
    """Return the schema's type other than null; ``string`` where it says none."""
    found = schema.get("type", "string")
    kinds = [found] if isinstance(found, str) else list(found)
    return next((kind for kind in kinds if kind != "null"), "null")


def maker(schema: Schema, world: World, where: str) -> Maker:
    """Return what makes a value of this schema; raises SampleInvalid."""
    sample = schema.get("sample", _plain(schema))
    if isinstance(sample, str):
        sample = {"word": sample}
    calls = set(sample) & CALLS
    if len(calls) != 1:
        raise SampleInvalid(f"{where}: sample {sample!r} is none of {', '.join(sorted(CALLS | DERIVED))}")
    make = _FACTORIES[calls.pop()](sample, schema, world, where)
    return _sometimes_null(make, sample["nullable"]) if "nullable" in sample else make


def _plain(schema: Schema) -> Mapping[str, Any]:
    """Return the sample of a field that has none: a plain value of its type."""
    if "const" in schema:
        return {"constant": schema["const"]}
    if "enum" in schema:
        return {"choice": [value for value in schema["enum"] if value is not None]}
    kind, form = type_of(schema), schema.get("format")
    if kind == "string" and form in {"date", "date-time"}:
        return {"date" if form == "date" else "datetime": [-400, 0]}
    plain: dict[str, Mapping[str, Any]] = {
        "string": {"word": "sentence"},
        "integer": {"integer": [0, 1000]},
        "number": {"decimal": [0, 1000], "places": 2},
        "boolean": {"boolean": 50},
    }
    return plain.get(kind, {"constant": None})


def _sometimes_null(make: Maker, percent: float) -> Maker:
    share = percent / 100
    return lambda scene: None if scene.random() < share else make(scene)


def _word(sample: Schema, _schema: Schema, _world: World, where: str) -> Maker:
    if sample["word"] not in WORDS:
        raise SampleInvalid(
            f"{where}: there is no word {sample['word']!r}; there are {', '.join(sorted(WORDS))}"
        )
    return WORDS[sample["word"]]


def _sequence(sample: Schema, schema: Schema, _world: World, _where: str) -> Maker:
    start = int(sample["sequence"])
    if type_of(schema) == "string":
        return lambda scene: str(start + scene.index)
    return lambda scene: start + scene.index


def _number_text(sample: Schema, _schema: Schema, _world: World, _where: str) -> Maker:
    start = int(sample["number_text"])
    return lambda scene: str(start + scene.index)


def _reference(sample: Schema, _schema: Schema, world: World, where: str) -> Maker:
    stream = sample["reference"]
    if stream not in world.key_of:
        raise SampleInvalid(f"{where}: there is no stream {stream!r} whose key is counted up")
    key_of, count = world.key_of[stream], world.counts[stream]
    return lambda scene: key_of(int(scene.random() * count)) if count else None


def _constant(sample: Schema, _schema: Schema, _world: World, _where: str) -> Maker:
    value = sample["constant"]
    return lambda _: value


def _choice(sample: Schema, _schema: Schema, _world: World, _where: str) -> Maker:
    options = tuple(sample["choice"])
    return lambda scene: options[int(scene.random() * len(options))]


def _boolean(sample: Schema, _schema: Schema, _world: World, _where: str) -> Maker:
    share = float(sample["boolean"]) / 100
    return lambda scene: scene.random() < share


def _integer(sample: Schema, schema: Schema, _world: World, _where: str) -> Maker:
    low, high = sample["integer"]
    span = high - low + 1
    if type_of(schema) == "string":
        return lambda scene: str(low + int(scene.random() * span))
    return lambda scene: low + int(scene.random() * span)


def _decimal(sample: Schema, schema: Schema, _world: World, _where: str) -> Maker:
    low, high = sample["decimal"]
    places, span = int(sample.get("places", 2)), high - low
    if type_of(schema) == "string":
        return lambda scene: f"{low + scene.random() * span:.{places}f}"
    return lambda scene: round(low + scene.random() * span, places)


def _date(sample: Schema, _schema: Schema, world: World, _where: str) -> Maker:
    first, last = sample["date"]
    days = _days(world.today, first, last + 1)
    return lambda scene: days[int(scene.random() * len(days))]


@lru_cache(maxsize=64)
def _days(today: date, first: int, end: int) -> tuple[str, ...]:
    """Return the dates from ``first`` to before ``end``, in days from today; many fields have the same."""
    return tuple((today + timedelta(days=day)).isoformat() for day in range(first, end))


def _datetime(sample: Schema, _schema: Schema, world: World, _where: str) -> Maker:
    first, last = sample["datetime"]
    days = _days(world.today, first, max(last, first + 1))

    def make(scene: Scene) -> str:
        second = int(scene.random() * 86_400)
        hour, minute = second // 3600, second // 60 % 60
        return f"{days[int(scene.random() * len(days))]}T{hour:02}:{minute:02}:{second % 60:02}Z"

    return make


_FACTORIES: dict[str, Callable[[Schema, Schema, World, str], Maker]] = {
    "word": _word,
    "sequence": _sequence,
    "number_text": _number_text,
    "reference": _reference,
    "constant": _constant,
    "choice": _choice,
    "boolean": _boolean,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "datetime": _datetime,
    "length": lambda sample, schema, world, where: _integer(
        {"integer": sample["length"]}, schema, world, where
    ),
}
