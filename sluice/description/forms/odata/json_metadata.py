"""Reads OData's $metadata in JSON (CSDL JSON, version 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sluice.description.forms.lifecycle import from_text
from sluice.description.forms.odata.model import Property, Service, Structured
from sluice.description.model import Description, Lifecycle


def is_csdl(value: Any) -> bool:
    """Return whether a JSON value is CSDL JSON."""
    return isinstance(value, dict) and "$Version" in value


def read_csdl(root: dict[str, Any]) -> Description:
    """Return the description of a CSDL JSON document."""
    service = Service(str(root["$Version"]))
    namespaces = {
        name: one for name, one in root.items() if isinstance(one, dict) and not name.startswith("$")
    }
    for namespace, schema in namespaces.items():
        if isinstance(alias := schema.get("$Alias"), str):
            service.aliases[alias] = namespace
    for namespace, schema in namespaces.items():
        for name, one in schema.items():
            if isinstance(one, dict) and not name.startswith("$"):
                _declared(f"{namespace}.{name}", one, service)
    return service.described()


def _declared(name: str, one: dict[str, Any], service: Service) -> None:
    kind = one.get("$Kind")
    if kind in {"EntityType", "ComplexType"}:
        service.types[name] = Structured(name, tuple(_properties(one)), str(one.get("$BaseType", "")))
    elif kind == "EnumType":
        service.enums[name] = tuple(key for key in one if not key.startswith(("$", "@")) and "@" not in key)
    elif kind == "TypeDefinition":
        service.named[name] = str(one.get("$UnderlyingType", ""))
    elif kind == "EntityContainer":
        for member, said in one.items():
            if isinstance(said, dict) and "$Type" in said:
                (service.sets if said.get("$Collection") else service.singles)[member] = str(said["$Type"])
                service.lifecycles[member] = _lifecycle(said)


def _properties(owner: dict[str, Any]) -> Iterator[Property]:
    for name, one in owner.items():
        if name.startswith(("$", "@")) or not isinstance(one, dict):
            continue
        kind = str(one.get("$Type", "Edm.String"))
        nullable = one.get("$Nullable") is True
        yield Property(
            name, f"Collection({kind})" if one.get("$Collection") else kind, nullable, _lifecycle(one)
        )


def _lifecycle(one: dict[str, Any]) -> Lifecycle:
    notes = {key.rpartition(".")[2]: said for key, said in one.items() if key.startswith("@")}
    revisions = [said for said in notes.get("Revisions") or () if isinstance(said, dict)]
    flagged = any(str(said.get("Kind")) == "Deprecated" for said in revisions)
    texts = [str(notes.get(key, "")) for key in ("Description", "LongDescription")]
    return from_text(
        "\n".join([*texts, *(str(said.get("Description", "")) for said in revisions)]), flagged=flagged
    )
