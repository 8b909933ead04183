"""Checksums of raw records, by which the next read knows again what has not changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from sluice.model.erp_json import write

MOST = 100
"""Records of a sweep that the next one knows again: as many as lie within a lookback where little happens."""

_LENGTH = 16


def with_records(known: list[str] | None, records: Sequence[dict[str, Any]]) -> list[str] | None:
    """Return the checksums with those of further records; None where they become more than MOST."""
    if known is None or len(known) + len(records) > MOST:
        return None
    return [*known, *(hashlib.sha256(write(record)).hexdigest()[:_LENGTH] for record in records)]
