"""What a mutated stream would declare: its JSON Schema after the change, worked out on example records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from sandbox.mutations.examples import examples, kinds_of
from sandbox.mutations.moments import is_date, is_time
from sandbox.mutations.mutation import Mutation
from sandbox.mutations.places import same

Schema = dict[str, Any]
_FORMS = {"date": is_date, "date-time": is_time}


def declared_after(schema: Mapping[str, Any], mutation: Mutation) -> Schema:
    """Return the schema that the changed records keep to; where only a share changes, both forms."""
    before = examples(schema)
    random = Random(1)  # noqa: S311 (examples only)
    after: list[Any] = [mutation.apply(record, random) for record in before]
    changed = _node(schema, before, after)
    return united(schema, changed) if (mutation.share or 1) < 1 else changed


def united(first: Mapping[str, Any], second: Mapping[str, Any]) -> Schema:
    """Return a schema that has every field of both, as the first declares it."""
    found = {**second, **first}
    if "properties" in first or "properties" in second:
        ours, theirs = first.get("properties", {}), second.get("properties", {})
        names = [*ours, *(name for name in theirs if name not in ours)]
        found["properties"] = {
            name: united(ours[name], theirs[name])
            if name in ours and name in theirs
            else {**ours, **theirs}[name]
            for name in names
        }
    if "items" in first and "items" in second:
        found["items"] = united(first["items"], second["items"])
    if "enum" in first and "enum" in second:
        found["enum"] = [*first["enum"], *(one for one in second["enum"] if one not in first["enum"])]
    elif "enum" in found and "enum" not in second:
        del found["enum"]
    if "required" in first:
        found["required"] = [name for name in first["required"] if name in second.get("required", ())]
    return found


def _node(schema: Mapping[str, Any], before: Sequence[Any], after: Sequence[Any]) -> Schema:
    if all(map(same, before, after)):
        return dict(schema)
    allowed, found = kinds_of(schema), {_kind(value) for value in after}
    if "number" in allowed:
        found.discard("integer")
    if found - {"null"} - set(allowed):
        return _inferred([value for value in after if value is not None], nullable="null" in found)
    changed = dict(schema)
    if "null" in found and "null" not in allowed:
        changed["type"] = [*allowed, "null"]
    if "object" in found:
        changed |= _properties(schema, before, after)
    elif "array" in found and "items" in schema:
        changed["items"] = _items(schema["items"], before, after)
    else:
        _plain(changed, [value for value in after if value is not None])
    return changed


def _properties(schema: Mapping[str, Any], before: Sequence[Any], after: Sequence[Any]) -> Schema:
    pairs = [pair for pair in zip(before, after, strict=True) if all(isinstance(one, dict) for one in pair)]
    names = dict.fromkeys(name for _, new in pairs for name in new)
    known = schema.get("properties", {})
    gone = [name for name in known if name not in names]
    found: Schema = {}
    for name in names:
        new = [value[name] for _, value in pairs if name in value]
        if name in known:
            both = [(old[name], value[name]) for old, value in pairs if name in old and name in value]
            found[name] = _node(known[name], [one for one, _ in both], [one for _, one in both])
        else:
            origin = next((old for old in gone if _moved(old, name, pairs)), None)
            found[name] = dict(known[origin]) if origin else _inferred(new, nullable=None in new)
    required = [name for name in schema.get("required", ()) if name in found]
    return {"properties": found, **({"required": required} if "required" in schema else {})}


def _moved(old: str, new: str, pairs: Sequence[tuple[Any, Any]]) -> bool:
    return all(same(before.get(old), after.get(new)) for before, after in pairs)


def _items(schema: Mapping[str, Any], before: Sequence[Any], after: Sequence[Any]) -> Schema:
    pairs = [
        pair
        for old, new in zip(before, after, strict=True)
        if isinstance(old, list) and isinstance(new, list)
        for pair in zip(old, new, strict=False)
    ]
    return _node(schema, [old for old, _ in pairs], [new for _, new in pairs]) if pairs else dict(schema)


def _plain(changed: Schema, values: Sequence[Any]) -> None:
    form = _FORMS.get(str(changed.get("format")))
    if form and not all(map(form, values)):
        del changed["format"]
        changed |= next(
            ({"format": name} for name, one in _FORMS.items() if values and all(map(one, values))), {}
        )
    if "enum" in changed and not set(values) <= set(changed["enum"]):
        changed["enum"] = sorted(set(values), key=str)


def _inferred(values: Sequence[Any], *, nullable: bool) -> Schema:
    some = [value for value in values if value is not None]
    kinds = sorted({_kind(value) for value in some}) or ["string"]
    found: Schema = {"type": [*kinds, "null"] if nullable else kinds[0] if len(kinds) == 1 else kinds}
    if "object" in kinds:
        names = dict.fromkeys(name for value in some if isinstance(value, dict) for name in value)
        found["properties"] = {name: _of_name(name, some) for name in names}
    if "array" in kinds:
        items = [item for value in some if isinstance(value, list) for item in value]
        found["items"] = _inferred(items, nullable=False)
    return found


def _of_name(name: str, objects: Sequence[Any]) -> Schema:
    values = [value[name] for value in objects if isinstance(value, dict) and name in value]
    return _inferred(values, nullable=None in values)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names[type(value)]
