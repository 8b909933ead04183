"""What a stream says of requests for each record of a list, as frozen values. Nothing is checked here."""

from __future__ import annotations

from msgspec import Struct, field

from sluice.connector.limits import WHOLE_MAP
from sluice.connector.paths import Path
from sluice.connector.spec import Connector, RequestSpec, Stream, Values

SLICE = 4
"""Requests that are given out at once, times those that may be on their way: then what came is handed on."""


class Details(Struct, frozen=True):
    """The list holds ids or short records only; each record is fetched by a request to ``path``.

    ``named_by`` are the fields of the list's record that the path says, ``record`` is where the record
    stands in the reply, ``concurrency`` how many are asked for at once at most.
    """

    path: str
    path_parameters: Values
    named_by: tuple[Path, ...]
    request: RequestSpec = field(default_factory=RequestSpec)
    record: Path = ()
    concurrency: int = 1


class Parents(Struct, frozen=True):
    """The stream's list is read once for each record of another list.

    ``list`` is how the parents are listed, ``named_by`` are the fields of a parent that tell it apart: its
    key, and what the requests below it say. ``fields`` of it are put into each record under ``name``.
    """

    list: Stream
    named_by: tuple[Path, ...]
    fields: tuple[Path, ...]
    name: str = "parent"


class Rows(Struct, frozen=True):
    """The stream's records are the rows at ``path`` in each document that the list, or its details, give.

    ``fields`` of the document are put into each row under ``name``; the first of them is the document's key.
    ``number`` is the field for the row's place in its document, from 1; "" for none.
    """

    path: Path
    fields: tuple[Path, ...]
    name: str = "document"
    number: str = ""


def requests_at_once(connector: Connector) -> int:
    """Return how many requests of a connection a run sends at once where no limit holds it back."""
    lanes = [stream.details.concurrency if stream.details else 1 for stream in connector.streams.values()]
    return max(WHOLE_MAP, sum(sorted(lanes, reverse=True)[:WHOLE_MAP]))
