"""Makes documents of records that are their rows: what the vendor keeps as one, the stream reads as many.

A document holds the records that say the same key of it; a few made one after the other share all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import orjson

from sandbox.doors import placed
from sandbox.replying import Changes, remaining
from sandbox.shelves import Filter, Row, Shelf, passing, shared_names
from sluice.connector.paths import MISSING, look_up
from sluice.connector.spec import Stream


def served_rows(shelf: Shelf, wanted: Filter, changes: Changes) -> Sequence[Row]:
    """Return the rows that pass; where records are rows of documents, the documents, as they are served.

    A document passes as a whole: when one of its rows was changed, all of them are listed again.
    """
    if shelf.stream.rows is None:
        return remaining(shelf, wanted, changes.mutations)
    whole = remaining(shelf, Filter(), changes.mutations)
    return list(passing(_documents(shelf.stream, whole, changes), wanted))


def _documents(stream: Stream, listed: Iterable[Row], changes: Changes) -> Iterator[Row]:
    together: dict[str, list[Row]] = {}
    for row in listed:
        together.setdefault(row.document, []).append(row)
    for key, found in together.items():
        body = orjson.dumps(_document(stream, [changes.served(row) for row in found]))
        newest = max(found, key=lambda row: (row.changed_at, row.version))
        yield replace(newest, key=key, body=body, day=found[0].day, foreign=True)


def _document(stream: Stream, records: list[dict[str, Any]]) -> Any:
    """Return the document of which these are the rows; its own fields are those that the first one says.

    What is kept of its parent stands in it too, as it stands in a record: it is taken out where it is served.
    """
    rows, ours = stream.rows, set(shared_names(stream))
    if rows is None:
        return records[0]
    document: Any = {name: records[0].get(name) for name in ours - {rows.name}}
    kept = records[0].get(rows.name)
    for path in rows.fields:
        value = look_up(kept, path)
        if value is not MISSING:
            document = placed(document, path, value)
    ours.add(rows.number)
    listed = [{name: value for name, value in one.items() if name not in ours} for one in records]
    return placed(document, rows.path, listed)


def documents_declared(stream: Stream, component: str) -> dict[str, Any]:
    """Return the schema of what the list holds; ``component`` is the place of the stream's own schema."""
    rows, own = stream.rows, {"$ref": component}
    if rows is None:
        return own
    declared: dict[str, Any] = {"type": "array", "items": own}
    for name in reversed(rows.path):
        declared = {"type": "object", "properties": {name: declared}}
    return {"allOf": [{"$ref": f"{component}/properties/{rows.name}"}, declared]}
