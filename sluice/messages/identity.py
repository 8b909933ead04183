"""Names that stay the same when the same thing is published again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson


def canonical_text(data: Mapping[str, Any]) -> bytes:
    """Return a canonical record as JSON with sorted names, so that equal records are equal bytes.

    Raises TypeError for what is no JSON, such as a whole number of more than 64 bits.
    """
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)


def sorted_text(data: Mapping[str, Any]) -> bytes:
    """Return the same of a record whose names are sorted already."""
    return orjson.dumps(data)


def content_of(text: bytes) -> str:
    """Return 32 hex digits of a canonical text: equal exactly when two canonical records are equal."""
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def content_hash(data: Mapping[str, Any]) -> str:
    """Return the same of a canonical record."""
    return content_of(canonical_text(data))


def event_id(subject: tuple[str, str, str], version: int, content: str) -> str:
    """Return an event's id, 32 hex digits.

    ``subject`` is (connection, entity, source id), ``content`` the record's content hash or empty for a
    delete. The version is part of it: a record that goes from A to B and back to A is three events, and a
    consumer that drops repeated ids must not drop the third.
    """
    text = "\x1f".join((*subject, str(version), content))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
