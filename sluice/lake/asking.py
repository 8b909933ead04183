"""A person's SQL, asked of the lake: one query that reads, ended by Ctrl-C, its faults told with their place.

What a connection may reach at all is decided where it is opened; see sluice.lake.database.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import duckdb
from msgspec import Struct

from sluice.errors import ConfigurationInvalid

Result = TypeVar("Result")

_QUESTION = "_question"
"""The view that a person's SQL becomes: a view takes one query, and nothing that writes."""
_BATCH = 10_000
_WRONG = (
    duckdb.ParserException,
    duckdb.SyntaxException,
    duckdb.CatalogException,
    duckdb.BinderException,
    duckdb.PermissionException,
)
"""What DuckDB says of SQL that cannot be right; the rest is said of what happened while it ran."""


class QueryFailed(Exception):
    """A query that could be right failed as it ran, such as for want of memory; the text is DuckDB's."""


class Answer(Struct, frozen=True):
    """What came: ``columns`` are DuckDB's types by name, in order; ``rows`` can be taken once.

    Values are Python's of the DB API, JSON and times with a zone are text.
    """

    columns: Mapping[str, str]
    rows: Iterator[tuple[Any, ...]]


def ask(database: duckdb.DuckDBPyConnection, sql: str, at_most: int | None = None) -> Answer:
    """Ask ``sql`` and return its first rows, ``at_most`` so many.

    Raises ConfigurationInvalid for anything but one right query, and QueryFailed, also while rows are taken.
    """
    columns = prepare(database, sql)
    statement = f"SELECT {_readable(columns)} FROM {_QUESTION}{_limit(at_most)}"  # noqa: S608 - checked, and quoted
    run(database, lambda: database.execute(statement))
    return Answer(columns, _rows(database))


def save_parquet(
    database: duckdb.DuckDBPyConnection, sql: str, folder: Path, to: Path, at_most: int | None = None
) -> int:
    """Write the rows that ``sql`` answers to a Parquet file, and return how many there are.

    It is written below the lake's ``folder`` first, the only place that the database reaches. Raises what
    ask raises, and OSError where ``to`` cannot be written.
    """
    prepare(database, sql)
    inside = folder / f".saved-{secrets.token_hex(8)}"
    copying = (
        f"COPY (FROM {_QUESTION}{_limit(at_most)}) TO '{_escaped(inside)}' (FORMAT parquet, COMPRESSION zstd)"
    )
    try:
        found = run(database, lambda: database.execute(copying).fetchall())
        shutil.move(inside, to)
    finally:
        inside.unlink(missing_ok=True)
    return int(found[0][0])


def prepare(database: duckdb.DuckDBPyConnection, sql: str) -> dict[str, str]:
    """Make the query ready to be asked, and return the types of its columns by name; raises as ask does."""
    try:
        sql.encode()  # a shell hands on bytes that are no text as lone surrogates
        kinds = [statement.type for statement in database.extract_statements(sql)]
        if kinds != [duckdb.StatementType.SELECT]:
            found = " and ".join(kind.name for kind in kinds) or "nothing"
            raise _wrong(f"the lake answers one query at a time, and only reads; {found} came")
        _define(database, sql)
        return {row[0]: row[1] for row in database.execute(f"DESCRIBE {_QUESTION}").fetchall()}
    except UnicodeEncodeError as error:
        raise _wrong(f"sign {error.start + 1} of the query is no text in UTF-8") from error
    except _WRONG as error:
        raise _wrong(str(error)) from error
    except duckdb.Error as error:
        raise QueryFailed(str(error)) from error


def run(database: duckdb.DuckDBPyConnection, work: Callable[[], Result]) -> Result:
    """Do the work on the database and return what it returns; Ctrl-C ends it. Raises as ask does."""
    with ThreadPoolExecutor(1) as beside:
        # Python sees a signal only between two of its own steps, and a query is one.
        under_way = beside.submit(work)
        try:
            return under_way.result()
        except KeyboardInterrupt:
            database.interrupt()
            raise
        except _WRONG as error:
            raise _wrong(str(error)) from error
        except duckdb.Error as error:
            raise QueryFailed(str(error)) from error


def _define(database: duckdb.DuckDBPyConnection, sql: str) -> None:
    try:
        database.execute(f"CREATE OR REPLACE TEMP VIEW {_QUESTION} AS {sql}")
    except duckdb.Error:
        # Its fault is told of the view; asked as it stands it is told at its own place.
        database.execute(sql)
        raise


def _limit(at_most: int | None) -> str:
    return "" if at_most is None else f" LIMIT {at_most:d}"


def _readable(columns: Mapping[str, str]) -> str:
    """Return the columns as they are selected: Python has no type of its own for some."""
    return ", ".join(
        f'CAST("{quoted}" AS VARCHAR) AS "{quoted}"' if "TIME ZONE" in kind else f'"{quoted}"'
        for quoted, kind in ((name.replace('"', '""'), kind) for name, kind in columns.items())
    )


def _rows(database: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while batch := run(database, lambda: database.fetchmany(_BATCH)):
        yield from batch


def _wrong(message: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(f"the query is not right: {message}")


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
