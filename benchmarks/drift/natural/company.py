"""A company whose records are read again and again: which exist on a day, and what state they are in.

Records come from the sandbox's recipes; habits give them the life that recipes leave out. Same seed, same
company. Records are made once and kept as JSON; each reading gives fresh ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from random import Random

import orjson

from benchmarks.drift.natural import nordic, tripletex, tryton
from benchmarks.drift.natural.moment import Chance, Habit, Moment, Record
from benchmarks.drift.stage import Stage
from sandbox.making.recipes import Recipe, counted_key, recipe
from sandbox.making.samples import World

FIRST_DAY = date(2026, 2, 2)
"""The day of a company's first run."""

PAST = 1000
"""How many records came before the first run; they are spread over the days before it."""

_PAST_DAYS = 400
_BATCH = 250
_HABITS = {"tripletex": tripletex.HABITS, "tryton": tryton.HABITS, "nordic": nordic.HABITS}


@dataclass
class Company:
    """The records of one stream at one customer; ``seed`` tells customers apart."""

    stage: Stage
    seed: int
    _raw: dict[int, Record] = field(default_factory=dict)
    _born: dict[tuple[int, Moment | None], tuple[bytes, Chance]] = field(default_factory=dict)

    @property
    def habit(self) -> Habit:
        """How records of the stream live."""
        return _HABITS[self.stage.connector.name][self.stage.stream.name]

    def read(self, which: Iterable[int], now: Moment, births: dict[int, Moment]) -> list[Record]:
        """Return these records as they are now; ``births`` says when each later one was made."""
        return [self._read(number, now, births.get(number)) for number in which]

    def _read(self, number: int, now: Moment, birth: Moment | None) -> Record:
        key = (number, birth)
        if key not in self._born:
            self._born[key] = (orjson.dumps(self._make(number, birth)), self._chance(number, birth))
        made, chance = self._born[key]
        record: Record = orjson.loads(made)
        self.habit.aged(record, chance, max((now.day - chance.born).days, 0), now)
        whims = self.habit.flagged(now)
        if whims:
            chance = self._chance(number, birth)  # the same whims at every reading
            for whim in whims:
                whim(record, chance)
        found: Record = nordic.without_empty(record) if self.stage.connector.omits_empty else record
        return found

    def _make(self, number: int, birth: Moment | None) -> Record:
        if number not in self._raw:
            start = number - number % _BATCH
            made = _recipe(self.stage).records(self.seed, start, _BATCH)
            self._raw.update(enumerate(made, start))
        record: Record = orjson.loads(orjson.dumps(self._raw[number]))
        self.habit.born(record, self._chance(number, birth), birth or Moment(FIRST_DAY))
        return record

    def _chance(self, number: int, birth: Moment | None) -> Chance:
        day = birth.day if birth else FIRST_DAY - timedelta(days=(PAST - number) * _PAST_DAYS // PAST)
        random = Random(self.seed * 1_000_003 + number)  # noqa: S311 (the same every time, not secret)
        lot = random.random()
        return Chance(random, lot, day - timedelta(days=int(random.random() * 3)))


@cache
def _recipe(stage: Stage) -> Recipe:
    streams = stage.connector.streams
    keys = {
        name: key_of
        for name, stream in streams.items()
        if len(stream.key) == 1 and (key_of := counted_key(stream.schema, stream.key[0])) is not None
    }
    sizes = {name: stream.sandbox_records for name, stream in streams.items()}
    return recipe(stage.stream.name, stage.stream.schema, World(FIRST_DAY, sizes, keys))
