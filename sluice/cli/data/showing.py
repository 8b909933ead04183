"""What the lake answered, on a terminal: a table for people, JSON for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from sluice.cli.output import print_table
from sluice.cli.words import say
from sluice.lake.asking import Answer
from sluice.lake.values import json_value, text_of

_WIDEST = 60
"""Signs of a value that a terminal shows; what goes to a file or a pipe is never cut."""
_NUMBERS = ("DECIMAL", "DOUBLE", "FLOAT")


def print_answer(answer: Answer, limit: int) -> None:
    """Print the first rows as a table, ``limit`` so many, and say so where there are more."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name, kind in answer.columns.items():
        number = "INT" in kind.split("[")[0] or kind.startswith(_NUMBERS)
        table.add_column(Text(_shown(name)), justify="right" if number and "[" not in kind else "left")
    kinds = list(answer.columns.values())
    shown = 0
    for row in islice(answer.rows, limit):
        cells = (_shown(text_of(value, kind)) for value, kind in zip(row, kinds, strict=True))
        table.add_row(*map(Text, cells))
        shown += 1
    print_table(table)
    more = next(answer.rows, None) is not None
    say(f"{shown} rows{', and there are more: --limit shows them' if more else ''}")


def print_json_lines(answer: Answer) -> None:
    """Print the rows as one JSON array, a row in each line; no more than one row is in memory at a time."""
    separator = "["
    for row in _objects(answer):
        click.echo(f"{separator}\n{json.dumps(row, ensure_ascii=False)}", nl=False)
        separator = ","
    click.echo("[]" if separator == "[" else "\n]")


def _objects(answer: Answer) -> Iterator[dict[str, Any]]:
    columns = list(answer.columns.items())
    for row in answer.rows:
        yield {name: json_value(value, kind) for (name, kind), value in zip(columns, row, strict=True)}


def _shown(text: str) -> str:
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return f"{plain[: _WIDEST - 1]}…" if len(plain) > _WIDEST and sys.stdout.isatty() else plain
