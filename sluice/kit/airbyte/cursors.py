"""Reads what a cursor's Jinja says: where the next cursor or link stands, and when the list ends."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from sluice.kit.airbyte.expressions import access, lone_expression
from sluice.kit.airbyte.nodes import Node
from sluice.kit.words import quoted

_LINK = (("link", "next", "url"), ("Link", "next", "url"))
_NO_LINK = re.compile(
    r"""['"]next['"]\s+not\s+in\s+headers(\[['"]link['"]\]|\.link|\.get\(['"]link['"]\)).*""", re.IGNORECASE
)
_NOT = re.compile(r"not\s+(?P<what>.+)")
_IS_FALSE = re.compile(r"(?P<what>.+?)\s*(?:is|==)\s*(?:not\s+true|false)", re.IGNORECASE)
_IS_NONE = re.compile(r"(?P<what>.+?)\s*(?:is|==)\s*(?:none|null|''|\"\")", re.IGNORECASE)
_ITS_LAST = {"last_record": (), "last_records": ("-1",)}


class Following(Struct, frozen=True):
    """``place`` is where the next cursor stands, ``more`` where a reply says whether there is more.

    ``last_of_link`` says that it is the link in the header Link instead.
    """

    place: dict[str, Any]
    more: dict[str, Any] | None = None
    last_of_link: bool = False


def next_of(strategy: Node, records: str) -> Following | None:
    """Return what a CursorPagination follows; None, told, where that is no place in a reply."""
    expression = lone_expression(strategy.plain("cursor_value"))
    found = access(expression) if expression is not None else None
    if found is not None and found.root == "headers" and found.names in _LINK:
        _stops(strategy, None)
        return Following({}, last_of_link=True)
    place = _place(expression, records)
    if place is None:
        strategy.tell("is no place in a reply", "cursor_value")
        strategy.tell("belongs to a cursor that was not converted", "stop_condition")
        return None
    return Following(place, _stops(strategy, place))


def _place(expression: str | None, records: str) -> dict[str, Any] | None:
    found = access(expression) if expression is not None else None
    if found is None or not found.names:
        return None
    if found.root == "response":
        return {"body": ".".join(map(quoted, found.names))}
    if found.root == "headers" and len(found.names) == 1:
        return {"header": found.names[0]}
    if found.root in _ITS_LAST:
        first = _ITS_LAST[found.root]
        if found.names[: len(first)] == first and len(found.names) > len(first):
            names = [*([records] if records else []), "-1", *map(quoted, found.names[len(first) :])]
            return {"body": ".".join(names)}
    return None


def _stops(strategy: Node, place: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return where a reply says whether there is more; None where the cursor's own absence says it."""
    given = strategy.plain("stop_condition")
    expression = lone_expression(given)
    if given is None:
        return None
    if expression is not None:
        if place is None and _NO_LINK.fullmatch(expression):
            return None
        for form in (_NOT, _IS_NONE, _IS_FALSE):
            matched = form.fullmatch(expression)
            said = _place(matched["what"], "") if matched else None
            if said is None:
                continue
            if said == place:
                return None
            if form is not _IS_NONE and "body" in said and place is not None:
                return said
    strategy.tell("is not a condition that is known; a list ends where there is no next", "stop_condition")
    return None
