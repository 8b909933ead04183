"""Which raw fields of a record to ask the ERP for, and how that is written in a request.

It does not decide what is needed: a mapping's used paths do, and the stream adds its key.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct

from sluice.connector.paths import Path

WITH_WILDCARD = frozenset({"parentheses", "commas", "json_list"})
"""The forms in which every field can be asked for: ``*``, or no selection at all. A dotted list has none."""

_EVERYTHING = "*"
_Tree = dict[str, "_Tree"]
_TYPED = "__class__"
"""An object with this field is one value in several parts, as Tryton's dates are: asked for as a whole."""


class Selection(Struct, frozen=True):
    """Raw field paths, without list indices. None asks for nothing in particular: the ERP's default.

    ``unnamed`` are those that the ERP refuses by name: in their place all fields of their level are asked
    for.
    """

    paths: frozenset[Path] = frozenset()
    unnamed: frozenset[Path] = frozenset()

    def in_form(self, form: str) -> str | list[str] | dict[str, Any] | None:
        """Return the selection in a form of ``{fields: ...}``; None where it is empty.

        ``parentheses``: ``id,customer(name)``; ``commas``: ``id,customer``; ``dotted_list``: a list of paths;
        ``graphql``: a selection set without outer braces, ``id customer { name }``; ``json_list``: the text
        of a JSON list, ``["customer","id"]``; ``specification``: an object of fields, as Odoo nests them,
        ``{"customer": {"fields": {"name": {}}}, "id": {}}``.
        """
        if not self.paths:
            return None
        if form == "parentheses":
            return _in_parentheses(self.paths, self.unnamed)
        if form == "commas":
            return None if self.unnamed else ",".join(sorted({path[0] for path in self.paths}))
        if form in _NESTED:
            return _NESTED[form](_tree(self.paths))
        if form == "json_list":
            names = [_EVERYTHING] if self.unnamed else sorted({path[0] for path in self.paths})
            return json.dumps(names, separators=(",", ":"))
        return sorted(_dotted(path) for path in self.paths)

    def with_paths(self, paths: Iterable[Path]) -> Selection:
        """Return a selection of these paths too; an empty one stays empty, as it asks for everything."""
        return Selection(self.paths | frozenset(paths), self.unnamed) if self.paths else self

    def without_names(self, paths: Iterable[Path]) -> Selection:
        """Return the selection in which these paths are no longer named; see ``WITH_WILDCARD``."""
        return Selection(self.paths, self.unnamed | frozenset(paths))

    def expanded(self, schema: Mapping[str, Any]) -> Selection:
        """Return the selection with every path to a declared object replaced by paths to its declared fields.

        Several ERPs answer a nested object that is named without its fields with an id and an address only.
        """
        found: set[Path] = set()
        for path in self.paths:
            found.update(path + below for below in _leaves(_declared(schema, path)))
        return Selection(frozenset(found), self.unnamed)

    @classmethod
    def everything_declared(cls, schema: Mapping[str, Any]) -> Selection:
        """Return the selection of every field that a stream's schema declares."""
        return cls(frozenset(path for path in _leaves(schema) if path))


@lru_cache(maxsize=64)
def _in_parentheses(paths: frozenset[Path], unnamed: frozenset[Path]) -> str:
    # The same in every request of a stream.
    kept = {path for path in paths if not any(path[: len(one)] == one for one in unnamed)}
    return _parentheses(_tree(kept | {(*path[:-1], _EVERYTHING) for path in unnamed}))


def _tree(paths: Iterable[Path]) -> _Tree:
    tree: _Tree = {}
    for path in paths:
        branch = tree
        for segment in path:
            branch = branch.setdefault(segment, {})
    return tree


def _parentheses(tree: _Tree) -> str:
    return ",".join(
        name + (f"({_parentheses(below)})" if below else "") for name, below in sorted(tree.items())
    )


def _selection_set(tree: _Tree) -> str:
    return " ".join(
        name + (f" {{ {_selection_set(below)} }}" if below else "") for name, below in sorted(tree.items())
    )


def _specification(tree: _Tree) -> dict[str, Any]:
    return {name: {"fields": _specification(below)} if below else {} for name, below in sorted(tree.items())}


_NESTED: dict[str, Callable[[_Tree], str | dict[str, Any]]] = {
    "graphql": _selection_set,
    "specification": _specification,
}


def _dotted(path: Path) -> str:
    # Tryton answers `party.name` under the key "party.": the dot belongs to the segment there.
    return ".".join(segment.removesuffix(".") for segment in path)


def _declared(schema: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    for segment in path:
        schema = _inside_lists(schema).get("properties", {}).get(segment, {})
    return schema


def _leaves(schema: Mapping[str, Any]) -> Iterable[Path]:
    properties = _inside_lists(schema).get("properties")
    if not properties or _TYPED in properties:
        return [()]
    return [(name, *below) for name, field in properties.items() for below in _leaves(field)]


def _inside_lists(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "items" in schema:
        schema = schema["items"]
    return schema
