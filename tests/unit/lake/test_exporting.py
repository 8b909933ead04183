"""Files of records: CSV that is the same as that of sluice.lake.csv_text, whatever is in the records."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.lake.asking import ask
from sluice.lake.csv_text import FORMULA_SIGNS, csv_lines
from sluice.lake.database import Limits, open_lake
from sluice.lake.exporting import export
from sluice.lake.selecting import Condition, Selection
from sluice.lake.views import View
from tests.effort import examples, thorough
from tests.unit.lake.small_lake import SCHEMAS, event_of, keys_of, write

pytestmark = thorough

TEXT = st.none() | st.text(st.characters(codec="utf-8"), max_size=20)
FORMULAS = st.builds(
    str.__add__,
    st.sampled_from(FORMULA_SIGNS),
    st.text(max_size=5),
)
ROWS = st.lists(
    st.fixed_dictionaries({
        "name": TEXT | FORMULAS,
        "number": st.sampled_from([None, "-1", "-1.5", "-1.", "--1", "17", "-\u0661", "1\n"]),
        "credit_limit": st.none() | st.decimals(-(10**20), 10**20, places=4).map(str),
        "active": st.none() | st.booleans(),
        "payment_terms_days": st.none() | st.integers(-5, 500),
        "created_at": st.sampled_from([None, "2026-11-22T10:00:00Z", "2026-11-22T10:00:00.250Z"]),
        "postal_address": st.none() | st.fixed_dictionaries({"city": TEXT}),
    }),
    min_size=1,
    max_size=4,
)  # fmt: skip


@settings(max_examples=examples(20), deadline=None)
@given(rows=ROWS)
def test_csv_made_by_the_database_is_csv_made_here(rows: list[dict[str, Any]], tmp_path_factory: Any) -> None:
    folder: Path = tmp_path_factory.mktemp("lake")
    events = [event_of("customer", "acme", str(at), **fields) for at, fields in enumerate(rows)]
    write(folder, keys_of("customer", "acme", "fresh"), events)
    schema = SCHEMAS["customer"]
    with closing(open_lake(folder, {"customer": schema}, limits=Limits("500MB", 1))) as database:
        made = export(database, folder, schema, (View("customer"), Selection()), "csv")
        sql = "SELECT * EXCLUDE (record) FROM customer ORDER BY connection, source_id"
        expected = "".join(csv_lines(ask(database, sql)))
    assert made.records == len(rows)
    assert made.path.read_bytes().decode() == expected


def test_only_what_is_selected_is_written(tmp_path: Path) -> None:
    rows = [event_of("customer", "acme", str(at), name="' OR 1=1 --" if at else "x") for at in range(3)]
    write(tmp_path, keys_of("customer", "acme", "fresh"), rows)
    schema = SCHEMAS["customer"]
    selection = Selection(conditions=(Condition("name", "=", ("' OR 1=1 --",)),))
    with closing(open_lake(tmp_path, {"customer": schema}, limits=Limits("500MB", 1))) as database:
        for form in ("csv", "parquet"):
            assert export(database, tmp_path, schema, (View("customer"), selection), form).records == 2
