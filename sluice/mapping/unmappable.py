"""The exception inside the mapper for one value that cannot become what it should be.

It never leaves sluice.mapping: the mapper turns it into a fault.
"""

from __future__ import annotations

from typing import Any

from sluice.model.schema_faults import in_words


class Unmappable(Exception):
    """A value came that does not fit: ``code`` of the fault, the ``value``, and what is ``wanted``."""

    def __init__(self, code: str, value: Any, wanted: str) -> None:
        super().__init__(code)
        self.code = code
        self.value = value
        self.wanted = wanted

    def in_words(self, *, personal: bool) -> str:
        """Return what came and what would be right; a personal value is only described."""
        return f"is {came_in_words(self.value, personal=personal)}; should be {self.wanted}"


def came_in_words(value: Any, *, personal: bool) -> str:
    """Return what a value is, cut to 40 characters; of a personal one only its type and size."""
    if value is None:
        return "missing or null"
    return _outline(value) if personal else in_words(value)


def _outline(value: Any) -> str:
    if isinstance(value, str):
        return f"a text of {len(value)} characters"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, dict):
        return "an object"
    return f"a list of {len(value)}" if isinstance(value, list) else "a number"
