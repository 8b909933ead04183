"""Every variant of every kind of API change that a sandbox can show, by code and name.

Variants of records are pure functions of a record; those of the wire need a server, and are only listed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from sandbox.mutations.amounts import AMOUNTS
from sandbox.mutations.codes import CODES
from sandbox.mutations.contents import CONTENTS
from sandbox.mutations.fields import FIELDS
from sandbox.mutations.moments import MOMENTS
from sandbox.mutations.types import TYPES
from sandbox.mutations.variant import Variant
from sandbox.wire.table import WIRE

RECORD: Mapping[str, tuple[Variant, ...]] = {
    code: tuple(one for one in (*FIELDS, *TYPES, *CODES, *MOMENTS, *AMOUNTS, *CONTENTS) if one.code == code)
    for code in sorted({one.code for one in (*FIELDS, *TYPES, *CODES, *MOMENTS, *AMOUNTS, *CONTENTS)})
}
"""The variants that show in records, by code; the first is the usual one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalogue. ``on`` is ``record`` or ``wire``; ``argument`` says what ``=`` takes."""

    code: str
    variant: str
    title: str
    on: str
    argument: str = ""

    @property
    def name(self) -> str:
        """Return how the variant is written: ``D60/dotted``."""
        return f"{self.code}/{self.variant}"


def catalogue() -> tuple[Entry, ...]:
    """Return every variant, in the order of the codes."""
    of_records = [
        Entry(one.code, one.name, one.title, "record", one.argument)
        for many in RECORD.values()
        for one in many
    ]
    of_wire = [
        Entry(one.code, one.name, one.title, "wire", one.argument) for many in WIRE.values() for one in many
    ]
    return tuple(sorted([*of_records, *of_wire], key=lambda entry: entry.code))


def variants(code: str) -> tuple[str, ...]:
    """Return the names of a code's variants, the usual one first; raises ValueError for an unknown code."""
    known = {entry.code for entry in catalogue()}
    if code not in known:
        raise ValueError(f"there is no mutation {code!r}; {nearest(code, known)}")
    return tuple(entry.variant for entry in catalogue() if entry.code == code)


def nearest(given: str, known: set[str] | list[str]) -> str:
    """Return words that name what was perhaps meant and what there is."""
    close = get_close_matches(given, known, 3, 0.6)
    meant = f"did you mean {' or '.join(map(repr, close))}? " if close else ""
    return f"{meant}there are {', '.join(sorted(known))}"
