"""The OpenAPI 3.1 document, made of the operations as they are declared."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

TITLE = "Sluice"
VERSION = "1"
DESCRIPTION = (
    "Connectors, connections and what became of them. Every operation takes an access token of the users. "
    "`x-sluice-role` is the lowest group that may call it: viewer, ops, operator, admin. Errors are problems "
    "(RFC 9457). What has an ETag is changed with If-Match."
)

SCHEMES = {"access_token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}

_DEFAULTS = ("HTTPValidationError", "ValidationError", "ResponseValidationError")
"""Models of Powertools' own answers, in whose place problems are given."""


class OpenApiDocument:
    """The document, made when it is first asked for: the operations that it describes import it."""

    def __init__(self) -> None:
        self._source: Callable[..., str] | None = None
        self._text = ""

    def describe(self, source: Callable[..., str]) -> None:
        """Take the resolver's function that describes its operations."""
        self._source = source
        self._text = ""

    def text(self) -> str:
        """Return the document as JSON, two spaces deep, with an end of line."""
        if not self._text:
            self._text = json.dumps(self.value(), indent=2, ensure_ascii=False) + "\n"
        return self._text

    def value(self) -> dict[str, Any]:
        """Return the document as a JSON object."""
        if self._source is None:
            raise RuntimeError("no resolver describes its operations")
        found: dict[str, Any] = json.loads(
            self._source(title=TITLE, version=VERSION, description=DESCRIPTION, openapi_version="3.1.0")
        )
        components = found.setdefault("components", {})
        for name in _DEFAULTS:
            components.get("schemas", {}).pop(name, None)
        components["securitySchemes"] = SCHEMES
        found["security"] = [{"access_token": []}]
        found["paths"] = {path: found["paths"][path] for path in sorted(found["paths"])}
        return found


OPENAPI = OpenApiDocument()
