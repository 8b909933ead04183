"""What the kit says of its own work: what it decided and why, and what a person has to decide."""

from __future__ import annotations

from msgspec import Struct, field

from sluice.description.model import Description, Operation, Schema


class Listed(Struct, frozen=True):
    """An operation that answers with a list: ``records`` is the path to it ("" where it is the whole answer).

    ``item`` describes one record, ``envelope`` the object around the list, None where there is none.
    """

    operation: Operation
    records: str
    item: Schema
    envelope: Schema | None


class Notes(Struct):
    """Sentences with where they belong (``customer.yaml``): ``decided`` with reasons, ``open`` questions."""

    decided: list[tuple[str, str]] = field(default_factory=list)
    open: list[tuple[str, str]] = field(default_factory=list)

    def decide(self, where: str, what: str) -> None:
        """Note what was decided, and why."""
        self.decided.append((where, what))

    def ask(self, where: str, what: str) -> None:
        """Note what a person has to look up or decide."""
        if (where, what) not in self.open:
            self.open.append((where, what))


def fields_of(description: Description, schema: Schema) -> dict[str, Schema]:
    """Return an object's fields, resolved; none for anything else."""
    found = description.resolved(schema)
    return {
        name: description.resolved(one.schema) for name, one in found.fields.items() if name not in {"", "*"}
    }


def is_object(schema: Schema) -> bool:
    """Return whether a value is an object whose fields are known."""
    return "object" in schema.types or bool(schema.fields)


def is_list(schema: Schema) -> bool:
    """Return whether a value is a list."""
    return "array" in schema.types
