"""Which fields of a record a request wants: reads the selection, checks it, cuts records down to it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.problems import Refused

Tree = dict[str, "Tree | None"]
"""Field -> its own fields; None is all of them. ``*`` as a field is every field."""

Cutter = Callable[[Any], Any]
_TOKEN = re.compile(r"[^,()]+|[,()]")
_BRACES = str.maketrans({"{": "( ", "}": " ) "})


def read_tree(asked: Any, form: str, schema: Mapping[str, Any]) -> Tree:
    """Return what a selection in one of its forms asks for; raises Refused where it cannot be read."""
    if form == "parentheses":
        return _parentheses(str(asked))
    if form == "graphql":
        return _parentheses(",".join(str(asked).translate(_BRACES).split()))
    if form == "specification":
        return _specification(asked)
    if form == "json_list":
        asked = _json_list(str(asked))
    names = asked if isinstance(asked, list) else str(asked).split(",")
    if form in {"commas", "json_list"}:
        return {str(name).strip(): None for name in names}
    tree: Tree = {}
    for name in names:
        _add_dotted(tree, str(name).split("."), schema)
    return tree


def check(tree: Tree, schema: Mapping[str, Any], model: str) -> None:
    """Raise Refused where the tree names a field that the schema does not have."""
    properties = _properties(schema)
    for name, below in tree.items():
        if name == "*":
            continue
        if name not in properties:
            raise Refused("unknown_field", f"{name} does not match a field in the model: {model}")
        if below:
            check(below, properties[name], f"{model}.{name}")


def cutter(tree: Tree, schema: Mapping[str, Any], *, bare_objects: bool) -> Cutter:
    """Return what cuts a record down to the tree.

    ``bare_objects``: an object named without its fields is answered with its id alone, as Tripletex does.
    """
    properties = _properties(schema)
    cuts: dict[str, Cutter | None] = dict.fromkeys(properties) if "*" in tree else {}
    for name, below in tree.items():
        if name == "*":
            continue
        inner = properties.get(name, {})
        if below is None and bare_objects and "id" in _properties(inner):
            below = {"id": None}  # noqa: PLW2901 (the loop's own reading of it)
        cuts[name] = cutter(below, inner, bare_objects=bare_objects) if below else None

    def cut(value: Any) -> Any:
        if isinstance(value, list):
            return [cut(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {name: inner(value[name]) if inner else value[name] for name, inner in found(value)}

    def found(value: dict[str, Any]) -> list[tuple[str, Cutter | None]]:
        return [(name, inner) for name, inner in cuts.items() if name in value]

    return cut


def _json_list(text: str) -> list[Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, list):
        raise Refused("parameter_missing", f"{text[:80]} is no JSON list of fields")
    return found


def _specification(asked: Any) -> Tree:
    """Read Odoo's objects of fields: ``{"lines": {"fields": {"name": {}}}}``."""
    if not isinstance(asked, Mapping) or not all(isinstance(below, Mapping) for below in asked.values()):
        raise Refused("parameter_missing", f"{str(asked)[:80]} is no specification of fields")
    return {
        str(name): _specification(below["fields"]) if "fields" in below else None
        for name, below in asked.items()
    }


def _parentheses(text: str) -> Tree:
    tokens = _TOKEN.findall(text)
    tree, rest = _level(tokens, 0)
    if rest != len(tokens):
        raise Refused("unknown_field", f"{text[:80]} is not a fields filter")
    return tree


def _level(tokens: list[str], at: int) -> tuple[Tree, int]:
    tree: Tree = {}
    name = ""
    while at < len(tokens) and tokens[at] != ")":
        word = tokens[at].strip()
        if word == "(":
            tree[name], at = _level(tokens, at + 1)
            if at >= len(tokens):
                raise Refused("unknown_field", "the fields filter lacks a closing parenthesis")
        elif word not in {",", ""}:
            name = word
            tree.setdefault(name, None)
        at += 1
    return tree, at


def _add_dotted(tree: Tree, parts: list[str], schema: Mapping[str, Any]) -> None:
    """Add ``party.name``: below the key ``party.`` where the schema says so (Tryton), else ``party``."""
    head, *rest = parts
    properties = _properties(schema)
    name = f"{head}." if rest and f"{head}." in properties else head
    if not rest:
        tree.setdefault(name, None)
        return
    below = tree.get(name) or {}
    tree[name] = below
    _add_dotted(below, rest, properties.get(name, {}))


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "items" in schema:
        schema = schema["items"]
    found: Mapping[str, Any] = schema.get("properties", {})
    return found
