"""Records as the JSON texts in which they came: each is parsed when somebody looks at it, and only then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, reduce
from typing import Any, overload

import msgspec

from sluice.model.erp_json import has_long_numbers, read, read_plain, write

Path = Sequence[str]
_whole_numbers = msgspec.json.Decoder(list[int]).decode
Columns = dict[tuple[str, ...], list[Any]]
"""What was looked up in each record, by path."""


class RawRecords(Sequence[Any]):
    """JSON objects, one a text.

    ``is_plain``: no number in them has more digits than a float keeps, so any parser may read them; ``known``
    is what was looked up in them already.
    """

    def __init__(self, lines: Sequence[bytes], *, is_plain: bool, known: Columns | None = None) -> None:
        self.lines = lines
        self.is_plain = is_plain
        self.known: Columns = {} if known is None else known
        self._parsed: list[Any] | None = None
        self._read = read_plain if is_plain else read

    @classmethod
    def joined(cls, parts: Sequence[RawRecords]) -> RawRecords:
        """Return the records of all parts, with what was looked up in each of them."""
        paths = set.intersection(*({*part.known} for part in parts)) if parts else set()
        return cls(
            [line for part in parts for line in part.lines],
            is_plain=all(part.is_plain for part in parts),
            known={path: [value for part in parts for value in part.known[path]] for path in paths},
        )

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.lines)

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Any]: ...
    def __getitem__(self, at: int | slice) -> Any:
        """Return one record, or some; raises NotJson or NotUtf8."""
        if self._parsed is not None:
            return self._parsed[at]
        if isinstance(at, slice):
            known = {path: values[at] for path, values in self.known.items()}
            return RawRecords(self.lines[at], is_plain=self.is_plain, known=known)
        return self._read(self.lines[at])

    def __iter__(self) -> Iterator[Any]:
        """Yield each record; raises NotJson or NotUtf8."""
        return iter(self._parsed) if self._parsed is not None else map(self._read, self.lines)

    def parsed(self) -> list[Any]:
        """Return all records, parsed once."""
        if self._parsed is None:
            self._parsed = list(map(self._read, self.lines))
        return self._parsed

    def values(self, path: Path) -> list[Any]:
        """Return what stands at a path of names in each record, None where nothing does; looked up once."""
        known = self.known.get(tuple(path))
        if known is None:
            known = self.known[tuple(path)] = self._values(path)
        return known

    def _values(self, path: Path) -> list[Any]:
        if self._parsed is not None or not self.is_plain or not path:
            return [_at(record, path) for record in self]
        if len(path) == 1 and (leading := _leading(self.lines, path[0])):
            return leading
        try:
            found = _only(tuple(path))(b"\n".join(self.lines))
        except (msgspec.MsgspecError, TypeError, ValueError, RecursionError):
            return [_at(record, path) for record in self]
        if len(path) == 1:
            return [one.value for one in found]
        return [reduce(_below, path, one) for one in found]


def as_raw(records: Iterable[Any]) -> RawRecords:
    """Return records as their texts: as they came where they still are, else written compactly."""
    if isinstance(records, RawRecords):
        return records
    lines = [write(record) for record in records]
    return RawRecords(lines, is_plain=not any(map(has_long_numbers, lines)))


@lru_cache
def _only(path: Path) -> Callable[[bytes], list[Any]]:
    """Return what decodes lines of objects, of which nothing but the value at the path is read."""
    found: Any = Any
    for name in reversed(path):
        fields = [("value", found | None if found is not Any else Any, None)]
        found = msgspec.defstruct("Only", fields, rename={"value": name}, gc=False)
    return msgspec.json.Decoder(found).decode_lines


def _leading(lines: Sequence[bytes], name: str) -> list[int] | None:
    """Return the whole numbers with which all records begin under this name; None where one does not.

    Keys often come first, and then nothing of the record behind them has to be read.
    """
    begin = b'{"%b":' % name.encode()
    at = len(begin)
    if {line[:at] for line in lines} != {begin}:
        return None
    values = b",".join([line[at : line.find(b",", at)] for line in lines])
    try:
        found: list[int] = _whole_numbers(b"[%b]" % values)
    except msgspec.MsgspecError:
        return None
    return found if len(found) == len(lines) else None


def _below(found: Any, _: str) -> Any:
    return None if found is None else found.value


def _at(record: Any, path: Path) -> Any:
    for name in path:
        if type(record) is not dict:
            return None
        record = record.get(name)
    return record
