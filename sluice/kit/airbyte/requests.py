"""Turns a requester into a stream's request: method, headers, query, body."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from sluice.kit.airbyte.addresses import Address, address_of
from sluice.kit.airbyte.nodes import Node
from sluice.kit.airbyte.values import NotConverted, Texts

_METHODS = ("GET", "POST")


class Requested(Struct):
    """What is sent, beside paging and what asks for changes; values may hold slices yet."""

    address: Address
    method: str = "GET"
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)


def request_of(requester: Node, texts: Texts) -> Requested:
    """Return what a requester sends; raises NotConverted where nothing can be asked at all."""
    address = address_of(requester, texts)
    method = str(requester.plain("http_method", "GET")).upper()
    if method not in _METHODS:
        raise NotConverted(f"the method {method} is none that reads")
    found = Requested(address, method)
    found.query = {**address.query, **_values(requester, "request_parameters", texts)}
    found.headers = _values(requester, "request_headers", texts)
    found.body = _body(requester, texts)
    if found.body and method == "GET":
        requester.tell("a body is sent only with POST", *_body_keys(requester))
        found.body = {}
    requester.skip("use_cache")
    return found


def _values(node: Node, key: str, texts: Texts) -> dict[str, Any]:
    """Return an object of values; each that is more than that is told."""
    if node.has(key) and not isinstance(node.peek(key), dict):
        node.tell("should be an object of texts; one text for all is not converted", key)
        return {}
    inner = node.node(key)
    found: dict[str, Any] = {}
    for name in inner.keys() if inner else ():
        if inner is not None:
            _value(inner, name, texts, found, node)
    return found


def _value(inner: Node, name: str, texts: Texts, found: dict[str, Any], owner: Node) -> None:
    given = inner.peek(name)
    if isinstance(given, dict) and isinstance(given.get("type"), str):
        inner.tell("a component in place of a value is not converted", name)
        return
    try:
        # A text's parameters are those of the component that it belongs to.
        value = texts.value(owner, inner.plain(name))
        found[texts.name(owner, name)] = value
    except NotConverted as err:
        inner.tell(f"{err} is more than a value can say", name)


def _body(requester: Node, texts: Texts) -> dict[str, Any]:
    body = _values(requester, "request_body_json", texts)
    written = requester.node("request_body")
    if written is None:
        return body
    kind = written.kind()
    if kind not in {"RequestBodyJsonObject", "RequestBodyGraphQL"}:
        written.tell("only a JSON body is converted")
        return body
    return {**body, **_values(written, "value", texts)}


def _body_keys(requester: Node) -> list[str]:
    return [key for key in ("request_body_json", "request_body") if requester.has(key)]
