"""Refresh tokens and codes that a sandbox has given out: which are good, and which are spent.

A strict vendor with a grace: a refresh token that was used stays good until its successor is used, so that a
client may lose a reply and ask again. Not thread-safe by itself.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

_KNOWN_BY = 16


class GrantRefused(Exception):
    """A refresh token or code is not good (``invalid_grant``); the message says why."""


@dataclass(slots=True)
class _Refresh:
    before: str
    spent: bool = False


@dataclass(frozen=True, slots=True)
class Consent:
    """What a browser came with when it got its code, which is good with the same page and verifier."""

    redirect_uri: str
    code_challenge: str


class Grants:
    """What is given to clients beside access tokens; ``first`` is the refresh token of a new connection."""

    def __init__(self, seed: int, first: str, *, rotating: bool) -> None:
        self._seed = seed
        self._rotating = rotating
        self._refresh = {first: _Refresh("")} if first else {}
        self._codes: dict[str, Consent] = {}
        self._drawn = 0

    def code(self, consent: Consent) -> str:
        """Return a new code."""
        code = self._draw("code")
        self._codes[code] = consent
        return code

    def by_code(self, code: str, redirect_uri: str, verifier: str) -> str:
        """Return a first refresh token for a code, which is good once; raises GrantRefused."""
        consent = self._codes.pop(code, None)
        if consent is None:
            raise GrantRefused("the code is not known, or was used already")
        if consent.redirect_uri != redirect_uri:
            raise GrantRefused("redirect_uri is another one than the code was asked for with")
        if consent.code_challenge != challenge_of(verifier):
            raise GrantRefused("code_verifier is not what code_challenge was made of")
        return self._new("")

    def by_refresh(self, token: str) -> str | None:
        """Return the successor of a refresh token, None where it stays the same; raises GrantRefused.

        A token that was given out before the sandbox was started again is known by its form.
        """
        found = self._refresh.get(token)
        if found is None and self._is_ours(token):
            found = self._refresh[token] = _Refresh("")
        if found is None:
            raise GrantRefused("the refresh token is not known")
        if found.spent:
            raise GrantRefused("the refresh token was replaced by another, which is in use")
        if found.before:
            self._refresh[found.before].spent = True
        return self._new(token) if self._rotating else None

    def _new(self, before: str) -> str:
        token = self._draw(f"refresh/{before}")
        self._refresh[token] = _Refresh(before)
        return token

    def _draw(self, what: str) -> str:
        self._drawn += 1
        start = _digest(f"{self._seed}/{what}/{self._drawn}")
        return start + self._mark(start)

    def _mark(self, start: str) -> str:
        return _digest(f"{self._seed}/ours/{start}")[:_KNOWN_BY]

    def _is_ours(self, token: str) -> bool:
        return token[-_KNOWN_BY:] == self._mark(token[:-_KNOWN_BY])


def challenge_of(verifier: str) -> str:
    """Return the code challenge of a verifier by S256 (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
