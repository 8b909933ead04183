from __future__ import annotations

import pytest

from sluice.lake.views import named_in
from tests.unit.lake.small_lake import SCHEMAS


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT * FROM customer ORDER BY name", ["customer"]),
        ("SELECT * FROM Customer_History", ["customer_history"]),
        (
            'SELECT * FROM "order" o JOIN customer c ON c.id = o.customer_id order\n  by 1',
            ["customer", "order"],
        ),
        ("SELECT list(x ORDER BY x) FROM order_history", ["order_history"]),
        ("SELECT customer_id, supplier_invoices FROM invoice", ["invoice"]),
        ("SELECT 1", []),
    ],
)
def test_the_tables_that_sql_names_are_found(sql: str, names: list[str]) -> None:
    assert [view.name for view in named_in(sql, SCHEMAS)] == names
