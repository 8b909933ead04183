"""A node: one value of a mapping, compiled. Reading is the hot path; explaining runs only on failure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sluice.faults import Fault, pointer_of
from sluice.mapping.kinds import Kind
from sluice.mapping.unmappable import Unmappable

Read = Callable[[Any, str], Any]
"""(record, connection) -> value; raises Unmappable."""

Explain = Callable[[Any, str], list[Fault]]
"""(record, connection) -> every fault, with pointers into the record."""


@dataclass(frozen=True, slots=True)
class Use:
    """A raw path that a node reads; ``rule`` is the place in the mapping; ``becomes`` what it turns into.

    ``becomes`` is set only where the path's own value, untouched by a function, is converted.
    """

    path: tuple[str, ...]
    rule: str
    target: str = ""
    becomes: Kind = Kind.ANY


@dataclass(frozen=True, slots=True)
class Node:
    """One value: ``gives`` is its kind, ``place`` where it lies in the record as far as is known."""

    read: Read
    gives: Kind = Kind.ANY
    uses: tuple[Use, ...] = ()
    place: tuple[str | int, ...] = ()
    parts: tuple[Node, ...] = ()
    target: str = ""
    personal: bool = False
    explain: Explain | None = field(default=None, repr=False)

    def faults(self, record: Any, connection: str) -> list[Fault]:
        """Return what is wrong with the value in this record: the deepest parts' faults, or its own."""
        if self.explain:
            return self.explain(record, connection)
        try:
            self.read(record, connection)
        except Unmappable as err:
            inner = [fault for part in self._told() for fault in part.faults(record, connection)]
            message = f"{self.target or 'the value'} {err.in_words(personal=self.personal)}"
            return inner or [Fault(err.code, pointer_of(*self.place), message)]
        return []

    def named(self, target: str) -> Node:
        """Return the node as the rule of the canonical field ``target``, its uses marked so."""
        uses = tuple(replace(use, target=f"{target}.{use.target}" if use.target else target) for use in self.uses)
        return replace(self, uses=uses)

    def _told(self) -> list[Node]:
        return [replace(part, target=self.target, personal=self.personal) for part in self.parts]
