"""The mapper of one stream: a raw record in, the canonical record or faults out.

It raises nothing for whatever record comes, publishes nothing, and keeps no state between records.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from sluice.faults import Fault, pointer_of
from sluice.mapping.canonical import EntitySchema, Field
from sluice.mapping.node import Node
from sluice.mapping.program.program import Program, written
from sluice.mapping.unmappable import Unmappable, came_in_words
from sluice.mapping.used_paths import UsedPaths
from sluice.model.shape import Shape

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_PROGRAMS = 8
"""Programs that are kept, each for one shape."""
_CODES = {"maxLength": "too_long", "enum": "unknown_code"}


class Mapped(Struct, frozen=True):
    """What became of one record: ``data`` (valid), or ``faults``, or ``skipped`` as not ours."""

    source_id: str | None
    data: dict[str, Any] | None
    faults: tuple[Fault, ...] = ()
    skipped: bool = False


class Rules(Struct, frozen=True):
    """The compiled rules of a mapping: the root's fields by name, and those that have their own keys."""

    source_id: Node
    fields: Mapping[str, Node]
    root: Node
    when: Node | None = None


class Mapper:
    """Maps the records of one stream to ``entity``; ``used`` says which raw paths it reads.

    ``unique``: the mapping says itself why no two records have one id.
    """

    def __init__(self, schema: EntitySchema, rules: Rules, used: UsedPaths, *, unique: bool = False) -> None:
        self.entity = schema.name
        self.schema_id = schema.id
        self.used = used
        self.unique = unique
        self._schema = schema
        self._rules = rules
        self._read = rules.root.read
        self._read_id = rules.source_id.read
        self._when = rules.when.read if rules.when else None
        self._is_valid = schema.is_valid
        self._programs: list[tuple[Shape, Program | None]] = []

    def map(self, record: Mapping[str, Any], connection: str) -> Mapped:
        """Return the canonical record with ``id`` ``<connection>/<entity>/<source id>``, or what is wrong."""
        try:
            if self._when and self._when(record, connection) is not True:
                return Mapped(self._id_or_none(record, connection), None, skipped=True)
            source_id = self._read_id(record, connection)
            data: dict[str, Any] = self._read(record, connection)
        except Unmappable:
            return Mapped(self._id_or_none(record, connection), None, self._faults(record, connection))
        data["id"] = f"{connection}/{self.entity}/{source_id}"
        data["source_id"] = source_id
        if self._is_valid(data):
            return Mapped(source_id, data)
        return Mapped(source_id, None, self._schema_faults(data))

    def program(self, shape: Shape) -> Program | None:
        """Return the mapping written for records of this shape, None where it cannot be written.

        What it gives for a record is what :meth:`map` gives, or it raises Unmappable or Refused.
        """
        for known, program in self._programs:
            if known == shape:
                return program
        rules = self._rules
        program = written(self._schema, rules.when, rules.source_id, rules.fields, shape)
        self._programs = [*self._programs[-_PROGRAMS:], (shape, program)]
        return program

    def is_valid(self, data: Mapping[str, Any]) -> bool:
        """Return whether a canonical record is valid."""
        return self._is_valid(data)

    def source_id(self, record: Mapping[str, Any]) -> str | None:
        """Return the record's source id; None where it has none that can be read."""
        return self._id_or_none(record, "")

    def _id_or_none(self, record: Any, connection: str) -> str | None:
        try:
            found: str = self._read_id(record, connection)
        except Unmappable:
            return None
        return found

    def _faults(self, record: Any, connection: str) -> tuple[Fault, ...]:
        nodes = (self._rules.when, self._rules.source_id, self._rules.root)
        return tuple(fault for node in nodes if node for fault in node.faults(record, connection))

    def _schema_faults(self, data: dict[str, Any]) -> tuple[Fault, ...]:
        return tuple(self._schema_fault(error) for error in self._schema.errors(data))

    def _schema_fault(self, error: ValidationError) -> Fault:
        path = list(error.absolute_path)
        name = str(path[0]) if path else ""
        rule = self._rules.source_id if name in {"id", "source_id"} else self._rules.fields.get(name)
        personal = _is_personal(self._schema.fields.get(name), path[1:])
        came = came_in_words(error.instance, personal=personal)
        wanted = f"{error.validator} {error.validator_value}"[:120]
        message = f"{'.'.join(map(str, path))} is {came}; should fit {wanted}"
        return Fault(
            _CODES.get(str(error.validator), "schema"), pointer_of(*rule.place) if rule else "", message
        )


def _is_personal(field: Field | None, path: list[str | int]) -> bool:
    while field and path and not field.personal:
        step, path = path[0], path[1:]
        field = field.items if isinstance(step, int) else field.fields.get(step)
    return bool(field and field.personal)
