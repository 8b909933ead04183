"""Reads OData's $metadata in XML (EDMX), versions 2 to 4; of annotations, what they say of deprecation."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from sluice.description.forms.edm_types import primitive
from sluice.description.forms.lifecycle import from_text
from sluice.description.forms.odata.model import Callable, Property, Service, Structured
from sluice.description.forms.safe_xml import local_name
from sluice.description.forms.unreadable import unreadable
from sluice.description.model import STAYS, Description, Lifecycle, Parameter

_TEXTS = ("Core.Description", "Core.LongDescription", "Core.V1.Description", "Core.V1.LongDescription")
_REVISIONS = ("Core.Revisions", "Core.V1.Revisions")


def read_metadata(root: Element) -> Description:
    """Return the description of an EDMX document; raises ConfigurationInvalid where it holds no schema."""
    schemas = [one for one in root.iter() if local_name(one) == "Schema" and "Namespace" in one.attrib]
    if not schemas:
        raise unreadable("no_schema", "is OData metadata without a Schema")
    service = Service(_version(root))
    relations = dict(_relations(schemas))
    for schema in schemas:
        if alias := schema.get("Alias"):
            service.aliases[alias] = schema.attrib["Namespace"]
    for schema in schemas:
        _types(schema, service, relations)
    for schema in schemas:
        for container in _children(schema, "EntityContainer"):
            _container(container, service)
    return service.described()


def _version(root: Element) -> str:
    services = [one for one in root.iter() if local_name(one) == "DataServices"]
    given = next(
        (
            value
            for one in services
            for key, value in one.attrib.items()
            if key.endswith("DataServiceVersion")
        ),
        "",
    )
    declared = root.get("Version", "")
    return declared if declared.startswith("4") else given or "2.0"


def _types(schema: Element, service: Service, relations: dict[tuple[str, str], tuple[str, str]]) -> None:
    namespace = schema.attrib["Namespace"]
    for one in schema:
        kind, name = local_name(one), f"{namespace}.{one.get('Name', '')}"
        if kind in {"EntityType", "ComplexType"}:
            properties = (*_properties(one), *_navigations(one, relations, service))
            service.types[name] = Structured(name, properties, one.get("BaseType", ""))
        elif kind == "EnumType":
            service.enums[name] = tuple(member.get("Name", "") for member in _children(one, "Member"))
        elif kind == "TypeDefinition":
            service.named[name] = one.get("UnderlyingType", "")


def _properties(owner: Element) -> Iterator[Property]:
    for one in _children(owner, "Property"):
        yield Property(
            one.get("Name", ""), one.get("Type", ""), one.get("Nullable") != "false", _lifecycle(one)
        )


def _navigations(
    owner: Element, relations: dict[tuple[str, str], tuple[str, str]], service: Service
) -> Iterator[Property]:
    for one in _children(owner, "NavigationProperty"):
        name, kind, nullable = one.get("Name", ""), one.get("Type"), one.get("Nullable") != "false"
        if kind is None:
            relation = service.full_name(one.get("Relationship", ""))
            target, many = relations.get((relation, one.get("ToRole", "")), ("", ""))
            kind, nullable = f"Collection({target})" if many == "*" else target, many == "0..1"
        yield Property(name, kind, nullable, _lifecycle(one))


def _relations(schemas: list[Element]) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    for schema in schemas:
        for association in _children(schema, "Association"):
            for end in _children(association, "End"):
                key = f"{schema.attrib['Namespace']}.{association.get('Name', '')}", end.get("Role", "")
                yield key, (end.get("Type", ""), end.get("Multiplicity", ""))


def _container(container: Element, service: Service) -> None:
    for one in container:
        kind, name = local_name(one), one.get("Name", "")
        if kind == "EntitySet":
            service.sets[name] = one.get("EntityType", "")
            service.lifecycles[name] = _lifecycle(one)
        elif kind == "Singleton":
            service.singles[name] = one.get("Type", "")
        elif kind == "FunctionImport" and one.get("Function") is None:
            writes = any(key.endswith("}HttpMethod") and value != "GET" for key, value in one.attrib.items())
            given = tuple(_parameter(parameter) for parameter in _children(one, "Parameter"))
            service.functions.append(Callable(name, given, one.get("ReturnType", ""), not writes))


def _parameter(one: Element) -> Parameter:
    known = primitive(one.get("Type", ""))
    return Parameter(
        one.get("Name", ""), "query", one.get("Nullable") == "false", known.types if known else frozenset()
    )


def _lifecycle(one: Element) -> Lifecycle:
    texts: list[str] = []
    flagged = False
    for note in _children(one, "Annotation"):
        if note.get("Term", "").endswith(_TEXTS):
            texts.append(note.get("String", ""))
        if note.get("Term", "").endswith(_REVISIONS):
            values = [value for below in note.iter() for value in below.attrib.values()]
            flagged = flagged or any(value.endswith("Deprecated") for value in values)
            texts += [
                below.get("String", "") for below in note.iter() if below.get("Property") == "Description"
            ]
    texts += [(below.text or "") for doc in _children(one, "Documentation") for below in doc]
    texts += [value for key, value in one.attrib.items() if key.endswith(("}label", "}quickinfo"))]
    return from_text("\n".join(texts), flagged=flagged) if texts or flagged else STAYS


def _children(owner: Element, name: str) -> Iterator[Element]:
    return (one for one in owner if local_name(one) == name)
