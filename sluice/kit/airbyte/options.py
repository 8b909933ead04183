"""Reads where a component puts a value into a request (``RequestOption``, ``RequestPath``)."""

from __future__ import annotations

from sluice.kit.airbyte.nodes import Node
from sluice.kit.airbyte.values import NotConverted, Texts

_PLACES = {"request_parameter": "query", "header": "header", "body_json": "body", "path": "path"}


def option_of(node: Node | None, key: str, texts: Texts) -> tuple[str, str] | None:
    """Return the place (``query``, ``header``, ``body``, ``path``) and the name; None where there is none.

    What is no such option is told.
    """
    option = node.node(key) if node is not None else None
    if option is None:
        return None
    kind = option.kind("RequestOption")
    place = "path" if kind == "RequestPath" else _PLACES.get(str(option.peek("inject_into")))
    if kind not in {"RequestOption", "RequestPath"} or place is None:
        option.tell("only parameters, headers, JSON bodies and the path are converted")
        return None
    option.skip("inject_into")
    return ("path", "") if place == "path" else _named(option, place, texts)


def _named(option: Node, place: str, texts: Texts) -> tuple[str, str] | None:
    try:
        name = _name(option, texts)
    except NotConverted as err:
        option.tell(f"{err} is no name")
        return None
    if not name:
        option.tell("has no field_name of one level")
        return None
    return place, name


def _name(option: Node, texts: Texts) -> str:
    if option.has("field_name"):
        return texts.name(option, option.plain("field_name"))
    path = option.plain("field_path", [])
    return texts.name(option, path[0]) if isinstance(path, list) and len(path) == 1 else ""
