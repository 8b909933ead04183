"""Goes through records once: each is mapped, written down as canonical JSON, and hashed.

Records of which it is known what to expect are decoded straight into objects of that shape, which holds them
against the contract on the way, and the mapping written for that shape makes the canonical record of each.
Where either cannot tell, the record goes the way that works for all.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from sluice.contract.examination import Examination
from sluice.contract.records.expected import Expected, ShowsNew
from sluice.mapping.mapper import Mapped, Mapper
from sluice.mapping.program.filling import Refused
from sluice.mapping.program.program import LONGEST_ID, Program, serves
from sluice.mapping.unmappable import Unmappable
from sluice.messages.events import LONGEST_ESCAPE
from sluice.messages.identity import canonical_text, content_of
from sluice.model.erp_json import read, read_plain
from sluice.model.raw_records import RawRecords
from sluice.usecases.transforming.judging import Raw

Made = tuple[str, bytes, Raw | bytes]
"""Content hash, canonical JSON, and the raw record, parsed or as the text in which it came."""


class Batch(Struct):
    """What was made of each record by source id, of an id met twice the later; and what cannot be mapped.

    ``unsendable`` are records whose canonical form cannot be written as JSON, with the reason. ``skipped``
    counts those that the mapping leaves out, ``repeated`` those in whose place the same id came again. No
    record has ``taken`` more room than the ``largest``.
    """

    mapped: dict[str, Made] = field(default_factory=dict)
    refused: list[tuple[Raw, Mapped]] = field(default_factory=list)
    unsendable: dict[str, tuple[str, Raw]] = field(default_factory=dict)
    skipped: int = 0
    repeated: int = 0
    largest: int = 0

    def add(self, found: Mapped, record: Raw) -> None:
        """Take what the mapper made of a record."""
        if found.skipped:
            self.skipped += 1
            return
        if found.data is None or found.source_id is None or found.faults:
            self.refused.append((record, found))
            return
        self.repeated += found.source_id in self.mapped or found.source_id in self.unsendable
        try:
            text = canonical_text(found.data)
        except TypeError as refused:
            self.mapped.pop(found.source_id, None)
            self.unsendable[found.source_id] = (str(refused), record)
        else:
            self.unsendable.pop(found.source_id, None)
            self.mapped[found.source_id] = (content_of(text), text, record)
            self.largest = max(self.largest, taken(found.source_id, text))

    def add_raw(self, line: bytes, mapper: Mapper, connection: str) -> None:
        """Map a record that is there as its JSON text, and take what comes of it."""
        record = read(line)
        self.add(mapper.map(record, connection), record)


def taken(source_id: str, text: bytes) -> int:
    """Return what a record may take of an event's room, in bytes: its text, and its id as JSON."""
    return len(text) + LONGEST_ESCAPE * len(source_id)


def mapped(records: Iterable[Raw], mapper: Mapper, connection: str) -> Batch:
    """Return what the mapper makes of each record."""
    batch = Batch()
    for record in records:
        batch.add(mapper.map(record, connection), record)
    return batch


def gone_through(records: RawRecords, examination: Examination, mapper: Mapper, connection: str) -> Batch:
    """Return the same for raw records; what is as expected was held against the contract on the way."""
    expected = examination.expected
    program = mapper.program(expected.shape) if expected and _may_be_decoded(records, connection) else None
    if expected is not None and program is not None:
        try:
            batch = _decoded(records, (expected, program), mapper, connection)
        except ShowsNew:
            examination.expected = None
        else:
            examination.passed()
            return batch
    records.parsed()
    return mapped(examination, mapper, connection)


def _may_be_decoded(records: RawRecords, connection: str) -> bool:
    return records.is_plain and serves(connection)


def _decoded(records: RawRecords, how: tuple[Expected, Program], mapper: Mapper, connection: str) -> Batch:
    """Return what became of records that all are as expected; raises ShowsNew at the first that is not."""
    expected, program = how
    run, room, written = program.run, program.room, bytearray()
    batch = Batch(largest=room + LONGEST_ESCAPE * LONGEST_ID)
    made, unsendable = batch.mapped, batch.unsendable
    for line, record in zip(records.lines, expected.decoded(records.lines), strict=True):
        try:
            found = run(record, connection, written)
        except (Unmappable, Refused, TypeError, RecursionError):
            batch.add_raw(line, mapper, connection)
            continue
        if found is None:
            batch.skipped += 1
            continue
        source_id, text = found
        if len(text) > room:
            if not mapper.is_valid(read_plain(text)):
                batch.add_raw(line, mapper, connection)
                continue
            batch.largest = max(batch.largest, taken(source_id, text))
        if source_id in made or source_id in unsendable:
            batch.repeated += 1
        made[source_id] = (content_of(text), text, line)
        if unsendable:
            unsendable.pop(source_id, None)
    return batch
