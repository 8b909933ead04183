"""One request as the sandbox sees it and one answer as it gives it; sockets are the server's business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

import orjson

JSON_TYPE = "application/json; charset=utf-8"
HTML_TYPE = "text/html; charset=utf-8"


class Cut(StrEnum):
    """How an answer breaks off on the wire."""

    NOT = "not"
    TRUNCATED = "truncated"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request: ``path`` without query, header names in lower case, ``body`` as it came.

    The path is below the base address of the API, or, ``at_root``, that of an address of its own. ``host``
    is the setting that holds the base address where it is one of streams alone.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    at_root: bool = False
    host: str = ""

    def json(self) -> Any:
        """Return the body as JSON, None where it is none."""
        try:
            return orjson.loads(self.body) if self.body else None
        except orjson.JSONDecodeError:
            return None

    def form(self) -> dict[str, str]:
        """Return the body as a form."""
        return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply, and whether it breaks off on the wire."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON_TYPE
    cut: Cut = Cut.NOT

    @classmethod
    def of_json(cls, status: int, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
        """Return an answer that carries ``value``."""
        return cls(status, orjson.dumps(value), headers or {})
