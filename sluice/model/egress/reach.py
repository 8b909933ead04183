"""What may be reached: decided of an address, and of a host as it is written. It looks no name up."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from msgspec import Struct

from sluice.model.egress.networks import (
    LOOPBACK,
    NEVER,
    PRIVATE,
    Address,
    Network,
    hidden,
    is_of_the_internet,
    plain,
    within,
)

HTTPS = 443

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_INSIDE = frozenset(
    {"internal", "local", "localdomain", "lan", "home", "corp", "intranet", "private", "arpa"}
)
"""Last parts of names that only networks of somebody's own know (RFC 6762, RFC 8375, ICANN's .internal)."""

_OTHER_SERVICES = frozenset(
    {1433, 1434, 1521, 1719, 1720, 1723, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 3659, 4045, 4190, 4369}
    | {5060, 5061, 5432, 5672, 5900, 5984, 5985, 5986, 6000, 6379, 6380, 6443, 6566, 6679, 6697, 9042, 9092}
    | {9200, 9300, 10080, 10250, 10255, 11211, 27017, 27018, 27019, *range(6665, 6670)}
)
"""Ports from 1024 on at which no ERP answers: databases, queues, control planes, mail and telephony."""


class Reach(Struct, frozen=True):
    """The public internet, this machine where ``allow_loopback``, and ``networks`` of a deployment's own."""

    allow_loopback: bool = False
    networks: Sequence[Network] = ()

    def refusal(self, address: str) -> str:
        """Return why nothing is sent to an IP address, "" where it may be; raises ValueError for none."""
        found = ipaddress.ip_address(address.partition("%")[0])
        outer, inner = plain(found), hidden(found)
        return self._refusal(outer) or (self._refusal(inner) if inner is not None else "")

    def refusal_of_host(self, host: str, port: int = HTTPS) -> str:
        """Return why nothing is sent to a host as it is written, in lower case; "" where it may be.

        A name that is well written may still lead somewhere else: that is looked at when it is looked up.
        """
        labels = host.split(".")
        if ":" in host or (_NUMBER.fullmatch(labels[-1]) and len(labels) > 1) or _NUMBER.fullmatch(host):
            return self._refusal_of_number(host) or self._refusal_of_port(host, port)
        if host == "localhost":
            return "" if self.allow_loopback else f"is {LOOPBACK}"
        if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
            return "is no name of a host: letters, digits and hyphens, with single dots between"
        if labels[-1] == "localhost":
            return f"is {LOOPBACK}"
        if not self.networks and (len(labels) == 1 or labels[-1] in _INSIDE):
            return "is a name within a private network"
        return self._refusal_of_port(host, port)

    def _refusal(self, address: Address) -> str:
        if address.is_loopback and self.allow_loopback:
            return ""
        if why := within(address, NEVER):
            return why
        if any(address in network for network in self.networks):
            return ""
        return within(address, PRIVATE) or ("" if is_of_the_internet(address) else "an unassigned address")

    def _refusal_of_number(self, host: str) -> str:
        if "%" in host:
            return "names a network card"
        try:
            why = self.refusal(host)
        except ValueError:
            return "is a number; an address is written as four decimal numbers without leading zeros"
        return f"is {why}" if why else ""

    def _refusal_of_port(self, host: str, port: int) -> str:
        if self.allow_loopback and _is_loopback(host):
            return ""
        if port != HTTPS and (port < 1024 or port in _OTHER_SERVICES):
            return f"is asked for at port {port}; right would be 443, or one above 1023 of a web server"
        return ""


def _is_loopback(host: str) -> bool:
    try:
        return plain(ipaddress.ip_address(host)).is_loopback
    except ValueError:
        return False


AS_WRITTEN = Reach(allow_loopback=True, networks=tuple(network for network, _ in PRIVATE))
"""What some deployment may allow: what this refuses, none does."""


def private_networks(text: str) -> tuple[Network, ...]:
    """Return the networks that a deployment adds, ``10.20.0.0/16 192.168.7.0/24``, or ``none``.

    Raises ValueError, which says what is wrong with one.
    Only parts of private networks are added, never this machine, link-local addresses or a cloud's own.
    """
    found: list[Network] = []
    words = text.replace(",", " ").split()
    for word in [] if words == ["none"] else words:
        try:
            network = ipaddress.ip_network(word)
        except ValueError as err:
            raise ValueError(f"{word[:50]!r} is no network such as 10.20.0.0/16") from err
        if not any(_is_part(network, whole) for whole, _ in PRIVATE):
            raise ValueError(f"{word} is no part of a private network such as 10.0.0.0/8")
        if any(_is_part(network, whole) for whole, _ in NEVER):
            raise ValueError(f"{word} belongs to the cloud; nothing is sent there")
        found.append(network)
    return tuple(found)


def _is_part(network: Network, whole: Network) -> bool:
    if isinstance(network, ipaddress.IPv4Network):
        return isinstance(whole, ipaddress.IPv4Network) and network.subnet_of(whole)
    return isinstance(whole, ipaddress.IPv6Network) and network.subnet_of(whole)
