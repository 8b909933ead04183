"""Which records of a list are a stream's: those whose kind is listed, or is not among those left out.

A kind that cannot be told is never guessed: a field that was renamed would empty the stream without a word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from msgspec import Struct

from sluice.connector.checks.values import mask
from sluice.connector.paths import MISSING, Path, look_up

Kind = tuple[bool, Any]
"""A scalar as JSON tells it from others: 1 and true are two."""

_NULL: Kind = (False, None)
_TYPES = ((bool, "a boolean"), (str, "text"), (int | float | Decimal, "a number"))


class Untold(Struct, frozen=True):
    """A record whose kind cannot be told: ``came`` instead of what was ``wanted``, a change ``code``."""

    code: str
    wanted: str
    came: str


class Only(Struct, frozen=True):
    """The records that count: what stands at ``path`` is one of ``kept``, or none of ``left_out``.

    Where both are given, each record is of one of the two. ``null_if_absent``: the vendor leaves out fields
    without a value.
    """

    path: Path
    kept: tuple[Any, ...] | None = None
    left_out: tuple[Any, ...] | None = None
    null_if_absent: bool = False

    @property
    def keeps_null(self) -> bool:
        """Return whether a record without a value there is one that counts."""
        return None in (self.kept or ())

    def split(self, records: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], Untold | None]:
        """Return the records that count, and of the first whose kind cannot be told what is wrong with it."""
        kept, left_out = _kinds(self.kept), _kinds(self.left_out)
        types = {_type_of(value) for value in (*(self.kept or ()), *(self.left_out or ()))} - {""}
        found: list[dict[str, Any]] = []
        for record in records:
            value = look_up(record, self.path)
            if value is MISSING and not self.null_if_absent:
                return found, Untold("D58", "present", "absent")
            kind = _NULL if value is MISSING else (isinstance(value, bool), value)
            if not _is_scalar(value) or (kind != _NULL and types and _type_of(value) not in types):
                return found, Untold("D48", " or ".join(sorted(types)), _type_of(value) or "null")
            if kind in kept:
                found.append(record)
            elif kind not in left_out:
                if kind == _NULL:
                    return found, Untold("D58", "a value", "null" if value is None else "absent")
                if self.kept is not None and self.left_out is not None:
                    return found, Untold("D55", "one of the kinds that are listed", mask(value))
                if self.kept is None:
                    found.append(record)
        return found, None


def _kinds(values: tuple[Any, ...] | None) -> frozenset[Kind]:
    return frozenset((isinstance(value, bool), value) for value in values or ())


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, Mapping | list)


def _type_of(value: Any) -> str:
    """Return the JSON type of a value in words; empty for null and for nothing."""
    if value is None or value is MISSING:
        return ""
    return next((name for kind, name in _TYPES if isinstance(value, kind)), "an object or list")
