"""The examples of docs/connectors/streams.md: rows, levels, `only`, `deletions` and versions are streams."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from sluice.connector.load import check_connector
from tests.unit.connector.scripted import CONNECTOR, MemoryDocuments

DOCUMENT = (Path(__file__).parents[4] / "docs" / "connectors" / "streams.md").read_text("utf-8")
SECTIONS = ("rows", "parents` with `details`", "only", "deletions", "watermark")
FIELDS = ("id", "ID", "isSupplier", "Timestamp")


def example(section: str) -> str:
    """Return the first example of a section."""
    found = re.search(rf"^## `{section}.*?```yaml\n(.*?)```", DOCUMENT, re.DOTALL | re.MULTILINE)
    assert found is not None, f"no example of {section}"
    return found[1]


@pytest.mark.parametrize("section", SECTIONS)
def test_an_example_is_a_stream(section: str) -> None:
    given = yaml.safe_load(example(section))
    fields = {name: {"type": ["string", "boolean", "integer"], "sample": "sentence"} for name in FIELDS}
    whole = {"format": 1, "title": section, "schema": {"type": "object", "properties": fields}, **given}
    files = {
        "connectors/toy/connector.yaml": CONNECTOR,
        f"connectors/toy/{given['stream']}.yaml": yaml.safe_dump(whole),
    }
    assert check_connector(MemoryDocuments(files), "toy") == []
