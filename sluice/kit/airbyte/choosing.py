"""Chooses the streams of a manifest that become streams here, and says of each other one why not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.kit.airbyte.addresses import host_of
from sluice.kit.airbyte.expressions import parts_of
from sluice.kit.airbyte.nodes import Node
from sluice.kit.lists import NAMES, entity_of
from sluice.model.schema_faults import did_you_mean


class Chosen(Struct):
    """A stream to convert; ``sureness`` 0 is the surest that it holds the entity."""

    name: str
    node: Node
    retriever: Node
    requester: Node
    entity: str = ""
    sureness: int = 0


class Choice(Struct):
    """``taken`` by entity in the order of the model; ``left`` are sentences."""

    taken: list[Chosen]
    left: list[str]


def choose(root: Node, paths: Sequence[str]) -> Choice:
    """Return the streams to take: those named, or all whose entity is known. Raises ConfigurationInvalid."""
    able: list[Chosen] = []
    left: list[str] = []
    for node in root.nodes("streams"):
        found = _able(node)
        if isinstance(found, Chosen):
            able.append(found)
        else:
            left.append(found)
    choice = _named(able, paths, left) if paths else _recognised(able)
    choice.left = [*left, *choice.left]
    return _of_one_api(choice)


def _able(node: Node) -> Chosen | str:
    """Return the stream if it is of a form that can be converted, else a sentence that says why it is not."""
    kind = node.kind("DeclarativeStream")
    if kind != "DeclarativeStream":
        return node.leave("is no DeclarativeStream")
    name = str(node.plain("name", ""))
    retriever = node.node("retriever")
    if retriever is None or retriever.kind("SimpleRetriever") != "SimpleRetriever":
        return node.leave(f"{name} is read by code or by jobs")
    requester = retriever.node("requester")
    if requester is None or requester.kind("HttpRequester") != "HttpRequester":
        return node.leave(f"{name} is asked for by code")
    for router in retriever.nodes("partition_router"):
        if router.peek("type") or router.keys():
            return node.leave(f"{name} is read once for each part ({router.kind('a router')})")
    return Chosen(name, node, retriever, requester)


def _recognised(able: Sequence[Chosen]) -> Choice:
    best: dict[str, Chosen] = {}
    left: list[str] = []
    for one in able:
        named = entity_of(one.name.replace(" ", "_")) or entity_of(_plain_path(one.requester))
        if named is None:
            why = f"{one.name} is the name of no entity; `--paths {one.name}=ENTITY` takes it"
            left.append(one.node.leave(why))
            continue
        one.entity, one.sureness = named
        other = best.get(one.entity)
        if other is not None and other.sureness <= one.sureness:
            left.append(one.node.leave(f"{other.name} is taken as {one.entity}, not {one.name}"))
            continue
        if other is not None:
            left.append(other.node.leave(f"{one.name} is taken as {one.entity}, not {other.name}"))
        best[one.entity] = one
    return Choice([best[entity] for entity in NAMES if entity in best], left)


def _named(able: Sequence[Chosen], paths: Sequence[str], left: Sequence[str]) -> Choice:
    known = {one.name: one for one in able}
    found: dict[str, Chosen] = {}
    for text in paths:
        name, _, entity = text.partition("=")
        if name not in known:
            reason = next((one for one in left if f" {name} " in one), "")
            message = f"has no such stream {name!r} that can be converted; "
            raise refused("no_such_stream", message + (reason or did_you_mean(name, list(known))))
        one = known[name]
        named = (entity, 0) if entity else entity_of(name) or entity_of(_plain_path(one.requester))
        if named is None or named[0] not in NAMES:
            right = f"right would be {name}=ENTITY, with one of {', '.join(NAMES)}"
            raise refused("no_such_entity", f"does not say which entity {name} holds; {right}")
        one.entity, one.sureness = named
        found[one.entity] = one
    taken = {id(one) for one in found.values()}
    others = [
        one.node.leave(f"{one.name} is not among those asked for") for one in able if id(one) not in taken
    ]
    return Choice(list(found.values()), others)


def _of_one_api(choice: Choice) -> Choice:
    """Keep the streams that share an address and a way to log in, where most do: a draft has one."""
    if not choice.taken:
        return choice
    apis = [_api(one.requester) for one in choice.taken]
    api = Counter(apis).most_common(1)[0][0]
    kept: list[Chosen] = []
    for one, own in zip(choice.taken, apis, strict=True):
        if own == api:
            kept.append(one)
        else:
            why = f"{one.name} has another address or way to log in; add it by hand, or as another connector"
            choice.left.append(one.node.leave(why))
    return Choice(kept, choice.left)


def _api(requester: Node) -> str:
    return json.dumps([host_of(requester), requester.peek("authenticator")], sort_keys=True, default=str)


def _plain_path(requester: Node) -> str:
    text = str(requester.peek("path") or requester.peek("url") or "")
    return "".join(part for is_code, part in parts_of(text) if not is_code).partition("?")[0]


def refused(code: str, message: str) -> ConfigurationInvalid:
    """Return the refusal of a manifest."""
    text = f"the manifest {message}"
    return ConfigurationInvalid(text, [Fault(code, "/streams", text)])
