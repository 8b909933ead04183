"""Drafts a connector from a description: its files, why they are so, and what is left to a person.

It reads no file and writes none; whether the draft is a valid connector is checked as for any other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from sluice.description.model import Description
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.kit.asking import propose_asking
from sluice.kit.canonical import propose_mapping
from sluice.kit.declared import Declaring
from sluice.kit.identity import propose_key
from sluice.kit.lists import (
    NAMES,
    Found,
    best_lists,
    entity_of,
    lists_of,
    parents_of,
    placeholders,
    plain_singular,
)
from sluice.kit.login import propose_login
from sluice.kit.notes_page import LEFT_OUT
from sluice.kit.paging import propose_paging
from sluice.kit.proposal import Listed, Notes
from sluice.kit.words import words_of
from sluice.kit.writing import yaml_text
from sluice.model.schema_faults import did_you_mean
from sluice.ports.documents import Documents

_BASE_URL = {
    "type": "string",
    "format": "uri",
    "title": "Address of the API",
    "description": "Where the API answers.",
}


_SHARED = ("records", "pagination")


class Wanted(Struct, frozen=True):
    """The connector's name, and the lists to take: paths, or ``path=entity``; without, all recognised."""

    name: str
    paths: tuple[str, ...] = ()


class Draft(Struct):
    """``files`` by path; ``streams`` in order; ``notes`` say what was decided and what is open."""

    files: dict[str, str]
    streams: list[str]
    notes: Notes


class _Drafting(Struct):
    description: Description
    documents: Documents
    wanted: Wanted
    notes: Notes = field(default_factory=Notes)
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    streams: dict[str, dict[str, Any]] = field(default_factory=dict)

    def stream(self, found: Found, streams: Sequence[str]) -> None:
        """Write a stream and its mapping."""
        listed, entity = found.listed, found.entity
        where = f"{entity}.yaml"
        self.notes.decide(where, f"read from {listed.operation}, by the words of its path")
        key = propose_key(self.description, listed.item, entity, where, self.notes) or "id"
        paging = propose_paging(self.description, listed, where, self.notes)
        asked = propose_asking(listed, self.description, _taken(paging), where, self.notes)
        self.settings |= asked.settings
        model = json.loads(self.documents.read(f"transformers/canonical/{entity}.json"))
        called = plain_singular(listed.operation.path.rstrip("/").rpartition("/")[2])
        mapped = propose_mapping(self.description, listed.item, (entity, called, model), where, self.notes)
        references = {path: other for path, other in mapped.references.items() if other in streams}
        declared = Declaring(self.description, entity, key, mapped.used, references)
        value = {
            "format": 1,
            "stream": entity,
            "title": f"{entity.replace('_', ' ').capitalize()}s",
            **self._path(listed.operation.path),
            "key": key,
            **({"request": {"query": asked.query}} if asked.query else {}),
            "records": listed.records,
            "pagination": paging,
            **({"incremental": asked.incremental} if asked.incremental else {}),
            **({"windows": asked.windows} if asked.windows else {}),
            **({"personal": True} if entity in {"customer", "supplier", "employee"} else {}),
            "schema": declared.schema(listed.item),
        }
        mapping = {"format": 1, "stream": entity, "entity": entity, "id": key, "fields": mapped.fields}
        self.streams[entity] = value
        self._write(f"transformers/{self.wanted.name}/{where}", mapping)

    def connector(self, lists: Sequence[Listed]) -> None:
        """Write connector.yaml, with what all streams have in common, and the streams."""
        shared = {name: value for name in _SHARED if (value := self._shared(name)) is not None}
        login = propose_login(lists, self.notes)
        name = self.wanted.name
        value = {
            "format": 1,
            "name": name,
            "title": name.replace("_", " ").title(),
            "description": f"Drafted from the vendor's {self.description.form or 'description'}.",
            "base_url": {"setting": "base_url"},
            "settings": {
                "type": "object",
                **self._properties({**login.settings, **self.settings}),
                "additionalProperties": False,
            },
            **({"secrets": login.secrets} if login.secrets else {}),
            "auth": login.auth,
            "request": {"method": "GET", "headers": {"Accept": "application/json"}},
            **shared,
            "concurrency": 1,
        }
        self.notes.ask(
            "connector.yaml", "limits: how often may the API be asked? One request at a time is assumed"
        )
        self._write(f"connectors/{name}/connector.yaml", value)
        for stream, own in self.streams.items():
            mine = {key: inner for key, inner in own.items() if key not in shared}
            self._write(f"connectors/{name}/{stream}.yaml", mine)

    def _shared(self, name: str) -> Any | None:
        """Return what all streams say of something; None where they differ, or there is but one."""
        said = [own[name] for own in self.streams.values()]
        return said[0] if len(said) > 1 and all(one == said[0] for one in said) else None

    def _properties(self, more: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
        base, address = dict(_BASE_URL), self.description.address
        if address.startswith("https://"):
            base = {**base, "default": address.rstrip("/")}
        else:
            self.notes.ask("connector.yaml", "settings: the description does not say where the API answers")
        properties = {"base_url": base, **more}
        required = [name for name, about in properties.items() if "default" not in about]
        return ({"required": required} if required else {}) | {"properties": properties}

    def _path(self, path: str) -> dict[str, Any]:
        """Return path and path_parameters; what the path names of the customer becomes a setting."""
        parameters = {}
        for name in placeholders(path):
            setting = "_".join(words_of(name))
            path = path.replace(f"{{{name}}}", f"{{{setting}}}")
            parameters[setting] = {"setting": setting}
            title = " ".join(words_of(name)).capitalize()
            self.settings[setting] = {"type": "string", "minLength": 1, "title": title}
        return {"path": path, **({"path_parameters": parameters} if parameters else {})}

    def _write(self, path: str, value: dict[str, Any]) -> None:
        where = path.rpartition("/")[2]
        questions = [what for place, what in self.notes.open if place == where]
        comment = "\n".join(f"TODO {what}" for what in questions) if path.startswith("connectors/") else ""
        self.files[path] = yaml_text(value, comment)


def draft(description: Description, documents: Documents, wanted: Wanted) -> Draft:
    """Return the draft; ``documents`` hold the canonical model. Raises ConfigurationInvalid.

    It does so where nothing in the description is a list of an entity, or a wanted path is no list.
    """
    lists = list(lists_of(description))
    found, others = _chosen(lists, wanted.paths) if wanted.paths else best_lists(lists)
    if not found:
        raise _refused("no_list", f"describes no list that is recognised; it has {_named(others)}")
    drafting = _Drafting(description, documents, wanted)
    streams = [one.entity for one in found]
    for one in found:
        drafting.stream(one, streams)
    drafting.connector([one.listed for one in found])
    for listed in others:
        drafting.notes.decide(LEFT_OUT, _left_out(listed))
    return Draft(dict(sorted(drafting.files.items())), streams, drafting.notes)


def _chosen(lists: Sequence[Listed], paths: Sequence[str]) -> tuple[list[Found], list[Listed]]:
    known = {listed.operation.path: listed for listed in lists}
    found: dict[str, Found] = {}
    for text in paths:
        path, _, entity = text.partition("=")
        if path not in known:
            raise _refused("no_such_list", f"describes no list at {path}; {did_you_mean(path, list(known))}")
        named = (entity, 0) if entity else entity_of(path)
        if named is None or named[0] not in NAMES:
            right = f"right would be {path}=ENTITY, with one of {', '.join(NAMES)}"
            raise _refused("no_such_entity", f"does not say which entity {path} holds; {right}")
        found[named[0]] = Found(known[path], *named)
    taken = {one.listed.operation.path for one in found.values()}
    return list(found.values()), [listed for path, listed in known.items() if path not in taken]


def _taken(paging: Mapping[str, Any]) -> frozenset[str]:
    places = (value.get("query") for value in paging.values() if isinstance(value, dict))
    return frozenset(name for name in places if name)


def _left_out(listed: Listed) -> str:
    path = listed.operation.path
    parents = parents_of(path)
    if parents:
        return f"{path}: is read once for each {', '.join(parents)}"
    named = entity_of(path)
    return f"{path}: another list holds {named[0]}" if named else f"{path}: its name is of no entity"


def _named(lists: Sequence[Listed]) -> str:
    paths = [listed.operation.path for listed in lists]
    return (
        f"lists at {', '.join(paths[:10])}; `--paths {paths[0]}=ENTITY` takes one"
        if paths
        else "no list at all"
    )


def _refused(code: str, message: str) -> ConfigurationInvalid:
    text = f"the description {message}"
    return ConfigurationInvalid(text, [Fault(code, "/paths", text)])
