"""The lake as a database: a DuckDB connection with its views, closed to everything but the lake's folder.

Its files are named once, when it is opened: what comes later is in the next one. It copies nothing; see
sluice.usecases.data.copying.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
from msgspec import Struct

from sluice.lake.columns import Column, Kind
from sluice.lake.deletion_vector import Source, live
from sluice.lake.folder import files_in, path_in
from sluice.lake.layout import LakeFile
from sluice.lake.views import View, source_columns, views_of

SPILLED = ".spilled-"
"""What folders begin with that hold what a query could not keep in its memory; each database has its own."""


class Limits(Struct, frozen=True):
    """What a database may take: memory as DuckDB writes it, and threads (None: one for each processor)."""

    memory: str = "2GB"
    threads: int | None = None


class Contents(Struct, frozen=True):
    """What is in a database: these views of these files; None is all that the folder holds."""

    views: Sequence[View] | None = None
    files: Sequence[LakeFile] | None = None


def open_lake(
    folder: Path,
    schemas: Mapping[str, Mapping[str, Any]],
    contents: Contents | None = None,
    limits: Limits | None = None,
) -> duckdb.DuckDBPyConnection:
    """Return a connection with the views of the entities of ``schemas`` (canonical schemas by entity).

    A view without any file is empty. The connection reads below ``folder`` and nowhere else, whatever SQL it
    is given; to keep SQL from writing there as well is sluice.lake.asking's part. Raises duckdb.Error for
    a file that is no Parquet.
    """
    wanted = contents or Contents()
    files = list(files_in(folder) if wanted.files is None else wanted.files)
    database = duckdb.connect(config=_config(folder, limits or Limits()))
    try:
        for view in views_of(schemas) if wanted.views is None else wanted.views:
            paths = [path_in(folder, file) for file in files if view.takes(file)]
            _create(database, view, schemas[view.entity], paths)
        _close(database, folder)
    except BaseException:
        database.close()
        raise
    return database


def _config(folder: Path, limits: Limits) -> dict[str, Any]:
    found: dict[str, Any] = {
        "memory_limit": limits.memory,
        # Two processes that share a folder must not share what they spill: the names would be the same.
        "temp_directory": str(folder / f"{SPILLED}{secrets.token_hex(8)}"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "allow_persistent_secrets": False,
        "python_enable_replacements": False,
    }
    return found | ({"threads": limits.threads} if limits.threads else {})


def _close(database: duckdb.DuckDBPyConnection, folder: Path) -> None:
    with suppress(duckdb.CatalogException):  # a build without time zones knows no such setting
        database.execute("SET TimeZone = 'UTC'")
    # Files never change: what their ends say is read once, not with every query.
    database.execute("SET parquet_metadata_cache = true")
    # It is drawn on stdout, between what scripts read there.
    database.execute("SET enable_progress_bar = false")
    database.execute("SET allowed_directories = [$1]", [str(folder)])
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")


def _create(
    database: duckdb.DuckDBPyConnection, view: View, schema: Mapping[str, Any], paths: Sequence[Path]
) -> None:
    rows = _rows_of(database, view, paths)
    columns = source_columns(schema)
    taken = ", ".join(f'{_taken(column, rows.types)} AS "{column.name}"' for column in columns)
    database.execute(f'CREATE VIEW "{view.source}" AS SELECT {taken} {rows.clause}')
    if view.source != view.name:
        there = f'SELECT * EXCLUDE (deleted) FROM "{view.source}" WHERE NOT deleted'  # noqa: S608 - our names
        database.execute(f'CREATE VIEW "{view.name}" AS {there}')


class _Rows(Struct, frozen=True):
    """The rows of a view as a `FROM` and a `WHERE` clause, and the types of the files' columns by name."""

    clause: str
    types: Mapping[str, str]


def _rows_of(database: duckdb.DuckDBPyConnection, view: View, paths: Sequence[Path]) -> _Rows:
    if not paths:
        return _Rows("FROM (SELECT NULL AS record) WHERE false", {})
    parquet = _parquet(database, paths)
    counts = database.execute(f"SELECT num_rows FROM parquet_file_metadata({_list(paths)})").fetchall()  # noqa: S608
    condition = live(database, Source(parquet, [count for (count,) in counts]), view)
    types = {row[0]: row[1] for row in database.execute(f"DESCRIBE FROM {parquet}").fetchall()}
    return _Rows(f"FROM {parquet} WHERE {condition or 'true'}", types)


def _taken(column: Column, there: Mapping[str, str]) -> str:
    """Return what a view selects for a column; ``there`` are the types of the files' columns."""
    if column.kind is Kind.JSON:
        return f"nullif(json_extract(record, '$.\"{column.name}\"'), 'null')"
    found = there.get(column.name)
    if found is None:
        return f"NULL::{column.kind.duckdb}"
    if found == column.kind.duckdb:
        return f'"{column.name}"'
    # Of another type in older files; what does not fit is still in the record.
    return f'TRY_CAST("{column.name}" AS {column.kind.duckdb})'


def _parquet(database: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> str:
    """Return the `FROM` clause of the files; they are matched by name only where their columns differ."""
    listed = _list(paths)
    shapes = database.execute(
        "SELECT count(DISTINCT columns) FROM (SELECT file_name, list([name, duckdb_type]) AS columns "  # noqa: S608
        f"FROM parquet_schema({listed}) GROUP BY file_name)"
    ).fetchall()
    return f"read_parquet({listed}{', union_by_name = true' if shapes != [(1,)] else ''})"


def _list(paths: Sequence[Path]) -> str:
    return "[" + ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths) + "]"
