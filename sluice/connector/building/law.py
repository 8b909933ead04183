"""The JSON Schemas of a connector's files: connectors/connector.schema.json and stream.schema.json.

They belong to this code, so they are read from beside it and not from the documents they judge.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parents[3] / "connectors"


@cache
def connector_schema() -> dict[str, Any]:
    """Return the schema of connector.yaml."""
    return _read("connector.schema.json")


@cache
def stream_schema() -> dict[str, Any]:
    """Return the schema of a stream's file, with the definitions it shares with connectors inside."""
    text = json.dumps(_read("stream.schema.json")).replace("connector.schema.json#/", "#/")
    schema: dict[str, Any] = json.loads(text)
    schema["$defs"] = {**connector_schema()["$defs"], **schema["$defs"]}
    return schema


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_FOLDER / name).read_text("utf-8"))
    return found
