"""Compaction: fewer and larger files that say the same. It works on files on disk and knows no keys.

Of rows that are one event, one stays; of rows that are versions of one record, the newest. Which one that is
does not depend on the order in which files come, nor on how many steps they take: so compacting twice, or two
at once, ends with the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from sluice.lake.columns import Column
from sluice.lake.writing import PARQUET

NEWEST_FIRST = "event_version DESC, event_time DESC, event_id DESC"
"""The order of a record's versions. The version decides; two events that have the same one must not be, and
then the later and, of the same time, the greater id wins, so that it is the same one wherever it is asked."""

ROW_GROUP = 65_536
"""Rows that are read together: a record is found, and a page shown, by reading few of them."""

_EARLIEST_FIRST = "event_time, connector"
"""Of one event that was published again after a crash: its time is another then, its content is not."""

_MONTH = "coalesce(strftime(event_time, '%Y-%m'), '1970-01')"


class Compacting:
    """A database that reads and writes Parquet files of one entity; to be used in a ``with``.

    ``columns`` are those of the files that it writes. It keeps ``memory_mb`` and puts what does not fit into
    ``folder``.
    """

    def __init__(self, columns: Sequence[Column], folder: Path, memory_mb: int) -> None:
        self._columns = columns
        self._database = duckdb.connect(
            config={
                "memory_limit": f"{memory_mb}MB",
                "temp_directory": str(folder / "spilled"),
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            }
        )

        # It would be drawn into the function's log.
        self._database.execute("SET enable_progress_bar = false")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def months(self, files: Sequence[Path]) -> list[str]:
        """Return the months (``2026-11``) that the events are of, in order."""
        rows = self._rows(f"SELECT DISTINCT {_MONTH} FROM {_read(files)} ORDER BY ALL")  # noqa: S608
        return [str(row[0]) for row in rows]

    def write_events(self, files: Sequence[Path], known: Sequence[Path], month: str, to: Path) -> int:
        """Write the events of ``files`` that are of the month and not in ``known``, each once.

        Returns how many there are; none is no file.
        """
        there = f"ANTI JOIN {_read(known)} AS known USING (event_id)" if known else ""
        self._choose(files, f"{there} WHERE {_MONTH} = '{month}'", ("event_id", _EARLIEST_FIRST))
        return self._write(files, to)

    def merge_events(self, files: Sequence[Path], to: Path) -> int:
        """Write the events of all files, each once; return how many there are."""
        self._choose(files, "", ("event_id", _EARLIEST_FIRST))
        return self._write(files, to)

    def write_current(
        self, fresh: Sequence[Path], current: Sequence[Path], forgotten: datetime | None, to: Path
    ) -> int:
        """Write the newest version of each record, deleted ones too; return how many there are.

        Left out is a record that was deleted before ``forgotten`` (UTC), if ``fresh`` says nothing of it:
        else an older version there could outlive its deletion, where the removal of both breaks off.
        """
        self._choose([*fresh, *current], "", ("source_id", NEWEST_FIRST))
        if forgotten is not None and fresh:
            moment = f"TIMESTAMP '{forgotten:%Y-%m-%d %H:%M:%S}'"
            self._database.execute(
                f"DELETE FROM chosen WHERE event_time < {moment} AND gone NOT IN "  # noqa: S608
                f"(SELECT source_id FROM {_read(fresh)})"
            )
        return self._write([*fresh, *current], to)

    def _choose(self, files: Sequence[Path], narrowed: str, first_of: tuple[str, str]) -> None:
        """Note the place of the first row of each ``first_of[0]``, in the order ``first_of[1]``.

        Only the columns that this takes are read: whole rows of a large file need not fit into the memory.
        """
        group, order = first_of
        self._database.execute(
            "CREATE OR REPLACE TEMP TABLE chosen AS "  # noqa: S608 - our names
            "SELECT filename, file_row_number, event_time, CASE WHEN deleted THEN source_id END AS gone "
            f"FROM {_read(files)} {narrowed} "
            f"QUALIFY row_number() OVER (PARTITION BY {group} ORDER BY {order}, filename, file_row_number)"
            " = 1"
        )

    def _write(self, files: Sequence[Path], to: Path) -> int:
        [[count]] = self._rows("SELECT count(*) FROM chosen")
        if count:
            self._database.execute(
                f"COPY (SELECT {self._taken(files)} FROM {_read(files)} "  # noqa: S608 - our names
                "SEMI JOIN chosen USING (filename, file_row_number) "
                "ORDER BY source_id, event_version, event_id) "
                f"TO '{to}' ({PARQUET}, ROW_GROUP_SIZE {ROW_GROUP})"
            )
        return int(count)

    def _taken(self, files: Sequence[Path]) -> str:
        """Return what is selected: a column that is in no file yet is null."""
        there = {row[0] for row in self._rows(f"DESCRIBE SELECT * FROM {_read(files)}")}  # noqa: S608
        return ", ".join(
            f'{_cast(column) if column.name in there else f"NULL::{column.kind.duckdb}"} AS "{column.name}"'
            for column in self._columns
        )

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self._database.execute(statement).fetchall()


def _cast(column: Column) -> str:
    # What was of another type in an older file, and is none of this one, is still in the record.
    return f'TRY_CAST("{column.name}" AS {column.kind.duckdb})'


def _read(files: Sequence[Path]) -> str:
    named = ", ".join(f"'{path}'" for path in files)
    return f"read_parquet([{named}], union_by_name = true, filename = true, file_row_number = true)"
