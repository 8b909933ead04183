"""Turns one stream of a manifest into a stream's YAML and its mapping."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from msgspec import Struct

from sluice.kit.airbyte.choosing import Chosen
from sluice.kit.airbyte.config import Config
from sluice.kit.airbyte.errors import errors_of
from sluice.kit.airbyte.incremental import Asked, Timing
from sluice.kit.airbyte.paging import Paging
from sluice.kit.airbyte.requests import Requested
from sluice.kit.airbyte.selecting import described, keys_of, records_of
from sluice.kit.airbyte.values import Texts
from sluice.kit.canonical import propose_mapping
from sluice.kit.declared import Declaring
from sluice.kit.identity import propose_key
from sluice.kit.lists import plain_singular
from sluice.kit.proposal import Notes
from sluice.kit.words import words_of
from sluice.ports.documents import Documents

_PERSONAL = frozenset({"customer", "supplier", "employee"})
Yaml = dict[str, Any]


class Streams(Struct):
    """Converts the streams of one manifest; ``entities`` are those that are converted."""

    config: Config
    documents: Documents
    notes: Notes
    entities: Collection[str]

    def converted(self, chosen: Chosen, texts: Texts, requested: Requested) -> tuple[Yaml, Yaml]:
        """Return the stream and its mapping as their YAML says them."""
        where = f"{chosen.entity}.yaml"
        self.notes.decide(where, f"from the stream {chosen.name}, by its name or as asked for")
        records = records_of(chosen.retriever, texts, where, self.notes)
        _look_at_decoder(chosen)
        pagination = Paging(texts, where, self.notes, requested, records).pagination(chosen.retriever)
        asked = Timing(texts, self.config, where, self.notes).asked(chosen.node, requested)
        errors = errors_of(chosen.requester)
        keys = keys_of(chosen.node, texts)
        fields, mapping = self._fields(chosen, keys, asked, where)
        stream = {
            "format": 1,
            "stream": chosen.entity,
            "title": " ".join(words_of(chosen.name)).capitalize(),
            "path": requested.address.path,
            **_given(path_parameters=requested.address.path_parameters),
            "key": mapping["key"],
            **_given(request=_request(requested)),
            "records": records,
            "pagination": pagination,
            "errors": errors,
            **_given(incremental=asked.incremental, windows=asked.windows),
            **({"personal": True} if chosen.entity in _PERSONAL else {}),
            "schema": fields,
            **_given(sandbox=asked.sandbox),
        }
        return stream, {name: value for name, value in mapping.items() if name != "key"}

    def _fields(self, chosen: Chosen, keys: list[str], asked: Asked, where: str) -> tuple[Yaml, Yaml]:
        """Return the declared fields, and the mapping with the stream's key beside it."""
        entity = chosen.entity
        description, item = described(chosen.node, keys)
        if not keys:
            proposed = propose_key(description, item, entity, where, self.notes)
            keys = [proposed or "id"]
            description, item = described(chosen.node, keys)
        else:
            self.notes.decide(where, f"key: {', '.join(keys)}, the manifest's primary key")
        model = json.loads(self.documents.read(f"transformers/canonical/{entity}.json"))
        called = plain_singular(chosen.name)
        mapped = propose_mapping(description, item, (entity, called, model), where, self.notes)
        references = {path: other for path, other in mapped.references.items() if other in self.entities}
        used = {*mapped.used, *keys, *asked.sandbox.values()}
        fields = Declaring(description, entity, keys[0], used, references).schema(item)
        self._check(asked, fields, where)
        identity: Any = keys[0] if len(keys) == 1 else {"join": {"of": keys, "with": "-"}}
        key = keys[0] if len(keys) == 1 else keys
        mapping = {"format": 1, "stream": entity, "entity": entity, "id": identity, "fields": mapped.fields}
        return fields, {**mapping, "key": key}

    def _check(self, asked: Asked, fields: Yaml, where: str) -> None:
        """Hold what comes against the cursor's field, where that is declared as a moment."""
        for name, path in list(asked.sandbox.items()):
            about = fields["properties"].get(path, {})
            kinds = about.get("type", [])
            if "string" not in (kinds if isinstance(kinds, list) else [kinds]):
                del asked.sandbox[name]
                if name == "window_field":
                    self.notes.ask(where, f"sandbox: the windows ask for {path}, which is no declared text")
            elif name == "changed_field" and about.get("format") == "date-time":
                asked.incremental["check"] = path
                self.notes.ask(where, f"incremental: does {path} move with every change that is asked for?")


def _look_at_decoder(chosen: Chosen) -> None:
    decoder = chosen.retriever.node("decoder")
    if decoder is not None and decoder.kind("JsonDecoder") != "JsonDecoder":
        decoder.tell("replies are read as JSON")


def _request(requested: Requested) -> Yaml:
    method = {"method": requested.method} if requested.method != "GET" else {}
    return {**method, **_given(headers=requested.headers, query=requested.query, body=requested.body)}


def _given(**parts: Any) -> Yaml:
    return {name: value for name, value in parts.items() if value}
