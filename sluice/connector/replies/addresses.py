"""Where a redirect would lead, as evidence. Redirects are never followed: credentials go nowhere else."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urljoin, urlsplit

from sluice.connector.replies.redaction import Redactor
from sluice.model.http import Reply

_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gob", "gov", "gv", "ne", "net", "or", "org"})


def moved_to(reply: Reply, url: str, redactor: Redactor) -> dict[str, Any]:
    """Return the evidence: the host that the reply's Location names, and whether its owner is the same."""
    location = reply.header("location")
    if not location:
        return {"location": "none"}
    try:
        there = urlsplit(urljoin(url, location)).hostname or ""
        here = urlsplit(url).hostname or ""
    except ValueError:
        return {"location": "no address"}
    return {
        "location_host": redactor.clean(there)[:100],
        "same_host": there == here,
        "same_registrable_host": bool(here) and registrable(there) == registrable(here),
    }


def registrable(host: str) -> str:
    """Return the part of a host name that somebody registered: ``erp.example`` of ``api.erp.example``.

    Without the list of public suffixes, names such as ``x.co.uk`` are known by their second level only.
    """
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        labels = host.lower().rstrip(".").split(".")
    long = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if long else labels[-2:])
