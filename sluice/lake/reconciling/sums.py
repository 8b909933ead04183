"""What is summed of each entity that can be reconciled, and the sums of one side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from msgspec import Struct

from sluice.lake.values import decimal_text


class Shape(Struct, frozen=True):
    """Records are summed by the month of ``date`` and by ``by``: their number, and each of ``amounts``.

    All are names of canonical fields.
    """

    date: str
    by: str
    amounts: tuple[str, ...]


_AMOUNTS = ("total_excluding_tax", "total_including_tax", "outstanding_amount")
SHAPES: Mapping[str, Shape] = {
    "invoice": Shape("issue_date", "currency", _AMOUNTS),
    "supplier_invoice": Shape("issue_date", "currency", _AMOUNTS),
    "time_entry": Shape("date", "project_id", ("hours",)),
}
"""By entity."""

RECORDS = "records"
"""What the number of records is called beside the sums."""

Group = tuple[str | None, str | None]
"""A month (``2026-11``) and a currency or project id; None where records have none."""


class Sums(Struct, frozen=True):
    """The number of a group's records and the sum of each amount, exact; records without one add nothing."""

    records: int
    amounts: tuple[Decimal, ...]

    @classmethod
    def none(cls, shape: Shape) -> Sums:
        """Return the sums of no records."""
        return cls(0, (Decimal(0),) * len(shape.amounts))

    @classmethod
    def of_row(cls, row: Sequence[Any]) -> Sums:
        """Return what a query answered: the number, then a decimal or None for each amount."""
        return cls(row[0], tuple(amount or Decimal(0) for amount in row[1:]))

    def __sub__(self, other: Sums) -> Sums:
        pairs = zip(self.amounts, other.amounts, strict=True)
        return Sums(self.records - other.records, tuple(one - less for one, less in pairs))

    def to_json(self, shape: Shape) -> dict[str, Any]:
        """Return the number and decimal strings by name."""
        amounts = zip(shape.amounts, map(decimal_text, self.amounts), strict=True)
        return {RECORDS: self.records, **dict(amounts)}
