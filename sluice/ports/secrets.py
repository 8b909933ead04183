"""Port: credentials by name. Nothing here knows Secrets Manager."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from sluice.model.secret import Secret


class SecretNotFound(LookupError):
    """No secret has this name; the message is the name."""


class Secrets(Protocol):
    """Named bundles of secret texts: ``acme/credentials`` -> ``{"employee_token": Secret}``."""

    def get(self, name: str) -> dict[str, Secret]:
        """Return the bundle; raises :class:`SecretNotFound`."""

    def get_many(self, names: Iterable[str]) -> dict[str, dict[str, Secret]]:
        """Return those of the bundles that are there, by name, in few requests."""

    def put(self, name: str, bundle: Mapping[str, Secret]) -> None:
        """Store the bundle, replacing the one of that name."""

    def delete(self, name: str) -> None:
        """Remove the bundle; no error where there is none."""
