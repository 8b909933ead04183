"""A connection's settings and secrets, held against what its connector asks for.

It knows no stores: where settings and secrets come from is the caller's business.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from sluice.connector.spec import Connector, Stream
from sluice.connector.values import Call, Scope, Value, evaluate, parts_of
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault, pointer_of
from sluice.model.egress.reach import AS_WRITTEN, HTTPS
from sluice.model.schema_faults import did_you_mean, in_words, schema_faults
from sluice.model.yaml_document import YamlDocument

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def complete_settings(connector: Connector, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``given`` with the connector's defaults; raises ConfigurationInvalid with every fault."""
    properties: Mapping[str, Any] = connector.settings.get("properties", {})
    defaults = {name: field["default"] for name, field in properties.items() if "default" in field}
    settings = {**defaults, **given}
    document = YamlDocument(settings, f"settings of {connector.name}")
    faults = schema_faults(settings, connector.settings, document)
    faults = [Fault(fault.code, fault.pointer, fault.message, document.source) for fault in faults]
    if not faults:
        faults = _address_faults(connector, settings, document.source)
    if faults:
        raise ConfigurationInvalid(f"the settings do not fit the connector {connector.name!r}", faults)
    return settings


def text_settings(connector: Connector, given: Mapping[str, str]) -> dict[str, Any]:
    """Return settings given as text (``--set days=30``) as the types that the connector declares.

    A text that is no such value stays text, so that :func:`complete_settings` can say what is wrong.
    """
    properties: Mapping[str, Any] = connector.settings.get("properties", {})
    return {name: _typed(text, properties.get(name, {}).get("type")) for name, text in given.items()}


def check_secrets(connector: Connector, given: Collection[str]) -> list[Fault]:
    """Return a fault for every required secret that is missing and every given one that is not asked for."""
    source = f"secrets of {connector.name}"
    faults = [
        Fault("missing_secret", pointer_of(name), f"lacks the secret {name!r} ({spec.title})", source)
        for name, spec in connector.secrets.items()
        if not spec.optional and name not in given
    ]
    unknown = sorted(set(given) - set(connector.secrets))
    return faults + [
        Fault("unknown_secret", pointer_of(name), f"there is no secret {name!r}; {hint}", source)
        for name in unknown
        for hint in [did_you_mean(name, connector.secrets)]
    ]


def base_url_of(connector: Connector, settings: Mapping[str, Any], stream: Stream | None = None) -> str:
    """Return the address that paths are added to, without a slash at its end: the stream's own, if any."""
    scope = Scope(settings=settings, secrets={}, now=datetime.now(UTC))
    own = stream.base_url if stream is not None else None
    return str(evaluate(own or connector.base_url, scope) or "").rstrip("/")


def base_urls_of(connector: Connector, settings: Mapping[str, Any]) -> frozenset[str]:
    """Return every address that paths are added to: the connector's, and those of streams that name one."""
    return frozenset(base_url_of(connector, settings, one) for one in (None, *connector.streams.values()))


def wrong_with_address(url: Any, *, query: bool = False) -> str:
    """Return what is wrong with an address that requests go to, and what would be right; empty: nothing.

    ``query``: it may have one. An address may hold a credential, so of a wrong one only the host is told.
    """
    if not isinstance(url, str):
        return f"is {in_words(url)}; should be an https address such as https://erp.example/v2"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return f"is {in_words(url)}, which is no address"
    wrong = ""
    if parts.scheme not in {"https", "http"} or not host:
        wrong = "should be an https address such as https://erp.example/v2"
    elif parts.scheme == "http" and host not in _LOOPBACK:
        wrong = "should start with https: only this machine is talked to without encryption"
    elif "@" in parts.netloc:
        wrong = "should not hold a user name or password: they belong into the secrets"
    elif (parts.query and not query) or parts.fragment or not url.isprintable() or "\\" in url or " " in url:
        refused = "'#', spaces" if query else "'?', '#', spaces"
        wrong = f"should be a plain address, without {refused} or backslashes"
    elif not url.isascii():
        wrong = "should be in ASCII: write a name with other letters as xn--..."
    elif refusal := AS_WRITTEN.refusal_of_host(host, HTTPS if port is None else port):
        wrong = refusal
    return f"is the address of {host or 'nothing'}; it {wrong}" if wrong else ""


class Address(Struct, frozen=True):
    """Where settings lead: ``setting`` is the first that it is made of, "" where it is of none."""

    setting: str
    url: Any
    is_login: bool = False

    def fault(self, wrong: str, source: str = "") -> Fault:
        """Return what is wrong with it as a fault; the pointer leads into the settings."""
        return Fault("bad_url", pointer_of(self.setting) if self.setting else "", wrong, source)


def addresses_of(connector: Connector, settings: Mapping[str, Any]) -> list[Address]:
    """Return the addresses that complete settings lead to: of the API, of streams elsewhere, of logins."""
    auth, scope = connector.auth, Scope(settings=settings, secrets={}, now=datetime.now(UTC))
    found = [Address(_setting_of(connector.base_url), base_url_of(connector, settings))]
    found += [
        Address(_setting_of(one.base_url), base_url_of(connector, settings, one))
        for one in connector.streams.values()
        if one.base_url is not None
    ]
    logins = (auth.login.url if auth.login else None, auth.authorization.url if auth.authorization else None)
    of_logins = [url for url in logins if url is not None]
    return found + [Address(_setting_of(url), evaluate(url, scope), is_login=True) for url in of_logins]


def _address_faults(connector: Connector, settings: Mapping[str, Any], source: str) -> list[Fault]:
    """Return what is wrong with the addresses that these settings lead to."""
    found = addresses_of(connector, settings)
    judged = [(one, wrong_with_address(one.url, query=one.is_login)) for one in found]
    # Several streams may have one address: what is wrong with it is told once.
    return list(dict.fromkeys(one.fault(wrong, source) for one, wrong in judged if wrong))


def _setting_of(value: Value) -> str:
    """Return the first setting in an address, which says its host where it is put together."""
    names = (one.name for one in parts_of(value) if isinstance(one, Call) and one.word == "setting")
    return next(names, "")


def _typed(text: str, kind: Any) -> Any:
    kinds = [kind] if isinstance(kind, str) else list(kind or ["string"])
    if "boolean" in kinds and text in {"true", "false"}:
        return text == "true"
    if "integer" in kinds and text.lstrip("-").isdecimal():
        return int(text)
    if {"array", "object"} & set(kinds) and text[:1] in {"[", "{"}:
        with suppress(ValueError):
            return json.loads(text)
    if "number" in kinds:
        with suppress(ValueError):
            return float(text)
    return None if "null" in kinds and text == "null" else text
