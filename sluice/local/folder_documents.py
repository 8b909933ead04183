"""Documents read from a folder: the repository's, or the artefact's own inside a Lambda."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from sluice.ports.documents import DocumentNotFound

CANONICAL = "canonical/"


class FolderDocuments:
    """The documents below ``root``; paths are relative to it, with forward slashes.

    ``elsewhere`` puts other folders in the place of top-level ones: ``{"connectors": Path("my-erps")}``. What
    is the same for all ERPs (the schemas of their files, the canonical model) is the root's where such a
    folder has none of its own.
    """

    def __init__(self, root: Path, elsewhere: Mapping[str, Path] | None = None) -> None:
        self._root = root.resolve()
        self._elsewhere = {top: folder.resolve() for top, folder in (elsewhere or {}).items()}

    def read(self, path: str) -> bytes:
        """Return the file's bytes; raises DocumentNotFound, also for a path that leads out of its folder."""
        _, folder, rest = self._place(path)
        file = (folder / rest).resolve()
        if not file.is_relative_to(folder) or not file.is_file():
            raise DocumentNotFound(path)
        return file.read_bytes()

    def paths(self, prefix: str) -> Iterator[str]:
        """Yield the relative paths of files that start with ``prefix``, in ascending order."""
        top, folder, rest = self._place(prefix)
        below = folder / rest.rpartition("/")[0]
        found = (file.relative_to(folder).as_posix() for file in below.rglob("*") if file.is_file())
        yield from sorted(path for path in (f"{top}{name}" for name in found) if path.startswith(prefix))

    def _place(self, path: str) -> tuple[str, Path, str]:
        """Return the prefix that was taken off, the folder, and the path within it."""
        top, slash, rest = path.partition("/")
        if slash and top in self._elsewhere and not self._is_common(self._elsewhere[top], rest):
            return f"{top}/", self._elsewhere[top], rest
        return "", self._root, path

    def _is_common(self, folder: Path, rest: str) -> bool:
        common = rest.endswith(".schema.json") or rest.startswith(CANONICAL)
        own = folder / (CANONICAL if rest.startswith(CANONICAL) else rest)
        return common and not own.exists()
