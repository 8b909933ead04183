"""Finds in a stream's own records what to change, and what to break: a field that the mapping uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from msgspec import Struct

from sandbox.doors import placed
from sandbox.mutations import Mutation
from sluice.connector.paths import MISSING, Path, look_up, parse_path, path_text
from sluice.connector.spec import Stream
from sluice.mapping.mapper import Mapper

Record = dict[str, Any]
WORDS = ("name", "title", "description", "comment", "note", "text", "subject")
"""What fields that may hold any text are called: the first choice for a change."""

GONE = ("D42",)
OTHERWISE = ("D44", "D50", "D47", "D46", "D48", "D44")
"""The kinds of change that a stream meets one of, in turn."""

RETYPED = frozenset({"D47", "D48"})
"""No changes where the connector says that a field may be either: a vendor who writes 1 or "1"."""

_CONNECTION = "certify"
_DATE = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}|/Date\(")


class Edit(Struct, frozen=True):
    """A change of one record that its events must show: ``values`` by path, as a sandbox is ordered them."""

    key: str
    values: Mapping[str, Any]


def edit_of(stream: Stream, mapper: Mapper, key: str, record: Record) -> Edit | None:
    """Return a change of the record that shows in what it maps to; None where none was found."""
    before = mapper.map(record, _CONNECTION)
    for path in _in_order(stream, mapper):
        for value in _other(look_up(record, path)):
            after = mapper.map(placed(record, path, value), _CONNECTION)
            if after.data is not None and after.source_id == before.source_id and after.data != before.data:
                return Edit(key, {path_text(path): value})
    return None


def mutations_of(
    stream: Stream, mapper: Mapper, records: Sequence[Record], codes: Sequence[str]
) -> Iterator[Mutation]:
    """Yield the mutations of these kinds that would hurt the mapping of the stream, the plainest first."""
    always = [path for path in _in_order(stream, mapper) if _is_always_there(records, path)]
    # The key last: it is another kind of change (D57), and one that every stream can show.
    ordered = [*sorted(always, key=lambda path: not _hurts(mapper, records[0], path)), *stream.key]
    for code in codes:
        for path in ordered:
            mutation = Mutation(code, "", path, stream.name)
            if mutation.applies_to(records) and not (code in RETYPED and _may_be_either(stream, path)):
                yield mutation


def _in_order(stream: Stream, mapper: Mapper) -> list[Path]:
    """Return the used paths that may be touched, those for free text first."""
    apart = _apart(stream)
    free = (path for path in mapper.used.paths() if not any(_meet(path, other) for other in apart))
    return sorted(free, key=_rank)


def _apart(stream: Stream) -> list[Path]:
    """Return what decides which records a request finds, and under which key."""
    named = [stream.sandbox.get(name) for name in ("window_field", "changed_field")]
    checks = [part.check for part in (stream.incremental, stream.windows) if part]
    checks += [
        stream.incremental.highest if stream.incremental else None,
        stream.only.path if stream.only else None,
    ]
    found = [*stream.key, *(parse_path(name) for name in named if name), *checks, stream.order]
    return [*(path for path in found if path), *_asked_by(stream)]


def _asked_by(stream: Stream) -> list[Path]:
    """Return what `details` ask for a record by, as the stream's records have it."""
    above = (stream.rows.name,) if stream.rows else ()
    return [(*above, *path) for path in (stream.details.named_by if stream.details else ())]


def _meet(path: Path, other: Path) -> bool:
    shared = min(len(path), len(other))
    return path[:shared] == other[:shared]


def _rank(path: Path) -> tuple[int, int, Path]:
    last = path[-1].casefold()
    place = next((at for at, word in enumerate(WORDS) if word in last), len(WORDS))
    return place, len(path), path


def _other(value: Any) -> list[Any]:
    """Return values to put in place of one; none for what is absent, null, a date, an object or a list."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, str):
        # A date written in another way is no edit, but a change of the API.
        return [f"{value} 2"] if value and not _DATE.match(value) else []
    return [value + 1] if isinstance(value, int | float) else []


def _is_always_there(records: Sequence[Record], path: Path) -> bool:
    return all(look_up(record, path) not in (MISSING, None, "") for record in records)


def _may_be_either(stream: Stream, path: Path) -> bool:
    """Return whether several types of a scalar are declared at the path."""
    here: Mapping[str, Any] = stream.schema
    for name in path:
        here = here.get("properties", {}).get(name, {})
    declared = here.get("type", [])
    return isinstance(declared, list) and len(set(declared) - {"null"}) > 1


def _hurts(mapper: Mapper, record: Record, path: Path) -> bool:
    """Return whether the record cannot be mapped without the field."""
    mutated = Mutation("D42", "absent", path).apply(record, Random(1))  # noqa: S311 (nothing is drawn)
    return mapper.map(mutated, _CONNECTION).data is None
