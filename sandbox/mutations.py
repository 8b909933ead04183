"""Changes of a stream's shape to order: a field removed, renamed or retyped, on or off.

Only what is served changes; the records on the shelves stay what they are.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sluice.connector.paths import Path, parse_path

KINDS = ("remove", "rename", "retype")
_TYPES: dict[str, Callable[[Any], Any]] = {
    "string": lambda value: None if value is None else str(value),
    "integer": lambda value: int(float(value or 0)),
    "number": lambda value: float(value or 0),
    "boolean": bool,
    "object": lambda value: {"value": value},
    "array": lambda value: [value],
    "null": lambda _: None,
}


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change of shape; ``to`` is the new name or the new type."""

    stream: str
    kind: str
    path: Path
    to: str = ""

    def apply(self, record: dict[str, Any]) -> None:
        """Change the record in place."""
        _at(record, self.path, self._change)

    def apply_to_schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return the schema as the changed stream would declare it, so that fields are checked against it."""
        changed = copy.deepcopy(dict(schema))
        holder: Any = changed
        for segment in self.path[:-1]:
            holder = holder.get("items", holder).get("properties", {}).get(segment, {})
        properties = holder.get("items", holder).get("properties", {})
        field = properties.get(self.path[-1], {})
        if self.kind != "retype":
            properties.pop(self.path[-1], None)
        if self.kind == "rename":
            properties[self.to] = field
        return changed

    def _change(self, holder: dict[str, Any], name: str) -> None:
        if self.kind == "retype":
            holder[name] = _TYPES[self.to](holder[name])
            return
        value = holder.pop(name)
        if self.kind == "rename":
            holder[self.to] = value


def read_mutation(asked: Mapping[str, Any]) -> Mutation:
    """Return the mutation that an admin request asks for; raises ValueError with what would be right."""
    kind, to = str(asked.get("kind")), str(asked.get("to", ""))
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; should be one of {', '.join(KINDS)}")
    if kind == "retype" and to not in _TYPES:
        raise ValueError(f"to is {to!r}; should be one of {', '.join(_TYPES)}")
    if kind == "rename" and not to:
        raise ValueError("to is missing; should be the field's new name")
    if not asked.get("path"):
        raise ValueError("path is missing; should be the field's path")
    return Mutation(str(asked["stream"]), kind, parse_path(str(asked["path"])), to)


def _at(value: Any, path: Path, change: Callable[[dict[str, Any], str], None]) -> None:
    if isinstance(value, list):
        for item in value:
            _at(item, path, change)
    elif isinstance(value, dict) and path[0] in value:
        if len(path) == 1:
            change(value, path[0])
        else:
            _at(value[path[0]], path[1:], change)
