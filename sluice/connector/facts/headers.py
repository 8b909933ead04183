"""Reads what the headers of a reply announce: deprecation, sunset, version, rate limit.

Deprecation is RFC 9745, Sunset RFC 8594, relations RFC 8288, Warning 299 RFC 7234 (read 2026-11-21).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from sluice.connector.facts.facts import Facts
from sluice.connector.paging import LINK
from sluice.connector.replies.redaction import Redactor
from sluice.connector.spec import Connector
from sluice.model.http import Reply

ANNOUNCED = "announced"
"""In place of a day, where a header names none that can be read."""

_VERSIONS = (
    "api-version",
    "odata-version",
    "x-api-revision",
    "x-api-version",
    "x-ms-version",
    "x-shopify-api-version",
)
_LIMITS = ("ratelimit-limit", "x-ratelimit-limit", "x-rate-limit-limit", "ratelimit-policy", "ratelimit")
_RELATIONS = ("deprecation", "successor-version", "sunset")
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([\w-]+))', re.IGNORECASE)
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+ -]{0,29}")
_LIMIT = re.compile(r"\s*(\d{1,9})(?:\.0+)?\s*(?:[,;]|$)|(?:^|[;,\s])(?:limit|q)=(\d{1,9})")
_EPOCH = re.compile(r"@(\d{1,11})")
_WARNING = re.compile(r'(?:^|,)\s*299\s+\S+\s+"((?:[^"\\]|\\.)*)"')
_MAX_LINK = 80
_MAX_WARNING = 80


class Names(Struct, frozen=True):
    """The names of the headers to look at, in lower case."""

    version: tuple[str, ...]
    limit: tuple[str, ...]
    left: str = ""

    @classmethod
    def of(cls, connector: Connector) -> Names:
        """Return the names that a connector gives, before those that are common."""
        own = (connector.version_header.lower(),) if connector.version_header else ()
        left = connector.rate_limit.remaining.lower() if connector.rate_limit else ""
        limits = (left.replace("remaining", "limit"), *_LIMITS) if "remaining" in left else _LIMITS
        return cls((*own, *_VERSIONS), limits, left)


def with_headers(facts: Facts, reply: Reply, names: Names, where: tuple[str, Redactor]) -> Facts:
    """Return the facts with what a good reply's headers say; ``where``: its address, what to cut out."""
    url, redactor = where
    limit, left = _limit(reply, names.limit), _limit(reply, (names.left,))
    found = {
        "version": _versions(reply, names.version, redactor),
        "deprecation": _deprecation(reply),
        "sunset": _day(reply.header("sunset")),
        "links": _links(reply, url, redactor),
        "warning": _warning(reply, redactor),
        "left": left if left > facts.left else 0,
        "rate_limit": limit if limit and (limit < facts.rate_limit or not facts.rate_limit) else 0,
    }
    new = {name: value for name, value in found.items() if value}
    return replace(facts, **new) if new else facts


def _versions(reply: Reply, names: tuple[str, ...], redactor: Redactor) -> dict[str, str]:
    found = {}
    for name in names:
        text = (reply.header(name) or "").strip()
        if _VERSION.fullmatch(text) and not redactor.holds(text):
            found[name[:30]] = text
    return dict(list(found.items())[:2])


def _deprecation(reply: Reply) -> str:
    text = (reply.header("deprecation") or "").strip()
    epoch = _EPOCH.fullmatch(text)
    if epoch is None:
        return "" if text.lower() in {"", "false", "?0"} else _day(text)
    try:
        return datetime.fromtimestamp(int(epoch[1]), UTC).date().isoformat()
    except (OverflowError, ValueError, OSError):
        return ANNOUNCED


def _day(text: str | None) -> str:
    """Return the day of an HTTP date or ISO 8601, ANNOUNCED for any other text, and "" for none."""
    if not text or not text.strip():
        return ""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            return read(text.strip()[:40]).date().isoformat()
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return ANNOUNCED


def _links(reply: Reply, url: str, redactor: Redactor) -> Mapping[str, str]:
    found = {}
    for target, parameters in LINK.findall((reply.header("link") or "")[:4_000]):
        named = _REL.search(parameters)
        for relation in (named[1] or named[2] or "").lower().split() if named else ():
            if relation in _RELATIONS:
                found[relation] = _plain_address(target, url, redactor)
    return {relation: found[relation] for relation in sorted(found) if found[relation]}


def _plain_address(target: str, url: str, redactor: Redactor) -> str:
    """Return the address without its query, which may hold anything; "" for none that can be read."""
    try:
        parts = urlsplit(urljoin(url, target))
    except ValueError:
        return ""
    if parts.scheme not in {"https", "http"} or "@" in parts.netloc:
        return ""
    return _ascii(redactor.clean(f"{parts.scheme}://{parts.netloc}{parts.path}"))[:_MAX_LINK]


def _warning(reply: Reply, redactor: Redactor) -> str:
    found = _WARNING.search((reply.header("warning") or "")[:2_000])
    return _ascii(redactor.clean(found[1]))[:_MAX_WARNING].strip() if found else ""


def _limit(reply: Reply, names: tuple[str, ...]) -> int:
    for name in names:
        found = _LIMIT.search(reply.header(name) or "")
        if found:
            return int(found[1] or found[2])
    return 0


def _ascii(text: str) -> str:
    """Return the text as JSON writes it without escapes, so that its length is its size."""
    return "".join(char if " " <= char <= "~" and char not in '"\\' else "?" for char in text)
