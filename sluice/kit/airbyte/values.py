"""Turns texts with Jinja into Sluice's values: literals, settings, secrets, parts of a slice, and joins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from sluice.kit.airbyte.config import Config
from sluice.kit.airbyte.expressions import NOTHING, access, literal, parts_of
from sluice.kit.airbyte.nodes import Node

_SLICES = frozenset({"stream_interval", "stream_slice", "stream_partition"})
_DEPTH = 10


class Slice(Struct, frozen=True):
    """The ``start`` or ``end`` of the time span that a request is for."""

    end: str


class NotConverted(Exception):
    """A text says more than a value can; the message has what."""


class Texts(Struct, frozen=True):
    """Reads the texts of one stream; ``ends`` are the names of a slice's two ends."""

    config: Config
    ends: tuple[str, str] = ("start_time", "end_time")

    def value(self, node: Node, text: Any, depth: int = 0) -> Any:
        """Return a Sluice value, with Slice where a slice is meant; raises NotConverted."""
        if isinstance(text, list):
            return [self.value(node, one, depth) for one in text]
        if isinstance(text, dict):
            return {self.name(node, key): self.value(node, one, depth) for key, one in text.items()}
        parts = self.parts(node, text, depth)
        return joined(parts)

    def parts(self, node: Node, text: Any, depth: int = 0) -> list[Any]:
        """Return a text's parts, neighbouring literals as one; raises NotConverted."""
        if not isinstance(text, str):
            return [text]
        if depth > _DEPTH or "{%" in text or "{#" in text:
            raise NotConverted(text)
        found: list[Any] = []
        for is_expression, part in parts_of(text):
            value = self._expression(node, part, depth) if is_expression else [part]
            for one in value:
                if found and isinstance(one, str) and isinstance(found[-1], str):
                    found[-1] += one
                else:
                    found.append(one)
        return found or [""]

    def name(self, node: Node, text: Any) -> str:
        """Return a text that has to be known now: a name, not a value of a connection's."""
        value = self.value(node, text)
        if isinstance(value, dict | list | Slice) or value is None:
            raise NotConverted(str(text))
        return str(value)

    def _expression(self, node: Node, text: str, depth: int) -> list[Any]:
        written = literal(text)
        if written is not NOTHING and not isinstance(written, dict | list):
            return [written]
        found = access(text)
        if found is None or not found.names:
            raise NotConverted(f"{{{{ {text} }}}}")
        if found.root == "config":
            value = self.config.value(found.names, found.default)
            if value is not None:
                return [value]
        if found.root in {"parameters", "options"} and len(found.names) == 1:
            is_known, given = node.parameter(found.names[0])
            if is_known or found.default is not NOTHING:
                return self.parts(node, given if is_known else found.default, depth + 1)
        if found.root in _SLICES and found.names[0] in self.ends and len(found.names) == 1:
            return [Slice(("start", "end")[self.ends.index(found.names[0])])]
        raise NotConverted(f"{{{{ {text} }}}}")


def joined(parts: list[Any]) -> Any:
    """Return the value of a text's parts."""
    return parts[0] if len(parts) == 1 else {"join": parts}


def slices_in(value: Any) -> set[str]:
    """Return which ends of a slice a value needs."""
    if isinstance(value, Slice):
        return {value.end}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {end for one in inner for end in slices_in(one)}


def with_slices(value: Any, put: Callable[[str], Any]) -> Any:
    """Return the value with what ``put`` gives for ``start`` and ``end`` in place of slices."""
    if isinstance(value, Slice):
        return put(value.end)
    if isinstance(value, dict):
        return {name: with_slices(one, put) for name, one in value.items()}
    return [with_slices(one, put) for one in value] if isinstance(value, list) else value


def settings_in(value: Any) -> set[str]:
    """Return the names of the settings that a value needs."""
    if isinstance(value, dict):
        own = {value["setting"]} if isinstance(value.get("setting"), str) and len(value) == 1 else set()
        return own | {name for one in value.values() for name in settings_in(one)}
    return {name for one in value for name in settings_in(one)} if isinstance(value, list) else set()
