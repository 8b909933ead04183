"""Values that would do something elsewhere are stored, asked for and found as the texts that they are."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from sluice.lake.asking import ask
from sluice.lake.csv_text import csv_lines
from sluice.lake.database import Limits, open_lake
from sluice.lake.exporting import export
from sluice.lake.selecting import Condition, Selection
from sluice.lake.views import View
from tests.unit.lake.small_lake import SCHEMAS, event_of, keys_of, write

PAYLOADS = [
    "'; DROP TABLE customer; --",
    "\"; ATTACH '/etc/passwd' AS x; --",
    "' UNION SELECT 1 --",
    "<script>alert(1)</script>",
    "${jndi:ldap://127.0.0.1/a}",
    "\x1b[2J\x1b]0;owned\x07",
    "a\r\nb",
    '=HYPERLINK("https://evil.example")',
    "@SUM(A1)",
    "-2+3+cmd|' /C calc'!A0",
    "\t=1",
]


@pytest.mark.parametrize("value", PAYLOADS)
def test_a_value_is_stored_and_found_as_it_came_and_harmless_in_a_spreadsheet_alone(
    value: str, tmp_path: Path
) -> None:
    rows = [event_of("customer", "acme", "1", name=value), event_of("customer", "acme", "2", name="other")]
    write(tmp_path, keys_of("customer", "acme", "fresh"), rows)
    schema = SCHEMAS["customer"]
    selection = Selection(conditions=(Condition("name", "=", (value,)),))
    with closing(open_lake(tmp_path, {"customer": schema}, limits=Limits("300MB", 1))) as database:
        found = list(ask(database, "SELECT source_id, name FROM customer ORDER BY source_id").rows)
        assert found == [("1", value), ("2", "other")]
        made = export(database, tmp_path, schema, (View("customer"), selection), "csv")
        lines = "".join(csv_lines(ask(database, "SELECT name FROM customer WHERE source_id = '1'")))
        assert list(ask(database, "SELECT count(*) FROM customer").rows) == [(2,)]
    text = made.path.read_bytes().decode()
    shown = value.replace('"', '""')
    as_field = f'"\'{shown}"' if value[0] in "=+-@\t\r\n" else f'"{shown}"'
    assert made.records == 1
    assert as_field in text
    assert lines == f'"name"\r\n{as_field}\r\n'
