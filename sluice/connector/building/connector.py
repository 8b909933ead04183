"""Turns a connector's YAML, already in the form its schema demands, into a Connector without streams.

Checks what a JSON Schema cannot: names that refer to each other, values, paths, defaults of settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from sluice.connector.building.auth import build_auth
from sluice.connector.building.limits import build_limits
from sluice.connector.building.oauth import captured_names
from sluice.connector.building.requests import build_path_parameters, build_request
from sluice.connector.building.settings import check_settings
from sluice.connector.paths import Path
from sluice.connector.spec import (
    Connector,
    ErrorRule,
    FoundIn,
    Meaning,
    PageKind,
    Pagination,
    Place,
    Published,
    RateLimit,
    SecretSpec,
)
from sluice.connector.value_reader import At, Known, ValueReader
from sluice.model.change_kinds import KINDS

# What a default request refers to is known only with the stream that takes it over.
_ANYTHING: dict[str, Any] = {
    "page": frozenset({"offset", "limit", "number", "cursor"}),
    "since": True,
    "window": True,
    "ranges": True,
    "fields": True,
}


def build_connector(reader: ValueReader) -> Connector:
    """Return the connector of the reader's document; faults pile up in the reader."""
    raw = reader.document.value
    known = known_names(raw)
    check_settings(reader, raw.get("settings"))
    _check_last_days(reader, raw)
    base_url = reader.scalar(raw["base_url"], ("base_url",), Known(settings=known.settings))
    limit = raw.get("rate_limit")
    return Connector(
        name=raw["name"],
        title=raw["title"],
        description=raw.get("description", ""),
        documentation=raw.get("documentation", ""),
        base_url=base_url,
        # Closed here, once: a schema is compiled once for as long as it is the same value.
        settings={
            "type": "object",
            "properties": {},
            **raw.get("settings", {}),
            "additionalProperties": False,
        },
        secrets={name: SecretSpec(name, **spec) for name, spec in raw.get("secrets", {}).items()},
        auth=build_auth(reader, raw["auth"], known),
        streams={},
        rate_limit=RateLimit(**limit) if limit else None,
        errors=build_errors(reader, raw.get("errors"), ("errors",)),
        request=build_request(reader, raw.get("request", {}), replace(known, **_ANYTHING)),
        records=reader.path(raw["records"], ("records",)) if "records" in raw else None,
        pagination=build_pagination(reader, raw["pagination"], ("pagination",))
        if "pagination" in raw
        else None,
        concurrency=raw.get("concurrency", 4),
        limits=build_limits(reader, raw.get("limits", []), known),
        published=build_published(reader, raw["published"], known) if "published" in raw else None,
        version_header=raw.get("version_header", ""),
        omits_empty=raw.get("omits_empty", False),
        false_is_empty=raw.get("false_is_empty", False),
        sandbox=raw.get("sandbox", {}),
    )


def build_published(reader: ValueReader, raw: Mapping[str, Any], known: Known) -> Published:
    """Return where the vendor describes the API; faults pile up in the reader."""
    at: At = ("published",)
    settings = Known(settings=known.settings)
    if raw["kind"] == "tryton":
        return Published("tryton", authenticated=True)
    if ("path" in raw) is ("url" in raw):
        came = "both a path and a url" if "path" in raw else "neither a path nor a url"
        reader.refuse("bad_form", at, f"has {came}; should have one of the two")
    if "path_parameters" in raw and "path" not in raw:
        reader.refuse("not_allowed", (*at, "path_parameters"), "belong to a path; here is none")
    return Published(
        kind=raw["kind"],
        path=raw.get("path", ""),
        path_parameters=build_path_parameters(reader, raw, at, settings) if "path" in raw else {},
        url=reader.scalar(raw["url"], (*at, "url"), settings) if "url" in raw else None,
        authenticated=raw.get("authenticated", False),
    )


def known_names(raw: Mapping[str, Any]) -> Known:
    """Return what the values of a connector's file may refer to anywhere in it."""
    settings = raw.get("settings", {}).get("properties", {})
    return Known(
        settings=frozenset(settings),
        secrets=frozenset(raw.get("secrets", {})),
        captured=captured_names(raw["auth"]),
    )


def build_errors(reader: ValueReader, raw: list[dict[str, Any]] | None, at: At) -> tuple[ErrorRule, ...]:
    """Return the rules by which error replies are read."""
    rules = []
    for number, rule in enumerate(raw or []):
        body = rule.get("body", {})
        if "change" in rule and rule["change"] not in KINDS:
            message = f"there is no kind of change {rule['change']!r}; docs/api-changes.md lists them"
            reader.refuse("unknown_change", (*at, number, "change"), message)
        test = next((word for word in ("exists", "contains", "equals") if word in body), "")
        rules.append(
            ErrorRule(
                means=Meaning(rule["means"]),
                statuses=frozenset(rule.get("status", ())),
                path=reader.path(body.get("path", ""), (*at, number, "body", "path")),
                test=test,
                wanted=body.get(test),
                change=rule.get("change", ""),
                wait=rule.get("wait_seconds"),
            )
        )
    return tuple(rules)


def build_pagination(reader: ValueReader, raw: Mapping[str, Any], at: At) -> Pagination:
    """Return how the list is paged."""
    kind = PageKind(raw["kind"])
    place = next((raw[name] for name in ("offset", "number", "cursor") if name in raw), None)
    limit = raw.get("limit", raw.get("size_parameter"))
    return Pagination(
        kind=kind,
        at=_place(place),
        limit=_place(limit),
        # 1e2 is a whole number too, and would be sent as 100.0.
        size=int(raw.get("size", 0)),
        start=int(raw.get("start", 1 if kind is PageKind.PAGE else 0)),
        total=_found_in(reader, raw, at, "total"),
        pages=_found_in(reader, raw, at, "pages"),
        next=_found_in(reader, raw, at, "next"),
        more=_found_in(reader, raw, at, "more"),
        short_page_ends=raw.get("short_page_ends", False),
        ends_at_total=raw.get("ends_at_total", True),
        overlap=raw.get("overlap", kind is PageKind.OFFSET),
        empty_status=raw.get("empty_status"),
        null_is_empty=raw.get("null_is_empty", False),
        absent_is_empty=raw.get("absent_is_empty", False),
        first=raw.get("first"),
    )


def _place(raw: Mapping[str, Any] | None) -> Place | None:
    if raw is None:
        return None
    where, name = next(iter(raw.items()))
    return Place(where, "" if name is True else name)


def _found_in(reader: ValueReader, raw: Mapping[str, Any], at: At, name: str) -> FoundIn | None:
    if name not in raw:
        return None
    if "header" in raw[name]:
        return FoundIn(header=raw[name]["header"])
    path: Path = reader.path(raw[name]["body"], (*at, name, "body"))
    return FoundIn(path=path)


def _check_last_days(reader: ValueReader, raw: Mapping[str, Any]) -> None:
    """Refuse a secret whose last day is told by no setting that holds a date."""
    settings = raw.get("settings", {}).get("properties", {})
    for name, spec in raw.get("secrets", {}).items():
        setting = spec.get("expires_on")
        if setting is not None and settings.get(setting, {}).get("format") != "date":
            message = (
                f"{setting!r} is no setting with format: date; right would be one that a person fills in"
            )
            reader.refuse("bad_secret", ("secrets", name, "expires_on"), message)
