"""Several ERPs' customers with the truth beside them: which records are one company."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from benchmarks.matching.companies import Record, customers
from benchmarks.matching.lookalikes import lookalikes
from benchmarks.matching.variations import varied

SHARED = 0.7
"""Share of companies that are in each ERP."""
DOUBLED = 0.03
"""Share of an ERP's records that are there twice."""


@dataclass(slots=True)
class Planted:
    """Records by connection; ``truth`` says by (connection, source id) which company a record is of."""

    connections: tuple[str, ...]
    records: dict[str, list[Record]] = field(default_factory=dict)
    truth: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, connection: str, company: int, record: Record) -> None:
        """Put a record into a connection, with an id of its own."""
        held = self.records.setdefault(connection, [])
        source_id = str(1000 + len(held))
        own = {"id": f"{connection}/customer/{source_id}", "source_id": source_id, "number": source_id}
        held.append({**record, **own})
        self.truth[connection, source_id] = company


def planted(seed: int, companies: int, connections: Sequence[str], *, numbers: bool = True) -> Planted:
    """Return the ERPs of a seed; without ``numbers`` no record has an organisation or VAT number."""
    random = Random(f"{seed}/planted")  # noqa: S311 - planted, not secret
    pool = customers(seed, companies)
    pool += lookalikes(list(pool), random)
    found = Planted(tuple(connections))
    for company, record in enumerate(pool):
        for connection in connections:
            if random.random() < SHARED:
                found.add(connection, company, _stripped(varied(record, random), numbers=numbers))
                if random.random() < DOUBLED:
                    found.add(connection, company, _stripped(varied(record, random), numbers=numbers))
    return found


def _stripped(record: Record, *, numbers: bool) -> Record:
    if numbers:
        return record
    return {**copy.deepcopy(record), "organisation_number": None, "vat_number": None}
