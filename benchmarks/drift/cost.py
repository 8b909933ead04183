"""What noticing costs: the time of examining records beside that of reading and mapping the same records.

Times are of this process's own CPU, the least of several rounds; they differ from machine to machine, their
ratio hardly.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.drift.baseline import RUNS
from benchmarks.drift.judging import run
from benchmarks.drift.natural.company import Company
from benchmarks.drift.natural.plots import story
from benchmarks.drift.stage import Stage
from sandbox.fields import cutter, read_tree
from sluice.contract.contract import Contract
from sluice.contract.detector import Detector
from sluice.mapping.mapper import Mapper
from sluice.messages.events import EventSource, encode, upserted
from sluice.messages.identity import content_hash
from sluice.model.erp_json import read, write

SIZE = 5000
"""As many as a chunk holds at most."""
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds a record: ``work`` is reading, mapping and encoding; ``examine`` is what noticing adds."""

    stage: str
    work: float
    examine: float

    @property
    def share(self) -> float:
        """What noticing adds to the work, 0 and up."""
        return self.examine / self.work


def cost_of(stage: Stage) -> Cost:
    """Return what it costs on a chunk of records, with the fields that the ERP is asked for."""
    page, contract = _learnt(stage)
    records = read(page)
    detector = Detector(stage.reliance, contract)
    source = EventSource("bench", stage.connector.name, stage.mapper.entity, stage.mapper.schema_id, "")

    def work() -> None:
        for record in read(page):
            _event(stage.mapper, record, source)

    return Cost(
        stage.name, _least(work) / len(records), _least(lambda: detector.examine(records)) / len(records)
    )


def _learnt(stage: Stage) -> tuple[bytes, Contract]:
    """Return a chunk as one page, and the contract of the readings before it."""
    company, told = Company(stage, 1), story("steady", SIZE, 1, whole=True)
    contract = Contract()
    page: list[dict[str, object]] = []
    for reading in told.readings[: RUNS + 1]:
        if page:
            _, contract = run(stage, contract if contract.runs else None, [page])
        found = company.read(reading.which, reading.moment, told.births)
        page = [_selected(stage, record) for record in found[:SIZE]]
    return write(page), contract


def _event(mapper: Mapper, record: dict[str, object], source: EventSource) -> None:
    data = mapper.map(record, "bench").data
    if data is not None:
        content = content_hash(data)
        encode(upserted(source, data, 1, content))


def _selected(stage: Stage, record: dict[str, object]) -> dict[str, object]:
    """Return the record with the fields that a run asks for; an ERP without selection sends all."""
    if stage.connector.name == "nordic":
        return record
    paths = [
        ".".join(part.rstrip(".") for part in path) for path in (*stage.reliance.used, *stage.reliance.key)
    ]
    tree = read_tree(paths, "dotted_list", stage.stream.schema)
    found: dict[str, object] = cutter(tree, stage.stream.schema, bare_objects=False)(record)
    return found


def _least(work: Callable[[], object]) -> float:
    """Return the shortest time of several rounds, in microseconds."""
    times = []
    for _ in range(_ROUNDS):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times) * 1e6
