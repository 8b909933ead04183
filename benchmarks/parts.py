"""Where the time of a record goes, both ways: as a text that is decoded by its shape, and parsed.

usage: python -m benchmarks.parts [RECORDS]

In memory, on the customers that the other readers get (benchmarks/peers). Each way is gone with its first
part, with its first two, and so on, in turns; a part takes what it adds to the least of those before. Nothing
is kept of a record, as in a run. The parsed way is what windows of few records go; all went it before records
were decoded by their shape.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.machine import told_of_the_machine
from benchmarks.peers.records import page
from sluice.bootstrap.documents import catalog
from sluice.connector.replies.raw_lists import split
from sluice.contract.contract import Contract
from sluice.contract.detector import Detector
from sluice.contract.examination import TOGETHER
from sluice.contract.records.expected import Expected
from sluice.mapping.mapper import Mapper
from sluice.mapping.program.program import Program
from sluice.messages.events import Envelope, EventSource, encode, upserted
from sluice.messages.identity import content_hash, content_of
from sluice.model.erp_json import read
from sluice.usecases.contracts.reliance import reliance_of

TURNS = 9
_PAGE = 1_000
_PARSED = ("parse", "hold against the contract", "map and validate", "write to hash, hash", "event")
_DECODED = (
    "split",
    "decode, which holds it against the contract",
    "map, valid by its kinds",
    "write, hash",
    "event",
)


@dataclass(frozen=True)
class Stage:
    """Pages as they come, and what their records are held against and become."""

    pages: list[bytes]
    mapper: Mapper
    source: EventSource
    expected: Expected
    program: Program

    def parsed(self, parts: int) -> None:
        """Go the first parts of the parsed way."""
        for body in self.pages:
            records = read(body)["values"]
            for start in range(0, len(records) if parts > 1 else 0, TOGETHER):
                some = records[start : start + TOGETHER]
                for record in some if parts > 2 else ():
                    self._mapped(record, parts)
                self.expected.holds(some)

    def _mapped(self, record: dict[str, Any], parts: int) -> None:
        data = self.mapper.map(record, "bench").data or {}
        content = content_hash(data) if parts > 3 else ""
        if parts > 4:
            encode(upserted(self.source, data, 1, content))

    def decoded(self, parts: int) -> None:
        """Go the first parts of the decoded way."""
        run, envelope, room = self.program.run, Envelope(self.source), bytearray()
        for body in self.pages:
            lines = _lines(body)
            for record in self.expected.decoded(lines) if parts > 1 else ():
                found = run(record, "bench", room) if parts > 2 else None
                if found and parts > 3:
                    content = content_of(found[1])
                    for _ in envelope.each([(found[0], content, 1, found[1])]) if parts > 4 else ():
                        pass


def stage(count: int) -> Stage:
    """Return so many customers, with a contract that has seen them four times."""
    found = catalog()
    connector, mapper = found.connector("tripletex"), found.mapper("tripletex", "customer")
    reliance = reliance_of(connector, connector.streams["customer"], mapper)
    pages = [page(count, start, _PAGE) for start in range(0, count, _PAGE)]
    records = [read(line) for one in pages for line in _lines(one)]
    contract = Contract()
    for _ in range(4):
        seen = Detector(reliance, contract if contract.runs else None).observed(records)
        contract = contract.learnt_from(seen, reliance=reliance)
    expected = Detector(reliance, contract).examining(records).expected
    program = mapper.program(expected.shape) if expected else None
    if expected is None or program is None:
        raise SystemExit("the mapping cannot be written for what the contract knows")
    source = EventSource("bench", connector.name, mapper.entity, mapper.schema_id, "2026-11-22T08:00:00Z")
    return Stage(pages, mapper, source, expected, program)


def _lines(body: bytes) -> list[bytes]:
    found = split(body, ("values",))
    lines: list[bytes] = found["values"].lines if found else []
    return lines


def told(title: str, names: tuple[str, ...], way: Callable[[int], None], count: int) -> str:
    """Measure, and return a table in Markdown: microseconds of CPU a record, and shares."""
    least = [float("inf")] * len(names)
    for _ in range(TURNS):
        for number in range(len(names)):
            begun = time.process_time()
            way(number + 1)
            least[number] = min(least[number], time.process_time() - begun)
    rows = [
        f"| {name} | {(until - before) / count * 1e6:.1f} | {(until - before) / least[-1]:.0%} |"
        for name, before, until in zip(names, [0.0, *least], least, strict=False)
    ]
    head = [f"| {title} | µs a record | share |", "|---|---|---|"]
    return "\n".join([*head, *rows, f"| all | {least[-1] / count * 1e6:.1f} | |"])


def main(count: int) -> None:
    """Print both tables."""
    on = stage(count)
    tables = [
        told("parsed", _PARSED, on.parsed, count),
        told("decoded by its shape", _DECODED, on.decoded, count),
    ]
    sys.stdout.write("\n\n".join([told_of_the_machine(), *tables]) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
