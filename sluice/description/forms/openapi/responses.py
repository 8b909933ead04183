"""Finds what a good answer holds: under 200, 2XX or default, in whatever media type is nearest to JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sluice.description.forms.openapi.references import References

_ANY = {"*/*", "application/*", "*"}
_WORDS = ("json", "xml", "csv", "html")
_FILES = ("pdf", "zip", "octet-stream", "image/", "excel", "spreadsheet", "binary")


def good_response(responses: Any, references: References) -> dict[str, Any]:
    """Return the response object of success; empty where there is none.

    ``default`` counts as success only where no status of success is named: elsewhere it is the error.
    """
    named = (
        {str(status).upper(): one for status, one in responses.items()} if isinstance(responses, dict) else {}
    )
    order = sorted(
        (status for status in named if status.startswith("2")),
        key=lambda status: (status.replace("X", "0"), status),
    )
    found = [references.target(named[status]) for status in order] or [
        references.target(named.get("DEFAULT", {}))
    ]
    good = [one for one in found if isinstance(one, dict)]
    return next((one for one in good if one.get("content") or one.get("schema")), good[0] if good else {})


def schema_of(response: dict[str, Any]) -> Any:
    """Return the schema of a response's body as it is written; None where it has no body."""
    content = response.get("content")
    if isinstance(content, dict) and content:
        nearest = min(content, key=lambda name: (_rank(str(name)), str(name)))
        chosen = content[nearest]
        return chosen.get("schema", {}) if isinstance(chosen, dict) else {}
    return response.get("schema")


def media_of(names: Iterable[Any]) -> frozenset[str]:
    """Return the families of media types, such as ``json``; none where any may come."""
    plain = {str(name).partition(";")[0].strip().lower() for name in names}
    return frozenset() if plain & _ANY else frozenset(map(_family, plain))


def _family(name: str) -> str:
    if any(word in name for word in _FILES):
        return "file"
    return next((word for word in _WORDS if word in name), name)


def _rank(name: str) -> int:
    plain = name.partition(";")[0].strip().lower()
    return 0 if plain == "application/json" else 1 if "json" in plain else 2 if plain in _ANY else 3
