"""The console's built files: which path is which file, and what a browser is told of it.

The same answers serve one machine (server.py) and AWS, where `sluice console publish` uploads them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from msgspec import Struct

INDEX = "index.html"
CONFIG = "config.json"
FOREVER = "public, max-age=31536000, immutable"
NEVER = "no-store"
_FILE = re.compile(r"/(assets/.+|[^/]+\.[a-z0-9]+)")
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}


class SiteFile(Struct, frozen=True):
    """A file as it is served: its path below the origin, without the slash, and its bytes."""

    path: str
    body: bytes

    @property
    def content_type(self) -> str:
        """What it is; what we do not know is only ever downloaded."""
        return _TYPES.get(Path(self.path).suffix, "application/octet-stream")

    @property
    def cache_control(self) -> str:
        """How long it may be kept: an asset, which is named after its contents, for ever, all else never."""
        return FOREVER if self.path.startswith("assets/") else NEVER


def file_at(folder: Path, path: str) -> SiteFile | None:
    """Return the file at a path as a browser asks for it (``/runs/7``, percent-encoded); None for none.

    What is neither an asset nor a name with an ending at the root is one of the console's own pages, and so
    index.html. infra/console.yml has the same rule for AWS.
    """
    name = unquote(path).lstrip("/") if _FILE.fullmatch(path) else INDEX
    # os.path says no to a name that no file can have (one with NUL, a very long one), where Path raises.
    if not os.path.isfile(folder / name):  # noqa: PTH113
        return None
    found = (folder / name).resolve()
    return SiteFile(name, found.read_bytes()) if found.is_relative_to(folder.resolve()) else None


def all_files(folder: Path) -> Iterator[SiteFile]:
    """Yield every built file."""
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        yield SiteFile(file.relative_to(folder).as_posix(), file.read_bytes())
