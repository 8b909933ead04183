"""Reads a mapping, checks it completely, and compiles it.

Everything that is wrong with it comes at once, each fault with file, line and what would be right.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.mapping.canonical import CanonicalModel, EntitySchema, Field
from sluice.mapping.compiler import RuleCompiler
from sluice.mapping.declared import undeclared_uses
from sluice.mapping.fields import key_node
from sluice.mapping.kinds import Kind
from sluice.mapping.mapper import Mapper, Rules
from sluice.mapping.node import Node, Use
from sluice.mapping.patch import Suggestion, patched
from sluice.mapping.paths import Path
from sluice.mapping.structure import object_, rest
from sluice.mapping.used_paths import used_paths
from sluice.model.schema_faults import did_you_mean, schema_faults
from sluice.model.yaml_document import YamlDocument, read_yaml
from sluice.model.yaml_secrets import pasted_secrets
from sluice.ports.documents import DocumentNotFound, Documents

SCHEMA = "transformers/mapping.schema.json"
_EXTENSION = Field("extensions", Kind.ANY, required=False, personal=True)


class _Compiled(Struct, frozen=True):
    """A mapping as far as it could be compiled: no mapper where there are faults."""

    document: YamlDocument
    faults: list[Fault]
    uses: tuple[Use, ...] = ()
    mapper: Mapper | None = None
    paths: Mapping[str, Path] = field(default_factory=dict)


def load_mapping(documents: Documents, connector: str, stream: str) -> Mapper:
    """Return the mapper of ``transformers/<connector>/<stream>.yaml``; raises ConfigurationInvalid."""
    compiled = _compile(documents, connector, stream)
    if compiled.faults or compiled.mapper is None:
        raise ConfigurationInvalid(f"The mapping {connector}/{stream} is not usable", compiled.faults)
    return compiled.mapper


def patch_mapping(documents: Documents, connector: str, stream: str, suggestion: Suggestion) -> str:
    """Return the text of the mapping with the suggestion put in; raises ConfigurationInvalid (see patched).

    The text itself is not checked: load it.
    """
    compiled = _compile(documents, connector, stream)
    if compiled.faults:
        raise ConfigurationInvalid(f"The mapping {connector}/{stream} is not usable", compiled.faults)
    text = documents.read(_path(connector, stream)).decode("utf-8-sig")
    return patched(text, compiled.document, compiled.paths, suggestion)


def check_mapping(
    documents: Documents, connector: str, stream: str, declared_schema: Mapping[str, Any] | None = None
) -> list[Fault]:
    """Return every fault of the mapping; with the stream's declared schema also undeclared paths."""
    try:
        compiled = _compile(documents, connector, stream)
    except ConfigurationInvalid as err:
        return list(err.faults)
    if declared_schema is None:
        return compiled.faults
    return compiled.faults + undeclared_uses(compiled.uses, declared_schema, compiled.document)


def has_mapping(documents: Documents, connector: str, stream: str) -> bool:
    """Return whether the stream has a mapping at all."""
    path = _path(connector, stream)
    return path in documents.paths(path)


@lru_cache(maxsize=2)
def _law(data: bytes) -> dict[str, Any]:
    """Return the schema of mappings: one value for one text, so that it is compiled once for all of them."""
    found: dict[str, Any] = json.loads(data)
    return found


def _path(connector: str, stream: str) -> str:
    return f"transformers/{connector}/{stream}.yaml"


def _compile(documents: Documents, connector: str, stream: str) -> _Compiled:
    path = _path(connector, stream)
    try:
        data = documents.read(path)
        document = read_yaml(data, path)
    except DocumentNotFound as err:
        fault = Fault("no_mapping", "", f"there is no mapping for the stream {stream!r}: {path}", path)
        raise ConfigurationInvalid(f"The stream {connector}/{stream} has no mapping", [fault]) from err
    if pasted := pasted_secrets(data, document):
        return _Compiled(document, pasted)  # nothing else is said of it: it could show what was pasted
    faults = schema_faults(document.value, _law(documents.read(SCHEMA)), document)
    if faults:
        return _Compiled(document, faults)
    if document.value["stream"] != stream:
        message = f"is {document.value['stream']!r}, but the file is that of the stream {stream!r}"
        faults.append(document.fault("wrong_name", "/stream", message))
    model, entity = CanonicalModel(documents), document.value["entity"]
    if entity not in model.names():
        message = f"{entity!r} is not an entity; {did_you_mean(entity, model.names())}"
        return _Compiled(document, [*faults, document.fault("unknown_entity", "/entity", message)])
    return _compile_rules(document, faults, model.entity(entity))


def _compile_rules(document: YamlDocument, faults: list[Fault], schema: EntitySchema) -> _Compiled:
    compiler, spec = RuleCompiler(document, faults), document.value
    source_id = key_node(compiler.value(spec["id"], "/id"))
    when = compiler.condition(spec["when"], "/when") if "when" in spec else None
    fields = compiler.rules(spec["fields"], "/fields", schema.fields, "")
    fields["extensions"] = _extensions(compiler, spec.get("extensions", {}), [source_id, *fields.values()])
    uses = _uses(schema.name, source_id, when, fields)
    if faults:
        return _Compiled(document, faults, uses)
    rules = Rules(source_id, fields, object_(fields, schema.fields, nullable=False), when)
    used = used_paths(uses, whole_record=spec.get("extensions") == "rest")
    return _Compiled(
        document, faults, uses, Mapper(schema, rules, used, unique="unique" in spec), compiler.paths
    )


def _extensions(compiler: RuleCompiler, spec: Any, others: Iterable[Node]) -> Node:
    if spec == "rest":
        return rest(frozenset(use.path[0] for node in others for use in node.uses if use.path))
    wanted = {name: replace(_EXTENSION, name=name) for name in spec}
    rules = compiler.rules(spec, "/extensions", wanted, "extensions.") if spec else {}
    return object_(rules, wanted, nullable=False)


def _uses(entity: str, source_id: Node, when: Node | None, fields: Mapping[str, Node]) -> tuple[Use, ...]:
    found = source_id.uses_for(f"{entity}.id")
    if when:
        found += when.uses_for(f"{entity} (when)")
    return found + tuple(use for name, node in fields.items() for use in node.uses_for(f"{entity}.{name}"))
