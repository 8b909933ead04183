"""Mapping functions that give text."""

from __future__ import annotations

from typing import Any

from sluice.mapping.conversion import text_of
from sluice.mapping.functions.call import Call
from sluice.mapping.kinds import Kind
from sluice.mapping.node import Node, function_node
from sluice.mapping.unmappable import Unmappable

MOST_CHARACTERS = 1_000_000
"""What joining gives at most: texts that are joined from joined ones would grow without end."""


def text(call: Call) -> Node:
    """Text as it is, a number in its plain form; null stays null.

    >>> {text: number}  # {"number": 10017}
    "10017"
    """

    def compute(value: Any) -> Any:
        return None if value is None else text_of(value)

    return function_node(compute, Kind.TEXT, (call.value(Kind.TEXT),))


def join(call: Call) -> Node:
    """The texts in ``of``, with ``with`` (a space) between them; null and empty ones are left out.

    All of them null or empty gives null; more than a million characters set the record aside.

    >>> {join: {of: [firstName, lastName]}}  # {"firstName": "Kari", "lastName": "Nordmann"}
    "Kari Nordmann"
    >>> {join: {of: [a, b], with: ", "}}  # {"a": null, "b": "x"}
    "x"
    """
    between = call.option("with", " ")

    def compute(*found: Any) -> Any:
        texts = [text_of(value) for value in found if value is not None and value != ""]
        joined = between.join(texts)
        if len(joined) > MOST_CHARACTERS:
            raise Unmappable("too_long", None, f"texts of {MOST_CHARACTERS} characters together at most")
        return joined if texts else None

    return function_node(compute, Kind.TEXT, call.values("of", Kind.TEXT))


def split(call: Call) -> Node:
    """One piece of the text ``of``, cut at every ``by``: ``take`` 0 is the first, -1 the last.

    A piece that is not there gives null.

    >>> {split: {of: origin, by: ",", take: 1}}  # {"origin": "project.work,5"}
    "5"
    """
    by, take = call.option("by"), call.option("take")

    def compute(value: Any) -> Any:
        if value is None:
            return None
        pieces = text_of(value).split(by)
        return pieces[take] if -len(pieces) <= take < len(pieces) else None

    return function_node(compute, Kind.TEXT, (call.at("of", Kind.TEXT),))
