"""What is relied on of a stream, compiled from its connector and its mapping.

What that means for a change is judged by sluice.contract.
"""

from __future__ import annotations

from collections.abc import Iterable

from sluice.connector.paths import Path
from sluice.connector.spec import Connector, Stream
from sluice.contract.reliance import Reliance, Segments
from sluice.mapping.mapper import Mapper


def reliance_of(connector: Connector, stream: Stream, mapper: Mapper) -> Reliance:
    """Return what key, filters, order and mapping of a connector's stream need of its records."""
    used = mapper.used
    checks = [asked.check for asked in (stream.incremental, stream.windows) if asked is not None]
    checks += [stream.incremental.highest] if stream.incremental is not None else []
    checks += [stream.only.path] if stream.only is not None and not stream.only.keeps_null else []
    return Reliance(
        entity=mapper.entity,
        used=used.fields_by_path,
        becomes=used.becomes,
        key=_segments((*stream.key, *_document_key(stream))),
        filtered=_segments(path for path in checks if path is not None),
        ordered=_segments([stream.order] if stream.order is not None else ()),
        declared=stream.schema,
        omits_empty=stream.omits_empty or connector.omits_empty,
        whole_record=used.whole_record,
    )


def _document_key(stream: Stream) -> tuple[Path, ...]:
    """Return where a row holds the key of its document, by which the list is paged."""
    return ((stream.rows.name, *stream.rows.fields[0]),) if stream.rows is not None else ()


def _segments(paths: Iterable[Path]) -> tuple[Segments, ...]:
    """Return the paths without what picks from lists, each once."""
    found = (tuple(part for part in path if not part.isdecimal()) for path in paths)
    return tuple(dict.fromkeys(found))
