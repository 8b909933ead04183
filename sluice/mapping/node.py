"""A node: one value of a mapping, compiled. Reading is the hot path; explaining runs only on failure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.faults import Fault, pointer_of
from sluice.mapping.kinds import Kind
from sluice.mapping.paths import Path
from sluice.mapping.program.reading import plain, written_path, written_search
from sluice.mapping.program.writer import NotWritable, Value, Writer
from sluice.mapping.unmappable import Unmappable
from sluice.model.structs import shown

Read = Callable[[Any, str], Any]
"""(record, connection) -> value; raises Unmappable."""

Write = Callable[[Writer, Value], Value]
"""(writer, the decoded record or element) -> the value; raises NotWritable."""

Explain = Callable[[Any, str], list[Fault]]
"""(record, connection) -> every fault, with pointers into the record."""


class Use(Struct, frozen=True):
    """A raw path that is read; ``rule`` is the place in the mapping, ``target`` the canonical field.

    ``becomes`` is what the path's own value is converted to; ANY where a function stands between.
    ``is_end`` is false for a field that only a condition of the path looks at.
    """

    path: tuple[str, ...]
    rule: str
    target: str = ""
    becomes: Kind = Kind.ANY
    is_end: bool = True


class Node(Struct, frozen=True):
    """One value: ``gives`` is its kind, ``place`` where it lies in the record as far as is known.

    ``literals`` are values of the mapping itself that it may give; ``path`` is set where it is one;
    ``within`` reads the same value from what the path's first name holds, sparing that step; ``write`` writes
    down how it is read from decoded records.
    """

    read: Read
    gives: Kind = Kind.ANY
    uses: tuple[Use, ...] = ()
    place: tuple[str | int, ...] = ()
    parts: tuple[Node, ...] = ()
    literals: tuple[Any, ...] = ()
    path: Path | None = None
    within: Read | None = None
    target: str = ""
    personal: bool = False
    explain: Explain | None = None
    write: Write | None = None

    def __repr__(self) -> str:
        return shown(self, without={"explain", "write"})

    def faults(self, record: Any, connection: str) -> list[Fault]:
        """Return what is wrong with the value in this record: the deepest parts' faults, or its own."""
        if self.explain:
            return self.explain(record, connection)
        try:
            self.read(record, connection)
        except Unmappable as err:
            told = (replace(part, target=self.target, personal=self.personal) for part in self.parts)
            inner = [fault for part in told for fault in part.faults(record, connection)]
            message = f"{self.target or 'the value'} {err.in_words(personal=self.personal)}"
            return inner or [Fault(err.code, pointer_of(*self.place), message)]
        return []

    def written(self, writer: Writer, at: Value) -> Value:
        """Return the value as it is read from a decoded record or element ``at``; raises NotWritable."""
        if self.write is None:
            raise NotWritable
        return self.write(writer, at)

    def uses_for(self, target: str) -> tuple[Use, ...]:
        """Return the uses as those of the canonical field ``target``, around what they were for."""
        return tuple(replace(use, target=f"{target}.{use.target}".rstrip(".")) for use in self.uses)


def path_node(path: Path, rule: str) -> Node:
    """Return the node that gives the path's raw value."""
    get = path.get
    uses = tuple(Use(segments, rule, is_end=segments in path.ends) for segments in sorted(path.uses))

    def write(writer: Writer, at: Value) -> Value:
        if path.is_plain:
            return written_path(writer, at, path.steps)
        return written_search(writer, at, path.steps, get)

    return Node(lambda record, _: get(record), uses=uses, place=path.steps, path=path, write=write)


def function_node(
    compute: Callable[..., Any], gives: Kind, parts: tuple[Node, ...], literals: tuple[Any, ...] = ()
) -> Node:
    """Return the node of what ``compute`` gives for the values of its ``parts``."""
    read = _reading_one(compute, parts[0]) if len(parts) == 1 else _reading_many(compute, parts)

    def write(writer: Writer, at: Value) -> Value:
        values = [plain(writer, part.written(writer, at)) for part in parts]
        return writer.call(compute, *values)

    return choosing_node(read, gives, parts, literals, write)


def choosing_node(
    read: Read, gives: Kind, parts: tuple[Node, ...], literals: tuple[Any, ...], write: Write
) -> Node:
    """Return the node of a function that need not read all of its ``parts``; it lies where its first lies."""
    uses = tuple(dict.fromkeys(use for part in parts for use in part.uses))
    place = parts[0].place if parts else ()
    return Node(read, gives, uses, place, parts, literals, write=write)


def _reading_one(compute: Callable[..., Any], part: Node) -> Read:
    read = part.read
    return lambda record, connection: compute(read(record, connection))


def _reading_many(compute: Callable[..., Any], parts: tuple[Node, ...]) -> Read:
    reads = [part.read for part in parts]
    return lambda record, connection: compute(*[read(record, connection) for read in reads])
