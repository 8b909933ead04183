"""Which addresses a request may go to: the one place where that is decided.

It looks at the address as written; it does not resolve names.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: an origin, and the path with the query as it is sent."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Return scheme, host and port: what a connection belongs to."""
        return self.scheme, self.host, self.port


def check_url(url: str, *, allow_loopback_http: bool) -> Target:
    """Return where the request goes; raises ConfigurationInvalid for an address it may not go to.

    https anywhere; http only to this machine, and only where that was allowed.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as err:
        raise _refused("is no address") from err
    if parts.scheme not in {"https", "http"} or not host:
        raise _refused(f"begins with {parts.scheme[:20]!r}; should begin with https://")
    if "@" in parts.netloc:
        raise _refused("holds a user name or password; they belong into the secrets")
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise _refused("holds a space, a backslash, or a letter outside ASCII that is not percent-encoded")
    if parts.scheme == "http" and not (allow_loopback_http and is_loopback(host)):
        raise _refused(f"leads to {host} without encryption; should begin with https://")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path)


def may_be_reached(address: str, *, allow_loopback: bool) -> bool:
    """Return whether an IP address is one of the public internet, or this machine where that is allowed."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    known = mapped or found
    return (known.is_global and not known.is_multicast) or (allow_loopback and known.is_loopback)


def is_loopback(host: str) -> bool:
    """Return whether a host, as written, is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refused(why: str) -> ConfigurationInvalid:
    # The address itself may hold a credential in its query: it is not repeated.
    return ConfigurationInvalid(
        "a request may not be sent", [Fault("bad_url", "/base_url", f"the address {why}")]
    )
