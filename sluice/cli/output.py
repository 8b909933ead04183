"""What the command line prints: JSON for scripts, tables for people. Results on stdout, words on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sluice.cli.words import say

Command = TypeVar("Command", bound=Callable[..., Any])

STYLES = {
    "running": "cyan", "reading": "cyan", "waiting": "yellow", "paused": "yellow", "open": "yellow",
    "synced": "green", "replayed": "green", "succeeded": "green", "accepted": "green", "resolved": "green",
    "held": "magenta", "rejected": "magenta", "failed": "red", "lost": "red", "stopped": "yellow",
}  # fmt: skip
_UNLIMITED = 100_000


def json_option(command: Command) -> Command:
    """Give a command the option ``--json``; it arrives as ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")(command)


def print_json(value: Any) -> None:
    """Print a JSON value on stdout."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def print_rows(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool, none: str
) -> None:
    """Print a listing: every row whole as JSON, or these columns as a table; ``none`` where it is empty."""
    listed = [dict(row) for row in rows]
    if as_json:
        print_json(listed)
    elif not listed:
        say(none)
    else:
        print_table(table_of(listed, columns))


def print_fields(value: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one thing: as JSON, or a line for each of its fields that has a value."""
    if as_json:
        print_json(dict(value))
        return
    table = Table.grid(padding=(0, 2))
    for name, found in value.items():
        if found in (None, "", [], {}, ()):
            continue
        nested = isinstance(found, Mapping)
        table.add_row(Text(name.replace("_", " "), style="bold"), "" if nested else cell(found))
        for inner, one in found.items() if nested else ():
            table.add_row(f"  {inner}", cell(one))
    print_table(table)


def print_table(table: Table) -> None:
    """Print a table on stdout, without the blanks that would fill its last column."""
    drawn = console(sys.stdout)
    with drawn.capture() as captured:
        drawn.print(table)
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))


def console(file: Any) -> Console:
    """Return a console on a stream; a table that goes into a file or a pipe is never cut."""
    return Console(file=file, width=None if file.isatty() else _UNLIMITED, highlight=False)


def table_of(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> Table:
    """Return the rows as a table; numbers stand to the right."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        numeric = any(isinstance(row.get(column), int) for row in rows)
        table.add_column(column.replace("_", " "), justify="right" if numeric else "left")
    for row in rows:
        table.add_row(*(cell(row.get(column)) for column in columns))
    return table


def cell(value: Any) -> Text:
    """Return a value as the text of a cell: printable, without any markup of its own."""
    text = _in_words(value)
    return Text("".join(sign if sign.isprintable() else " " for sign in text), style=STYLES.get(text, ""))


def _in_words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_in_words(found)}" for name, found in value.items() if found is not None)
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_in_words(found) for found in value)
    return str(value)
