"""Which raw paths a mapping reads, and for which canonical fields.

It does not know how an ERP is asked for them: that is the connector's selection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from sluice.mapping.kinds import Kind
from sluice.mapping.node import Use

Segments = tuple[str, ...]


class UsedPaths(Struct, frozen=True):
    """Raw paths (names of fields, without list indices) to canonical fields (``customer.name``).

    ``whole_record`` says that the mapping wants all fields (``extensions: rest``). ``becomes`` holds the
    kinds that a path's value is converted to, with no entry where a function or a condition also reads it.
    """

    fields_by_path: Mapping[Segments, tuple[str, ...]]
    whole_record: bool = False
    becomes: Mapping[Segments, frozenset[str]] = field(default_factory=dict)

    def paths(self) -> frozenset[Segments]:
        """Return every raw path that is read."""
        return frozenset(self.fields_by_path)

    def fields_at(self, path: Segments) -> tuple[str, ...]:
        """Return the canonical fields that change when something changes at ``path``, above or below it."""
        found: dict[str, None] = {}
        for used, fields in self.fields_by_path.items():
            shared = min(len(used), len(path))
            if used[:shared] == path[:shared]:
                found.update(dict.fromkeys(fields))
        return tuple(found)


def used_paths(uses: Iterable[Use], *, whole_record: bool = False) -> UsedPaths:
    """Return the uses by path; a path that is the whole record (``@``) is left out."""
    found: dict[Segments, dict[str, None]] = {}
    kinds: dict[Segments, set[Kind]] = {}
    for use in uses:
        if use.path:
            found.setdefault(use.path, {})[use.target] = None
            kinds.setdefault(use.path, set()).add(use.becomes)
    return UsedPaths(
        {path: tuple(fields) for path, fields in found.items()},
        whole_record,
        {path: frozenset(became) for path, became in kinds.items() if Kind.ANY not in became},
    )
