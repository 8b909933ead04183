"""Declares a record's fields for a stream's YAML, each with a hint at what believable data looks like."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sluice.description.model import Description, Schema
from sluice.kit.proposal import fields_of, is_list, is_object
from sluice.kit.words import plain, quoted

MOST_FIELDS = 60
_DEPTH = 3
_TYPES = ("object", "array", "string", "integer", "number", "boolean")
_NAMED: Mapping[str, tuple[str, ...]] = {
    "email": ("email", "mail"),
    "phone": ("phone", "telephone", "mobile"),
    "street_address": ("street", "addressline", "address1", "line1"),
    "postal_code": ("postalcode", "postcode", "zip"),
    "city": ("city", "town"),
    "organisation_number": ("organi", "orgno", "vatregistration", "businessid"),
    "url": ("url", "website", "homepage"),
    "person_first_name": ("firstname", "givenname"),
    "person_last_name": ("lastname", "surname", "familyname"),
}
_PLAIN: Mapping[str, Any] = {
    "boolean": {"boolean": 20},
    "number": {"decimal": [10, 5000]},
    "integer": {"integer": [1, 500]},
    "date": {"date": [-400, 0]},
    "date-time": {"datetime": [-400, -1]},
}
_ENDS: Sequence[tuple[Any, tuple[str, ...]]] = (
    ({"date": [-400, 0]}, ("date",)),
    ({"datetime": [-400, -1]}, ("datetime", "timestamp")),
    ({"constant": "NOK"}, ("currency",)),
    ({"constant": "NO"}, ("country", "countrycode")),
    ({"number_text": 10000}, ("number", "no", "code", "id", "ref")),
)
"""Samples by the end of a text's name."""
_NAMES_OF = {
    "customer": "company_name",
    "supplier": "company_name",
    "project": "project_name",
    "employee": "person_name",
    "department": "department_name",
    "product": "product_name",
    "account": "account_name",
    "activity": "activity_name",
}


class Declaring:
    """Declares the fields of one stream: those that are ``used`` (paths), and others while there is room.

    ``references`` are the paths that hold the id of another stream's record, with that stream.
    """

    def __init__(
        self,
        description: Description,
        entity: str,
        key: str,
        used: Collection[str],
        references: Mapping[str, str],
    ) -> None:
        self._description = description
        self._entity, self._key = entity, key
        self._used = {key, *used}
        self._references = references
        self._room = MOST_FIELDS

    def schema(self, item: Schema) -> dict[str, Any]:
        """Return the stream's ``schema``."""
        return {"type": "object", **self._fields(item, "", 0)}

    def _fields(self, item: Schema, prefix: str, depth: int) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        known = self._description.resolved(item).fields
        for name, schema in fields_of(self._description, item).items():
            path = f"{prefix}{quoted(name)}"
            is_used = any(one == path or one.startswith(f"{path}.") for one in self._used)
            is_scalar = not is_object(schema) and not is_list(schema)
            if not is_used and not (is_scalar and depth == 0 and self._room > 0):
                continue
            self._room -= 1
            optional = schema.nullable or not known[name].required
            properties[name] = self._field(path, schema, depth, nullable=optional and path != self._key)
        required = [
            name for name in properties if known[name].required or f"{prefix}{quoted(name)}" == self._key
        ]
        return ({"required": required} if required else {}) | {"properties": properties}

    def _field(self, path: str, schema: Schema, depth: int, *, nullable: bool) -> dict[str, Any]:
        types = [name for name in _TYPES if name in schema.types] or ["string"]
        named: Any = [*types, "null"] if nullable else types[0] if len(types) == 1 else types
        found: dict[str, Any] = {"type": named}
        if is_object(schema):
            inner = self._fields(schema, f"{path}.", depth + 1) if depth < _DEPTH else {"properties": {}}
            return found | ({"sample": {"nullable": 20}} if nullable else {}) | inner
        if schema.format in {"date", "date-time"}:
            found["format"] = schema.format
        return found | {"sample": self._sample(path, types[0], schema)}

    def _sample(self, path: str, kind: str, schema: Schema) -> Any:
        if path == self._key:
            return {"sequence": 1000} if kind == "integer" else {"number_text": 1000}
        if schema.codes and kind == "string":
            return {"choice": list(schema.codes[:8])}
        reference = self._references.get(path)
        if reference and kind in {"integer", "string"}:
            return {"reference": reference}
        plain_kind = schema.format if schema.format in _PLAIN else kind
        return _PLAIN.get(plain_kind) or _text(path, self._entity)


def _text(path: str, entity: str) -> Any:
    name = plain(path.rpartition(".")[2])
    if name in {"name", "displayname", f"{entity}name", "fullname", "companyname"}:
        return _NAMES_OF.get(entity, "sentence")
    for word, parts in _NAMED.items():
        if any(part in name for part in parts):
            return {"word": word, "nullable": 10}
    for sample, ends in _ENDS:
        if name.endswith(ends) or (ends == ("currency",) and "currency" in plain(path)):
            return sample
    return "sentence"
