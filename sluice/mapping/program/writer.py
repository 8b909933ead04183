"""Writes one Python function, line by line: what it needs, its local names, and what it knows to be there.

It knows nothing of mappings. Only names that it made itself, attributes that a shape names, and literals as
repr writes them get into the text, so nothing that a mapping or an ERP says is ever run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.model.shape import Shape


class NotWritable(Exception):
    """A mapping cannot be written for this shape; records go the way that works for all of them."""


class Value(Struct, frozen=True):
    """A value in the text: ``code`` gives it, ``shape`` says what it may be, None where it may be anything.

    ``only`` are all values there are, where that is known; ``loose``: fields that were
    absent may be null in it.
    """

    code: str
    shape: Shape | None = None
    only: tuple[Any, ...] | None = None
    loose: bool = False

    @property
    def nullable(self) -> bool:
        """Whether it may be None."""
        return self.shape is None or self.shape.nullable

    @property
    def filled(self) -> frozenset[str] | None:
        """The kinds of it that are not null, None where that is not known."""
        return None if self.shape is None else self.shape.filled

    def or_null(self) -> Value:
        """Return the same, which may be None."""
        return replace(self, shape=self.shape and replace(self.shape, absent=True))


NOTHING = Value("None", Shape(frozenset({"null"})), (None,))


class Writer(Struct):
    """The text so far: ``functions`` that are done, and the ``lines`` of the one that is written.

    ``given`` are the objects that it refers to, by name.

    ``longest`` are the most characters that texts may have which pass as they came: whoever runs the function
    looks at that. ``unproven``: that the record is valid has to be looked at.
    """

    given: dict[str, Any] = field(default_factory=dict)
    longest: list[int] = field(default_factory=list)
    unproven: bool = False
    functions: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    _depth: int = 1
    _names: int = 0
    _locals: dict[str, str] = field(default_factory=dict)
    _present: set[str] = field(default_factory=set)

    def given_as(self, thing: Any) -> str:
        """Return the name under which the text refers to ``thing``."""
        name = f"k{len(self.given)}"
        self.given[name] = thing
        return name

    def call(self, function: Callable[..., Any], *values: Value, shape: Shape | None = None) -> Value:
        """Return what a function gives for values."""
        codes = ", ".join(value.code for value in values)
        return Value(f"{self.given_as(function)}({codes})", shape)

    def name(self) -> str:
        """Return a local name that is free."""
        self._names += 1
        return f"v{self._names}"

    def line(self, text: str) -> None:
        """Add a line to the block."""
        self.lines.append("    " * self._depth + text)

    def local(self, value: Value) -> Value:
        """Return the value under a local name; the same code is run once in a block."""
        if value.code.isidentifier():
            return value
        known = self._locals.get(value.code)
        if known is None:
            known = self._locals[value.code] = self.name()
            self.line(f"{known} = {value.code}")
        return replace(value, code=known)

    @contextmanager
    def block(self, head: str, present: str = "") -> Iterator[None]:
        """Write below ``head``; ``present`` is a name that is not None there."""
        self.line(head)
        known, there = dict(self._locals), set(self._present)
        self._depth += 1
        self._present |= {present} - {""}
        yield
        self._depth -= 1
        self._locals, self._present = known, there

    def is_present(self, value: Value) -> bool:
        """Return whether the value is not None here."""
        return not value.nullable or value.code in self._present

    @contextmanager
    def function(self, *more: str) -> Iterator[str]:
        """Write a function of ``r``, ``c``, the connection's name, and ``more``; give its own name."""
        name = f"f{self.name()}"
        kept = (self.lines, self._depth, self._locals, self._present)
        self.lines, self._depth, self._locals, self._present = [], 1, {}, set()
        yield name
        self.functions += [f"def {name}({', '.join(('r', 'c', *more))}):", *self.lines]
        self.lines, self._depth, self._locals, self._present = kept

    def built(self, name: str) -> Callable[..., Any]:
        """Return the function ``name`` that was written."""
        space = dict(self.given)
        exec(compile("\n".join(self.functions), "<mapping>", "exec"), space)  # noqa: S102 - see above
        found: Callable[..., Any] = space[name]
        return found
