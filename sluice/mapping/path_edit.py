"""Writes one path of a mapping anew where a field of the source record has got another name or place.

It edits the text of the path and leaves alone what does not read the field. YAML is not known here.
"""

from __future__ import annotations

import json
import re
from typing import Any

from jmespath.exceptions import JMESPathError
from jmespath.lexer import Lexer
from msgspec import Struct

from sluice.model.unseen import unseen

Segments = tuple[str, ...]

_IDENTIFIERS = {"unquoted_identifier", "quoted_identifier"}
_NEW_OPERAND = {"eq", "ne", "lt", "lte", "gt", "gte", "and", "or", "not"}
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class CannotBeEdited(ValueError):
    """The path would have to be built otherwise, not only renamed; the message says why."""


class _Name(Struct, frozen=True):
    """A field's name in the path: characters ``start`` to ``end``; ``path`` leads from the record to it.

    ``after_dot`` says that the name before it stands directly before it, with nothing but a dot between.
    """

    start: int
    end: int
    path: Segments
    after_dot: bool


def renamed(text: str, base: Segments, before: Segments, after: Segments) -> str:
    """Return ``text``, whose paths start at ``base`` of the record, with ``before`` read at ``after``.

    Names are without list indices. The same text comes back where it does not read ``before``. Raises
    CannotBeEdited where the change is above the list that ``base`` stands in, or goes through a list.
    """
    kept = shared_names(before, after)
    names = _names(text, base)
    edits = []
    for number, name in enumerate(names):
        if name.path != before:
            continue
        if kept < len(base) or after[: len(base)] != base:
            raise CannotBeEdited(f"{text!r} is read from within {'.'.join(base)}, which the field has left")
        run = names[number - (len(before) - kept) + 1 : number + 1]
        together = all(one.after_dot for one in run[1:])
        if [one.path for one in run] != [before[:size] for size in range(kept + 1, len(before) + 1)] or (
            not together
        ):
            raise CannotBeEdited(f"{text!r} goes through a list between the names that change")
        edits.append((run[0].start, run[-1].end, ".".join(_written(one) for one in after[kept:])))
    for start, end, written in reversed(edits):
        text = text[:start] + written + text[end:]
    return text


def shared_names(before: Segments, after: Segments) -> int:
    """Return how many names both begin with; of each at least the last one is left."""
    most = min(len(before), len(after)) - 1
    return next((size for size in range(most) if before[size] != after[size]), most)


def _names(text: str, base: Segments) -> list[_Name]:
    """Return every field name of the path, in order, with where it leads from the record."""
    found: list[_Name] = []
    at, around, last = base, [], ""
    before_last = ""
    for token in _tokens(text):
        kind = token["type"]
        if kind in _IDENTIFIERS:
            at = (*at, token["value"])
            start = token["start"]
            after_dot = last == "dot" and before_last in _IDENTIFIERS
            found.append(_Name(start, _end(text, start, token), at, after_dot))
        elif kind in {"filter", "lbracket", "lparen"}:
            around.append((kind, at))
        elif kind in {"rbracket", "rparen"} and around:
            opened, outside = around.pop()
            at = outside if opened == "filter" else at
        elif kind in _NEW_OPERAND:
            at = next((outside for opened, outside in reversed(around) if opened == "filter"), base)
        before_last, last = last, kind
    return found


def _tokens(text: str) -> list[Any]:
    try:
        return list(Lexer().tokenize(text))
    except JMESPathError as err:
        raise CannotBeEdited(f"{text!r} is no path") from err


def _end(text: str, start: int, token: Any) -> int:
    """Return where the name ends; the lexer does not say it of names in quotes."""
    if token["type"] == "unquoted_identifier":
        return start + len(token["value"])
    quoted = re.compile(r'"(?:[^"\\]|\\.)*"').match(text, start)
    if quoted is None:
        raise CannotBeEdited(f"{text!r} is no path")
    return quoted.end()


def _written(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=unseen(name) is not None)
