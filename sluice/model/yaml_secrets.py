"""Finds credentials that were pasted into a YAML file, where they would be kept, shown and handed on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sluice.faults import Fault, pointer_of
from sluice.model.pasted_secrets import kind_of
from sluice.model.yaml_document import YamlDocument

_RIGHT = (
    "no file holds a secret: name it under `secrets`, say {secret: NAME} here, give it to the connection;"
    " and let the issuer replace it"
)


def pasted_secrets(data: bytes, document: YamlDocument) -> list[Fault]:
    """Return a fault for each place of the document, or else line, that holds what looks like a credential.

    None shows it. What is in a comment counts too: whoever reads the file reads that.
    """
    text = data.decode("utf-8-sig")
    if not kind_of(text):
        return []
    found = {document.line_of(at): (at, kind) for at, kind in _within(document.value, "")}
    for number, line in enumerate(text.splitlines(), 1):
        if kind := kind_of(line):
            found.setdefault(number, ("", kind))
    return [
        Fault("secret_in_file", at, f"holds {kind}; {_RIGHT}", f"{document.source}:{number}")
        for number, (at, kind) in sorted(found.items())
    ]


def _within(value: Any, at: str) -> Iterator[tuple[str, str]]:
    """Yield place and kind of each credential in a value; of a name that is one, where the name stands."""
    if isinstance(value, str) and (kind := kind_of(value)):
        yield at, kind
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _within(inner, f"{at}/{number}")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if kind := kind_of(name):
                yield at, kind
            else:
                yield from _within(inner, f"{at}{pointer_of(name)}")
