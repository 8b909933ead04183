"""The streams that the vendor's description at hand lacks, and who shows each path, parameter and field.

They go from here, and into test_description.py with the others, as soon as a description has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CLIENT = "sjurebass/Poweroffice-mcp-extended 386fcc3, src/tools/time-tracking.ts, read 2026-11-22"
"""A public client of 2026: what it sends to make a record, with types, and what it asks lists for.

It shows no reply. What is sent to make a record comes back in it by the same name and type, wherever
version 2 is described; a test holds that.
"""

INFERRED = "each record of version 2 that is described has an Id, and the client asks for one record by it"


@dataclass(frozen=True, slots=True)
class Undescribed:
    """What a stream reads, and the source of each: parameters of its own, and fields with their types."""

    path: str
    source: str
    parameters: frozenset[str]
    fields: Mapping[str, tuple[str, str]]


def _by(source: str, **names: str) -> dict[str, tuple[str, str]]:
    """Return field -> (type, source), from the fields' names by type."""
    return {name: (kind, source) for kind, text in names.items() for name in text.split()}


CHANGED = "lastChangedDateTimeOffsetGreaterThan"

UNDESCRIBED = {
    "activity": Undescribed(
        "/TimeTracking/ActivityTime",
        CLIENT,
        frozenset({CHANGED, "includeInactive"}),
        {
            **_by(INFERRED, integer="Id"),
            **_by(CLIENT, string="Name", boolean="IsActive", integer="ProjectId ProductId"),
        },
    ),
    "time_entry": Undescribed(
        "/TimeTracking/EntryTime",
        CLIENT,
        frozenset({CHANGED}),
        {
            **_by(INFERRED, any="Id"),
            **_by(
                CLIENT,
                integer="EmployeeId ActivityTimeId CustomerId ProjectId DepartmentId HourTypeId",
                number="Quantity BillableQuantity BreakTime",
                string="Date FromTime ToTime InternalComment ExternalComment",
            ),
        },
    ),
}
"""Quantity and BillableQuantity are hours to the client, and whole numbers. Half an hour is no whole number,
so fractions pass, and the mapping sets aside what is more than a day's hours: it is another unit then.
"""
