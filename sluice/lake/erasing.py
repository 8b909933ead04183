"""Takes a record out of files on disk. It knows no keys; what it keeps is as it was, row for row."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from sluice.lake.compacting import ROW_GROUP
from sluice.lake.writing import PARQUET

_HOLDS = "source_id IN (FROM erased) AND NOT deleted"
"""Which rows go. That a record was deleted says nothing of its content, and keeps older versions away."""


class ErasingFiles:
    """A database that reads and writes Parquet files of one entity without a record; use it in a ``with``."""

    def __init__(self, source_id: str) -> None:
        self._database = duckdb.connect(
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        self._database.execute("SET enable_progress_bar = false")
        self._database.execute("CREATE TABLE erased (source_id VARCHAR)")
        self._database.execute("INSERT INTO erased VALUES (?)", [source_id])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def rows(self, file: Path) -> tuple[int, int]:
        """Return how many rows of the file hold the record, and how many there are."""
        # No row at all has a sum of null.
        statement = f"SELECT coalesce(sum(({_HOLDS})::INT), 0), count(*) FROM '{file}'"  # noqa: S608
        [[held, rows]] = self._database.execute(statement).fetchall()
        return int(held), int(rows)

    def write_without(self, file: Path, to: Path) -> None:
        """Write the file's other rows, in their order."""
        self._database.execute(
            f"COPY (SELECT * FROM '{file}' WHERE NOT ({_HOLDS})) "  # noqa: S608 - our names
            f"TO '{to}' ({PARQUET}, ROW_GROUP_SIZE {ROW_GROUP})"
        )
