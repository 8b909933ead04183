"""A call of a mapping function: its arguments, compiled on demand.

The argument's shape has been checked by transformers/mapping.schema.json before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from msgspec import Struct

from sluice.mapping.kinds import Kind, may_become
from sluice.mapping.node import Node


class Compiler(Protocol):
    """What a function needs of the compiler."""

    def value(self, spec: Any, pointer: str) -> Node:
        """Compile a path or call at ``pointer`` of the mapping."""

    def refuse(self, code: str, pointer: str, message: str) -> None:
        """Note a fault at ``pointer`` of the mapping."""


class Call(Struct, frozen=True):
    """A call ``{name: argument}`` that stands at ``pointer`` (with the name) of the mapping."""

    name: str
    argument: Any
    pointer: str
    compiler: Compiler

    def value(self, wanted: Kind = Kind.ANY) -> Node:
        """Return the argument as one value; a kind that can never become ``wanted`` is a fault."""
        return self._compiled(self.argument, self.pointer, wanted)

    def at(self, key: str | int, wanted: Kind = Kind.ANY) -> Node:
        """Return the value under ``key`` of the argument."""
        return self._compiled(self.argument[key], f"{self.pointer}/{key}", wanted)

    def values(self, key: str = "", wanted: Kind = Kind.ANY) -> tuple[Node, ...]:
        """Return the list of values that the argument, or its ``key``, is."""
        specs, pointer = (
            (self.argument[key], f"{self.pointer}/{key}") if key else (self.argument, self.pointer)
        )
        return tuple(
            self._compiled(spec, f"{pointer}/{position}", wanted) for position, spec in enumerate(specs)
        )

    def option(self, key: str, default: Any = None) -> Any:
        """Return a literal of the argument."""
        return self.argument.get(key, default) if isinstance(self.argument, dict) else default

    def refuse(self, code: str, message: str, key: str = "") -> None:
        """Note a fault at the call, or at ``key`` of its argument."""
        self.compiler.refuse(code, f"{self.pointer}/{key}" if key else self.pointer, message)

    def _compiled(self, spec: Any, pointer: str, wanted: Kind) -> Node:
        node = self.compiler.value(spec, pointer)
        if not may_become(node.gives, wanted):
            message = f"{self.name} needs {wanted.value} here, but this gives {node.gives.value}"
            self.compiler.refuse("wrong_kind", pointer, message)
        return node


Build = Callable[[Call], Node]
"""A function of the list: its docstring is its documentation (docs/mapping-functions.md)."""
