"""Reads a reply around its list of records, whose texts are left as they are until somebody looks at one.

msgspec checks all of the JSON on the way, as any parser does; what it refuses is read in the usual way, which
says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from sluice.connector.paths import Path, look_up
from sluice.connector.position import Position
from sluice.connector.spec import Stream
from sluice.model import erp_json
from sluice.model.raw_records import RawRecords

ALL_LOOKED_AT = 16
LOOKED_AT = 2
"""Records of a list that are looked at: all of so few, so many of more."""


def left_as_text(stream: Stream, position: Position) -> Path | None:
    """Return where the list stands whose records nobody has to look at; None where somebody has to."""
    looked_at = (stream.details, stream.rows, stream.parents, stream.only)
    if any(one is not None for one in looked_at) or stream.false_is_empty or position.deleting:
        return None
    return stream.records


def split(body: bytes, path: Path) -> Any | None:
    """Return the body's JSON with RawRecords at the path of names; None where it has to be read as a whole.

    Raises NotJson or NotUtf8 as erp_json.read does for what stands around the list.
    """
    if not erp_json.is_utf8(body) or b"\n" in body.strip() or erp_json.has_long_numbers(body):
        return None
    try:
        lines = _lines(body, path)
        around = _without(body, lines) if lines else None
    except (msgspec.MsgspecError, ValueError, RecursionError):  # ValueError: a name that no field may have
        return None
    if around is None or _is_ambiguous(around, lines):
        return None
    return _filled(erp_json.read(around), path, RawRecords(lines, is_plain=True))


def _lines(body: bytes, path: Path) -> list[bytes]:
    """Return the texts of the objects of the list at the path; none where it is empty, or not one of objects.

    Raises MsgspecError where there is no such list.
    """
    found = _list_at(path)(body)
    for _ in path:
        found = found.below
    lines = list(map(bytes, found))
    return lines if {line[:1] for line in lines} == {b"{"} else []


@lru_cache
def _list_at(path: Path) -> Callable[[bytes], Any]:
    """Return what decodes the list at the path, each of its values as it stands there, and nothing else."""
    found: Any = list[msgspec.Raw]
    for name in reversed(path):
        found = msgspec.defstruct("Around", [("below", found)], rename={"below": name}, gc=False)
    return msgspec.json.Decoder(found).decode


def _without(body: bytes, lines: list[bytes]) -> bytes | None:
    """Return the body with a null for all records of its list; None where it cannot be told where they are.

    An object may stand elsewhere, too, word for word, and be found in place of the first or the last record.
    So what is taken out has to be the records, all of them and nothing else. In as many bytes as they have
    with a comma between two of them there is room for nothing else; with a blank as well, it is looked at.
    """
    start, end = body.find(lines[0]), body.rfind(lines[-1]) + len(lines[-1])
    more = end - start - sum(map(len, lines))
    is_all = more == len(lines) - 1 or (
        more == 2 * (len(lines) - 1) and body.startswith(b", ".join(lines), start)
    )
    return body[:start] + b"null" + body[end:] if is_all else None


def _filled(around: Any, path: Path, records: RawRecords) -> Any | None:
    """Return what stands around the list with its records; None where something else was taken out."""
    if look_up(around, path) != [None]:
        return None
    if not path:
        return records
    look_up(around, path[:-1])[path[-1]] = records
    return around


def _is_ambiguous(around: bytes, lines: Sequence[bytes]) -> bool:
    """Return whether a name stands twice with two values around the list, or in a record that is looked at.

    An ERP that writes names twice does so in all of its records, or in many, so of a long list some are.
    Where one does, the whole reply is refused. To look at all would take half of what a pull takes, and the
    least that can be done with bytes, to count the names of each, 5 % (docs/adr/0022).
    """
    apart = 1 if len(lines) <= ALL_LOOKED_AT else -(-len(lines) // LOOKED_AT)
    return any(map(erp_json.is_ambiguous, (around, *lines[::apart], lines[-1])))
