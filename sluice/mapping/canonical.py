"""The canonical model: one JSON Schema per entity, read into fields that the mapper can be compiled for.

It does not map; see sluice.mapping.mapper.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs
from msgspec import Struct, field

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.mapping.kinds import Kind, kind_of_json_type
from sluice.model.json_schema import Explaining
from sluice.model.schema_faults import did_you_mean
from sluice.model.structs import shown
from sluice.ports.documents import Documents

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

FOLDER = "transformers/canonical/"
SET_BY_THE_MAPPER = frozenset({"id", "source_id", "extensions"})
_FORMATS = {"decimal": Kind.DECIMAL, "date": Kind.DATE, "date-time": Kind.INSTANT}


class Field(Struct, frozen=True):
    """One field: ``required`` means never null; in a ``strict`` text (a code) empty text counts as null.

    ``choices`` are the only texts allowed, where there is such a list; ``reference`` names the entity
    that a reference points to; ``fields`` are an object's own, ``items`` describes a list's elements;
    ``unit`` is a word such as hours or currency; ``rule`` is what the schema says of it.
    """

    name: str
    kind: Kind
    required: bool
    title: str = ""
    description: str = ""
    unit: str = ""
    personal: bool = False
    strict: bool = False
    choices: tuple[str, ...] = ()
    reference: str = ""
    fields: Mapping[str, Field] = field(default_factory=dict)
    items: Field | None = None
    rule: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return shown(self, without={"rule"})


class EntitySchema(Struct, frozen=True):
    """One entity: ``id`` is the schema's urn, ``is_valid`` the fast check, ``errors`` says why not."""

    name: str
    id: str
    version: int
    schema: Mapping[str, Any]
    fields: Mapping[str, Field]
    is_valid: Callable[[Any], bool]
    _explaining: Explaining

    def errors(self, data: Any) -> Iterator[ValidationError]:
        """Yield every way in which ``data`` is not valid, in jsonschema's words."""
        yield from self._explaining.iter_errors(data)


class CanonicalModel:
    """The entities found in ``transformers/canonical/`` of the documents; each is read once."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._known: dict[str, EntitySchema] = {}

    def names(self) -> list[str]:
        """Return the entities' names, sorted."""
        found = self._documents.paths(FOLDER)
        return sorted(path.removeprefix(FOLDER).removesuffix(".json") for path in found)

    def entity(self, name: str) -> EntitySchema:
        """Return the entity; raises ConfigurationInvalid where none has this name."""
        if name not in self._known:
            if name not in self.names():
                message = (
                    f"{name!r} is not an entity of the canonical model; {did_you_mean(name, self.names())}"
                )
                raise ConfigurationInvalid("Unknown entity", [Fault("unknown_entity", "", message)])
            self._known[name] = _entity(name, self._documents.read(f"{FOLDER}{name}.json"))
        return self._known[name]


@lru_cache(maxsize=64)
def _entity(name: str, data: bytes) -> EntitySchema:
    """Return the entity; of one text one value, as each mapping reads the model anew."""
    schema = json.loads(data)
    shapes = schema.get("$defs", {})
    return EntitySchema(
        name=name,
        id=schema["$id"],
        version=int(schema["$id"].rpartition(":")[2]),
        schema=schema,
        fields=_fields(schema, shapes),
        is_valid=jsonschema_rs.Draft202012Validator(schema).is_valid,
        _explaining=Explaining(schema),
    )


def _fields(schema: Mapping[str, Any], shapes: Mapping[str, Any]) -> dict[str, Field]:
    return {name: _field(name, found, shapes) for name, found in schema.get("properties", {}).items()}


def _field(name: str, found: Mapping[str, Any], shapes: Mapping[str, Any]) -> Field:
    if "$ref" in found:
        found = {**shapes[found["$ref"].removeprefix("#/$defs/")], **found}
    types = [found["type"]] if isinstance(found["type"], str) else list(found["type"])
    return Field(
        name=name,
        kind=_kind(found, next(word for word in types if word != "null")),
        required="null" not in types,
        title=found.get("title", ""),
        description=found.get("description", ""),
        unit=found.get("x-unit", ""),
        personal=bool(found.get("x-personal")),
        strict="enum" in found or "pattern" in found,
        choices=tuple(word for word in found.get("enum", ()) if word is not None),
        reference=found.get("x-reference", ""),
        fields=_fields(found, shapes),
        items=_field("", found["items"], shapes) if "items" in found else None,
        rule=found,
    )


def _kind(found: Mapping[str, Any], type_word: str) -> Kind:
    if "x-reference" in found:
        return Kind.REFERENCE
    return _FORMATS.get(found.get("format", ""), kind_of_json_type(type_word))
