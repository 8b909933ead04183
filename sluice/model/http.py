"""A request and a reply as plain values: what the connector engine plans and reads.

Sending is an adapter's job (sluice.transport); nothing here opens a connection.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from sluice.model.structs import shown


class Request(Struct, frozen=True):
    """One request to an ERP: absolute ``url`` with its query, ``headers`` and ``body`` (with credentials).

    ``label`` is the request in words without secrets, for logs and errors (``GET /customer page 3``).
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    label: str = ""

    def __repr__(self) -> str:
        return f"Request({self.label or self.method})"


class Reply(Struct, frozen=True):
    """One reply: ``status``, ``headers`` with lower-case names, complete decoded ``body`` bytes.

    A reply that broke off never becomes a Reply: the transport raises instead.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return shown(self, without={"body"})

    def header(self, name: str) -> str | None:
        """Return a header's value, whatever the case of ``name``; None where it is absent."""
        return self.headers.get(name.lower())
