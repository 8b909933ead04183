"""Reads a request against the template it was made from: literal parts must be there, the others are read.

The connector says how Sluice writes a request; here the same values are walked the other way. Paging,
windows, the watermark and the selected fields are read where they stand, in a query or deep in a body.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

from msgspec.structs import replace

from sluice.connector.paths import Path
from sluice.connector.values import (
    Call,
    ListOf,
    Literal,
    ObjectOf,
    Scope,
    Value,
    evaluate,
    may_be_left_out,
    text_of,
)
from sluice.model.secret import Secret

_READ = ("page", "since", "window", "range", "fields", "now", "if_since", "if_range", "record", "parent")
"""The words whose values are read from a request; all others are known."""


@dataclass(slots=True)
class Asked:
    """What a request asked for. ``page`` by word (offset, limit, number, cursor), as it came.

    ``refused`` is set where a setting or secret is not the sandbox's; ``tombstones``: the stream's list of
    what was deleted is meant; ``record``: one record, by these fields; ``parent``: the fields of the
    parent that are said, ``parents``: the list of parents is meant; ``strange`` counts query parameters
    whose literal parts are not as the connector writes them.
    """

    page: dict[str, Any] = field(default_factory=dict)
    since: Any = None
    since_form: str = ""
    window: dict[str, Any] = field(default_factory=dict)
    range: dict[str, Any] = field(default_factory=dict)
    fields: Any = None
    fields_form: str = ""
    moment: Any = None
    refused: bool = False
    tombstones: bool = False
    record: Mapping[Path, str] | None = None
    parent: dict[Path, str] = field(default_factory=dict)
    parents: bool = False
    strange: int = 0


class Matcher:
    """Matches requests against templates, given the settings and secrets that the sandbox expects."""

    def __init__(self, settings: Mapping[str, Any], secrets: Mapping[str, str]) -> None:
        hidden = {name: Secret(text) for name, text in secrets.items()}
        self.scope = Scope(settings=settings, secrets=hidden, now=datetime.now(UTC))

    def with_captured(self, captured: Mapping[str, str]) -> Scope:
        """Return the scope in which a session's attached headers are worked out."""
        return replace(self.scope, captured={name: Secret(text) for name, text in captured.items()})

    def text(self, value: Value) -> str | None:
        """Return a value that needs only settings and secrets, as it stands in a path or header."""
        return text_of(evaluate(value, self.scope))

    def pairs(self, templates: Mapping[str, Value], actual: Mapping[str, str], asked: Asked) -> None:
        """Read a query or form, whose values are all text; what is absent stays unread."""
        for name, template in templates.items():
            if isinstance(template, Literal):
                asked.strange += text_of(template.value) != actual.get(name)
            elif name in actual:
                asked.strange += not self.value(template, actual[name], asked)
            elif _credential(template):
                asked.refused = True

    def value(self, template: Value, actual: Any, asked: Asked) -> bool:
        """Read one value; False where a literal part differs, and then ``asked`` is to be thrown away."""
        if isinstance(template, Literal):
            return bool(template.value == actual)
        if isinstance(template, ListOf):
            return isinstance(actual, list) and self._list(template.items, actual, asked)
        if isinstance(template, ObjectOf):
            return (
                isinstance(actual, Mapping)
                and not set(actual) - set(template.items)
                and all(self.value(below, actual.get(name), asked) for name, below in template.items.items())
            )
        return self._call(template, actual, asked)

    def _list(self, items: tuple[Value, ...], actual: list[Any], asked: Asked) -> bool:
        """Read a list, in which some items may be left out."""
        places = [place for place, item in enumerate(items) if may_be_left_out(item)]
        missing = len(items) - len(actual)
        for without in combinations(places, missing) if 0 <= missing <= len(places) else ():
            left = [item for place, item in enumerate(items) if place not in without]
            pairs = list(zip(left, actual, strict=True))
            if missing == 0 or all(self.value(*pair, Asked()) for pair in pairs):
                return all(self.value(*pair, asked) for pair in pairs)
        return False

    def _call(self, call: Call, actual: Any, asked: Asked) -> bool:
        match call.word:
            case "page":
                asked.page[call.name] = actual
            case "since":
                asked.since, asked.since_form = actual, call.name
            case "window" | "range":
                (asked.window if call.word == "window" else asked.range)[call.name] = actual
            case "fields":
                asked.fields, asked.fields_form = actual, call.name
            case "record":
                pass  # the address says which one
            case "parent":
                asked.parent[call.option] = str(actual)
            case "now":
                asked.moment = actual
            case "if_since" | "if_range":
                return self._either(call, actual, asked)
            case "join" | "replace" if holds(call, *_READ):
                return self._composed(call, actual, asked)
            case _:
                self._known(call, actual, asked)
        return True

    def _either(self, call: Call, actual: Any, asked: Asked) -> bool:
        given, *others = call.values
        trial = Asked()
        if self.value(given, actual, trial) and (
            trial.since is not None
            or trial.range
            or not any(self.value(other, actual, Asked()) for other in others)
        ):
            return self.value(given, actual, asked)
        return any(self.value(other, actual, asked) for other in others)

    def _composed(self, call: Call, actual: Any, asked: Asked) -> bool:
        """Read a text that was put together, as queries of GraphQL are: a part by what stands around it."""
        if call.word == "replace":
            return self.value(call.values[0], as_before(call, str(actual)), asked)
        found = re.fullmatch("".join(map(self._pattern, call.values)), str(actual), re.DOTALL)
        if found is None:
            return False
        read = [part for part in call.values if _is_read(part)]
        return all(self.value(*pair, asked) for pair in zip(read, found.groups(), strict=True))

    def _pattern(self, part: Value) -> str:
        return f"({self._shape(part)})" if _is_read(part) else self._shape(part)

    def _shape(self, part: Value) -> str:
        """Return what a part looks like, so that of two that stand side by side each finds its own."""
        if isinstance(part, Call) and part.word in {"if_since", "if_range"}:
            return f"(?:{'|'.join(map(self._shape, part.values))})"
        if isinstance(part, Call) and part.word == "join":
            return "".join(map(self._shape, part.values))
        return ".*?" if _is_read(part) else re.escape(self.text(part) or "")

    def _known(self, call: Call, actual: Any, asked: Asked) -> None:
        if not holds(call, "captured") and self.text(call) != text_of(actual):
            asked.refused = True


def as_before(call: Call, text: str) -> str:
    """Return a text as it was before `replace` wrote parts of it otherwise; the last that fits is taken."""
    for old, new in call.option.items():
        text = text.replace(new, old) if new else text
    return text


def _is_read(part: Value) -> bool:
    return isinstance(part, Call) and (
        part.word in _READ or (part.word == "replace" and _is_read(part.values[0]))
    )


def calls_only(templates: Mapping[str, Value]) -> dict[str, Value]:
    """Return the templates that are not literal: a server does not mind which Accept header it gets."""
    return {name: value for name, value in templates.items() if not isinstance(value, Literal)}


def holds(value: Value, *words: str) -> bool:
    """Return whether one of the words is called, in the value or inside it."""
    return isinstance(value, Call) and (
        value.word in words or any(holds(below, *words) for below in value.values)
    )


def _credential(value: Value) -> bool:
    return holds(value, "secret")
