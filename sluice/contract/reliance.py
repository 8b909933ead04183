"""What of a stream's records is relied on: compiled from connector and mapping, and kept with the contract.

It names paths and who needs them; whether they hold is found out elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

Segments = tuple[str, ...]
"""Names of fields from the record down, without list indices: ``("lines", "amount")``."""


class Reliance(Struct, frozen=True):
    """What is relied on of one stream.

    ``used`` holds each raw path that the mapping reads with its canonical fields (``invoice.due_date``);
    ``becomes`` the kinds its value is converted to (``decimal``, ``date``, ...), with no entry where
    a function of the mapping stands between. ``key`` identifies a record; ``filtered`` and ``ordered`` are
    what the connector's filters and sorting speak of. ``declared`` is the stream's JSON Schema;
    ``omits_empty`` says that the vendor leaves out fields without a value. ``whole_record``: the mapping
    wants every field.
    """

    entity: str
    used: Mapping[Segments, tuple[str, ...]]
    becomes: Mapping[Segments, frozenset[str]] = field(default_factory=dict)
    key: tuple[Segments, ...] = ()
    filtered: tuple[Segments, ...] = ()
    ordered: tuple[Segments, ...] = ()
    declared: Mapping[str, Any] = field(default_factory=dict)
    omits_empty: bool = False
    whole_record: bool = False

    def used_by(self, path: Segments) -> tuple[str, ...]:
        """Return what breaks when something changes at ``path``, above or below it; roles come first."""
        found = {role: None for role, paths in self._roles() if any(_touch(used, path) for used in paths)}
        for used, fields in self.used.items():
            if _touch(used, path):
                found.update(dict.fromkeys(fields))
        return tuple(found)

    def _roles(self) -> tuple[tuple[str, tuple[Segments, ...]], ...]:
        return (("key", self.key), ("filter", self.filtered), ("order", self.ordered))


def _touch(one: Segments, other: Segments) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]
