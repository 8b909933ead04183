"""The examples of docs/connectors/paging.md and requests.md load as parts of a connector."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sluice.connector.load import check_connector
from tests import yaml_text
from tests.unit.connector.scripted import CONNECTOR, MemoryDocuments

FOLDER = Path(__file__).parents[3] / "docs" / "connectors"
BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
EXAMPLES = [
    pytest.param(found[1], id=f"{name}-{number}")
    for name in ("paging", "requests")
    for number, found in enumerate(BLOCK.finditer((FOLDER / f"{name}.md").read_text("utf-8")))
]
OF_STREAMS = {"path", "incremental", "windows", "ranges", "sandbox"}
SETTINGS = {
    "base_url": {"type": "string", "default": "https://toy.example/v1"},
    "deals_url": {"type": "string", "format": "uri", "default": "https://deals.example"},
    "company": {"type": "string", "default": "toy"},
    "history_from": {"type": "string", "format": "date", "default": "2026-01-01"},
}
FIELDS: dict[str, Any] = {
    "id": {"type": "integer", "sample": {"sequence": 1}},
    "updatedAt": {"type": "string", "format": "date-time", "sample": {"datetime": [-9, 0]}},
    "date": {"type": "string", "format": "date", "sample": {"date": [-9, 0]}},
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_loads(example: str) -> None:
    given = yaml_text.read(example)
    of_stream = given if OF_STREAMS & given.keys() else {}
    connector = yaml_text.read(CONNECTOR) | {"settings": {"type": "object", "properties": SETTINGS}}
    connector |= given if not of_stream else {}
    schema = {"type": "object", "properties": FIELDS}
    stream = {
        "format": 1,
        "stream": "thing",
        "title": "Things",
        "path": "/thing",
        "key": "id",
        "schema": schema,
    }
    files = {
        "connectors/toy/connector.yaml": yaml_text.written(connector),
        "connectors/toy/thing.yaml": yaml_text.written(stream | of_stream),
    }
    assert check_connector(MemoryDocuments(files), "toy") == []


def test_every_kind_of_paging_has_an_example() -> None:
    text = (FOLDER / "paging.md").read_text("utf-8")
    shown = {yaml_text.read(found[1])["pagination"]["kind"] for found in BLOCK.finditer(text)}
    assert shown == {"offset", "page", "cursor", "next_url", "link_header", "single"}
