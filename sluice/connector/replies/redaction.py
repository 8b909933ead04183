"""Takes secrets out of what an ERP says before anybody is told: some echo the request in their errors."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from functools import cached_property
from urllib.parse import quote, quote_plus

MAX_SHOWN = 200
_READ = 20 * MAX_SHOWN
_SHORTEST = 4
_MASK = "***"


class Redactor:
    """Knows secret texts in the forms they travel in, and cuts them out of others.

    One is made for each reply, and few replies have anything that has to be looked through.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = tuple(secrets)

    @cached_property
    def _known(self) -> list[str]:
        known: set[str] = set()
        for secret in self._secrets:
            for part in (secret, *secret.split()):
                encoded = base64.b64encode(part.encode()).decode()
                known.update({part, quote(part, safe=""), quote_plus(part), encoded, encoded.rstrip("=")})
        return sorted((text for text in known if len(text) >= _SHORTEST), key=len, reverse=True)

    def clean(self, text: str) -> str:
        """Return the text with every secret replaced by ``***``."""
        for secret in self._known:
            text = text.replace(secret, _MASK)
        return text

    def holds(self, text: str) -> bool:
        """Return whether a secret stands in the text."""
        return any(secret in text for secret in self._known)

    def shown(self, body: bytes) -> str:
        """Return the beginning of a reply's body for a message: one line, 200 characters, no secrets."""
        text = self.clean(body[:_READ].decode("utf-8", "replace"))
        if len(body) > _READ and self._known:
            # What was cut in two at the end is no secret that could be found.
            text = text[: -len(self._known[0])]
        line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
        return line[:MAX_SHOWN] + ("..." if len(line) > MAX_SHOWN else "")
