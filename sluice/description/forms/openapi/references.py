"""Where a `$ref` points to inside a document. It opens no other file and no address."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

_TYPES = ("#/components/schemas/", "#/definitions/", "#/$defs/")
_LONGEST_CHAIN = 20


class References:
    """The document's own places; ``unknown`` collects references that lead nowhere in it."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self.unknown: dict[str, None] = {}

    def target(self, value: Any) -> Any:
        """Return the value, or what it refers to, through any chain; an empty object if that is nothing."""
        for _ in range(_LONGEST_CHAIN):
            if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
                return value
            value = self.at(value["$ref"])
        return {}

    def at(self, reference: str) -> Any:
        """Return what stands at a reference (``#/components/schemas/Invoice``)."""
        found = self._root
        if not reference.startswith("#"):
            self.unknown[reference] = None
            return {}
        for part in reference[1:].split("/")[1:]:
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and key.isdigit() and int(key) < len(found):
                found = found[int(key)]
            elif isinstance(found, dict) and key in found:
                found = found[key]
            else:
                self.unknown[reference] = None
                return {}
        return found


def name_of(reference: str) -> str:
    """Return the name of the type that a reference points to, or the reference itself."""
    for prefix in _TYPES:
        if reference.startswith(prefix) and "/" not in reference[len(prefix) :]:
            return unquote(reference[len(prefix) :]).replace("~1", "/").replace("~0", "~")
    return reference
