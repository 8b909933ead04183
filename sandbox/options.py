"""What a sandbox is started with: how much, how strict, for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from sandbox.tokens.proofs import pem_of
from sluice.connector.spec import Connector, Stream
from sluice.connector.values import Call, Value

BESIDE = "/_beside"
"""Where the hosts of streams that are not at the base address are, by the setting that holds theirs."""


@dataclass(frozen=True, slots=True)
class Options:
    """Same options and same connector, same bytes.

    ``scale`` multiplies every stream's default size, ``records`` overrides it by stream; ``rate`` is requests
    a minute (None: no limit); ``token_ttl`` is in seconds; ``today`` is what sample dates count from;
    ``settings`` and ``secrets`` override what the sandbox otherwise expects; ``mutations`` are on from the
    start (``D42:customer.email``). ``bans``: who breaks one of the connector's limits is refused for ever.
    """

    scale: float = 1.0
    records: Mapping[str, int] = field(default_factory=dict)
    seed: int = 1
    rate: int | None = None
    token_ttl: float = 86_400
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    mutations: tuple[str, ...] = ()
    bans: bool = False

    def sizes(self, connector: Connector) -> dict[str, int]:
        """Return how many records each stream gets; raises ValueError for a stream that is not there."""
        unknown = sorted(set(self.records) - set(connector.streams))
        if unknown:
            known = ", ".join(sorted(connector.streams))
            raise ValueError(f"there is no stream {', '.join(unknown)}; there are {known}")
        return {
            name: self.records.get(name, round(stream.sandbox_records * self.scale))
            for name, stream in connector.streams.items()
        }


def expected_secrets(connector: Connector, given: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets a sandbox accepts: those given, else ``sandbox-<name>``, or a private key."""
    expected = {name: given.get(name, f"sandbox-{name}") for name in connector.secrets}
    form = connector.auth.login.form if connector.auth.login else None
    for value in (form or {}).values():
        if isinstance(value, Call) and value.word == "signed_jwt":
            key = value.values[0]
            if isinstance(key, Call) and key.name not in given:
                expected[key.name] = pem_of(value.option[0])
    return expected


def expected_settings(connector: Connector, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings a sandbox expects: those given, the defaults, the examples, else ``sandbox``."""
    properties = connector.settings.get("properties", {})
    plain = {name: field.get("default", _plain(field)) for name, field in properties.items()}
    return {**plain, **given}


def base_url_setting(connector: Connector) -> str | None:
    """Return the name of the setting that holds the base address, None where the connector fixes it."""
    return _setting(connector.base_url) or None


def host_of(stream: Stream) -> str:
    """Return the setting that holds the stream's own base address, "" where it is the connector's."""
    return "" if stream.base_url is None else _setting(stream.base_url)


def own_addresses(connector: Connector, settings: Mapping[str, Any], base_url: str) -> dict[str, str]:
    """Return the settings that are addresses as they are at a sandbox: its own, with the path kept.

    Base addresses of streams lie below a path each, so that two hosts may have lists of the same path.
    """
    here, base = urlsplit(base_url), base_url_setting(connector)
    hosts = {host_of(stream) for stream in connector.streams.values()}
    found = {} if base is None else {base: base_url}
    for name, schema in connector.settings.get("properties", {}).items():
        if name != base and schema.get("format") == "uri" and settings.get(name):
            there = urlsplit(str(settings[name]))
            path = f"{BESIDE}/{name}/{there.path.strip('/')}".rstrip("/") if name in hosts else there.path
            found[name] = urlunsplit(there._replace(scheme=here.scheme, netloc=here.netloc, path=path))
    return found


def _setting(value: Value) -> str:
    return value.name if isinstance(value, Call) and value.word == "setting" else ""


def _plain(field_schema: Mapping[str, Any]) -> Any:
    for listed in ("enum", "examples"):
        if listed in field_schema:
            return field_schema[listed][0]
    plain: dict[str, Any] = {"integer": 1, "number": 1, "boolean": False}
    kind = field_schema.get("type", "string")
    if field_schema.get("format") == "date":
        return "2024-01-01"
    return plain.get(kind, "sandbox") if isinstance(kind, str) else "sandbox"
