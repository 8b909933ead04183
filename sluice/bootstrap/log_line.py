"""An entry of the log as one line of JSON that the log takes, whatever is logged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

LINE_BYTES = 240_000
"""CloudWatch takes an event of 256 KB (PutLogEvents, read 2026-11-22)."""

_CUTS = (16_384, 1_024, 64)
"""Characters of a text, and entries of a list, that are logged: fewer where the line is still too large."""


def line_of(entry: Mapping[str, Any]) -> str:
    """Return an entry of the log as one line of JSON, at most LINE_BYTES; what is cut off says how much."""
    line = json.dumps(entry, default=str)
    for most in _CUTS:
        if len(line) <= LINE_BYTES:  # ASCII alone
            return line
        line = json.dumps(_cut(entry, most), default=str)
    return line if len(line) <= LINE_BYTES else json.dumps({"message": f"{line[: LINE_BYTES // 4]}... (cut)"})


def _cut(value: Any, most: int) -> Any:
    if isinstance(value, Mapping):
        return {name: _cut(found, most) for name, found in value.items()}
    if isinstance(value, str):
        return value if len(value) <= most else f"{value[:most]}... ({len(value) - most} characters cut)"
    if isinstance(value, list | tuple):
        left = [f"... ({len(value) - most} entries cut)"] if len(value) > most else []
        return [*(_cut(found, most) for found in value[:most]), *left]
    return value
