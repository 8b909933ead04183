"""Makes records of the rows of documents: of a journal's lines, each with what is kept of its journal.

Paging and checks look at the documents, so a stream has two faces: its own, and that of the documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from sluice.connector.expanding.declared import Rows
from sluice.connector.paths import MISSING, Path, look_up, part_of_record, path_text
from sluice.connector.replies.refusals import Refusal
from sluice.connector.spec import Stream

Record = dict[str, Any]


def documents_of(stream: Stream) -> Stream:
    """Return the stream as its documents are read: keys and checks are of them, and not of their rows."""
    rows = stream.rows
    if rows is None:
        return stream
    incremental, windows, only = stream.incremental, stream.windows, stream.only
    ranges = stream.ranges
    if incremental is not None:
        check, highest = _inside(rows, incremental.check), _inside(rows, incremental.highest)
        incremental = replace(incremental, check=check, highest=highest)
    if windows is not None:
        windows = replace(windows, check=_inside(rows, windows.check))
    if ranges is not None:
        ranges = replace(ranges, field=_inside(rows, ranges.field) or ())
    if only is not None:
        only = replace(only, path=_inside(rows, only.path) or ())
    order = _inside(rows, stream.order)
    changed = replace(stream, order=order, only=only, incremental=incremental, windows=windows)
    return replace(changed, key=rows.fields[:1], ranges=ranges)


def rows_of(rows: Rows | None, documents: Sequence[Record]) -> Sequence[Record]:
    """Return the rows of checked documents as records; the documents where no rows are asked for."""
    if rows is None:
        return documents
    return [record for document in documents for record in _records(rows, document)]


def check_rows(rows: Rows | None, documents: Sequence[Record], refusal: Refusal) -> None:
    """Raise D11 where a document has no list of rows, D50 where a row is none or has a field of our names."""
    if rows is not None:
        for document in documents:
            _check(rows, document, refusal)


def _check(rows: Rows, document: Record, refusal: Refusal) -> None:
    found, place = look_up(document, rows.path), path_text(rows.path)
    if not isinstance(found, list):
        came = "nothing" if found is MISSING else f"a value of type {type(found).__name__}"
        message = f"expected a list of rows at {place} of each document, found {came}"
        raise refusal.changed("D11", message, place, ("a list", came))
    for row in found:
        if not isinstance(row, dict):
            message = f"a row at {place} is no object"
            raise refusal.changed("D50", message, place, ("an object", type(row).__name__))
        for name in filter(None, (rows.name, rows.number)):
            if name in row:
                message = f"a row at {place} has a {name!r} of its own, where the document's is put"
                raise refusal.changed("D50", message, name, ("absent", "present"))


def _records(rows: Rows, document: Record) -> list[Record]:
    listed: list[Record] = look_up(document, rows.path)
    records = []
    for number, row in enumerate(listed, start=1):
        record = {**row, rows.name: part_of_record(document, rows.fields)}
        records.append({**record, rows.number: number} if rows.number else record)
    return records


def _inside(rows: Rows, path: Path | None) -> Path | None:
    """Return where the documents have what their rows keep at the path."""
    return path[1:] if path is not None and path[:1] == (rows.name,) else path
