"""Reads JSON or YAML of a stranger into plain JSON values, within limits.

It does not know what the values mean. Unlike sluice.model.yaml_document, which reads our own files, it takes
anchors and aliases, which vendors' tools write, and keeps no line numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson
import yaml
from msgspec import Struct, field

from sluice.description.forms.unreadable import unreadable

MAX_DEPTH = 200
MAX_NODES = 5_000_000
"""Values in one document, those that aliases repeat counted each time."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
_LONGEST_NUMBER = 40


def read_json(text: bytes) -> Any:
    """Return the JSON value; raises ConfigurationInvalid where it is none."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as err:
        raise unreadable("json_syntax", f"begins as JSON, but {err}") from err


def read_yaml(text: bytes) -> Any:
    """Return the first document's value as YAML 1.2 reads it (``NO`` and dates are text); keys are text.

    Raises ConfigurationInvalid where it is no YAML, is nested too deeply or grows beyond all measure.
    """
    try:
        return _Building(yaml.parse(text, Loader=_LOADER)).document()
    except (yaml.YAMLError, UnicodeDecodeError) as err:
        mark = getattr(err, "problem_mark", None)
        place = f" in line {mark.line + 1}" if mark else ""
        problem = getattr(err, "problem", None) or "it cannot be parsed"
        raise unreadable("yaml_syntax", f"is neither XML nor JSON, and as YAML {problem}{place}") from err


class _Open(Struct):
    """A list or object that is being filled; ``size`` counts the values in it."""

    value: Any
    anchor: str | None
    size: int = 1
    key: str | None = None

    def take(self, value: Any, size: int) -> None:
        self.size += size
        if isinstance(self.value, list):
            self.value.append(value)
        elif self.key is None:
            self.key = value if isinstance(value, str) else str(value)
        else:
            self.value[self.key] = value
            self.key = None


class _Building(Struct):
    """Events in, one value out; with a stack of its own, so that nesting cannot exhaust Python's."""

    events: Iterator[Any]
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    nodes: int = 0

    def document(self) -> Any:
        for event in self.events:
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._open(event)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                done = self.stack.pop()
                if self._ends(done.value, done.size, done.anchor):
                    return done.value
            elif isinstance(event, yaml.ScalarEvent):
                value = self._scalar(event)
                if self._ends(value, 1, event.anchor):
                    return value
            elif isinstance(event, yaml.AliasEvent):
                value, size = self.anchors.get(event.anchor or "", (None, 1))
                self._ends(value, size, None)
        return None

    def _open(self, event: Any) -> None:
        if len(self.stack) >= MAX_DEPTH:
            raise unreadable("too_deep", f"is nested more than {MAX_DEPTH} levels deep")
        self.stack.append(_Open({} if isinstance(event, yaml.MappingStartEvent) else [], event.anchor))

    def _ends(self, value: Any, size: int, anchor: str | None) -> bool:
        self.nodes += size
        if self.nodes > MAX_NODES:
            raise unreadable("too_large", f"holds more than {MAX_NODES} values")
        if anchor:
            self.anchors[anchor] = (value, size)
        if self.stack:
            self.stack[-1].take(value, size)
        return not self.stack

    def _scalar(self, event: Any) -> Any:
        text: str = event.value
        is_key = bool(self.stack) and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None
        return text if is_key or not event.implicit[0] else _plain(text)


def _plain(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if len(text) <= _LONGEST_NUMBER:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return float(text)
    return text
