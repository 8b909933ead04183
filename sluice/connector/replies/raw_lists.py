"""Reads a reply around its list of records, whose texts are left as they are until somebody looks at one.

msgspec checks all of the JSON on the way, as any parser does; what it refuses is read in the usual way, which
says what is wrong with it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from sluice.connector.paths import Path
from sluice.connector.position import Position
from sluice.connector.spec import Stream
from sluice.model import erp_json
from sluice.model.raw_records import RawRecords

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
        return _around(body, path)
    except (msgspec.MsgspecError, RecursionError):
        return None


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
