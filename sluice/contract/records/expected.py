"""What is known of a stream as one compiled type: records that fit it show nothing new.

Checking a record against the type takes a fraction of what taking it apart takes. Only what one record can
show is in it: fields, types, nulls, empty values, forms. How often something comes is counted in a sample.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Annotated, Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sluice.contract.records.column import Column
from sluice.contract.records.forms import LONGEST, key_pattern_of, pattern_of
from sluice.contract.records.observed import Observation
from sluice.contract.records.paths import LIST, Path
from sluice.contract.records.walk import walk
from sluice.contract.records.watch import Look, Watch
from sluice.model.shape import Shape

_PLAIN: Mapping[str, Any] = {"null": None, "boolean": bool, "integer": int, "decimal": float | int}
"""A number that came with a point once may come whole, and then stays whole."""


class Expected:
    """The type of a record that shows nothing new, and the ``shape`` of what it is decoded into."""

    def __init__(self, record: Any, shape: Shape) -> None:
        self.shape = shape
        self._records = list[record]
        self._decode = msgspec.json.Decoder(record).decode

    def holds(self, records: Sequence[Any]) -> bool:
        """Return whether none of the records shows anything new; raises nothing.

        What is made of them is thrown away: a few hundred at a time use the same memory again.
        """
        try:
            msgspec.convert(records, self._records)
        except (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError):
            return False
        return True

    def decoded(self, lines: Iterable[bytes]) -> Iterator[Any]:
        """Yield the record in each JSON text, as ``shape`` says; raises ShowsNew at the first unexpected one.

        That says nothing of numbers with more digits than a float has, which whoever read the text knows.
        """
        try:
            yield from map(self._decode, lines)
        except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
            raise ShowsNew from error


class ShowsNew(Exception):
    """A record is not as expected."""


class _Unsure(Exception):
    """What is known cannot be said as a type."""


def expected_of(known: Observation, watch: Watch, first: Sequence[Any] = ()) -> Expected | None:
    """Return what is known as a type, None where it cannot be said as one, or not everything is known.

    The fields stand in it as in the ``first`` records: msgspec looks for a name behind the one before, and
    else among all, which took more than two times the instructions of decoding a record of 50 fields.
    Raises nothing: msgspec refuses names of fields that hold quotes, backslashes or control characters, and
    whatever else it may refuse, the records are then taken apart, which needs no type.
    """
    if known.overflow or not known.records:
        return None
    below: dict[Path, list[Path]] = defaultdict(list)
    try:
        place_of = {path: place for place, path in enumerate(walk(first, lambda _: False).columns)}
        for path in sorted(known.columns, key=lambda path: place_of.get(path, len(place_of))):
            if known.columns[path].present:
                below[path[:-1]].append(path)
        return Expected(*_Types(known.columns, below, watch).of_object(()))
    except Exception:  # noqa: BLE001 - whatever it is, nothing is missed without a type
        return None


class _Types(Struct, frozen=True):
    """Makes the type and the shape of each place. A field that was left out is None, as a null is."""

    columns: Mapping[Path, Column]
    below: Mapping[Path, Sequence[Path]]
    watch: Watch

    def of_object(self, place: Path) -> tuple[Any, Shape]:
        """Return the type and the shape of the objects at a place."""
        fields: list[tuple[Any, ...]] = []
        names, shapes = {}, {}
        always = False
        for number, path in enumerate(self.below.get(place, ())):
            column, look = self.columns[path], self.watch.at(path)
            kind, shape = self._of(path, column, look)
            required = look.is_key or not column.absent
            always = always or required
            name = f"f{number}"
            names[name] = path[-1]
            shapes[path[-1]] = replace(shape, absent=not required)
            fields.append((name, kind) if required else (name, kind, None))
        if place and fields and not always and not self.columns[place].empty.get("object"):
            raise _Unsure  # an object without a field fits, and would be the first
        made = msgspec.defstruct(
            "Known", fields, rename=names, forbid_unknown_fields=True, gc=False, kw_only=True
        )
        attributes = {path: name for name, path in names.items()}
        return made, Shape(frozenset({"object"}), fields=shapes, attributes=attributes)

    def _of(self, path: Path, column: Column, look: Look) -> tuple[Any, Shape]:
        found = [self._kind(word, path, column, look) for word in self._words(column, look)]
        if not found or _is_freed_twice(column, look):
            raise _Unsure
        # None alone is a type to msgspec, but no operand of a union.
        kinds = sorted((kind for kind, _ in found), key=lambda kind: kind is None)
        return reduce(or_, kinds), _joined([shape for _, shape in found])

    def _words(self, column: Column, look: Look) -> list[str]:
        return [word for word in sorted(column.types) if not (word == "null" and look.is_key)]

    def _kind(self, word: str, path: Path, column: Column, look: Look) -> tuple[Any, Shape]:
        if word == "text":
            return _text(column, look), Shape(frozenset({word}))
        if word == "list":
            return self._list(path, column)
        if word == "object":
            return self._object(path, column)
        kinds = {word, "integer"} if word == "decimal" else {word}
        return _PLAIN[word], Shape(frozenset(kinds))

    def _list(self, path: Path, column: Column) -> tuple[Any, Shape]:
        least = 0 if column.empty.get("list") else 1
        items = self.columns.get((*path, LIST))
        if items is None:
            return Annotated[list[Any], msgspec.Meta(max_length=0)], Shape(frozenset({"list"}))
        kind, shape = self._of((*path, LIST), items, self.watch.at((*path, LIST)))
        made = Annotated[list[kind], msgspec.Meta(min_length=least)]  # type: ignore[valid-type]
        return made, Shape(frozenset({"list"}), items=shape)

    def _object(self, path: Path, column: Column) -> tuple[Any, Shape]:
        if not column.is_map:
            return self.of_object(path)
        least = 0 if column.empty.get("object") else 1
        made = Annotated[dict[str, Any], msgspec.Meta(min_length=least)]
        return made, Shape(frozenset({"object"}), is_map=True)


def _joined(shapes: Sequence[Shape]) -> Shape:
    """Return the shape of a place that holds one or another; at most one of them is an object, one a list."""
    structured = next((shape for shape in shapes if shape.fields or shape.is_map), Shape(frozenset()))
    items = next((shape.items for shape in shapes if shape.items), None)
    kinds = frozenset[str]().union(*(shape.kinds for shape in shapes))
    return replace(structured, kinds=kinds, items=items)


def _is_freed_twice(column: Column, look: Look) -> bool:
    """Return whether msgspec 0.22.0 corrupts its memory with the type: a pattern beside a list or a dict."""
    beside = "list" in column.types or column.is_map
    return beside and "text" in column.types and bool(_pattern(column.forms, look))


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
