from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from sluice.lake.asking import Answer
from sluice.lake.csv_text import csv_lines


def csv_of(value: Any, kind: str = "VARCHAR", name: str = "x") -> str:
    lines = list(csv_lines(Answer({name: kind}, iter([(value,)]))))
    return lines[1].removesuffix("\r\n")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+47 22 33 44 55",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\0=1",
        "\uff1d1",
    ],
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert csv_of(text) == f'"\'{text}"'


@pytest.mark.parametrize("text", ["Nordlys AS", "-", "a=1", "'=1", "", "3-4", "æøå", "5-12 = x"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert csv_of(text) == (f'"{text}"' if text != "-" else '"\'-"')


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (Decimal("-1250.500000000"), "DECIMAL(38,9)", "-1250.5"),
        (Decimal("0E-9"), "DECIMAL(38,9)", "0"),
        (Decimal(100), "DECIMAL(38,9)", "100"),
        (-3, "BIGINT", "-3"),
        (-0.5, "DOUBLE", "-0.5"),
        ("-12.50", "VARCHAR", '"-12.50"'),
        (True, "BOOLEAN", "true"),
        (None, "VARCHAR", ""),
        (date(2026, 11, 22), "DATE", '"2026-11-22"'),
        (datetime(2026, 11, 22, 8), "TIMESTAMP", '"2026-11-22T08:00:00Z"'),  # noqa: DTZ001
        ('[{"a": 1}]', "JSON", '"[{""a"": 1}]"'),
        ([1, Decimal("2.50")], "DECIMAL[]", '"[1,""2.5""]"'),
    ],
)
def test_values_have_their_form_and_negative_numbers_stay_numbers(
    value: Any, kind: str, written: str
) -> None:
    assert csv_of(value, kind) == written


def test_separators_quotes_and_lines_within_a_value_come_back() -> None:
    value = 'a,b;"c"\r\nd\te'
    text = "".join(csv_lines(Answer({"x": "VARCHAR", "y": "VARCHAR"}, iter([(value, "z")]))))
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["x", "y"], [value, "z"]]


def test_a_column_that_is_named_as_a_formula_is_neutralised_too() -> None:
    assert next(iter(csv_lines(Answer({"=1+1": "INTEGER"}, iter([]))))) == '"\'=1+1"\r\n'
