"""A folder for the files of one worker, and the removal of those that dead workers left behind.

A function's disk is not cleared when its worker is killed (AWS Lambda Developer Guide, "Understanding the
Lambda execution environment lifecycle"): a few that died would leave no room for the next.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LOCK = "lock"


@contextmanager
def scratch_folder(prefix: str = "compacting-") -> Iterator[Path]:
    """Give an empty folder that is gone afterwards; while it is used, no other worker takes it for left.

    Its name begins with ``prefix``, as do those of the left ones that are removed.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        _remove_if_left(left)
    with tempfile.TemporaryDirectory(prefix=prefix) as name, (Path(name) / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield Path(name)


def _remove_if_left(folder: Path) -> None:
    """Remove the folder if nobody holds its lock: whoever did has died."""
    with suppress(OSError), (folder / _LOCK).open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
