"""What a sandbox is started with: how much, how strict, for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sluice.connector.spec import Connector
from sluice.connector.values import Call


@dataclass(frozen=True, slots=True)
class Options:
    """Same options and same connector, same bytes.

    ``scale`` multiplies every stream's default size, ``records`` overrides it by stream; ``rate`` is requests
    a minute (None: no limit); ``token_ttl`` is in seconds; ``today`` is what sample dates count from;
    ``settings`` and ``secrets`` override what the sandbox otherwise expects; ``mutations`` are on from the
    start (``D42:customer.email``).
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
    """Return the secrets a sandbox accepts: ``sandbox-<name>`` unless given."""
    return {name: given.get(name, f"sandbox-{name}") for name in connector.secrets}


def expected_settings(connector: Connector, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings a sandbox expects: those given, the defaults, else ``sandbox``."""
    properties = connector.settings.get("properties", {})
    plain = {name: field.get("default", _plain(field)) for name, field in properties.items()}
    return {**plain, **given}


def base_url_setting(connector: Connector) -> str | None:
    """Return the name of the setting that holds the base address, None where the connector fixes it."""
    value = connector.base_url
    return value.name if isinstance(value, Call) and value.word == "setting" else None


def _plain(field_schema: Mapping[str, Any]) -> Any:
    if "enum" in field_schema:
        return field_schema["enum"][0]
    plain: dict[str, Any] = {"integer": 1, "number": 1, "boolean": False}
    kind = field_schema.get("type", "string")
    if field_schema.get("format") == "date":
        return "2024-01-01"
    return plain.get(kind, "sandbox") if isinstance(kind, str) else "sandbox"
