"""Writes docs/connectors.md and a page for each connector, from its files alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sluice.connector.paths import path_text
from sluice.connector.spec import Connector, PageKind, Stream
from sluice.connector.values import Call
from sluice.mapping.mapper import Mapper

FOLDER = "docs/connectors/"
INDEX = "docs/connectors.md"
_MADE = "<!-- Made by `make generate` from the connector's files; change those instead. -->"

Mappers = Mapping[str, Mapper]
"""The mappings of a connector, by stream."""


def pages(found: Sequence[tuple[Connector, Mappers]], entities: Sequence[str]) -> dict[str, str]:
    """Return the text of each page by its path; ``entities`` are those of the canonical model."""
    texts = {f"{FOLDER}{connector.name}.md": _page(connector, mappers) for connector, mappers in found}
    return {INDEX: _index(found, entities), **texts}


def _index(found: Sequence[tuple[Connector, Mappers]], entities: Sequence[str]) -> str:
    lines = [
        "# Connectors",
        "",
        _MADE,
        "",
        "One folder of YAML each, below `connectors/` and `transformers/`, and which streams of the",
        "canonical model each ERP gives. How well each is known stands in the NOTES.md of its folder.",
        "[Adding an ERP](tutorial/add-an-erp.md) takes no code. There are pages on",
        "[ways to log in](connectors/authentication.md) and on [limits](connectors/limits.md).",
        "",
        f"| ERP | {' | '.join(entity.replace('_', ' ') for entity in entities)} |",
        f"|---|{'---|' * len(entities)}",
    ]
    for connector, mappers in found:
        given = {mapper.entity for mapper in mappers.values()}
        marks = " | ".join("yes" if entity in given else "" for entity in entities)
        lines.append(f"| [{connector.title}](connectors/{connector.name}.md) | {marks} |")
    return "\n".join(lines) + "\n"


def _page(connector: Connector, mappers: Mappers) -> str:
    return "\n".join([*_head(connector), *_settings(connector), *_streams(connector, mappers)]) + "\n"


def _head(connector: Connector) -> Iterator[str]:
    yield f"# {connector.title}"
    yield ""
    yield _MADE
    yield ""
    yield connector.description
    yield ""
    if connector.documentation:
        yield f"- The vendor's documentation: <{connector.documentation}>"
    yield f"- Login: `{connector.auth.kind}` ([authentication](authentication.md))"
    for limit in connector.limits:
        yield f"- Limit: {limit}"
    yield f"- Streams read at once: {connector.concurrency}"
    if connector.published is not None:
        yield f"- Its published description ({connector.published.kind}) is watched"
    yield f"- How well it is known: [NOTES](../../connectors/{connector.name}/NOTES.md)"
    yield ""


def _settings(connector: Connector) -> Iterator[str]:
    properties: Mapping[str, Any] = connector.settings.get("properties", {})
    required = connector.settings.get("required", ())
    yield "## What a connection gives"
    yield ""
    yield "| setting | | default | what it is |"
    yield "|---|---|---|---|"
    for name, about in properties.items():
        default = f"`{about['default']}`" if "default" in about else ""
        must = "required" if name in required and not default else ""
        what = about.get("description", about.get("title", ""))
        yield f"| `{name}` | {must} | {_cell(default)} | {_cell(what)} |"
    yield ""
    if connector.secrets:
        yield "| secret | | how to obtain it |"
        yield "|---|---|---|"
    for name, secret in connector.secrets.items():
        must = "optional" if secret.optional else "required"
        yield f"| `{name}` | {must} | {_cell(secret.description or secret.title)} |"
    yield ""


def _streams(connector: Connector, mappers: Mappers) -> Iterator[str]:
    yield "## Streams"
    yield ""
    yield "| stream | entity | read from | paging | changes only | fields mapped |"
    yield "|---|---|---|---|---|---|"
    for name, stream in connector.streams.items():
        mapper = mappers[name]
        asked = f"{stream.request.method} `{stream.path}`{_more_requests(stream)}{_elsewhere(stream)}"
        cells = (f"`{name}`", mapper.entity, _cell(asked), _paging(stream), _changes(stream))
        yield f"| {' | '.join(cells)} | {len(mapper.used.paths())} |"


def _more_requests(stream: Stream) -> str:
    rows = f", the rows in `{path_text(stream.rows.path)}`" if stream.rows is not None else ""
    return f"{_of_each(stream)}{rows}"


def _of_each(stream: Stream) -> str:
    below = f", for each of `{stream.parents.list.path}`" if stream.parents is not None else ""
    return f"{below}, each by `{stream.details.path}`" if stream.details is not None else below


def _elsewhere(stream: Stream) -> str:
    own = stream.base_url
    return f", at `{own.name}`" if isinstance(own, Call) else ""


def _paging(stream: Stream) -> str:
    paging = stream.pagination
    words = paging.kind.value.replace("_", " ")
    return (
        "one page" if paging.kind is PageKind.SINGLE else f"{words}, {paging.size}" if paging.size else words
    )


def _changes(stream: Stream) -> str:
    hours = stream.incremental.whole_read_every_hours if stream.incremental else None
    told = ["yes" if stream.incremental else "no", *(["deletes are told"] if stream.deletions else [])]
    told += [f"whole every {hours} h"] if hours else []
    return "; ".join([*told, *_parts(stream)])


def _parts(stream: Stream) -> Iterator[str]:
    """Yield the parts that a read, or a backfill alone, asks for."""
    if stream.windows and not stream.incremental:
        yield f"windows of {stream.windows.days} days"
    if stream.ranges:
        yield f"ranges of `{path_text(stream.ranges.field)}`"


def _cell(text: str) -> str:
    return " ".join(str(text).replace("|", "\\|").split())
