"""Which addresses a request may go to: as they are written, and as their names are looked up.

The rules are in sluice.model.egress. A name is looked up once for a connection, every address that it leads
to is judged, and the connection is made to one of them: where the name leads a moment later changes nothing.
"""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from msgspec import Struct, field

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.model.egress.reach import Reach

MOST_ADDRESSES = 4
"""Addresses of one name that are tried, one after the other."""

Place = tuple[socket.AddressFamily, tuple[str | int, ...]]
"""A family and an address of it, as sockets take them."""

LookUp = Callable[[str, int], Sequence[Place]]
"""Given a host and a port, returns where it is; raises OSError."""


class PrivateAddress(OSError):
    """The name leads to an address to which nothing is sent; one of several is enough."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return f"the name leads to a private address: {self.why}"


class Target(Struct, frozen=True):
    """Where a request goes: an origin, and the path with the query as it is sent."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Return scheme, host and port: what a connection belongs to."""
        return self.scheme, self.host, self.port


def check_url(url: str, reach: Reach) -> Target:
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
    if not url.isascii() or not url.isprintable() or set(url) & set(" \\#"):
        raise _refused(
            "holds a space, a backslash, '#', or a letter outside ASCII that is not percent-encoded"
        )
    if parts.scheme == "http" and not (reach.allow_loopback and is_loopback(host)):
        raise _refused(f"leads to {host} without encryption; should begin with https://")
    at = (443 if parts.scheme == "https" else 80) if port is None else port
    if why := reach.refusal_of_host(host, at):
        raise _refused(f"leads to {host[:100]}, which {why}")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, at, path)


def is_loopback(host: str) -> bool:
    """Return whether a host, as written, is this machine."""
    alone = Reach(allow_loopback=True)
    return not alone.refusal_of_host(host) and bool(Reach().refusal_of_host(host))


def addresses_of(host: str, port: int) -> list[Place]:
    """Return where the system's resolver says that a host is; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, tuple(map(_part, place))) for family, _, _, _, place in found]


def _part(part: object) -> str | int:
    return part if isinstance(part, int) else str(part)


class Door(Struct, frozen=True):
    """Looks names up and lets through only what may be reached: ``reach`` says what, ``look_up`` where."""

    reach: Reach = field(default_factory=Reach)
    look_up: LookUp = addresses_of

    def places(self, host: str, port: int, seconds: float) -> list[Place]:
        """Return where to connect to, the resolver's order kept; raises PrivateAddress, or OSError."""
        found = _within(seconds, lambda: self.look_up(host, port))
        for _, place in found:
            if why := self.reach.refusal(str(place[0])):
                raise PrivateAddress(why)
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        return list(found)[:MOST_ADDRESSES]

    def refusal(self, url: str, seconds: float = 3.0) -> str:
        """Return why nothing may be sent to an address now, "" where it may be, or its name is not found."""
        try:
            target = check_url(url, self.reach)
            self.places(target.host, target.port, seconds)
        except ConfigurationInvalid as invalid:
            return invalid.faults[0].message
        except PrivateAddress as private:
            return f"the address is not to be reached: {private}"
        except (OSError, ValueError):
            return ""  # whoever sends there will tell
        return ""


def _within(seconds: float, look_up: Callable[[], Sequence[Place]]) -> Sequence[Place]:
    """Return what the resolver says; raises gaierror where it takes longer: it knows no time limit itself."""
    said: queue.SimpleQueue[Sequence[Place] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            said.put(look_up())
        except Exception as err:  # noqa: BLE001 - raised below, where it is waited for
            said.put(err)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = said.get(timeout=max(seconds, 0.01))
    except queue.Empty:
        raise socket.gaierror(socket.EAI_AGAIN, "the resolver did not answer in time") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _refused(why: str) -> ConfigurationInvalid:
    # The address itself may hold a credential in its query: it is not repeated.
    return ConfigurationInvalid(
        "a request may not be sent", [Fault("bad_url", "/base_url", f"the address {why}")]
    )
