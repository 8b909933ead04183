"""What is known of a stream as one compiled type: records that fit it show nothing new.

Checking a record against the type takes a fraction of what taking it apart takes. Only what one record can
show is in it: fields, types, nulls, empty values, forms. How often something comes is counted in a sample.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Annotated, Any

import msgspec

from sluice.contract.records.column import Column
from sluice.contract.records.forms import LONGEST, key_pattern_of, pattern_of
from sluice.contract.records.observed import Observation
from sluice.contract.records.paths import LIST, Path
from sluice.contract.records.watch import Look, Watch

_PLAIN: Mapping[str, Any] = {"null": None, "boolean": bool, "integer": int, "decimal": float}


@dataclass(frozen=True, slots=True)
class Expected:
    """The type of a list of records that show nothing new."""

    records: Any

    def holds(self, records: Sequence[Any]) -> bool:
        """Return whether none of the records shows anything new; raises nothing.

        What is made of them is thrown away: a few hundred at a time use the same memory again.
        """
        try:
            msgspec.convert(records, self.records)
        except (msgspec.MsgspecError, TypeError, ValueError, OverflowError):
            return False
        return True


class _Unsure(Exception):
    """What is known cannot be said as a type."""


def expected_of(known: Observation, watch: Watch) -> Expected | None:
    """Return what is known as a type, None where it cannot be said as one, or not everything is known.

    Raises nothing: msgspec refuses names of fields that hold quotes, backslashes or control characters, and
    whatever else it may refuse, the records are then taken apart, which needs no type.
    """
    if known.overflow or not known.records:
        return None
    below: dict[Path, list[Path]] = defaultdict(list)
    for path, column in known.columns.items():
        if column.present:
            below[path[:-1]].append(path)
    try:
        return Expected(list[_Types(known.columns, below, watch).of_object(())])  # type: ignore[misc]
    except Exception:  # noqa: BLE001 - whatever it is, nothing is missed without a type
        return None


@dataclass(frozen=True, slots=True)
class _Types:
    columns: Mapping[Path, Column]
    below: Mapping[Path, Sequence[Path]]
    watch: Watch

    def of_object(self, place: Path) -> Any:
        """Return the type of the objects at a place."""
        fields, names = [], {}
        always = False
        for number, path in enumerate(self.below.get(place, ())):
            column, look = self.columns[path], self.watch.at(path)
            kind = self._of(path, column, look)
            required = look.is_key or not column.absent
            always = always or required
            name = f"f{number}"
            names[name] = path[-1]
            fields.append((name, kind) if required else (name, kind | msgspec.UnsetType, msgspec.UNSET))
        if place and fields and not always and not self.columns[place].empty.get("object"):
            raise _Unsure  # an object without a field fits, and would be the first
        fields.sort(key=len)  # those with a default have to come last
        return msgspec.defstruct("Known", fields, rename=names, forbid_unknown_fields=True, gc=False)

    def _of(self, path: Path, column: Column, look: Look) -> Any:
        kinds = list(self._kinds(path, column, look))
        if not kinds:
            raise _Unsure
        # None alone is a type to msgspec, but no operand of a union.
        kinds.sort(key=lambda kind: kind is None)
        return reduce(or_, kinds)

    def _kinds(self, path: Path, column: Column, look: Look) -> Iterator[Any]:
        for word in sorted(column.types):
            if word == "null" and look.is_key:
                continue
            if word == "text":
                yield _text(column, look)
            elif word == "list":
                yield self._list(path, column)
            elif word == "object":
                yield self._object(path, column)
            else:
                yield _PLAIN[word]

    def _list(self, path: Path, column: Column) -> Any:
        least = 0 if column.empty.get("list") else 1
        items = self.columns.get((*path, LIST))
        if items is None:
            return Annotated[list[Any], msgspec.Meta(max_length=0)]
        kind = self._of((*path, LIST), items, self.watch.at((*path, LIST)))
        return Annotated[list[kind], msgspec.Meta(min_length=least)]  # type: ignore[valid-type]

    def _object(self, path: Path, column: Column) -> Any:
        if not column.is_map:
            return self.of_object(path)
        least = 0 if column.empty.get("object") else 1
        return Annotated[dict[str, Any], msgspec.Meta(min_length=least)]


def _text(column: Column, look: Look) -> Any:
    least = 0 if column.empty.get("text") and not look.is_key else 1
    pattern = _pattern(column.forms, look)
    if pattern:
        return Annotated[str, msgspec.Meta(min_length=least, max_length=LONGEST, pattern=pattern)]
    return Annotated[str, msgspec.Meta(min_length=1)] if least else str


def _pattern(forms: Collection[str], look: Look) -> str:
    """Return the pattern of the known forms; empty where the form does not matter."""
    if look.is_key:
        wanted = key_pattern_of
    elif look.formed:
        wanted = pattern_of
    else:
        return ""
    if not forms and look.formed == "guess" and not look.is_key:
        return ""  # what the first texts look like decides, and these are always taken apart
    if not forms:
        raise _Unsure
    return wanted(forms)
