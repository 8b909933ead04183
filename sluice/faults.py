"""A fault: one thing wrong with some input, as data that a person and a program can both act on.

Faults are collected, not raised: a file or a record is reported with all that is wrong with it.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Fault(Struct, frozen=True):
    """One thing wrong with an input.

    ``code`` is stable (``unknown_key``, ``not_a_decimal``); ``pointer`` is a JSON pointer (RFC 6901)
    into the input; ``message`` says what came and what would have been right; ``source`` names the
    file or object, with a line where one is known (``connectors/x/connector.yaml:12``).
    """

    code: str
    pointer: str
    message: str
    source: str = ""

    def __str__(self) -> str:
        place = f"{self.source}{'#' if self.source else ''}{self.pointer}"
        return f"{place}: {self.message} [{self.code}]" if place else f"{self.message} [{self.code}]"

    def to_json(self) -> dict[str, Any]:
        """Return the fault as a JSON object; ``source`` is left out when empty."""
        found = {"code": self.code, "pointer": self.pointer, "message": self.message}
        return {**found, "source": self.source} if self.source else found


def pointer_of(*parts: str | int) -> str:
    """Return the JSON pointer of a path: ``pointer_of("a", 0, "b/c")`` is ``/a/0/b~1c``."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
