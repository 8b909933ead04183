"""Builds what requests of every sort are made of: path parameters, addresses, a file's own ``request``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sluice.connector.building.headers import build_headers
from sluice.connector.settings import wrong_with_address
from sluice.connector.spec import Connector, RequestSpec
from sluice.connector.value_reader import At, Known, ValueReader
from sluice.connector.values import Call, Literal, Value
from sluice.model.schema_faults import did_you_mean

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_PATH_TEXT = re.compile(r"(/([A-Za-z0-9._~!$&'()*+,;=:@>-]|\{[a-z][a-z0-9_]*\}|%[0-9A-Fa-f]{2})*)+")


def build_request(reader: ValueReader, raw: Mapping[str, Any], known: Known) -> RequestSpec:
    """Return the ``request`` of a file by itself."""
    at: At = ("request",)
    return RequestSpec(
        method=raw.get("method", "GET"),
        headers=build_headers(reader, raw.get("headers"), (*at, "headers"), known),
        query=reader.values(raw.get("query"), (*at, "query"), known),
        body=reader.value(raw["body"], (*at, "body"), known) if "body" in raw else None,
    )


def build_path_parameters(
    reader: ValueReader, raw: Mapping[str, Any], at: At, known: Known
) -> dict[str, Value]:
    """Return the values of a path's placeholders, having checked the path and that each fits the other."""
    path: str = raw["path"]
    given = raw.get("path_parameters", {})
    wanted = _PLACEHOLDER.findall(path)
    low = path.lower()
    if (
        not _PATH_TEXT.fullmatch(path)
        or "//" in path
        or "/../" in f"{low}/"
        or "/./" in f"{low}/"
        or "%2" in low
    ):
        message = (
            f"{path[:80]!r} is not a plain path: no '..', '//', '?', '#', spaces or encoded slashes and dots"
        )
        reader.refuse("bad_url_path", (*at, "path"), message)
    for name in wanted:
        if name not in given:
            message = f"the placeholder {{{name}}} has no value; give it in path_parameters"
            reader.refuse("missing_path_parameter", (*at, "path"), message)
    for name in given:
        if name not in wanted:
            message = f"{name!r} is not a placeholder of {path}; {did_you_mean(name, wanted)}"
            reader.refuse("unknown_path_parameter", (*at, "path_parameters", name), message)
    return reader.values(given, (*at, "path_parameters"), known)


def build_base_url(reader: ValueReader, connector: Connector) -> Value:
    """Return a stream's own base URL: a setting of the connector that is an address.

    By that setting the sandbox stands in for it; an address written out would be the vendor's for ever.
    """
    at: At = ("base_url",)
    properties: Mapping[str, Any] = connector.settings["properties"]
    before = len(reader.faults)
    value = reader.scalar(reader.document.value["base_url"], at, Known(settings=frozenset(properties)))
    if len(reader.faults) > before:
        return value
    if value == connector.base_url:
        reader.refuse("not_allowed", at, "is the connector's own; leave it out")
        return value
    about = properties[value.name] if isinstance(value, Call) and value.word == "setting" else {}
    if about.get("format") != "uri":
        message = "should be {setting: NAME}, a setting with `format: uri` in connector.yaml"
        reader.refuse("bad_form", at, message)
    elif "default" in about and (wrong := wrong_with_address(about["default"])):
        reader.refuse("bad_url", at, f"the default of that setting {wrong}")
    return value


def build_address(reader: ValueReader, raw: Any, at: At, known: Known) -> Value:
    """Return an address of its own, of settings alone.

    One that is written out is checked here, another with the settings that it comes of.
    """
    value = reader.scalar(raw, at, Known(settings=known.settings))
    wrong = wrong_with_address(value.value, query=True) if isinstance(value, Literal) else ""
    if wrong:
        reader.refuse("bad_url", at, wrong)
    return value
