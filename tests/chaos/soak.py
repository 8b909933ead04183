"""Seeded stories: an ERP that is edited and misbehaves, and executions under a mix of faults."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sluice.model.connection import Connection
from sluice.usecases.fetching import chunk_writer
from tests.chaos.ledger import Broken, chance
from tests.chaos.ports import Call, Kind
from tests.chaos.stage import STREAMS, Stage
from tests.flows.rig import Rig
from tests.flows.toy_erp import reply

EXECUTIONS = 10
"""Of a story; then everybody is well again, and it has to come right."""

RATE = 0.01
"""Share of calls that something happens to."""

KEYS = range(1, 31)
KINDS = {
    Kind.REFUSED: 25,
    Kind.UNSAID: 30,
    Kind.KILLED_BEFORE: 10,
    Kind.KILLED_AFTER: 20,
    Kind.OUT_OF_TIME: 4,
    Kind.STALLED: 4,
    Kind.OVERTAKEN: 4,
    Kind.ABORTED: 3,
}
DUPLICATES = 0.03
TROUBLES = (
    reply(500, {}),
    reply(503, {}),
    reply(429, {}, retry_after="30"),
    reply(429, {}, retry_after="-5"),
    "connection reset",
    "read timeout",
)


@dataclass
class Told:
    """What came of stories; adding two gives that of both."""

    executions: int = 0
    closing: int = 0
    calls: int = 0
    upserts: int = 0
    deletes: int = 0
    twice: int = 0
    late_versions: int = 0
    edits: int = 0
    notices: int = 0
    incidents: int = 0
    met: Counter[tuple[str, str]] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)

    def add(self, other: Told) -> None:
        """Add what came of others."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Story:
    """One seed's story; ``told`` is what came of it so far."""

    def __init__(self, seed: str, rate: float = RATE) -> None:
        self.random = chance(seed)
        self.rate = rate
        self.edits = 0
        rig = Rig()
        rig.desk.add(Connection("acme", "toy", events_per_message=3), {}, update=True)
        self.buried: set[tuple[str, int]] = set()
        self.erp = rig.erp
        for stream in STREAMS:
            for key in self.random.sample(KEYS, 16):
                self.put(stream, key)
        rig.clock.advance(3600)
        self.stage = Stage(rig, self.random)
        self.stage.injector.meanwhile = self._overtake

    def play(self) -> Told:
        """Play it to its end; raises Broken."""
        stage = self.stage
        stage.injector.plan, stage.duplicates = self._fate, DUPLICATES
        for _ in range(EXECUTIONS):
            self._between()
            stage.run(self.random.choice(("schedule", "manual")))
            stage.ledger.deliver()
        before = stage.runs
        self.erp.names.clear()
        stage.heal()
        for stream in STREAMS:
            for row in self.erp.rows[stream].values():
                row.name = row.name or "whole again"
                row.changed = stage.clock.now()
        stage.settle()
        stage.check_end()
        ledger = stage.ledger
        return Told(
            executions=before,
            closing=stage.runs - before,
            calls=stage.injector.calls,
            upserts=ledger.upserts,
            deletes=ledger.deletes,
            twice=ledger.twice,
            late_versions=ledger.late_versions,
            edits=self.edits,
            notices=len(stage.rig.notices),
            incidents=len(stage.incidents.opened),
            met=stage.injector.met,
            ends=stage.ends,
            messages=stage.messages,
        )

    def put(self, stream: str, key: int) -> None:
        """Write a record into the ERP, now and then one without a name; a deleted customer stays deleted."""
        if (stream, key) in self.buried:
            return
        self.edits += 1
        nameless = self.edits > 40 and self.random.random() < 0.02
        self.erp.put(stream, key, None if nameless else f"{stream} {self.random.choice('ABCD')}")

    def _fate(self, call: Call) -> Kind | None:
        if self.random.random() >= self.rate:
            return None
        kind = self.random.choices(tuple(KINDS), tuple(KINDS.values()))[0]
        if not call.is_write and kind in {Kind.UNSAID, Kind.KILLED_AFTER}:
            return Kind.REFUSED
        return kind

    def _between(self) -> None:
        random, stage = self.random, self.stage
        stage.clock.advance(random.choice((60, 300, 3600, 3600, 86_400)))
        for _ in range(random.randrange(6)):
            self._edit()
        if random.random() < 0.15:
            self.erp.faults += random.choices(TROUBLES, k=random.randrange(1, 5))
        if random.random() < 0.04:
            self.erp.names[random.choice(STREAMS)] = "title"
        elif random.random() < 0.5:
            self.erp.names.clear()
        if random.random() < 0.5:
            stage.accept()
        if random.random() < 0.7:
            stage.follow()

    def _edit(self) -> None:
        random = self.random
        stream, key = random.choice(STREAMS), random.choice(KEYS)
        if random.random() < 0.25 and key in self.erp.rows[stream]:
            self.edits += 1
            self.erp.remove(stream, key)
            if stream == "customer":
                self.buried.add((stream, key))
        else:
            self.put(stream, key)

    def _overtake(self) -> None:
        """While a worker stands still its run is stopped or loses its lease, and another run comes."""
        self._edit()
        self.stage.clock.advance(self.random.choice((60, 2800)))
        self.stage.run("manual")
        self._edit()


def played(seed: str, rate: float = RATE) -> Told:
    """Play the story of a seed; raises Broken, which names the seed."""
    chunk_writer.MAX_RECORDS = 5
    try:
        return Story(seed, rate).play()
    except Broken as broken:
        raise Broken(f"seed {seed}: {broken}") from broken
