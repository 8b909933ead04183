"""Drafts a connector from a declarative Airbyte manifest, and tells everything that was not converted.

Completeness is by construction: what no conversion took of the manifest is told with its place in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from sluice.description.model import Description
from sluice.kit.airbyte.auth import Login
from sluice.kit.airbyte.choosing import Choice, Chosen, choose, refused
from sluice.kit.airbyte.config import WHERE, Config
from sluice.kit.airbyte.limits import limits_of
from sluice.kit.airbyte.nodes import Node, root_of
from sluice.kit.airbyte.reading import Manifest, read_manifest
from sluice.kit.airbyte.requests import Requested, request_of
from sluice.kit.airbyte.streams import Streams
from sluice.kit.airbyte.values import NotConverted, Texts
from sluice.kit.draft import Draft, Wanted
from sluice.kit.notes_page import LEFT_OUT
from sluice.kit.proposal import Notes
from sluice.kit.writing import yaml_text
from sluice.ports.documents import Documents

FORM = "Airbyte manifest"
_ORDER = (
    *("format", "name", "title", "description", "documentation", "base_url", "settings", "secrets", "auth"),
    *("request", "records", "pagination", "errors", "rate_limit", "limits", "concurrency"),
)
_SHARED = ("records", "pagination", "errors")
_BASE_URL = {
    "type": "string",
    "format": "uri",
    "title": "Address of the API",
    "description": "Where the API answers.",
}
_PREPARED = tuple[Chosen, Texts, Requested]
_LONGEST = 2000


class _Drafting(Struct):
    manifest: Manifest
    root: Node
    wanted: Wanted
    notes: Notes
    config: Config
    streams: dict[str, dict[str, Any]] = field(default_factory=dict)
    mappings: dict[str, dict[str, Any]] = field(default_factory=dict)
    taken: list[Chosen] = field(default_factory=list)

    def prepared(self, choice: Choice) -> list[_PREPARED]:
        """Return the streams whose request could be converted, all of one base URL."""
        found: list[_PREPARED] = []
        for chosen in choice.taken:
            texts = Texts(self.config, _ends(chosen.node))
            try:
                requested = request_of(chosen.requester, texts)
            except NotConverted as err:
                choice.left.append(chosen.node.leave(f"{chosen.name} cannot be asked for: {err}"))
                continue
            if found and requested.address.base != found[0][2].address.base:
                choice.left.append(chosen.node.leave(f"{chosen.name} has another address"))
                continue
            found.append((chosen, texts, requested))
        return found

    def convert(self, prepared: list[_PREPARED], documents: Documents) -> dict[str, Any]:
        """Convert the streams, and return what connector.yaml says beside what they share."""
        first, texts, requested = prepared[0]
        auth = Login(texts, self.config, self.notes).auth(first.requester)
        for chosen, _, _ in prepared:
            chosen.requester.skip("authenticator")
        streams = Streams(self.config, documents, self.notes, [one.entity for one, _, _ in prepared])
        for chosen, own, asked in prepared:
            made = streams.converted(chosen, own, asked)
            self.streams[chosen.entity], self.mappings[chosen.entity] = made
        return {"base_url": self._base_url(requested.address.base), "auth": auth}

    def tell(self) -> None:
        """Note everything that was not taken, with its stream where it is one's, else with the connector."""
        self.config.tell_unused()
        for (place, why), where in self._leftovers():
            self.notes.ask(where, f"not converted: {place}: {why}")

    def files(self, first: Mapping[str, Any]) -> dict[str, str]:
        """Return the files by path."""
        name = self.wanted.name
        shared = {key: said for key in _SHARED if (said := self._shared(key)) is not None}
        headers = self._shared_headers()
        limits = limits_of(self.root)
        connector = {**self._about(), **first, "request": _request(headers), **shared, **limits}
        self.tell()
        if not limits:
            self.notes.ask(WHERE, "limits: how often may the API be asked?")
        connector |= _settings(self.config)
        connector = {key: connector[key] for key in _ORDER if key in connector}
        files = {f"connectors/{name}/connector.yaml": self._text(connector, WHERE)}
        for entity, own in self.streams.items():
            kept = {key: value for key, value in own.items() if key not in shared and value != []}
            files[f"connectors/{name}/{entity}.yaml"] = self._text(_without(kept, headers), f"{entity}.yaml")
            files[f"transformers/{name}/{entity}.yaml"] = yaml_text(self.mappings[entity])
        return dict(sorted(files.items()))

    def _leftovers(self) -> Iterator[tuple[tuple[str, str], str]]:
        seen: set[tuple[str, str]] = set()
        for chosen in self.taken:
            for told in chosen.node.leftovers():
                seen.add(told)
                yield told, f"{chosen.entity}.yaml"
        for told in self.root.leftovers():
            if told not in seen:
                yield told, WHERE
        for place in unreferred(self.manifest):
            yield (place, "nothing refers to it"), WHERE

    def _about(self) -> dict[str, Any]:
        name = self.wanted.name
        spec = self.root.node("spec")
        documentation = str(spec.plain("documentation_url", "")) if spec else ""
        text = str(self.root.plain("description", "")).strip() or "Drafted from an Airbyte manifest."
        return {
            "format": 1,
            "name": name,
            "title": name.replace("_", " ").title(),
            "description": text[:_LONGEST],
            **({"documentation": documentation} if documentation.startswith("https://") else {}),
        }

    def _base_url(self, base: Any) -> Any:
        if isinstance(base, dict):
            return base
        about = dict(_BASE_URL)
        if isinstance(base, str) and base.startswith("https://"):
            about["default"] = base
        else:
            self.notes.ask(WHERE, "settings: where does the API answer? (`base_url`)")
        return self.config.add("base_url", about)

    def _shared(self, name: str) -> Any | None:
        said = [own[name] for own in self.streams.values()]
        return said[0] if len(said) > 1 and said[0] != [] and all(one == said[0] for one in said) else None

    def _shared_headers(self) -> dict[str, Any]:
        """Return the headers that all streams send, where there are several."""
        sent = [own.get("request", {}).get("headers", {}) for own in self.streams.values()]
        return {
            name: value
            for name, value in sent[0].items()
            if len(sent) > 1 and all(one.get(name) == value for one in sent)
        }

    def _text(self, value: dict[str, Any], where: str) -> str:
        questions = [what for place, what in self.notes.open if place == where]
        return yaml_text(value, "\n".join(f"TODO {' '.join(what.split())}" for what in questions))


def draft_of_manifest(data: bytes, documents: Documents, wanted: Wanted) -> tuple[Draft, Description]:
    """Return the draft, and a description that says of what; ``documents`` hold the canonical model.

    Raises ConfigurationInvalid where the file is no manifest or no stream of it can be converted.
    """
    manifest = read_manifest(data)
    try:
        return _drafted(manifest, documents, wanted)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as err:
        raise refused("malformed", f"is not as its form demands ({type(err).__name__}: {err})") from err


def _drafted(manifest: Manifest, documents: Documents, wanted: Wanted) -> tuple[Draft, Description]:
    root, notes = root_of(manifest), Notes()
    config = Config(notes)
    version = str(root.plain("version", ""))
    _look_at_root(root, config)
    choice = choose(root, wanted.paths)
    drafting = _Drafting(manifest, root, wanted, notes, config)
    prepared = drafting.prepared(choice)
    if not prepared:
        raise refused("no_stream", "has no stream that can be converted; " + "; ".join(choice.left[-5:]))
    drafting.taken = [chosen for chosen, _, _ in prepared]
    first = drafting.convert(prepared, documents)
    for sentence in [*choice.left, *_dynamic(root)]:
        notes.decide(LEFT_OUT, sentence)
    files = drafting.files(first)
    entities = [chosen.entity for chosen, _, _ in prepared]
    return Draft(files, entities, notes), Description({}, form=FORM, version=version)


def unreferred(manifest: Manifest) -> Iterator[str]:
    """Yield the places of definitions that nothing refers to."""
    for key in ("definitions", "schemas"):
        yield from _unreferred(manifest.value.get(key), key, manifest.referred)


def _unreferred(value: Any, place: str, referred: set[str]) -> Iterator[str]:
    if not isinstance(value, dict) or place in referred:
        return
    for name, inner in value.items():
        there = f"{place}.{name}"
        if any(one.startswith(f"{there}.") for one in referred):
            yield from _unreferred(inner, there, referred)
        elif there not in referred:
            yield there


def _look_at_root(root: Node, config: Config) -> None:
    root.kind("DeclarativeSource")
    root.skip("definitions", "schemas", "metadata")
    check = root.node("check")
    if check is not None:
        if check.kind("CheckStream") == "CheckStream":
            check.skip("stream_names")
        else:
            check.tell("a connection is checked by reading its streams")
    spec = root.node("spec")
    if spec is not None and spec.kind("Spec") == "Spec":
        config.read(spec.node("connection_specification"))
    elif spec is not None:
        spec.tell("settings and secrets are not known")


def _dynamic(root: Node) -> Iterator[str]:
    for node in root.nodes("dynamic_streams"):
        yield node.leave("streams that are made while reading are not converted")


def _ends(stream: Node) -> tuple[str, str]:
    cursor = stream.peek("incremental_sync")
    cursor = cursor if isinstance(cursor, dict) else {}
    start, end = (cursor.get(f"partition_field_{one}") for one in ("start", "end"))
    return str(start or "start_time"), str(end or "end_time")


def _settings(config: Config) -> dict[str, Any]:
    required = [name for name in config.settings if name in config.required]
    return {
        "settings": {
            "type": "object",
            **({"required": required} if required else {}),
            "properties": config.settings,
            "additionalProperties": False,
        },
        **({"secrets": config.secrets} if config.secrets else {}),
    }


def _request(headers: Mapping[str, Any]) -> dict[str, Any]:
    return {"method": "GET", "headers": {"Accept": "application/json", **headers}}


def _without(stream: dict[str, Any], headers: Mapping[str, Any]) -> dict[str, Any]:
    request = dict(stream.get("request", {}))
    own = {name: value for name, value in request.pop("headers", {}).items() if name not in headers}
    request |= {"headers": own} if own else {}
    return {
        key: request if key == "request" else value
        for key, value in stream.items()
        if key != "request" or request
    }
