"""Paths into a raw record: JMESPath without functions; plain dotted ones become direct access.

A path through a value that is no object is a fault, never a silent null; null and absent give null.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from msgspec import Struct
from msgspec.structs import replace

from sluice.mapping.unmappable import Unmappable

Get = Callable[[Any], Any]
Segments = tuple[str, ...]
_STAYS = {"index", "slice", "identity", "current"}
_CHAINS = {"subexpression", "index_expression", "pipe", "flatten", "projection"}
_DEEPEST = 50
_TOO_DEEP = f"is made of parts within parts, more than {_DEEPEST} deep; map what is read in several rules"
_CONDITIONS = {"comparator", "and_expression", "or_expression", "not_expression"}


class PathSyntaxError(ValueError):
    """The text is no path, or uses more of JMESPath than a mapping may; the message says which."""


class Path(Struct, frozen=True):
    """A compiled path: ``get`` reads it, ``steps`` is its plain beginning, ``uses`` all fields it touches.

    ``uses`` leaves list indices out, and holds what conditions look at too; ``ends`` is where the path
    leads; ``is_plain`` says that ``steps`` is the whole path.
    """

    text: str
    get: Get
    steps: tuple[str | int, ...]
    uses: frozenset[Segments]
    is_plain: bool
    ends: frozenset[Segments]


def compile_path(text: str) -> Path:
    """Return the path; raises PathSyntaxError."""
    try:
        tree = jmespath.compile(text)
    except JMESPathError as err:
        raise PathSyntaxError(_syntax_message(text)) from err
    except RecursionError as err:
        raise PathSyntaxError(_TOO_DEEP) from err
    if _is_deep(tree.parsed):
        raise PathSyntaxError(_TOO_DEEP)
    ends, sideways = _walk(tree.parsed, frozenset({()}))
    steps, is_plain = _plain_steps(tree.parsed)
    get = _direct(steps) if is_plain else _searching(steps, tree)
    return Path(text, get, steps, ends | sideways, is_plain, ends)


def below_first_step(path: Path) -> Path | None:
    """Return the rest of a plain path, to read from what its first name holds; None where there is none."""
    rest = path.steps[1:]
    if not path.is_plain or not rest or not isinstance(path.steps[0], str):
        return None
    return replace(path, get=_direct(rest), steps=rest)


def _syntax_message(text: str) -> str:
    right = "names with dots, spaces or signs go in double quotes inside the path: '\"party.name\"'"
    return f"{text[:60]!r} is not a path such as customer.id or lines[0].amount; {right}"


def _is_deep(node: Any) -> bool:
    """Return whether the parts of an expression stand deeper in each other than is read in one go."""
    level = [node]
    for _ in range(_DEEPEST):
        level = [child for one in level for child in one["children"] if isinstance(child, dict)]
        if not level:
            return False
    return True


def _walk(node: Any, bases: frozenset[Segments]) -> tuple[frozenset[Segments], frozenset[Segments]]:
    """Return where the expression ends, and what it only looks at on the way (conditions)."""
    kind, inner = node["type"], node["children"]
    if kind == "field":
        return frozenset((*base, node["value"]) for base in bases), frozenset()
    if kind == "slice" and inner[2] == 0:
        raise PathSyntaxError("has a slice with the step 0; should be 1 or more, or negative")
    if kind in _STAYS:
        return bases, frozenset()
    if kind == "filter_projection":
        lists, sideways = _walk(inner[0], bases)
        ends, more = _walk(inner[1], lists)
        return ends, sideways | more | _condition(inner[2], lists)
    if kind in _CHAINS:
        found: frozenset[Segments] = frozenset()
        for child in inner:
            bases, more = _walk(child, bases)
            found |= more
        return bases, found
    raise PathSyntaxError(
        f"uses {kind.replace('_', ' ')} of JMESPath; call a function of the mapping instead"
    )


def _condition(node: Any, bases: frozenset[Segments]) -> frozenset[Segments]:
    """Return the fields that a filter's condition looks at."""
    if node["type"] == "literal":
        return frozenset()
    if node["type"] in _CONDITIONS:
        return frozenset[Segments]().union(*(_condition(child, bases) for child in node["children"]))
    ends, sideways = _walk(node, bases)
    return ends | sideways


def _plain_steps(node: Any) -> tuple[tuple[str | int, ...], bool]:
    """Return the names and indices that the path begins with, and whether that is all of it."""
    kind = node["type"]
    if kind in {"field", "index"}:
        return (node["value"],), True
    if kind in {"identity", "current"}:
        return (), True
    if kind in {"subexpression", "index_expression", "pipe"}:
        steps: tuple[str | int, ...] = ()
        for child in node["children"]:
            more, is_plain = _plain_steps(child)
            steps += more
            if not is_plain:
                return steps, False
        return steps, True
    # A slice has numbers in place of nodes.
    first = node["children"][0] if node["children"] and kind != "slice" else None
    return (_plain_steps(first)[0] if first else ()), False


def _direct(steps: tuple[str | int, ...]) -> Get:
    if not steps:
        return lambda record: record
    if len(steps) == 1 and isinstance(steps[0], str):
        return operator.methodcaller("get", steps[0])
    if len(steps) == 2 and all(isinstance(step, str) for step in steps):
        return _two_steps(*steps)
    return _many_steps(steps)


def _two_steps(outer: Any, inner: Any) -> Get:
    def get(record: Any) -> Any:
        found = record.get(outer)
        if type(found) is dict:
            return found.get(inner)
        return None if found is None else _one_step(found, inner)

    return get


def _many_steps(steps: tuple[str | int, ...]) -> Get:
    def get(record: Any) -> Any:
        found = record
        for step in steps:
            found = _one_step(found, step)
            if found is None:
                return None
        return found

    return get


def _one_step(found: Any, step: str | int) -> Any:
    if isinstance(step, int):
        if not isinstance(found, list):
            raise Unmappable("not_a_list", found, f"a list, to take its element {step}")
        return found[step] if -len(found) <= step < len(found) else None
    if not isinstance(found, dict):
        raise Unmappable("not_an_object", found, f"an object with the field {step!r}")
    return found.get(step)


def _searching(steps: tuple[str | int, ...], tree: Any) -> Get:
    beginning = _many_steps(steps)

    def get(record: Any) -> Any:
        found = beginning(record)
        if found is None:
            return None
        if not isinstance(found, list):
            raise Unmappable("not_a_list", found, "a list")
        return tree.search(record)

    return get
