"""The id that belongs to an event: whoever changes the content under an id is found out.

Sluice makes ids by the same rule (docs/adr/0003); a test holds the two against each other. It is no
signature: who may send to the queue could make an id as well. That nobody else may is the business of the
queue's policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson


def content_of(data: Mapping[str, Any]) -> str:
    """Return 32 hex digits, equal exactly for equal records; raises TypeError for what is not JSON."""
    return _hash(orjson.dumps(data, option=orjson.OPT_SORT_KEYS))


def event_id(subject: tuple[str, str, str], version: int, content: str) -> str:
    """Return an event's id; ``subject`` is (connection, entity, source id); a deletion has empty content."""
    return _hash("\x1f".join((*subject, str(version), content)).encode())


def notice_id(kind: str, connection: str, data: Mapping[str, Any]) -> str:
    """Return the id of a notice: of what it is about, not of its words; the same when it is told again."""
    about = (str(data.get(name) or "") for name in ("run", "stream", "incident"))
    return _hash("\x1f".join((kind, connection, *about)).encode())


def _hash(text: bytes) -> str:
    return blake2b(text, digest_size=16).hexdigest()
