"""Turns ``url_base``, ``url`` and ``path`` of a requester into a base URL, a path and a query."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote_plus

from msgspec import Struct, field

from sluice.kit.airbyte.nodes import Node
from sluice.kit.airbyte.values import NotConverted, Texts, joined, slices_in

_MARK = re.compile("\x00([0-9]+)\x00")
_HOST = re.compile(r"https?://[^/]+")


class Address(Struct):
    """``base`` is a value, None where it could not be converted; ``path`` begins with ``/``."""

    base: Any
    path: str
    path_parameters: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)


def address_of(requester: Node, texts: Texts) -> Address:
    """Return where a requester asks; raises NotConverted where the path is none."""
    texts.config.in_address = True
    try:
        return _address_of(requester, texts)
    finally:
        texts.config.in_address = False


def _address_of(requester: Node, texts: Texts) -> Address:
    has_whole = not requester.has("url_base") and requester.has("url")
    key = "url" if has_whole else "url_base"
    path = _parts(requester, "path", texts)
    try:
        base: list[Any] | None = _parts(requester, key, texts)
    except NotConverted as err:
        requester.tell(f"{err} is no address that can be said with settings", key)
        base = None
    if base is None:
        return _address(None, ["/", *path])
    text, values = _marked(_glued(base, path) if has_whole else base)
    host = _HOST.match(text)
    if has_whole or not path:
        at = host.end() if host else len(text)
        return _address(_unmarked(text[:at], values), _split(text[at:] or "/", values))
    return _address(_unmarked(text.rstrip("/"), values), ["/", *path])


def host_of(requester: Node) -> str:
    """Return what tells APIs apart, without taking it: the address, or the host of one with its path."""
    if requester.has("url_base"):
        return str(requester.peek("url_base")).rstrip("/")
    text = str(requester.peek("url") or "")
    found = _HOST.match(text)
    return found[0] if found else text


def _parts(requester: Node, key: str, texts: Texts) -> list[Any]:
    text = requester.plain(key, "")
    return [part for part in texts.parts(requester, text) if part not in ("", None)]


def _glued(first: list[Any], second: list[Any]) -> list[Any]:
    return [*first, "/", *second] if second else first


def _marked(parts: list[Any]) -> tuple[str, list[Any]]:
    """Return the parts as one text, with marks for what is no text."""
    text = ""
    values: list[Any] = []
    for part in parts:
        if isinstance(part, dict) or slices_in(part):
            text += f"\x00{len(values)}\x00"
            values.append(part)
        else:
            text += str(part)
    return text, values


def _split(text: str, values: list[Any]) -> list[Any]:
    found: list[Any] = []
    for number, part in enumerate(_MARK.split(text)):
        found.append(values[int(part)] if number % 2 else part)
    return [part for part in found if part != ""]


def _unmarked(text: str, values: list[Any]) -> Any:
    return joined(_split(text, values) or [""])


def _address(base: Any, parts: list[Any]) -> Address:
    text, values = _marked(parts)
    plain, _, query = text.partition("?")
    found = Address(base, "")
    plain = re.sub("/+", "/", plain)
    for number, part in enumerate(_MARK.split(plain)):
        if not number % 2:
            found.path += part
            continue
        value = values[int(part)]
        name = value.get("setting") if isinstance(value, dict) else None
        if name is None:
            raise NotConverted("a part of the path is no setting")
        found.path += f"{{{name}}}"
        found.path_parameters[name] = value
    for pair in query.split("&") if query else []:
        name, _, value = pair.partition("=")
        found.query[unquote_plus(name)] = _unmarked(unquote_plus(value), values)
    return found
