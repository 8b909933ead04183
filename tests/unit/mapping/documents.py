"""Mappings in memory, for the tests beside this file: the real canonical model, a stream ``thing``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sluice.local.folder_documents import FolderDocuments
from sluice.ports.documents import DocumentNotFound

ROOT = Path(__file__).parents[3]
FOLDER = FolderDocuments(ROOT)
HEAD = "format: 1\nstream: thing\nentity: activity\nid: id\n"
PATH = "transformers/x/thing.yaml"


class OneMapping:
    """The repository's documents, with ``text`` as the mapping x/thing."""

    def __init__(self, text: str) -> None:
        self._text = text

    def read(self, path: str) -> bytes:
        if path.startswith("transformers/x/") and path != PATH:
            raise DocumentNotFound(path)
        return self._text.encode() if path == PATH else FOLDER.read(path)

    def paths(self, prefix: str) -> Iterator[str]:
        yield from FOLDER.paths(prefix)
