"""Compiles the rules of one mapping into nodes, and collects every fault on the way.

The shape of the document has been checked by transformers/mapping.schema.json before; this checks
what a schema cannot: names of the canonical model, paths, and kinds that can never fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from sluice.faults import Fault
from sluice.mapping.canonical import SET_BY_THE_MAPPER, Field
from sluice.mapping.fields import fill, literal_error
from sluice.mapping.functions import FUNCTIONS
from sluice.mapping.functions.call import Call
from sluice.mapping.kinds import Kind, may_become
from sluice.mapping.node import Node, path_node
from sluice.mapping.paths import Path, PathSyntaxError, compile_path
from sluice.mapping.structure import each, object_
from sluice.model.schema_faults import did_you_mean
from sluice.model.yaml_document import YamlDocument

_NOTHING = Node(lambda _, __: None)
_STRUCTURE = {"object": Kind.OBJECT, "each": Kind.LIST}


class RuleCompiler(Struct, frozen=True):
    """Compiles the rules of ``document``; ``faults`` grows by whatever is wrong with them.

    ``paths`` holds every path that it compiled, by the place in the document where it stands.
    """

    document: YamlDocument
    faults: list[Fault] = field(default_factory=list)
    paths: dict[str, Path] = field(default_factory=dict)

    def refuse(self, code: str, pointer: str, message: str) -> None:
        """Note a fault at ``pointer`` of the mapping, with its line."""
        self.faults.append(self.document.fault(code, pointer, message))

    def value(self, spec: Any, pointer: str) -> Node:
        """Return the node of a path or a call, unconverted."""
        if isinstance(spec, str):
            return self._path(spec, pointer)
        name, argument = next(iter(spec.items()))
        if name in _STRUCTURE:
            message = f"{name} builds a canonical {_STRUCTURE[name].value}; it stands directly at the field"
            self.refuse("wrong_place", pointer, message)
            return _NOTHING
        return FUNCTIONS[name](Call(name, argument, f"{pointer}/{name}", self))

    def condition(self, spec: Any, pointer: str) -> Node:
        """Return the node of a value that must be true or false."""
        node = self.value(spec, pointer)
        if not may_become(node.gives, Kind.BOOLEAN):
            self.refuse("wrong_kind", pointer, f"needs true or false, but this gives {node.gives.value}")
        return node

    def field(self, spec: Any, pointer: str, wanted: Field, name: str, *, personal: bool = False) -> Node:
        """Return the node that fills the canonical field ``wanted``; ``name`` is its dotted name."""
        personal = personal or wanted.personal
        call = next(iter(spec)) if isinstance(spec, dict) else ""
        if call in _STRUCTURE and wanted.kind in {_STRUCTURE[call], Kind.ANY}:
            build = self._object if call == "object" else self._each
            return build(spec[call], f"{pointer}/{call}", wanted, name, personal=personal)
        node = self.value(spec, pointer)
        if not may_become(node.gives, wanted.kind) or wanted.kind in _STRUCTURE.values():
            right = {Kind.OBJECT: "object: {...}", Kind.LIST: "each: {...}"}.get(wanted.kind, "another value")
            message = f"{name} is of kind {wanted.kind.value}, which this can never be; use {right}"
            self.refuse("wrong_kind", pointer, message)
            return _NOTHING
        for literal in node.literals:
            if wrong := literal_error(wanted, literal):
                self.refuse("wrong_literal", pointer, f"{name} {wrong}")
        return fill(node, wanted, name, personal=personal)

    def rules(
        self,
        specs: Mapping[str, Any],
        pointer: str,
        fields: Mapping[str, Field],
        prefix: str,
        *,
        personal: bool = False,
    ) -> dict[str, Node]:
        """Return the nodes of an object's rules, by field; names that are no fields are faults."""
        free = not fields
        found: dict[str, Node] = {}
        for name, spec in specs.items():
            wanted = fields.get(name) or (Field(name, Kind.ANY, required=False) if free else None)
            if wanted is None:
                message = f"{prefix}{name} is not a canonical field; {did_you_mean(name, fields)}"
                self.refuse("unknown_field", f"{pointer}/{name}", message)
            elif name in SET_BY_THE_MAPPER and not prefix:
                message = f"{name} already has a rule: it comes from the mapping's own keys id and extensions"
                self.refuse("two_rules", f"{pointer}/{name}", message)
            else:
                found[name] = self.field(spec, f"{pointer}/{name}", wanted, prefix + name, personal=personal)
        for wanted in fields.values():
            given = wanted.name in specs or (wanted.name in SET_BY_THE_MAPPER and not prefix)
            if wanted.required and not given:
                self.refuse("rule_missing", pointer, f"{prefix}{wanted.name} is required, but has no rule")
        return found

    def _path(self, text: str, pointer: str) -> Node:
        try:
            path = self.paths[pointer] = compile_path(text)
        except PathSyntaxError as err:
            self.refuse("path_syntax", pointer, str(err))
            return _NOTHING
        return path_node(path, pointer)

    def _object(self, specs: Any, pointer: str, wanted: Field, name: str, *, personal: bool) -> Node:
        rules = self.rules(specs, pointer, wanted.fields, f"{name}.", personal=personal)
        return object_(rules, wanted.fields or dict.fromkeys(specs, wanted), nullable=not wanted.required)

    def _each(self, spec: Any, pointer: str, wanted: Field, name: str, *, personal: bool) -> Node:
        of = self.value(spec["of"], f"{pointer}/of")
        items = wanted.items or Field("", Kind.ANY, required=False)
        if not may_become(of.gives, Kind.LIST):
            self.refuse(
                "wrong_kind", f"{pointer}/of", f"each needs a list here, but this gives {of.gives.value}"
            )
        if "object" in spec:
            rules = self.rules(
                spec["object"], f"{pointer}/object", items.fields, f"{name}.", personal=personal
            )
            one = object_(rules, items.fields or dict.fromkeys(rules, items), nullable=False)
        else:
            one = self.field(spec["value"], f"{pointer}/value", items, name, personal=personal)
        return each(of, one, name=name, required=wanted.required)
