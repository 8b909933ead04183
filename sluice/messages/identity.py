"""Names that stay the same when the same thing is published again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson


def content_hash(data: Mapping[str, Any]) -> str:
    """Return 32 hex digits that are equal exactly when two canonical records are equal."""
    return hashlib.blake2b(orjson.dumps(data, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def event_id(subject: tuple[str, str, str], version: int, content: str) -> str:
    """Return an event's id, 32 hex digits.

    ``subject`` is (connection, entity, source id), ``content`` the record's content hash or empty for a
    delete. The version is part of it: a record that goes from A to B and back to A is three events, and a
    consumer that drops repeated ids must not drop the third.
    """
    text = "\x1f".join((*subject, str(version), content))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
