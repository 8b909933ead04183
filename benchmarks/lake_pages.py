"""Pages of a large table of the lake: python -m benchmarks.lake_pages [INVOICES] [--keep FOLDER].

It writes invoices as the lake's function does, compacts them as housekeeping does, adds files that came
since, opens the lake as a query does, and measures pages as a console asks for them. It never fails for being
slow.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from benchmarks.machine import told_of_the_machine
from sluice.lake.asking import ask
from sluice.lake.columns import stored
from sluice.lake.compacting import Compacting
from sluice.lake.database import Contents, Limits, open_lake
from sluice.lake.folder import files_in, path_in
from sluice.lake.layout import LakeFile, Partition, digest_of, read_key
from sluice.lake.pages import Leaf, Order, Place, page
from sluice.lake.selecting import Condition, Selection
from sluice.lake.views import View
from sluice.lake.writing import parquet_of
from sluice.messages.events import EventSource, upserted

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = json.loads((ROOT / "transformers/canonical/invoice.json").read_text())
PART = Partition("invoice", "acme")
BATCH = 20_000
FRESH_FILES, FRESH_ROWS = 40, 250
TURNS = 7
MEMORY_MB = 1500

OPEN = "status = 'open'"
NEWEST = "ORDER BY issue_date DESC, id LIMIT 50"


def ten(rest: str) -> str:
    """Return the query of ten columns, as a console shows them; ``rest`` is the filter and the order."""
    columns = "id, number, type, status, customer_id, issue_date, due_date, currency, total_including_tax"
    return f"SELECT {columns}, outstanding_amount FROM invoice {rest}"  # noqa: S608 - our own words


PAGES = {
    "ten columns, by date": ten(NEWEST),
    "ten columns, filtered, by date": ten(
        f"WHERE connection = 'acme' AND {OPEN} AND issue_date >= DATE '2024-01-01' {NEWEST}"
    ),
    "ten columns, filtered, by amount": ten(f"WHERE {OPEN} ORDER BY outstanding_amount DESC, id LIMIT 50"),
    "ten columns, page 200": ten(f"{NEWEST} OFFSET 10000"),
    "ten columns, page 2,000": ten(f"{NEWEST} OFFSET 100000"),
    "ten columns, after a row": ten(
        "WHERE (issue_date, id) < (DATE '2024-12-24', 'acme/invoice/5') "
        "ORDER BY issue_date DESC, id DESC LIMIT 50"
    ),
    "ten columns, text searched": ten(f"WHERE note ILIKE '%number 7777%' {NEWEST}"),
    "every column, by date": "SELECT * FROM invoice ORDER BY issue_date DESC LIMIT 50",
    "every column, filtered": f"SELECT * FROM invoice WHERE {OPEN} ORDER BY issue_date DESC LIMIT 50",  # noqa: S608
    "one record": "SELECT * FROM invoice WHERE id = 'acme/invoice/500001'",
    "how many": f"SELECT count(*) FROM invoice WHERE {OPEN}",  # noqa: S608 - our own words
    "amounts by month": "SELECT date_trunc('month', issue_date), currency, sum(total_including_tax) "
    "FROM invoice GROUP BY ALL",
}
"""What is measured, asked in SQL; the last two are not pages."""

FIELDS = ("number", "type", "status", "customer_id", "issue_date", "due_date", "currency",
          "total_including_tax", "outstanding_amount")  # fmt: skip
NEWEST_FIRST = Order("issue_date")
IS_OPEN = Condition("status", "=", ("open",))
LEAVES = {
    "newest change first": Leaf(fields=FIELDS),
    "by date": Leaf(order=NEWEST_FIRST, fields=FIELDS),
    "by date, after a row": Leaf(
        order=NEWEST_FIRST, fields=FIELDS, after=Place("2022-06-15", "acme/invoice/5")
    ),
    "by date, after most rows": Leaf(
        order=NEWEST_FIRST, fields=FIELDS, after=Place("2020-01-02", "acme/invoice/5")
    ),
    "by number, a text": Leaf(order=Order("number", descending=False), fields=FIELDS),
    "by number, after a row": Leaf(
        order=Order("number", descending=False), fields=FIELDS, after=Place("500000", "acme/invoice/400000")
    ),
    "filtered, by amount": Leaf(
        Selection(("acme",), conditions=(IS_OPEN, Condition("issue_date", ">=", ("2024-01-01",)))),
        Order("outstanding_amount"),
        FIELDS,
    ),
    "searched for digits": Leaf(Selection(text="77777"), fields=FIELDS),
    "searched for a digit that most have": Leaf(Selection(text="7"), fields=FIELDS),
    "searched for a text, by date": Leaf(Selection(text="none has this"), NEWEST_FIRST, FIELDS),
    "every field": Leaf(order=NEWEST_FIRST),
}
"""Pages as the API's listing of records asks for them, with the number of all, as the console does."""


def invoice(number: int, version: int) -> dict[str, Any]:
    """Return the event of an invoice; the same numbers give the same one."""
    shuffled = number * 7919 % 1_000_003
    lines = [
        {"product_id": f"acme/product/{shuffled % 300}", "description": f"Consulting, part {part}",
         "quantity": "7.5", "unit_price_excluding_tax": "1250.00", "total_excluding_tax": "9375.00"}
        for part in range(2)
    ]  # fmt: skip
    day = f"{2020 + shuffled % 6}-{shuffled % 12 + 1:02d}-{shuffled % 28 + 1:02d}"
    record = dict.fromkeys(SCHEMA["properties"]) | {
        "id": f"acme/invoice/{number}", "source_id": str(number), "number": str(100_000 + number),
        "type": "credit_note" if shuffled % 20 == 0 else "invoice",
        "status": ("open", "paid", "draft", "cancelled")[shuffled % 4],
        "customer_id": f"acme/customer/{shuffled % 5000}", "issue_date": day, "due_date": day,
        "currency": "NOK",
        "total_excluding_tax": f"{shuffled / 100:.2f}", "tax_amount": f"{shuffled / 400:.2f}",
        "total_including_tax": f"{shuffled / 80:.2f}", "outstanding_amount": f"{shuffled % 977}.50",
        "payment_reference": str(shuffled * 97),
        "note": f"Invoice with the number {number}, version {version}",
        "lines": lines, "created_at": f"{day}T08:00:00Z", "extensions": {"voucher": number},
    }  # fmt: skip
    source = EventSource("acme", "tripletex", "invoice", SCHEMA["$id"], f"{day}T09:00:00Z")
    return upserted(source, record, version, f"{number}/{version}")


def main() -> None:
    """Build the lake where there is none, and print what pages of it take."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("invoices", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="Build it here, or take what is there.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = (given.keep or Path(name)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if not list(files_in(folder)):
            build(folder, given.invoices)
        measure(folder)


def build(folder: Path, invoices: int) -> None:
    """Write a compacted table of so many invoices, and files with newer versions and new ones."""
    began = time.monotonic()
    parts = [folder / f"part-{first}" for first in range(0, invoices, BATCH)]
    for number, part in enumerate(parts):
        write(part, ((at, 1) for at in range(number * BATCH, min((number + 1) * BATCH, invoices))))
    current = place(folder, PART.current(digest_of(["current"])))
    with Compacting(stored(SCHEMA), folder, MEMORY_MB) as compacting:
        compacting.write_current(parts, [], None, current)
    for part in parts:
        part.unlink()
    for number in range(FRESH_FILES):
        changed = range(number, invoices, max(invoices // FRESH_ROWS, 1))
        added = range(invoices + number * 10, invoices + number * 10 + 10)
        events = [*((at, 2) for at in changed), *((at, 1) for at in added)]
        write(place(folder, PART.fresh(digest_of([str(number)]))), iter(events))
    size = current.stat().st_size / 1e6
    click.echo(f"built in {time.monotonic() - began:.0f} s: {invoices:,} invoices, {size:,.0f} MB")


def place(folder: Path, key: str) -> Path:
    """Return the path of a new file of the lake."""
    file = read_key(key)
    assert isinstance(file, LakeFile)  # noqa: S101 - our own key
    path = path_in(folder, file)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def write(path: Path, numbers: Iterator[tuple[int, int]]) -> None:
    """Write the invoices of these numbers and versions to a file."""
    path.write_bytes(parquet_of([invoice(number, version) for number, version in numbers], SCHEMA))


def measure(folder: Path) -> None:
    """Print how long opening and each page take: the middle and the worst of some turns."""
    files = list(files_in(folder))
    began, processor = time.monotonic(), time.process_time()
    contents = Contents([View("invoice")], files)
    limits = Limits(threads=2)  # as the API's function has it
    with closing(open_lake(folder, {"invoice": SCHEMA}, contents, limits)) as database:
        spent = f"{time.monotonic() - began:.2f} s ({time.process_time() - processor:.2f} s of CPU)"
        click.echo(f"{len(files)} files opened in {spent}")
        click.echo(f"{told_of_the_machine()}; load {os.getloadavg()[0]:.0f}")
        click.echo(f"{'':36}{'middle':>8}{'worst':>8}{'CPU':>8}  (ms, {TURNS} turns)")
        for name, sql in PAGES.items():
            timed(name, partial(rows, database, sql))
        click.echo("pages of the API, each with the number of all")
        for name, leaf in LEAVES.items():
            wanted = replace(leaf, total=True)
            timed(name, partial(page, database, "invoice", SCHEMA, wanted))


def rows(database: Any, sql: str) -> list[Any]:
    """Return all rows, which come as they are taken."""
    return list(ask(database, sql).rows)


def timed(name: str, work: Callable[[], object]) -> None:
    """Do the work once and then some times, and print what these took."""
    work()
    walls, processor = [], time.process_time()
    for _ in range(TURNS):
        began = time.monotonic()
        work()
        walls.append((time.monotonic() - began) * 1000)
    cpu = (time.process_time() - processor) / TURNS * 1000
    click.echo(f"{name:36}{statistics.median(walls):8.0f}{max(walls):8.0f}{cpu:8.0f}")


if __name__ == "__main__":
    main()
