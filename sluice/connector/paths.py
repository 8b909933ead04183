"""Paths into JSON values: parsed once, then walked. No wildcards, no filters, no functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sluice.model.raw_records import RawRecords

Path = tuple[str, ...]
"""Segments: a name, or digits that pick from a list; ``-1`` is its last."""

LAST: Final = "-1"
"""The segment for a list's last element, from which Relay's cursors go on."""

_SEGMENT = re.compile(r'"([^"]+)"|([^."\s\[\]*]+)')


class Missing:
    """The type of :data:`MISSING`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()
"""There is nothing at the path; different from null."""


def parse_path(text: str) -> Path:
    """Return the segments of ``value.token``, ``result.0`` or ``"party.".name``; ``""`` is the empty path.

    Raises ValueError, with what would be right.
    """
    segments: list[str] = []
    at = 0
    while at < len(text):
        found = _SEGMENT.match(text, at)
        after = found.end() if found else at
        if found is None or (after < len(text) and (text[after] != "." or after + 1 == len(text))):
            message = f"{text[:60]!r} is not a path; write names joined by dots, others in double quotes"
            raise ValueError(message)
        segments.append(found[1] or found[2])
        at = after + 1
    return tuple(segments)


def path_text(path: Path) -> str:
    """Return the path as it is written in YAML."""
    return ".".join(part if _plain(part) else f'"{part}"' for part in path)


def look_up(value: Any, path: Path) -> Any:
    """Return what stands at ``path``, or MISSING."""
    for segment in path:
        if isinstance(value, Mapping):
            value = value.get(segment, MISSING)
        elif isinstance(value, list | RawRecords) and segment.isdecimal() and int(segment) < len(value):
            value = value[int(segment)]
        elif isinstance(value, list | RawRecords) and segment == LAST and value:
            value = value[-1]
        else:
            return MISSING
    return value


def part_of_record(record: Any, paths: Iterable[Path]) -> dict[str, Any]:
    """Return an object that has what the record has at the paths, which are names all through."""
    found: dict[str, Any] = {}
    for path in paths:
        value = look_up(record, path)
        if value is not MISSING:
            put_at(found, path, value)
    return found


def put_at(record: dict[str, Any], path: Path, value: Any) -> None:
    """Put a value into the record at a path of names; objects come into being on the way."""
    for name in path[:-1]:
        record = record.setdefault(name, {})
    record[path[-1]] = value


def _plain(segment: str) -> bool:
    found = _SEGMENT.fullmatch(segment)
    return found is not None and found[2] is not None
