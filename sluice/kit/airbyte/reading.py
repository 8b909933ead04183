"""Reads a declarative Airbyte manifest, and follows its references as Airbyte does.

It does not know what components mean; sluice.kit.airbyte.nodes keeps in mind what was made of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from sluice.description.forms.plain_values import read_yaml
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.schema_faults import did_you_mean

MOST_VALUES = 2_000_000
_DEPTH = 60
_REFERENCE = re.compile(r"#/(.+)", re.DOTALL)
_OLD_REFERENCE = re.compile(r"\*ref\((.+)\)")

Entry = tuple[Any, str]
"""A value, and where in the manifest it stands (``definitions.requester.path``)."""


class Manifest(Struct):
    """The whole manifest, and which places of it were referred to or given as parameters that were used."""

    value: dict[str, Any]
    referred: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    _resolved: int = 0

    def entries(self, value: Mapping[str, Any], place: str, depth: int = 0) -> dict[str, Entry]:
        """Return an object's entries with ``$ref`` followed; its own ones win."""
        own = {str(key): (inner, joined_place(place, key)) for key, inner in value.items() if key != "$ref"}
        if "$ref" not in value:
            return own
        found, there = self.followed(value["$ref"], joined_place(place, "$ref"), depth + 1)
        return {**self.entries(found, there, depth + 1), **own} if isinstance(found, dict) else own

    def followed(self, value: Any, place: str, depth: int = 0) -> Entry:
        """Return what a reference leads to in the end, and where that stands; anything else as it is."""
        if depth > _DEPTH:
            raise _refused("circular_reference", place, f"the reference at {place} leads back to itself")
        reference = _reference(value)
        if reference is not None:
            return self.followed(*self._at(reference, place), depth + 1)
        if isinstance(value, dict) and "$ref" in value:
            found, there = self.followed(value["$ref"], place, depth + 1)
            if not isinstance(found, dict):
                return found, there
        return value, place

    def resolved(self, value: Any, place: str, depth: int = 0) -> Any:
        """Return a value with every reference in it followed."""
        self._resolved += 1
        if self._resolved > MOST_VALUES:
            raise _refused("too_large", place, f"the manifest unfolds to more than {MOST_VALUES} values")
        found, there = self.followed(value, place, depth)
        if isinstance(found, dict):
            entries = self.entries(found, there, depth)
            return {key: self.resolved(*entry, depth + 1) for key, entry in entries.items()}
        if isinstance(found, list):
            return [self.resolved(one, f"{there}.{number}", depth + 1) for number, one in enumerate(found)]
        return found

    def _at(self, reference: str, place: str) -> Entry:
        """Return what stands at ``a/b/0``; a key with slashes in it comes before a path of that name."""
        found: Any = self.value
        rest, passed = reference, ""
        while rest:
            if isinstance(found, dict) and rest in found:
                found, passed, rest = found[rest], joined_place(passed, rest), ""
                break
            head, _, rest = rest.partition("/")
            found, _ = self.followed(found, passed)
            inner = self.entries(found, passed) if isinstance(found, dict) else {}
            if isinstance(found, list) and head.isdecimal() and int(head) < len(found):
                found, passed = found[int(head)], joined_place(passed, head)
            elif head in inner:
                found, passed = inner[head]
            else:
                message = f"{place} refers to #/{reference}: {head!r} is not there; "
                raise _refused("unknown_reference", place, message + did_you_mean(head, list(inner)))
        self.referred.add(passed)
        return found, passed


def read_manifest(data: bytes) -> Manifest:
    """Return the manifest; raises ConfigurationInvalid where it is none."""
    try:
        value = read_yaml(data)
    except RecursionError as err:
        raise _refused("too_deep", "", "the manifest is nested too deeply") from err
    if not isinstance(value, dict) or value.get("type", "DeclarativeSource") != "DeclarativeSource":
        raise _refused("no_manifest", "", "the file is no manifest: it should say `type: DeclarativeSource`")
    if not any(key in value for key in ("streams", "dynamic_streams")):
        raise _refused("no_manifest", "", "the file is no manifest: it should have `streams`")
    return Manifest(value)


def _reference(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    if found := _REFERENCE.fullmatch(value):
        return found[1]
    old = _OLD_REFERENCE.fullmatch(value.strip())
    return old[1].strip().replace(".", "/") if old else None


def joined_place(place: str, key: object) -> str:
    """Return the place of a key below another place."""
    return f"{place}.{key}" if place else str(key)


def _refused(code: str, place: str, message: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(message, [Fault(code, f"/{place.replace('.', '/')}", message)])
