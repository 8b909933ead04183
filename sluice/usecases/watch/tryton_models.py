"""Asks a Tryton server for the fields of every model that streams read, relations included.

The answers of fields_get become one document; what it says is not understood here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from sluice.connector.paths import Path
from sluice.connector.replies.answer import Answer
from sluice.connector.selection import Selection
from sluice.connector.session import Session
from sluice.connector.spec import Connector, PageKind, Pagination, RequestSpec, Stream
from sluice.connector.values import ListOf, Literal, ObjectOf, Value
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model import erp_json
from sluice.model.connection import Connection
from sluice.model.http import Reply
from sluice.usecases.watch.asking import Answered, Question, answer_to
from sluice.usecases.world import World

_METHOD = re.compile(r"model\.[\w.]+\.\w+")
_TOLD = ("type", "required", "readonly", "relation", "selection", "digits", "string", "help")
"""What is kept of a field. The rest (views, defaults by user, on_change) is for the vendor's own client."""

Paths = frozenset[Path]


def ask_for_models(
    world: World, connection: Connection, connector: Connector, streams: Mapping[str, Paths]
) -> Answered:
    """Return ``{"models": {model: {field: ...}}}`` for the models behind these paths of each stream.

    Raises ErpUnavailable, CredentialsRejected, ApiChanged or ConfigurationInvalid.
    """
    wanted = [
        (model_of(connector.streams[name]), paths, connector.streams[name]) for name, paths in streams.items()
    ]
    models: dict[str, dict[str, Any]] = {}
    session: Session | None = None
    while wanted:
        model, paths, stream = wanted.pop(0)
        if model not in models:
            question = Question(connection, connector, _fields_of(model, stream))
            answered = answer_to(world, question, session)
            session, models[model] = answered.session, _fields(model, answered.body or b"")
        wanted += [(related, below, stream) for related, below in _relations(models[model], paths)]
    return Answered(erp_json.write({"models": dict(sorted(models.items()))}), session=session)


def asked_paths(stream: Stream, used: Iterable[Path]) -> Paths:
    """Return every path that a stream asks for, objects replaced by their fields."""
    return Selection(frozenset(used)).with_paths(stream.key).expanded(stream.schema).paths


def method_of(stream: Stream) -> str:
    """Return the method that a stream calls (``model.party.party.search_read``).

    Raises ConfigurationInvalid where it calls no model's method.
    """
    body = stream.request.body
    method = body.items.get("method") if isinstance(body, ObjectOf) else None
    text = str(method.value) if isinstance(method, Literal) else ""
    if not _METHOD.fullmatch(text):
        raise _unreadable(f"the stream {stream.name} calls no method of a model")
    return text


def model_of(stream: Stream) -> str:
    """Return the model that a stream reads; raises ConfigurationInvalid as method_of does."""
    return method_of(stream).removeprefix("model.").rpartition(".")[0]


def _fields_of(model: str, stream: Stream) -> Stream:
    """Return the question for a model's fields, asked where the stream is and in its context."""
    parameters = ListOf((Literal(None), _context(stream)))
    body = ObjectOf({"id": Literal(0), "method": Literal(f"model.{model}.fields_get"), "params": parameters})
    return replace(
        stream,
        key=(),
        request=RequestSpec("POST", stream.request.headers, {}, body),
        pagination=Pagination(PageKind.SINGLE),
        incremental=None,
        windows=None,
        schema={},
    )


def _context(stream: Stream) -> Value:
    body = stream.request.body
    parameters = body.items.get("params") if isinstance(body, ObjectOf) else None
    found = parameters.items[-1] if isinstance(parameters, ListOf) and parameters.items else None
    return found if isinstance(found, ObjectOf) else ObjectOf({})


def _fields(model: str, body: bytes) -> dict[str, Any]:
    try:
        said = Answer(Reply(200, {}, body)).value()
    except ValueError as err:
        raise _unreadable(f"fields_get of {model} is answered with what is no JSON") from err
    found = said.get("result") if isinstance(said, Mapping) else None
    if not isinstance(found, Mapping) or not all(isinstance(about, Mapping) for about in found.values()):
        raise _unreadable(f"fields_get of {model} is answered without fields")
    return {
        name: {word: about[word] for word in _TOLD if about.get(word) is not None}
        for name, about in sorted(found.items())
    }


def _relations(fields: Mapping[str, Any], paths: Iterable[Path]) -> Iterator[tuple[str, Paths]]:
    """Yield (model, paths in it) for the paths that lead on: Tryton writes ``party.`` and then the field."""
    below: dict[str, set[Path]] = {}
    for path in paths:
        if len(path) > 1 and path[0].endswith("."):
            below.setdefault(path[0].removesuffix("."), set()).add(path[1:])
    for name, rest in sorted(below.items()):
        related = fields.get(name, {}).get("relation")
        if isinstance(related, str) and related:
            yield related, frozenset(rest)


def _unreadable(why: str) -> ConfigurationInvalid:
    return ConfigurationInvalid("the description cannot be read", [Fault("unreadable", "/published", why)])
