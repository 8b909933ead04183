"""Networks to which no request is sent, each with its reason, and what is hidden in addresses of IPv6.

From the IANA registries of special-purpose addresses for IPv4 and IPv6 (last updated 2024-10-22, read
2026-11-22) and, for what answers within a cloud, from the vendors' documents. Python's own ``is_global`` says
of some of these that they are public, so nothing here asks it.
"""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LOOPBACK = "this machine"

_NEVER = (
    ("169.254.169.254/32", "the cloud's metadata, with credentials"),
    ("169.254.170.2/32", "the credentials of a task"),
    ("169.254.170.23/32", "the credentials of a pod"),
    ("fd00:ec2::254/128", "the cloud's metadata, with credentials"),
    ("fd00:ec2::23/128", "the credentials of a pod"),
    ("fd00:ec2::/32", "services within the cloud"),
    ("fd20:ce::/32", "the cloud's metadata, with credentials"),
    ("100.100.100.200/32", "the cloud's metadata, with credentials"),
    ("168.63.129.16/32", "services within the cloud"),
    ("127.0.0.0/8", LOOPBACK),
    ("::1/128", LOOPBACK),
    ("0.0.0.0/8", "this network (RFC 791)"),
    ("169.254.0.0/16", "link-local (RFC 3927)"),
    ("192.0.0.0/24", "protocol assignments (RFC 6890)"),
    ("192.0.2.0/24", "documentation (RFC 5737)"),
    ("192.52.193.0/24", "multicast tunnels (RFC 7450)"),
    ("192.88.99.0/24", "6to4 relays (RFC 7526)"),
    ("198.18.0.0/15", "benchmarks (RFC 2544)"),
    ("198.51.100.0/24", "documentation (RFC 5737)"),
    ("203.0.113.0/24", "documentation (RFC 5737)"),
    ("224.0.0.0/4", "multicast (RFC 5771)"),
    ("240.0.0.0/4", "reserved (RFC 1112)"),
    ("::/128", "the unspecified address (RFC 4291)"),
    ("::/96", "an IPv4-compatible address (RFC 4291)"),
    ("64:ff9b:1::/48", "NAT64 of a network's own (RFC 8215)"),
    ("100::/64", "discarded (RFC 6666)"),
    ("100:0:0:1::/64", "a dummy prefix (RFC 9780)"),
    ("2001::/32", "Teredo (RFC 4380)"),
    ("2001::/23", "protocol assignments (RFC 2928)"),
    ("2001:db8::/32", "documentation (RFC 3849)"),
    ("2002::/16", "6to4 (RFC 7526)"),
    ("3fff::/20", "documentation (RFC 9637)"),
    ("5f00::/16", "segment routing (RFC 9602)"),
    ("fe80::/10", "link-local (RFC 4291)"),
    ("fec0::/10", "site-local (RFC 3879)"),
    ("ff00::/8", "multicast (RFC 4291)"),
)
_PRIVATE = (
    ("10.0.0.0/8", "a private network (RFC 1918)"),
    ("172.16.0.0/12", "a private network (RFC 1918)"),
    ("192.168.0.0/16", "a private network (RFC 1918)"),
    ("100.64.0.0/10", "a carrier's shared network (RFC 6598)"),
    ("fc00::/7", "a private network (RFC 4193)"),
)

NEVER: tuple[tuple[Network, str], ...] = tuple((ipaddress.ip_network(net), why) for net, why in _NEVER)
"""Nothing is sent there, whatever a deployment says; the first that fits gives the reason."""

PRIVATE: tuple[tuple[Network, str], ...] = tuple((ipaddress.ip_network(net), why) for net, why in _PRIVATE)
"""Nothing is sent there, unless a deployment names a part of it."""

_UNICAST = ipaddress.ip_network("2000::/3")
_MAPPED = ipaddress.ip_network("::ffff:0:0/96")
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})


def plain(address: Address) -> Address:
    """Return the IPv4 address that an address of IPv6 merely writes otherwise: mapped (RFC 4291), NAT64's."""
    if isinstance(address, IPv6Address) and (address in _MAPPED or address in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def hidden(address: Address) -> IPv4Address | None:
    """Return the IPv4 address in which a tunnel would end (ISATAP, RFC 5214), None where there is none."""
    if isinstance(address, IPv6Address) and int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def is_of_the_internet(address: Address) -> bool:
    """Return whether an address, of no network above, is one that is given out at all."""
    return isinstance(address, IPv4Address) or address in _UNICAST


def within(address: Address, table: tuple[tuple[Network, str], ...]) -> str:
    """Return the reason of the first network of a table that holds the address; "" where none does."""
    return next((why for network, why in table if address in network), "")
