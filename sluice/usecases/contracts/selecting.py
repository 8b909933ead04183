"""Which raw fields to ask the ERP for: those that the stream's mapping reads."""

from __future__ import annotations

from sluice.connector.selection import Selection
from sluice.mapping.mapper import Mapper


def selection_of(mapper: Mapper) -> Selection:
    """Return the selection of everything that the mapping reads."""
    return Selection(mapper.used.paths())
