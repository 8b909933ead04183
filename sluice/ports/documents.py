"""Port: the YAML and JSON documents that describe connectors, mappings and the canonical model.

Today they are files beside the code; a registry may serve them without a redeploy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class DocumentNotFound(LookupError):
    """No document has this path; the message is the path."""


class Documents(Protocol):
    """Read-only documents by relative path: ``connectors/tripletex/customer.yaml``."""

    def read(self, path: str) -> bytes:
        """Return the document's bytes; raises :class:`DocumentNotFound`."""

    def paths(self, prefix: str) -> Iterator[str]:
        """Yield every document path that starts with ``prefix``, in ascending order."""
