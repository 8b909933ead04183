"""Proposes which field of a record is which field of the canonical model, by name and type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from sluice.description.model import Description, Schema
from sluice.kit.field_names import ADDRESS, INVERTED, NAMES
from sluice.kit.proposal import Notes, fields_of, is_list, is_object
from sluice.kit.words import plain, quoted

Model = Mapping[str, Any]
"""The JSON Schema of a canonical entity."""

_DEPTH = 2
_OWN = frozenset({"id", "source_id", "extensions"})
_ASSUMED = {"type": "invoice"}
"""What a required field is taken to be where no field says it; an invoice may be a credit note."""
_IDS = ("id", "uuid", "guid")


class Mapped(Struct):
    """``fields`` as a mapping's YAML says them; ``used`` are the paths into the record that they read.

    ``references`` are those of the paths that hold another record's id, with its entity.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    references: dict[str, str] = field(default_factory=dict)


def propose_mapping(
    description: Description, item: Schema, entity: tuple[str, str, Model], where: str, notes: Notes
) -> Mapped:
    """Return the fields that have a source in the record; a required one without is asked for.

    ``entity`` is its name, what the ERP calls it (``client``), and its JSON Schema.
    """
    name, called, model = entity
    there = dict(leaves(description, item))
    mapped = Mapped()
    for canonical, about in model["properties"].items():
        if canonical in _OWN or canonical in mapped.fields:
            continue
        if _plain_type(about) in {"array", "object"}:
            notes.ask(
                where,
                f"fields.{canonical}: lists and objects are not proposed; write it if the record has it",
            )
            continue
        if "address" in canonical and "$ref" in str(about):
            _map_address(canonical, there, mapped)
            continue
        rule = _rule(canonical, about, (plain(name), called), there)
        if rule is not None:
            mapped.fields[canonical] = rule
            mapped.used |= set(_paths(rule))
            if isinstance(rule, str) and "x-reference" in about:
                mapped.references[rule] = about["x-reference"]
        elif canonical in _ASSUMED and _is_demanded(about):
            mapped.fields[canonical] = {"value": _ASSUMED[canonical]}
            notes.ask(
                where,
                f"fields.{canonical}: `{_ASSUMED[canonical]}` is assumed for all; are others listed too?",
            )
        elif _is_demanded(about):
            notes.ask(where, _question(canonical, about, name))
    named = [(canonical, "/".join(_paths(rule))) for canonical, rule in mapped.fields.items()]
    words = ", ".join(f"{canonical} from {paths}" for canonical, paths in named if paths)
    notes.decide(where, f"by name and type: {words or 'nothing'}")
    return mapped


def _rule(canonical: str, about: Model, entity: tuple[str, str], there: Mapping[str, Schema]) -> Any | None:
    """Return the mapping's rule for a canonical field, None where no field fits."""
    for wanted in _wanted(canonical, about, entity):
        for path, schema in there.items():
            if plain(path) == wanted:
                rule = _converted(path, schema, about)
                if rule is not None:
                    return rule
    if canonical == "name":
        first, last = (_rule(part, about, entity, there) for part in ("first_name", "last_name"))
        if first and last:
            return {"join": {"of": [first, last]}}
    for inverted in INVERTED.get(canonical, ()):
        for path, schema in there.items():
            if plain(path) == inverted and "boolean" in schema.types:
                return {"not": path}
    return None


def _wanted(canonical: str, about: Model, entity: tuple[str, str]) -> Iterator[str]:
    """Yield the names that a field may have in an ERP, the surest first, without separators."""
    if "x-reference" in about:
        base, other = plain(canonical.removesuffix("_id")), plain(about["x-reference"])
        # Its own id is no reference to another of its kind; a code or number is none to an id.
        for name in (base, *((other,) if other not in entity else ()), *NAMES.get(canonical, ())):
            yield from (f"{name}{part}" for part in _IDS)
        return
    for name in (plain(canonical), *NAMES.get(canonical, ())):
        yield name
        yield from (f"{own}{name}" for own in entity)
    if canonical == "currency":
        yield from ("currencycode", "currencyisocode", "currencyid")


def _converted(path: str, schema: Schema, about: Model) -> Any | None:
    """Return the rule that gives the field its canonical kind, None where the type cannot become that."""
    types = schema.types or {"string"}
    kind = about.get("format") or _plain_type(about)
    if kind == "date" and schema.format == "date-time":
        return {"date_of": path}
    fits = {
        "boolean": "boolean" in types,
        "integer": types <= {"integer"},
        "date": "string" in types,
        "date-time": "string" in types and schema.format != "date",
    }
    return path if fits.get(kind, "boolean" not in types) else None


def _map_address(canonical: str, there: Mapping[str, Schema], mapped: Mapped) -> None:
    """Map an address from an object, or from fields of the record itself, if its street or town is there."""
    prefixes = [plain(canonical), *ADDRESS.get(canonical, ())]
    for prefix in prefixes:
        parts = {
            part: path
            for part, names in ADDRESS["parts"].items()
            if (path := _path_of([f"{prefix}{name}" for name in names], there))
        }
        if {"line_1", "city"} & parts.keys():
            mapped.fields[canonical] = {"object": parts}
            mapped.used |= set(parts.values())
            return


def _path_of(names: list[str], there: Mapping[str, Schema]) -> str | None:
    known = {plain(path): path for path, schema in there.items() if schema.types <= {"string", "integer"}}
    return next((known[name] for name in names if name in known), None)


def leaves(
    description: Description, item: Schema, prefix: str = "", depth: int = 0
) -> Iterator[tuple[str, Schema]]:
    """Yield path and schema of the scalars of a record, those of its objects after its own."""
    inner: list[tuple[str, Schema]] = []
    for name, schema in fields_of(description, item).items():
        path = f"{prefix}{quoted(name)}"
        if is_list(schema):
            continue
        if is_object(schema):
            inner.append((f"{path}.", schema))
        else:
            yield path, schema
    if depth < _DEPTH:
        for path, schema in inner:
            yield from leaves(description, schema, path, depth + 1)


def _paths(rule: Any) -> Iterator[str]:
    if isinstance(rule, str):
        yield rule
    elif isinstance(rule, list):
        for inner in rule:
            yield from _paths(inner)
    elif isinstance(rule, dict):
        for name, inner in rule.items():
            if name != "value":
                yield from _paths(inner)


def _plain_type(about: Model) -> str:
    found = about.get("type", "string")
    return found if isinstance(found, str) else next(one for one in found if one != "null")


def _is_demanded(about: Model) -> bool:
    types = about.get("type", [])
    return "null" not in types and types != [] and "$ref" not in about


def _question(canonical: str, about: Model, entity: str) -> str:
    title = str(about.get("description", "")).rstrip(".")
    return (
        f"fields.{canonical}: every {entity.replace('_', ' ')} must have one ({title}), and no field has its "
        "name; write a path, or {value: ...}"
    )
