from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from sluice.lake.layout import Partition
from sluice.usecases.data.write_lake import Message, write_lake
from tests.unit.cli.conftest import Said, Terminal
from tests.unit.lake.small_lake import event_of, keys_of, put


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("SLUICE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def lake(terminal: Terminal) -> Terminal:
    """The events of a run of `acme`, and customers of `globex` that came otherwise."""
    terminal.rig.run()
    bodies = [message.body for message in terminal.rig.world.information.messages]  # type: ignore[attr-defined]
    assert not write_lake(terminal.rig.world, [Message(str(at), body) for at, body in enumerate(bodies)])
    put(terminal.rig.world.objects, keys_of("customer", "globex", "fresh"), [
        event_of("customer", "globex", "1", name="=HYPERLINK(1)", credit_limit="-12.50"),
        event_of("customer", "globex", "2", 2, gone=True),
        event_of("customer", "globex", "3", name="Øst AS", postal_address=None, currency="NOK"),
    ])  # fmt: skip
    return terminal


def test_a_query_prints_a_table_and_fetches_only_what_it_names(lake: Terminal, at_home: Path) -> None:
    said = lake(
        "data", "query", "SELECT connection, count(*) AS customers FROM customer GROUP BY ALL ORDER BY 1"
    )
    assert said.code == 0
    assert [line.split() for line in said.out.splitlines()] == [
        ["connection", "customers"], ["acme", "25"], ["globex", "2"],
    ]  # fmt: skip
    assert [path.name for path in (at_home / "lake/local").iterdir() if path.is_dir()] == ["customer"]
    assert "fetched" in said.err
    assert "fetched" not in lake("data", "query", "SELECT 1 FROM customer").err


def test_a_table_for_people_is_cut_and_says_so(lake: Terminal) -> None:
    said = lake("data", "query", "SELECT name FROM customer ORDER BY name", "--limit", "3")
    assert len(said.out.splitlines()) == 4
    assert "3 rows, and there are more" in said.err


def test_json_is_exact(lake: Terminal) -> None:
    sql = "SELECT name, credit_limit, event_time t, extensions FROM customer WHERE name ~ '^(=|Ø)' ORDER BY 1"
    assert lake("data", "query", sql, "--json").json == [
        {"name": "=HYPERLINK(1)", "credit_limit": "-12.5", "t": "2026-11-20T10:00:00Z", "extensions": {}},
        {"name": "Øst AS", "credit_limit": None, "t": "2026-11-20T10:00:00Z", "extensions": {}},
    ]  # fmt: skip
    assert lake("data", "query", "SELECT 1 FROM customer WHERE false", "--json").json == []


def test_csv_runs_no_formula(lake: Terminal) -> None:
    said = lake("data", "query", "SELECT name, credit_limit FROM customer WHERE name LIKE '=%'", "--csv")
    assert list(csv.reader(io.StringIO(said.out))) == [["name", "credit_limit"], ["'=HYPERLINK(1)", "-12.5"]]


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT nme FROM customer", "LINE 1: SELECT nme FROM customer"),
        ("SELECT * FROM custmer", "did you mean 'customer'?"),
        ("DROP VIEW customer", "only reads"),
        ("SELECT '\udcff'", "sign 9 of the query is no text in UTF-8"),
        ("SELECT * FROM read_text('/etc/passwd')", "Permission Error"),
    ],
)
def test_a_wrong_query_is_wrong_use(lake: Terminal, sql: str, words: str) -> None:
    said = lake("data", "query", sql)
    assert (said.code, said.out) == (2, "")
    assert words in said.err


def test_a_query_that_fails_as_it_runs_is_failed_work(lake: Terminal) -> None:
    said = lake("data", "query", "SELECT name::INTEGER FROM customer", "--json")
    assert said.code == 1
    assert "Could not convert" in said.err


def test_forms_exclude_each_other(lake: Terminal) -> None:
    assert lake("data", "query", "SELECT 1", "--json", "--csv").code == 2


def test_a_query_writes_parquet(lake: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    said = lake(
        "data", "query", "SELECT name FROM customer ORDER BY 1", "--parquet", str(out), "--limit", "2"
    )
    assert said.code == 0
    assert "2 rows written" in said.err
    with closing(duckdb.connect()) as other:
        assert other.execute("SELECT count(*) FROM read_parquet($1)", [str(out)]).fetchall() == [(2,)]


def exported(lake: Terminal, out: Path, *more: str) -> Said:
    return lake("data", "export", "--entity", "customer", "--out", str(out), *more)


def test_records_are_exported_as_csv(lake: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert exported(lake, out, "--connections", "globex").err.endswith(f"2 rows written to {out}\n")
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["source_id"], row["name"], row["credit_limit"]) for row in rows] == [
        ("1", "'=HYPERLINK(1)", "-12.5"), ("3", "Øst AS", ""),
    ]  # fmt: skip
    assert "record" not in rows[0]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.csv"]


def test_records_are_exported_as_parquet_where_a_condition_holds(lake: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    said = exported(lake, out, "--format", "parquet", "--where", "name LIKE '% AS' -- those", "--history")
    assert said.code == 0
    with closing(duckdb.connect()) as other:
        found = other.execute("SELECT name, deleted FROM read_parquet($1)", [str(out)]).fetchall()
    assert found == [("Øst AS", False)]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--entity", "custmer", "--out", "x.csv"), "did you mean 'customer'?"),
        (("--entity", "customer", "--out", "nowhere/x.csv"), "nowhere is no folder"),
        (("--entity", "customer", "--out", "x.csv", "--connections", "globex,none"), "'none'"),
        (("--entity", "customer", "--out", "x.csv", "--where", "nme = 1"), "nme"),
        (("--entity", "customer", "--out", "x.csv", "--where", "true); COPY customer TO 'x'; --"), "error"),
    ],
)
def test_a_wrong_export_leaves_no_file(
    lake: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    said = lake("data", "export", *more)
    assert said.code == 2
    assert words in said.err
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


def test_freshness_counts_records_and_what_is_filled(lake: Terminal) -> None:
    found = {(one["connection"], one["entity"]): one for one in lake("data", "freshness", "--json").json}
    acme, globex = found["acme", "customer"], found["globex", "customer"]
    assert (acme["records"], acme["deleted"], acme["behind"], acme["streams"]) == (25, 0, False, ["customer"])
    assert acme["filled"]["name"] == 25
    assert acme["last_good_run"] >= acme["newest_event"]
    assert (globex["records"], globex["deleted"], globex["last_good_run"]) == (2, 1, None)
    assert (globex["filled"]["name"], globex["filled"]["credit_limit"], globex["filled"]["extensions"]) == (
        2,
        1,
        0,
    )
    assert globex["newest_event"] == "2026-11-20T10:00:00Z"


def test_freshness_says_what_a_run_published_and_the_lake_does_not_have(lake: Terminal) -> None:
    lake.rig.erp.put("customer", 3, "Another name")
    lake.rig.run()
    found = lake("data", "freshness", "--connection", "acme", "--json").json
    [row] = [one for one in found if one["entity"] == "customer"]
    assert row["behind"]
    assert row["lag_seconds"] >= lake.rig.between


def test_a_lake_that_nothing_came_to_is_behind(terminal: Terminal) -> None:
    terminal.rig.run()
    [row] = [one for one in terminal("data", "freshness", "--json").json if one["entity"] == "customer"]
    assert (row["records"], row["newest_event"], row["lag_seconds"], row["behind"]) == (0, None, None, True)


def test_freshness_is_a_table_for_people(lake: Terminal) -> None:
    assert "globex" in lake("data", "freshness").out
    fields = lake("data", "freshness", "--fields", "--connection", "globex").out
    assert [line.split() for line in fields.splitlines() if "credit_limit" in line] == [
        ["globex", "customer", "credit_limit", "1", "2", "50%"]
    ]


def test_freshness_names_a_connection_that_there_is_not(lake: Terminal) -> None:
    said = lake("data", "freshness", "--connection", "globx")
    assert said.code == 2
    assert "there is no connection 'globx'; did you mean 'globex'?" in said.err
    assert said.out == ""


def test_tables_are_listed_with_what_is_in_them(lake: Terminal) -> None:
    tables = {row["table"]: row for row in lake("data", "tables", "--json").json}
    assert tables["customer"]["rows"] == 27
    assert tables["customer"]["connections"] == 2
    assert tables["customer_history"]["rows"] == 28
    assert tables["order"]["rows"] == 0
    columns = {column["column"]: column for column in tables["customer"]["columns"]}
    assert columns["credit_limit"]["type"] == "DECIMAL(38,9)"
    assert columns["email"]["personal"]
    assert columns["postal_address"] == {
        "column": "postal_address", "type": "JSON", "personal": True, "what_it_is": "Where letters go.",
    }  # fmt: skip
    assert not columns["currency"]["personal"]
    assert "deleted" not in columns


def test_the_columns_of_one_table_are_listed(lake: Terminal) -> None:
    said = lake("data", "tables", "customer_history")
    assert any(line.startswith("deleted") and "BOOLEAN" in line for line in said.out.splitlines())
    assert "28 rows of 2 connections" in said.err
    wrong = lake("data", "tables", "customers")
    assert wrong.code == 2
    assert "did you mean 'customer'?" in wrong.err


def test_an_empty_lake_answers(terminal: Terminal) -> None:
    assert terminal("data", "query", 'SELECT count(*) AS n FROM "order"', "--json").json == [{"n": 0}]
    assert terminal("data", "query", "SELECT 1 AS one", "--json").json == [{"one": 1}]


def test_a_connection_that_is_gone_is_no_longer_on_this_machine(lake: Terminal, at_home: Path) -> None:
    objects = lake.rig.world.objects
    lake("data", "query", "FROM customer")
    objects.delete_all(list(objects.keys(Partition("customer", "globex").events_prefix)))
    assert json.loads(lake("data", "query", "SELECT DISTINCT connection FROM customer", "--json").out) == [
        {"connection": "acme"}
    ]
    assert not list((at_home / "lake/local/customer/events/globex").rglob("*.parquet"))
