"""OData's primitive types (``Edm.Decimal``) as neutral ones; whether JSON writes them as text is not said."""

from __future__ import annotations

from sluice.description.model import Schema

_TYPES = {
    "binary": ("string", "binary"), "boolean": ("boolean", ""), "byte": ("integer", ""),
    "sbyte": ("integer", ""),
    "int16": ("integer", ""), "int32": ("integer", ""), "int64": ("integer", ""), "integer": ("integer", ""),
    "int": ("integer", ""), "decimal": ("number", "decimal"), "double": ("number", ""),
    "single": ("number", ""),
    "float": ("number", ""), "number": ("number", ""), "guid": ("string", "uuid"), "string": ("string", ""),
    "date": ("string", "date"), "datetime": ("string", "local date-time"),
    "datetimeoffset": ("string", "date-time"),
    "time": ("string", "time"), "timeofday": ("string", "time"), "duration": ("string", "duration"),
    "stream": ("string", "binary"),
}  # fmt: skip


def primitive(name: str, *, nullable: bool = False, codes: tuple[str, ...] = ()) -> Schema | None:
    """Return the schema of ``Edm.Name`` or ``name``; None for what is no primitive type."""
    found = _TYPES.get(name.lower().removeprefix("edm."))
    if found is None:
        return None
    return Schema(frozenset({found[0]}), found[1], nullable, codes)
