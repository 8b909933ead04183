"""What an OData service declares, in either notation, and the description that it comes to."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.description.forms.edm_types import primitive
from sluice.description.model import (
    ANYTHING,
    STAYS,
    Description,
    Field,
    Lifecycle,
    Operation,
    Parameter,
    Schema,
    by_key,
)


class Property(Struct, frozen=True):
    """A property as declared: ``type`` is ``Edm.String``, ``Name.Space.Type`` or ``Collection(...)``."""

    name: str
    type: str
    nullable: bool = True
    lifecycle: Lifecycle = STAYS


class Structured(Struct, frozen=True):
    """An entity type or complex type; ``extends`` is the full name of the type that it builds on."""

    name: str
    properties: tuple[Property, ...]
    extends: str = ""


class Callable(Struct, frozen=True):
    """A function that can be asked for by name."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: str
    reads: bool = True


class Service(Struct):
    """All that a service declares: ``sets`` names the types of entity sets, ``aliases`` the namespaces."""

    version: str
    types: dict[str, Structured] = field(default_factory=dict)
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    sets: dict[str, str] = field(default_factory=dict)
    singles: dict[str, str] = field(default_factory=dict)
    functions: list[Callable] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    lifecycles: dict[str, Lifecycle] = field(default_factory=dict)

    def described(self) -> Description:
        """Return the description: one operation for each entity set, singleton and function."""
        operations = [
            Operation("GET", f"/{name}", response=self._envelope(self.schema(f"Collection({kind})")),
                      lifecycle=self.lifecycles.get(name, STAYS))
            for name, kind in self.sets.items()
        ]  # fmt: skip
        operations += [
            Operation("GET", f"/{name}", response=self.schema(kind)) for name, kind in self.singles.items()
        ]
        operations += [
            Operation("GET" if one.reads else "POST", f"/{one.name}", one.parameters,
                      self._envelope(self.schema(one.returns)) if one.returns else None, one.reads)
            for one in self.functions
        ]  # fmt: skip
        types = {name: self._structured(one) for name, one in self.types.items()}
        return Description(by_key(operations), types, form=f"OData {self.version}".strip())

    def schema(self, kind: str, *, nullable: bool = False) -> Schema:
        """Return the schema of a type by its name as declared."""
        if kind.startswith("Collection("):
            return Schema(frozenset({"array"}), items=self.schema(kind[11:].rstrip(")")))
        name = self.full_name(kind)
        known = primitive(name, nullable=nullable)
        if known:
            return known
        if name in self.enums:
            return Schema(frozenset({"string"}), nullable=nullable, codes=self.enums[name])
        if name in self.named:
            return self.schema(self.named[name], nullable=nullable)
        return (
            Schema(nullable=nullable, name=name)
            if name in self.types
            else replace(ANYTHING, nullable=nullable)
        )

    def full_name(self, name: str) -> str:
        """Return a type's name with its namespace in place of an alias."""
        namespace, _, local = name.rpartition(".")
        return f"{self.aliases[namespace]}.{local}" if namespace in self.aliases else name

    def _structured(self, one: Structured) -> Schema:
        fields: dict[str, Field] = {}
        for declared in self._with_ancestors(one):
            for prop in declared.properties:
                fields[prop.name] = Field(
                    self.schema(prop.type, nullable=prop.nullable), required=True, lifecycle=prop.lifecycle
                )
        return Schema(frozenset({"object"}), fields=fields)

    def _with_ancestors(self, one: Structured) -> list[Structured]:
        line = [one]
        while (
            line[0].extends
            and (above := self.types.get(self.full_name(line[0].extends)))
            and above not in line
        ):
            line.insert(0, above)
        return line

    def _envelope(self, schema: Schema) -> Schema:
        # Version 2 wraps answers in d, and lists in d.results; version 4 puts lists under value.
        is_list = "array" in schema.types
        if not self.version.startswith(("1", "2", "3")):
            return (
                _object({"value": schema})
                if is_list or ("object" not in schema.types and not schema.name)
                else schema
            )
        return _object({"d": _object({"results": schema}) if is_list else schema})


def _object(fields: Mapping[str, Schema]) -> Schema:
    return Schema(
        frozenset({"object"}), fields={name: Field(one, required=True) for name, one in fields.items()}
    )
