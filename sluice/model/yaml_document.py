"""Reads one YAML document into plain JSON values and remembers the line of every place in it.

It does not know what the document should say: that is a JSON Schema's job (sluice.model.schema_faults).

A small, safe YAML: scalars as JSON and YAML 1.2 read them, so ``NO``, ``on``, ``012``, ``12:30`` and
``2024-01-01`` are text; keys are always text; no anchors, aliases, merge keys, tags or second document.
What nobody sees in a text (sluice.model.unseen) stands there as an escape. No fault shows a credential.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from msgspec import Struct, field

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault, pointer_of
from sluice.model.pasted_secrets import hidden
from sluice.model.structs import shown
from sluice.model.unseen import unseen

MAX_BYTES = 512 * 1024
MAX_DEPTH = 32
MAX_NODES = 100_000
MOST_FAULTS = 100
"""So many faults are told of one document; whoever mends them is told of the others then."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}


class YamlDocument(Struct, frozen=True):
    """A document's ``value`` (JSON values only) and where in ``source`` each part of it stands."""

    value: Any
    source: str
    lines: dict[str, int] = field(default_factory=dict)

    def __repr__(self) -> str:
        return shown(self, without={"lines"})

    def line_of(self, pointer: str) -> int:
        """Return the line (from 1) of the place, or of the nearest place around it that exists."""
        while pointer not in self.lines and pointer:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer, 1)

    def place(self, pointer: str) -> str:
        """Return ``source:line`` of the place."""
        return f"{self.source}:{self.line_of(pointer)}"

    def fault(self, code: str, pointer: str, message: str) -> Fault:
        """Return a fault at the place, with its source and line, and without what looks like a credential."""
        return _fault(code, pointer, message, self.place(pointer))


def read_yaml(data: bytes, source: str) -> YamlDocument:
    """Return the document; raises ConfigurationInvalid with every fault of form."""
    reading = _Reading(source)
    if len(data) > MAX_BYTES:
        message = f"has {len(data)} bytes; at most {MAX_BYTES} are read"
        raise ConfigurationInvalid(f"{source} is too large", [Fault("too_large", "", message, source)])
    try:
        text = data.decode("utf-8-sig")
        reading.check_letters(text)
        value = reading.document(text)
    except UnicodeDecodeError as err:
        line = data.count(b"\n", 0, err.start) + 1
        reading.refuse("not_utf8", "", "is not UTF-8 text; save the file as UTF-8", line)
    except yaml.YAMLError as err:
        reading.refuse("yaml_syntax", "", _syntax_message(err), _syntax_line(err))
    except _StopReadingError:
        pass
    if reading.faults:
        raise ConfigurationInvalid(f"{source} cannot be read", reading.faults)
    return YamlDocument(value, source, reading.lines)


class _StopReadingError(Exception):
    """Reading on would be unsafe or senseless; the fault is noted already."""


class _Reading(Struct):
    """The state of reading one document: events in, values, lines and faults out."""

    source: str
    lines: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    nodes: int = 0

    def refuse(self, code: str, pointer: str, message: str, line: int) -> None:
        self.faults.append(_fault(code, pointer, message, f"{self.source}:{line}"))

    def check_letters(self, text: str) -> None:
        """Refuse what nobody sees: two names that look alike must not be two names."""
        if found := unseen(text):
            at, letter = found
            line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
            right = 'write the visible letter, or, where it is meant, its escape in double quotes: "\\u200B"'
            self.refuse("unseen_letter", "", f"has {letter} in column {column}; {right}", line)
            raise _StopReadingError

    def document(self, text: str) -> Any:
        events = iter(yaml.parse(text, Loader=_LOADER))
        value: Any = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    line = _line(event)
                    self.refuse(
                        "second_document", "", "holds a second document; one file is one document", line
                    )
                    raise _StopReadingError
                value = self.node(next(events), events, "", 0)
        return value

    def node(self, event: Any, events: Iterator[Any], pointer: str, depth: int) -> Any:
        if len(self.faults) >= MOST_FAULTS - 1:  # and what ends the reading may be one more
            raise _StopReadingError
        line = _line(event)
        self.lines.setdefault(pointer, line)
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            limit = f"{MAX_NODES} values" if self.nodes > MAX_NODES else f"{MAX_DEPTH} levels"
            self.refuse("too_large", pointer, f"goes beyond {limit}", line)
            raise _StopReadingError
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            message = f"uses the anchor or alias {event.anchor!r}; write the value out"
            self.refuse("yaml_anchor", pointer, message, line)
        if isinstance(event, yaml.AliasEvent):
            return None
        if event.tag is not None:
            message = f"has the tag {event.tag!r}; plain values and quoted text need none"
            self.refuse("yaml_tag", pointer, message, line)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(events, pointer, depth + 1)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(events, pointer, depth + 1)
        return self.scalar(event, pointer, line)

    def mapping(self, events: Iterator[Any], around: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        first_lines: dict[str, int] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            line = _line(event)
            key = self.key(event, around, line)
            pointer = f"{around}{pointer_of(key)}"
            if key in found:
                message = f"{key!r} stands here twice; it is already given in line {first_lines[key]}"
                self.refuse("duplicate_key", pointer, message, line)
            else:
                first_lines[key] = line
                self.lines[pointer] = line
            found[key] = self.node(next(events), events, pointer, depth)
        return found

    def key(self, event: Any, pointer: str, line: int) -> str:
        if not isinstance(event, yaml.ScalarEvent) or event.tag is not None or event.anchor:
            message = "has a key that is not plain text; keys are words, without anchors or tags"
            self.refuse("key_not_text", pointer, message, line)
            raise _StopReadingError
        if event.value == "<<" and event.implicit[0]:
            self.refuse("yaml_anchor", pointer, "uses the merge key '<<'; write the keys out", line)
        return str(event.value)

    def sequence(self, events: Iterator[Any], around: str, depth: int) -> list[Any]:
        found: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self.node(event, events, f"{around}/{len(found)}", depth))
        return found

    def scalar(self, event: Any, pointer: str, line: int) -> Any:
        text: str = event.value
        if not event.implicit[0]:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            number = float(text)
            if _digits(text) > 15:
                message = (
                    f"the number {text[:40]} has more digits than a number keeps exactly; put it in quotes"
                )
                self.refuse("number_too_long", pointer, message, line)
            return number
        return text


def _fault(code: str, pointer: str, message: str, place: str) -> Fault:
    return Fault(code, "/".join(map(hidden, pointer.split("/"))), hidden(message), place)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _digits(text: str) -> int:
    mantissa = re.split("[eE]", text)[0]
    return len(mantissa.lstrip("+-").replace(".", "").lstrip("0"))


def _syntax_line(err: yaml.YAMLError) -> int:
    mark = getattr(err, "problem_mark", None) or getattr(err, "context_mark", None)
    return mark.line + 1 if mark else 1


def _syntax_message(err: yaml.YAMLError) -> str:
    problem = getattr(err, "problem", None) or getattr(err, "reason", None) or "cannot be read"
    context = getattr(err, "context", None)
    said = f"{problem} ({context})" if context else str(problem)
    return f"is not valid YAML: {said}; indent with spaces, and quote text that holds ': ' or ' #'"
