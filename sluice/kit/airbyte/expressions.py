"""Reads the few forms of Jinja expressions that say no more than where a value stands."""

from __future__ import annotations

import ast
import re
from typing import Any

from msgspec import Struct

NOTHING: Any = object()
"""No default is given."""
_STEP = re.compile(
    r"""\.get\(\s*(?P<q>['"])(?P<got>[^'"]+)(?P=q)\s*(?:,\s*(?P<default>[^()]*?)\s*)?\)"""
    r"""|\[\s*(?P<r>['"])(?P<item>[^'"]+)(?P=r)\s*\]|\[\s*(?P<number>-?\d+)\s*\]|\.(?P<name>[A-Za-z_]\w*)"""
)
_NAME = re.compile(r"[A-Za-z_]\w*")
_OR = re.compile(
    r"(?P<first>.+?)\s+or\s+(?P<literal>'[^']*'|\"[^\"]*\"|-?[0-9.]+|true|false|none|\{\})", re.IGNORECASE
)
_CAST = re.compile(r"(?P<inner>.+?)\s*\|\s*(?:tojson(?:\(\))?|string|trim)")
_WORDS = {"true": True, "false": False, "none": None}
_PART = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


class Access(Struct, frozen=True):
    """``config['a'].b`` is the names ``a`` and ``b`` below the root ``config``."""

    root: str
    names: tuple[str, ...]
    default: Any = NOTHING


def access(expression: str) -> Access | None:
    """Return where an expression says that its value stands; None where it says anything else."""
    text = expression.strip()
    if text.startswith("(") and text.endswith(")") and ")" not in text[:-1]:
        text = text[1:-1].strip()
    if cast := _CAST.fullmatch(text):
        text = cast["inner"].strip()
    default: Any = NOTHING
    if chosen := _OR.fullmatch(text):
        text, default = chosen["first"].strip(), literal(chosen["literal"])
    root = _NAME.match(text)
    if root is None:
        return None
    names, at = [], root.end()
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None or text[step.end() : step.end() + 1] == "(":
            return None
        names.append(step["got"] or step["item"] or step["number"] or step["name"])
        if step["default"] is not None and step.end() == len(text):
            default = literal(step["default"]) if default is NOTHING else default
        at = step.end()
    return Access(root[0], tuple(names), default)


def literal(text: str) -> Any:
    """Return the value that is written out; NOTHING where there is none."""
    text = text.strip()
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return NOTHING
    return found if isinstance(found, str | int | float | dict | list) else NOTHING


def parts_of(text: str) -> list[tuple[bool, str]]:
    """Return a template's parts in order: whether each is an expression, and its text."""
    found: list[tuple[bool, str]] = []
    at = 0
    for match in _PART.finditer(text):
        found += [(False, text[at : match.start()]), (True, match[1].strip())]
        at = match.end()
    return [part for part in [*found, (False, text[at:])] if part[1] or part[0]]


def lone_expression(text: Any) -> str | None:
    """Return the expression of a text that is one expression and nothing else."""
    parts = parts_of(text.strip()) if isinstance(text, str) else []
    return parts[0][1] if len(parts) == 1 and parts[0][0] else None
