"""Secrets in memory: for `sluice pull`, tests and the simulator. Gone with the process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sluice.model.secret import Secret
from sluice.ports.secrets import SecretNotFound


class MemorySecrets:
    """Bundles in a dict."""

    def __init__(self, bundles: Mapping[str, Mapping[str, Secret]] | None = None) -> None:
        self._bundles = {name: dict(bundle) for name, bundle in (bundles or {}).items()}

    def get(self, name: str) -> dict[str, Secret]:
        """Return the bundle; raises SecretNotFound."""
        try:
            return dict(self._bundles[name])
        except KeyError:
            raise SecretNotFound(name) from None

    def get_many(self, names: Iterable[str]) -> dict[str, dict[str, Secret]]:
        """Return those of the bundles that are there, by name."""
        return {name: dict(self._bundles[name]) for name in names if name in self._bundles}

    def put(self, name: str, bundle: Mapping[str, Secret]) -> None:
        """Store the bundle, replacing the one of that name."""
        self._bundles[name] = dict(bundle)

    def delete(self, name: str) -> None:
        """Remove the bundle; no error where there is none."""
        self._bundles.pop(name, None)
