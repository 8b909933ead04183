"""Reads a reply around its list of records, whose texts are left as they are until somebody looks at one.

msgspec checks all of the JSON on the way, as any parser does; what it refuses is read in the usual way, which
says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Sequence
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

_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_list = msgspec.json.Decoder(list[msgspec.Raw]).decode


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
        found = _around(body, path)
    except (msgspec.MsgspecError, RecursionError):
        return None
    records = None if found is None else look_up(found, path)
    return found if records is not None and not _is_ambiguous(body, records.lines) else None


def _is_ambiguous(body: bytes, lines: Sequence[bytes]) -> bool:
    """Return whether a name stands twice with two values around the list, or in a record that is looked at.

    To look at a record takes as long as ten others take here, so of a long list some are: an ERP that writes
    names twice does so in all of its records, or in many. Where one does, the whole reply is refused.
    """
    start, end = body.find(lines[0]), body.rfind(lines[-1]) + len(lines[-1])
    around = body[:start] + b"0" + body[end:]
    apart = 1 if len(lines) <= ALL_LOOKED_AT else -(-len(lines) // LOOKED_AT)
    return any(map(erp_json.is_ambiguous, (around, *lines[::apart], lines[-1])))


def _around(text: bytes | msgspec.Raw, path: Path) -> Any | None:
    """Return what ``text`` holds; None where its list is empty, or not one of objects."""
    if not path:
        lines = [bytes(line) for line in _list(text)]
        objects = bool(lines) and all(line.startswith(b"{") for line in lines)
        return RawRecords(lines, is_plain=True) if objects else None
    members = _object(text)
    if path[0] not in members:
        return None
    below = _around(members[path[0]], path[1:])
    if below is None:
        return None
    return {name: below if name == path[0] else erp_json.read(bytes(one)) for name, one in members.items()}
