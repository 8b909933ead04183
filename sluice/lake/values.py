"""Values of the lake as text and JSON: exact, without a float where the lake has none."""

from __future__ import annotations

import base64
import math
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import orjson

_JSON = "JSON"
"""DuckDB's name of the type whose values come as text that is JSON."""


def decimal_text(value: Decimal) -> str:
    """Return the number without an exponent and without zeros at its end: ``1250``, ``0.5``, ``-7.25``."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def json_value(value: Any, kind: str = "") -> Any:
    """Return a value as JSON can hold it; ``kind`` is its DuckDB type.

    Decimals are strings, as in the canonical model; times are ISO 8601, those without a zone are UTC; a
    number that is none (NaN, infinite) is null.
    """
    if kind == _JSON and isinstance(value, str):
        return orjson.loads(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(name): json_value(found) for name, found in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(found) for found in value]
    if value is None or isinstance(value, str | int):
        return value
    return _scalar_text(value)


def text_of(value: Any, kind: str = "") -> str:
    """Return a value as a cell of a table or of a CSV file; nothing is empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple):
        return orjson.dumps(json_value(value, kind)).decode()
    return _scalar_text(value)


def _scalar_text(value: Any) -> str:
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, datetime):
        text = value.isoformat()
        return text if value.tzinfo else f"{text}Z"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)
