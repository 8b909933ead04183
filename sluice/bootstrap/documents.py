"""Where connectors and mappings lie on this machine, and the catalogue that reads them; nothing of AWS."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sluice.local.folder_documents import FolderDocuments
from sluice.ports.documents import Documents
from sluice.registry.catalog import Catalog

ROOT = Path(__file__).resolve().parents[2]
"""Where connectors/ and transformers/ lie: the repository, or the artefact inside a Lambda."""


def catalog(connectors: Path | None = None, transformers: Path | None = None) -> Catalog:
    """Return the catalogue of the repository's connectors and mappings, or of other folders' ones.

    Of the repository's there is one in a process: what it has read it keeps.
    """
    if connectors is None and transformers is None:
        return _delivered()
    roots = {
        "connectors": (connectors or ROOT / "connectors"),
        "transformers": (transformers or ROOT / "transformers"),
    }
    return Catalog(FolderDocuments(ROOT, roots))


@cache
def _delivered() -> Catalog:
    return Catalog(FolderDocuments(ROOT))


def folder_documents(folder: Path) -> Documents:
    """Return the documents of another folder that is laid out as the repository is."""
    return FolderDocuments(folder)
