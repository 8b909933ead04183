"""Reads an XML Schema (XSD): each global element, and each type that no other uses, is an operation.

Attributes are fields named ``@name``. Files that it includes are not opened: types of theirs may be anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.description.forms.lifecycle import from_text
from sluice.description.forms.safe_xml import local_name
from sluice.description.model import ANYTHING, STAYS, Description, Field, Lifecycle, Operation, Schema, by_key

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_TYPES = {
    "boolean": ("boolean", ""), "decimal": ("number", "decimal"), "float": ("number", ""),
    "double": ("number", ""),
    "date": ("string", "date"), "dateTime": ("string", "date-time"), "time": ("string", "time"),
    "duration": ("string", "duration"), "base64Binary": ("string", "binary"),
    "hexBinary": ("string", "binary"),
}  # fmt: skip
_WHOLE = {
    "integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "negativeInteger",
    "nonPositiveInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte",
}  # fmt: skip
_TEXT = {
    "string", "normalizedString", "token", "anyURI", "ID", "IDREF", "Name", "NCName", "NMTOKEN", "QName",
    "language",
}  # fmt: skip
_INSIDE = {"sequence", "choice", "all"}


def is_xml_schema(root: Element) -> bool:
    """Return whether an element is the root of an XML Schema."""
    return root.tag == f"{_XSD}schema"


def read_xml_schema(root: Element) -> Description:
    """Return the description: ``QUERY <element or type>``."""
    reading = _Reading({(local_name(one), one.get("name", "")): one for one in root if one.get("name")})
    types = {
        name: reading.complex(one) if kind == "complexType" else reading.simple(one)
        for (kind, name), one in reading.declared.items()
        if kind in {"complexType", "simpleType"}
    }
    operations = [
        Operation("QUERY", name, response=reading.element(one), lifecycle=_lifecycle(one))
        for (kind, name), one in reading.declared.items()
        if kind == "element" and one.get("abstract") != "true"
    ]
    roots = [
        Operation("QUERY", name, response=Schema(name=name), lifecycle=_lifecycle(one))
        for (kind, name), one in reading.declared.items()
        if kind == "complexType" and name not in reading.used and one.get("abstract") != "true"
    ]
    included = [one.get("schemaLocation", "") for one in root if local_name(one) in {"include", "import"}]
    return Description(
        by_key([*operations, *roots]),
        types,
        form="XML Schema",
        version=root.get("version", ""),
        unread=tuple(f"{name} is not in the file" for name in included if name),
    )


class _Reading(Struct):
    """The state of reading one file; ``used`` are the types that elements, types and extensions name."""

    declared: dict[tuple[str, str], Element]
    used: set[str] = field(default_factory=set)

    def element(self, one: Element) -> Schema:
        name = one.get("type")
        if name is not None:
            return self._named(name)
        for below in one:
            if local_name(below) == "complexType":
                return self.complex(below)
            if local_name(below) == "simpleType":
                return self.simple(below)
        return ANYTHING

    def simple(self, one: Element) -> Schema:
        for below in one:
            if local_name(below) == "restriction":
                codes = tuple(value.get("value", "") for value in below if local_name(value) == "enumeration")
                found = self._named(below.get("base", ""))
                return found if found.name and not codes else replace(found, codes=codes, name="")
            if local_name(below) == "list":
                return Schema(frozenset({"array"}), items=self._named(below.get("itemType", "")))
        return ANYTHING

    def complex(self, one: Element, passed: tuple[Element, ...] = ()) -> Schema:
        if one in passed:
            return ANYTHING
        return Schema(frozenset({"object"}), fields=dict(self._fields(one, (*passed, one))))

    def _fields(
        self, one: Element, passed: tuple[Element, ...], *, many: bool = False
    ) -> Iterator[tuple[str, Field]]:
        for below in one:
            kind = local_name(below)
            if kind in {"complexContent", "simpleContent", "restriction"}:
                yield from self._fields(below, passed)
            elif kind == "extension":
                yield from self._extended(below, passed)
            elif kind in _INSIDE:
                yield from self._fields(below, passed, many=many or _many(below))
            elif (
                kind == "group"
                and (group := self.declared.get(("group", _local(below.get("ref", ""))))) is not None
            ):
                if group not in passed:
                    yield from self._fields(group, (*passed, group), many=many or _many(below))
            elif kind == "element":
                yield self._field(
                    below, optional=local_name(one) == "choice" or one.get("minOccurs") == "0", many=many
                )
            elif kind == "attribute" and (name := below.get("name") or below.get("ref")):
                schema = self.element(below)
                yield f"@{_local(name)}", Field(schema, below.get("use") == "required", _lifecycle(below))

    def _extended(self, one: Element, passed: tuple[Element, ...]) -> Iterator[tuple[str, Field]]:
        base = _local(one.get("base", ""))
        self.used.add(base)
        above = self.declared.get(("complexType", base))
        if above is not None and above not in passed:
            yield from self._fields(above, (*passed, above))
        elif above is None and local_name(one) == "extension":
            yield "#text", Field(self._named(one.get("base", "")), required=True)
        yield from self._fields(one, passed)

    def _field(self, one: Element, *, optional: bool, many: bool) -> tuple[str, Field]:
        reference = one.get("ref")
        target = self.declared.get(("element", _local(reference))) if reference else one
        schema = ANYTHING if target is None else self.element(target)
        if many or _many(one):
            schema = Schema(frozenset({"array"}), items=schema)
        elif one.get("nillable") == "true":
            schema = replace(schema, nullable=True)
        required = one.get("minOccurs") != "0" and not optional
        return _local(reference or one.get("name") or ""), Field(schema, required, _lifecycle(one))

    def _named(self, name: str) -> Schema:
        local = _local(name)
        if ("complexType", local) in self.declared or ("simpleType", local) in self.declared:
            self.used.add(local)
            return Schema(name=local)
        if local in _WHOLE:
            return Schema(frozenset({"integer"}))
        if local in _TEXT:
            return Schema(frozenset({"string"}))
        kind, form = _TYPES.get(local, ("", ""))
        return Schema(frozenset({kind}), form) if kind else ANYTHING


def _many(one: Element) -> bool:
    return one.get("maxOccurs", "1") not in {"0", "1"}


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _lifecycle(one: Element) -> Lifecycle:
    texts = [
        text
        for note in one
        if local_name(note) == "annotation"
        for below in note
        for text in below.itertext()
    ]
    return from_text(" ".join(" ".join(texts).split())) if texts else STAYS
