"""Reads a Tryton database through proteus and prints what the canonical model should carry, as JSON lines.

    python read.py CONFIG DATABASE

Works inside its own process on the database file, so it shares neither JSON-RPC nor dotted fields nor
any code with Sluice: it reads flat models and joins them by id. A line is
{"entity", "source_id", "data"}; in data every canonical field that is not null stands; a decimal is
{"number": "1.50"}, a reference "customer/5".
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal

import read_accounting
import read_ledger
import read_orders
import read_people
from flat_rows import Row, by_id, day, number, reference, rows, stamps
from proteus import config


def projects() -> Iterator[tuple[int, Row]]:
    """Yield projects and tasks."""
    statuses = by_id("project.work.status", ["name", "progress"])
    fields = ["name", "type", "party", "parent", "comment", "status", "progress", "effort_duration"]
    for row in rows("project.work", [*fields, "create_date", "write_date"]):
        effort = row["effort_duration"]
        yield (
            row["id"],
            {
                "name": row["name"],
                "description": row["comment"],
                "active": statuses[row["status"]]["progress"] != 1,
                "customer_id": reference("customer", row["party"]),
                "parent_id": reference("project", row["parent"]),
                "planned_hours": effort and number(Decimal(int(effort.total_seconds())) / 3600)
                if effort != dt.timedelta()
                else number(0),
                **stamps(row),
                "extensions": {
                    "type": row["type"],
                    "status": statuses[row["status"]]["name"],
                    "progress": None if row["progress"] is None else str(row["progress"]),
                },
            },
        )


def time_entries() -> Iterator[tuple[int, Row]]:
    """Yield timesheet lines."""
    works = by_id("timesheet.work", ["name", "origin"])
    fields = ["date", "duration", "employee", "description", "work", "create_date", "write_date"]
    for row in rows("timesheet.line", fields):
        work = works[row["work"]]
        model, _, origin = (work["origin"] or "").partition(",")
        yield (
            row["id"],
            {
                "date": day(row["date"]),
                "employee_id": reference("employee", row["employee"]),
                "project_id": reference("project", int(origin)) if model == "project.work" else None,
                "hours": number(round(Decimal(int(row["duration"].total_seconds())) / 3600, 6)),
                "description": row["description"],
                **stamps(row),
                "extensions": {"work": row["work"], "work_name": work["name"]},
            },
        )


ENTITIES: dict[str, Callable[[], Iterator[tuple[int, Row]]]] = {
    "customer": lambda: read_people.parties(read_people.CUSTOMERS, "customer_payment_term"),
    "supplier": lambda: read_people.parties(read_people.SUPPLIERS, "supplier_payment_term"),
    "employee": read_people.employees,
    "project": projects,
    "product": read_accounting.products,
    "account": read_accounting.accounts,
    "invoice": read_accounting.invoices,
    "supplier_invoice": read_ledger.supplier_invoices,
    "ledger_entry": read_ledger.ledger_entries,
    "order": read_orders.orders,
    "purchase_order": read_orders.purchase_orders,
    "time_entry": time_entries,
}


def main() -> None:
    """Print every record of every entity."""
    config_file, database = sys.argv[1:]
    config.set_trytond(database, config_file=config_file)
    for entity, read in ENTITIES.items():
        for source_id, data in read():
            line = {"entity": entity, "source_id": str(source_id), "data": data}
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
