"""Builds the headers of requests, and refuses those that are not a connector's to set.

What frames a message (RFC 9112) and what is meant for one hop of its way (RFC 9110, 7.6.1; read 2026-11-22)
is the transport's; who is asking is said under ``auth`` alone, where sessions and redaction know of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sluice.connector.spec import Values
from sluice.connector.value_reader import At, Known, ValueReader
from sluice.connector.values import Literal, Value, parts_of

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OURS = frozenset(
    {
        *("host", "content-length", "transfer-encoding", "accept-encoding", "expect"),
        *("connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade"),
        *("proxy-authenticate", "proxy-authorization"),
    }
)
_OF_AUTH = frozenset({"authorization", "cookie"})


def build_headers(
    reader: ValueReader, raw: Mapping[str, Any] | None, at: At, known: Known
) -> dict[str, Value]:
    """Return a request's headers, having refused names that are no names or are not a connector's to set."""
    first: dict[str, str] = {}
    for name in raw or {}:
        low = name.lower()
        if not _NAME.fullmatch(name):
            reader.refuse("bad_name", (*at, name), f"{name[:40]!r} is not the name of a header")
        elif low in _OURS:
            reader.refuse("not_allowed", (*at, name), f"the header {name} is set by Sluice; leave it out")
        elif low in _OF_AUTH and at[0] != "auth":
            message = f"the header {name} says who is asking; give it under `auth` in connector.yaml"
            reader.refuse("not_allowed", (*at, name), message)
        elif first.setdefault(low, name) != name:
            message = f"{name!r} is the same header as {first[low]!r}; give it once"
            reader.refuse("duplicate_key", (*at, name), message)
    built = reader.values(raw, at, known)
    for name, value in built.items():
        texts = (part.value for part in parts_of(value) if isinstance(part, Literal))
        if any(isinstance(text, str) and not text.isprintable() for text in texts):
            message = f"the header {name} holds a line break or control character"
            reader.refuse("bad_form", (*at, name), message)
    return built


def merged(defaults: Values, own: Values) -> dict[str, Value]:
    """Return the headers of both; where both have one, however its name is written, ``own`` counts."""
    given = {name.lower() for name in own}
    return {**{name: value for name, value in defaults.items() if name.lower() not in given}, **own}
