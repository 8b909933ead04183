from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from sluice.errors import ConfigurationInvalid
from sluice.lake.asking import QueryFailed, ask, run, save_parquet
from sluice.lake.database import Limits, open_lake
from tests.unit.lake.small_lake import SCHEMAS, event_of, keys_of, write

FOREVER = "SELECT count(*) FROM range(100000000000) r WHERE hash(r.range) % 7 = 1"
SECRET = "a secret of this machine"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "lake"
    events = [event_of("customer", "a", str(number), name=f"Customer {number}") for number in range(5)]
    write(folder, keys_of("customer", "a", "fresh"), events)
    (tmp_path / "secret.txt").write_text(SECRET)
    (tmp_path / "secret.csv").write_text(f"a\n{SECRET}\n")
    return folder


@pytest.fixture
def database(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(open_lake(folder, {"customer": SCHEMAS["customer"]}, limits=Limits("300MB", 1))) as opened:
        yield opened


def everything_below(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('{outside}/secret.txt')",
        "SELECT * FROM read_text('{inside}/../secret.txt')",
        "SELECT * FROM read_blob('{outside}/secret.txt')",
        "SELECT * FROM read_csv('{outside}/secret.csv')",
        "FROM '{outside}/secret.csv'",
        "SELECT * FROM sniff_csv('{outside}/secret.csv')",
        "SELECT * FROM read_json('{outside}/secret.csv')",
        "SELECT * FROM parquet_metadata('{outside}/secret.csv')",
        "SELECT * FROM glob('{outside}/*')",
        "SELECT * FROM read_text('/proc/self/environ')",
        "SELECT * FROM query('SELECT * FROM read_text(''{outside}/secret.txt'')')",
        "SELECT getenv('HOME')",
    ],
)
def test_nothing_outside_the_lake_is_read(
    database: duckdb.DuckDBPyConnection, folder: Path, sql: str
) -> None:
    asked = sql.format(outside=folder.parent, inside=folder)
    with pytest.raises((ConfigurationInvalid, QueryFailed)) as caught:
        list(ask(database, asked).rows)
    assert SECRET not in str(caught.value)
    # The connection itself refuses as well, whoever uses it.
    with pytest.raises(duckdb.Error):
        database.execute(asked).fetchall()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
        "SELECT * FROM 's3://bucket/x.parquet'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "ATTACH 'https://127.0.0.1:9/x.db'",
    ],
)
def test_the_network_is_out_of_reach(database: duckdb.DuckDBPyConnection, sql: str) -> None:
    with pytest.raises((ConfigurationInvalid, QueryFailed)):
        list(ask(database, sql).rows)
    with pytest.raises(duckdb.Error):
        database.execute(sql).fetchall()


@pytest.mark.parametrize(
    "sql",
    [
        "COPY customer TO '{inside}/x.csv'",
        "COPY (SELECT 1) TO '{outside}/x.csv'",
        "EXPLAIN ANALYZE COPY customer TO '{inside}/x.csv'",
        "EXPORT DATABASE '{inside}/x'",
        "ATTACH '{inside}/x.db'",
        "CREATE TABLE t AS SELECT 1",
        "CREATE OR REPLACE VIEW customer AS SELECT 1",
        "DROP VIEW customer",
        "DELETE FROM customer",
        "SET memory_limit = '64GB'",
        "SET enable_external_access = true",
        "RESET lock_configuration",
        "PRAGMA database_list",
        "CALL enable_logging()",
        "SELECT 1; DROP VIEW customer",
        "SELECT 1; COPY customer TO '{inside}/x.csv'",
        "SELECT 1) TO '{inside}/x.csv'; --",
        "WITH gone AS (DELETE FROM customer RETURNING *) SELECT * FROM gone",
        "SELECT * FROM query('COPY customer TO ''{inside}/x.csv''')",
        "",
        "-- nothing",
    ],
)
def test_nothing_is_written_and_nothing_is_changed(
    database: duckdb.DuckDBPyConnection, folder: Path, tmp_path: Path, sql: str
) -> None:
    before = everything_below(tmp_path)
    asked = sql.format(outside=folder.parent, inside=folder)
    with pytest.raises(ConfigurationInvalid):
        list(ask(database, asked).rows)
    with pytest.raises(ConfigurationInvalid):
        save_parquet(database, asked, folder, tmp_path / "out.parquet")
    assert everything_below(tmp_path) == before
    assert list(ask(database, "SELECT count(*) FROM customer").rows) == [(5,)]


def test_the_connection_stays_closed_for_those_that_share_it(
    database: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    with database.cursor() as shared, pytest.raises(duckdb.Error):
        shared.execute("SELECT * FROM read_text($1)", [str(folder.parent / "secret.txt")])


def test_variables_of_the_program_are_no_tables(database: duckdb.DuckDBPyConnection) -> None:
    customers = [1, 2, 3]
    with pytest.raises(ConfigurationInvalid, match="customers does not exist"):
        ask(database, "SELECT * FROM customers")
    assert customers


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT nme FROM customer", "LINE 1: SELECT nme FROM customer\n               ^^^"),
        ("SELECT *\nFROM custmer", "LINE 2: FROM custmer\n             ^^^^^^^"),
        ("SELECT 1,,2", "syntax error at or near"),
    ],
)
def test_wrong_sql_is_told_in_the_words_of_duckdb_with_its_place(
    database: duckdb.DuckDBPyConnection, sql: str, words: str
) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        ask(database, sql)
    assert words in str(caught.value)


def test_right_sql_that_fails_as_it_runs_is_told_apart(database: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(QueryFailed, match="Customer"):
        list(ask(database, "SELECT name::INTEGER FROM customer").rows)


@pytest.mark.parametrize(
    ("sql", "columns", "rows"),
    [
        ("SELECT 1 AS a, 2 AS a; -- twice", {"a": "INTEGER", "a_1": "INTEGER"}, [(1, 2)]),
        ("FROM range(3) ORDER BY 1 DESC", {"range": "BIGINT"}, [(2,), (1,)]),
        ("(VALUES ('x'))", {"col0": "VARCHAR"}, [("x",)]),
        (
            "SELECT TIMESTAMPTZ '2026-01-01 10:00:00+02' AS t",
            {"t": "TIMESTAMP WITH TIME ZONE"},
            [("2026-01-01 08:00:00+00",)],
        ),
    ],
)
def test_every_form_of_a_query_is_answered(
    database: duckdb.DuckDBPyConnection, sql: str, columns: dict[str, str], rows: list[tuple[object, ...]]
) -> None:
    answer = ask(database, sql, 2)
    assert answer.columns == columns
    assert list(answer.rows) == rows


def test_tables_are_described(database: duckdb.DuckDBPyConnection) -> None:
    described = {row[0] for row in ask(database, "DESCRIBE customer").rows}
    assert {"name", "organisation_number", "record"} <= described


def test_a_parquet_file_holds_what_was_asked_and_leaves_nothing_in_the_lake(
    database: duckdb.DuckDBPyConnection, folder: Path, tmp_path: Path
) -> None:
    before = everything_below(folder)
    out = tmp_path / "it's out.parquet"
    assert save_parquet(database, "SELECT name FROM customer ORDER BY 1 -- all", folder, out, 2) == 2
    with closing(duckdb.connect()) as other:
        found = other.execute("FROM read_parquet($1)", [str(out)]).fetchall()
    assert found == [("Customer 0",), ("Customer 1",)]
    assert everything_below(folder) == before


def test_another_thread_ends_a_query(database: duckdb.DuckDBPyConnection) -> None:
    threading.Timer(0.3, database.interrupt).start()
    began = time.monotonic()
    with pytest.raises(QueryFailed, match="INTERRUPT"):
        run(database, lambda: database.execute(FOREVER).fetchall())
    assert time.monotonic() - began < 20


LONG_ENOUGH_FOR_A_PROGRESS_BAR = 2.5


def test_ctrl_c_ends_a_query(folder: Path) -> None:
    program = (
        "import signal; from pathlib import Path; from sluice.lake.asking import ask\n"
        "from sluice.lake.database import open_lake\n"
        # Whoever starts the tests in the background may have had it ignored, and children inherit that.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"database = open_lake(Path({str(folder)!r}), {{}})\n"
        "print('asking', flush=True)\n"
        f"list(ask(database, {FOREVER!r}).rows)\n"
    )
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "asking\n"
            time.sleep(LONG_ENOUGH_FOR_A_PROGRESS_BAR)
            process.send_signal(signal.SIGINT)
            printed, said = process.communicate(timeout=30)
        finally:
            process.kill()
    assert "KeyboardInterrupt" in said
    assert printed == ""
    assert not list(folder.glob(".spilled-*"))
