"""The lake's files on a disk: below a folder as below ``lake/`` in the bucket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sluice.lake.layout import ROOT, LakeFile, read_key

_MAGIC = b"PAR1"
_LEAST = 12
"""Bytes of a Parquet file at least: the magic word at both ends, and the length of the footer."""


def path_in(folder: Path, file: LakeFile) -> Path:
    """Return where the file lies below the folder."""
    return folder / file.key.removeprefix(ROOT)


def files_in(folder: Path) -> Iterator[LakeFile]:
    """Yield the lake's files that lie below the folder, in the order of their keys; others are passed by."""
    for path in sorted(folder.rglob("*.parquet")):
        file = read_key(ROOT + path.relative_to(folder).as_posix())
        if file is not None:
            yield file


def is_whole(path: Path) -> bool:
    """Whether the file is there and ends as Parquet does; one that a crash cut short does not."""
    try:
        with path.open("rb") as opened:
            size = opened.seek(0, 2)
            opened.seek(max(size - len(_MAGIC), 0))
            return size >= _LEAST and opened.read() == _MAGIC
    except FileNotFoundError:
        return False
