"""Glue's tables have the columns of the lake's files, and the views say what they promise.

Athena itself cannot run here. The views' SQL is parsed as Athena's, turned into DuckDB's, and run on real
files: that shows its sense, not that Athena accepts every word of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot

from sluice.bootstrap.documents import catalog
from sluice.lake.columns import EVENT_COLUMNS, RECORD, Column, Kind, fields_of, stored
from sluice.lake.layout import Partition, entity_prefix
from sluice.lake.writing import parquet_of
from sluice.local import artefact_check, node
from tests.law.tree import ROOT

MODEL = catalog().canonical
VIEW_TYPES = {"string": "varchar", "timestamp": "timestamp(3)"}
"""Trino's words for what Glue calls otherwise."""
MOST_COMMENT = 255
"""Characters of a column's comment (AWS Glue API, Column)."""


@pytest.fixture(scope="module")
def tables() -> dict[str, dict[str, Any]]:
    """Return every table and view that infra/ declares, by name."""
    script = "console.log(JSON.stringify(require('./infra/parts/lake_tables.js')))"
    command = [str(node.find_node()), "-e", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    found = [
        resource["Properties"]["TableInput"] for resource in json.loads(done.stdout)["Resources"].values()
    ]
    return {table["Name"]: table for table in found}


def view_of(table: dict[str, Any]) -> dict[str, Any]:
    """Return what a view says inside its comment."""
    before, text, after = table["ViewOriginalText"]["Fn::Join"][1]
    assert (before, after) == ("/* Presto View: ", " */")
    found: dict[str, Any] = json.loads(text["Fn::Base64"])
    return found


def columns_of(table: dict[str, Any]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = table["StorageDescriptor"]["Columns"]
    return found


def shown(entity: str, *, history: bool) -> list[Column]:
    """Return the columns of an entity's view."""
    events = [column for column in EVENT_COLUMNS if history or column.name != "deleted"]
    return [*events, *fields_of(MODEL.entity(entity).schema), RECORD]


def test_every_entity_has_its_tables_and_views(tables: dict[str, dict[str, Any]]) -> None:
    wanted = {
        f"{entity}{what}" for entity in MODEL.names() for what in ("", "_history", "_events", "_current")
    }
    assert set(tables) == wanted


@pytest.mark.parametrize("entity", MODEL.names())
def test_tables_have_the_columns_of_the_files(entity: str, tables: dict[str, dict[str, Any]]) -> None:
    wanted = [
        {"Name": column.name, "Type": column.kind.glue, "Comment": column.description}
        for column in stored(MODEL.entity(entity).schema)
    ]
    for what in ("events", "current"):
        table = tables[f"{entity}_{what}"]
        assert columns_of(table) == wanted
        location = table["StorageDescriptor"]["Location"]["Fn::Sub"]
        assert location == f"s3://${{DataBucket}}/{entity_prefix(entity)}{what}/"


@pytest.mark.parametrize("entity", MODEL.names())
def test_views_have_the_columns_that_they_promise(entity: str, tables: dict[str, dict[str, Any]]) -> None:
    for name, history in ((entity, False), (f"{entity}_history", True)):
        wanted = shown(entity, history=history)
        table = tables[name]
        assert [(column["Name"], column["Type"]) for column in columns_of(table)] == [
            (column.name, column.kind.glue) for column in wanted
        ]
        assert [(column["name"], column["type"]) for column in view_of(table)["columns"]] == [
            (column.name, VIEW_TYPES.get(column.kind.glue, column.kind.glue)) for column in wanted
        ]


def test_comments_are_there_and_as_short_as_glue_wants_them(tables: dict[str, dict[str, Any]]) -> None:
    comments = [column["Comment"] for table in tables.values() for column in columns_of(table)]
    assert all(0 < len(comment) <= MOST_COMMENT and "\n" not in comment for comment in comments)


def event(entity: str, key: str, version: int, what: str = "upserted", **fields: Any) -> dict[str, Any]:
    told = {"type": f"{entity}.{what}", "connection": "acme", "connector": "toy", "entityversion": version}
    moment = {"id": f"{key}-{version}", "time": f"2026-11-2{version}T10:00:00Z"}
    return {**told, **moment, "data": {"source_id": key, **fields}}


class Lake:
    """Files of one entity in a folder, and its views over them as DuckDB reads them."""

    def __init__(self, entity: str, folder: Path) -> None:
        self.partition = Partition(entity, "acme")
        self._schema = MODEL.entity(entity).schema
        self._folder = folder
        self._database = duckdb.connect()

    def put(self, key: str, *events: dict[str, Any]) -> None:
        file = self._folder / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(parquet_of(events, self._schema))

    def ask(self, table: dict[str, Any]) -> tuple[list[tuple[str, str]], list[dict[str, Any]]]:
        """Return the columns (name, type) and rows of a view."""
        for what in ("events", "current"):
            files = f"{self._folder}/{entity_prefix(self.partition.entity)}{what}/**/*.parquet"
            taken = f"read_parquet('{files}', filename = '$path')"
            self._database.execute(f'CREATE OR REPLACE VIEW "{self.partition.entity}_{what}" AS FROM {taken}')
        [sql] = sqlglot.transpile(view_of(table)["originalSql"], read="athena", write="duckdb")
        types = self._database.execute(f"DESCRIBE {sql}").fetchall()
        found = self._database.execute(sql)
        names = [name for name, *_ in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        return [(name, kind) for name, kind, *_ in types], rows

    def close(self) -> None:
        self._database.close()


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    found = Lake("invoice", tmp_path)
    yield found
    found.close()


def fill(lake: Lake, entity: str = "invoice") -> None:
    """Put in: A as it was compacted and changed since, twice; B compacted; C deleted since; D new."""
    first = [event(entity, key, 1, number=f"{key}1") for key in "ABC"]
    lines = [{"description": "Æ", "amount": "1.10"}]
    changed = event(entity, "A", 2, number="A2", lines=lines)
    gone = event(entity, "C", 2, "deleted")
    part = lake.partition
    lake.put(part.events("2026-11", "1" * 32), *first)
    lake.put(part.current("2" * 32), *first)
    lake.put(part.fresh("3" * 32), changed, gone)
    lake.put(part.fresh("4" * 32), event(entity, "D", 1, number="D1", lines=None), changed)


def test_current_view_shows_what_each_record_is_now(tables: dict[str, dict[str, Any]], lake: Lake) -> None:
    fill(lake)
    _, rows = lake.ask(tables["invoice"])
    assert {row["source_id"]: (row["event_version"], row["number"]) for row in rows} == {
        "A": (2, "A2"),
        "B": (1, "B1"),
        "D": (1, "D1"),
    }
    assert len(rows) == 3
    by_id = {row["source_id"]: row for row in rows}
    assert json.loads(by_id["A"]["lines"]) == [{"description": "Æ", "amount": "1.10"}]
    assert (by_id["B"]["lines"], by_id["D"]["lines"]) == (None, None)


def test_history_view_shows_every_event_once(tables: dict[str, dict[str, Any]], lake: Lake) -> None:
    fill(lake)
    _, rows = lake.ask(tables["invoice_history"])
    assert sorted((row["event_id"], row["deleted"]) for row in rows) == [
        ("A-1", False),
        ("A-2", False),
        ("B-1", False),
        ("C-1", False),
        ("C-2", True),
        ("D-1", False),
    ]


@pytest.mark.parametrize("entity", MODEL.names())
def test_views_give_the_types_that_the_catalogue_names(
    entity: str, tables: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    lake = Lake(entity, tmp_path)
    fill(lake, entity)
    for name, history in ((entity, False), (f"{entity}_history", True)):
        types, rows = lake.ask(tables[name])
        assert len(rows) == (6 if history else 3)
        assert types == [
            (column.name, "VARCHAR" if column.kind is Kind.JSON else column.kind.duckdb)
            for column in shown(entity, history=history)
        ]
    lake.close()


def test_only_functions_of_the_lakes_artefact_load_duckdb() -> None:
    modules = artefact_check.handlers(ROOT / "infra" / "functions.yml")
    script = "import importlib, sys\nfor name in sys.argv[1:]:\n    importlib.import_module(name)\n"
    script += "print('duckdb' in sys.modules)"
    for name, loaded in (("lambda", "False"), ("lake", "True")):
        command = [sys.executable, "-c", script, *modules[name]]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
        assert done.stdout.strip() == loaded, name
