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
from typing import Any

from proteus import Model, config

Row = dict[str, Any]
EVERY = ("active", "in", [True, False])
CUSTOMERS = [EVERY, ("categories.name", "=", "Customer")]
SUPPLIERS = [EVERY, ("categories.name", "=", "Supplier")]


def rows(model: str, fields: list[str], domain: list[Any] | None = None) -> list[Row]:
    """Return the records of a model as flat rows, by id."""
    proxy = Model.get(model)._proxy
    context = config.get_config().context
    ids = proxy.search(domain or [], 0, None, [("id", "ASC")], context)
    return sorted(proxy.read(ids, ["id", *fields], context), key=lambda row: row["id"])


def by_id(model: str, fields: list[str], domain: list[Any] | None = None) -> dict[int, Row]:
    """Return the records of a model by id."""
    return {row["id"]: row for row in rows(model, fields, domain)}


def number(value: Any) -> Row | None:
    """Return a number as text that is compared by its value."""
    return None if value is None else {"number": format(Decimal(str(value)), "f")}


def day(value: dt.date | None) -> str | None:
    """Return a date as text."""
    return None if value is None else value.isoformat()


def moment(value: dt.datetime | None) -> str | None:
    """Return Tryton's UTC time as text with Z."""
    return None if value is None else value.isoformat() + "Z"


def stamps(row: Row) -> Row:
    """Return when the record was made and changed."""
    return {"created_at": moment(row["create_date"]), "updated_at": moment(row["write_date"])}


def reference(entity: str, value: int | None) -> str | None:
    """Return a reference without the connection's name."""
    return None if value is None else f"{entity}/{value}"


def parties(domain: list[Any], term_field: str) -> Iterator[tuple[int, Row]]:
    """Yield customers or suppliers."""
    contacts = rows("party.contact_mechanism", ["party", "type", "value"])
    addresses = rows("party.address", ["party", "street", "postal_code", "city", "country", "sequence"])
    numbers = rows("party.identifier", ["party", "type", "code"])
    countries = by_id("country.country", ["code"])
    categories = by_id("party.category", ["name"])
    terms = by_id("account.invoice.payment_term", ["name", "lines"])
    fields = ["name", "code", "active", "addresses", "contact_mechanisms", "identifiers", "categories"]
    for row in rows("party.party", [*fields, term_field, "create_date", "write_date"], domain):
        mine = [found for found in contacts if found["id"] in row["contact_mechanisms"]]
        codes = {found["type"]: found["code"] for found in numbers if found["id"] in row["identifiers"]}
        term = terms.get(row[term_field])
        yield (
            row["id"],
            {
                "number": row["code"],
                "name": row["name"] or row["code"],
                "organisation_number": codes.get("no_orgnr"),
                "vat_number": codes.get("no_vat"),
                "active": row["active"] in {True, 1},
                "email": _contact(mine, "email"),
                "phone": _contact(mine, "phone"),
                "mobile_phone": _contact(mine, "mobile"),
                "website": _contact(mine, "website"),
                "payment_terms_days": _days(term),
                "postal_address": _address(row["addresses"], addresses, countries),
                **stamps(row),
                "extensions": {
                    "categories": [categories[found]["name"] for found in row["categories"]],
                    "payment_term": term and term["name"],
                },
            },
        )


def _contact(contacts: list[Row], kind: str) -> str:
    return next((contact["value"] for contact in contacts if contact["type"] == kind), "")


def _days(term: Row | None) -> int | None:
    if term is None or len(term["lines"]) != 1:
        return None
    deltas = rows(
        "account.invoice.payment_term.line.delta",
        ["days", "weeks", "months", "day", "month", "weekday"],
        [("line", "in", term["lines"])],
    )
    is_plain = len(deltas) == 1 and not any(
        deltas[0][part] for part in ("weeks", "months", "day", "month", "weekday")
    )
    return deltas[0]["days"] if is_plain else None


def _address(ids: list[int], addresses: list[Row], countries: dict[int, Row]) -> Row | None:
    found = next((row for row in addresses if ids and row["id"] == ids[0]), None)
    if found is None:
        return None
    lines = (found["street"] or "").split("\n")
    address = {
        "line_1": lines[0] or None,
        "line_2": ", ".join(lines[1:3]) or None,
        "postal_code": found["postal_code"],
        "city": found["city"],
        "region": None,
        "country": countries[found["country"]]["code"] if found["country"] else None,
    }
    return address if any(address.values()) else None


def employees() -> Iterator[tuple[int, Row]]:
    """Yield employees with the contact details of their parties."""
    people = by_id("party.party", ["name", "email", "phone", "mobile"], [EVERY])
    fields = ["party", "supervisor", "start_date", "end_date", "create_date", "write_date"]
    for row in rows("company.employee", fields):
        person = people[row["party"]]
        yield (
            row["id"],
            {
                "name": person["name"],
                "email": person["email"],
                "phone": person["phone"],
                "mobile_phone": person["mobile"],
                "start_date": day(row["start_date"]),
                "end_date": day(row["end_date"]),
                **stamps(row),
                "extensions": {"party": row["party"], "supervisor": row["supervisor"]},
            },
        )


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


def products() -> Iterator[tuple[int, Row]]:
    """Yield product variants."""
    units = by_id("product.uom", ["symbol"])
    codes = rows("product.identifier", ["type", "code", "product"])
    accounts = by_id("product.category", ["account_revenue"])
    fields = ["code", "name", "description", "type", "consumable", "active", "list_price", "cost_price"]
    more = ["default_uom", "account_category", "create_date", "write_date"]
    for row in rows("product.product", [*fields, *more], [EVERY]):
        category = accounts.get(row["account_category"])
        yield (
            row["id"],
            {
                "number": row["code"],
                "name": row["name"],
                "description": row["description"],
                "type": {"assets": "asset"}.get(row["type"], row["type"]),
                "active": row["active"] in {True, 1},
                "gtin": next(
                    (c["code"] for c in codes if c["product"] == row["id"] and c["type"] == "ean"), None
                ),
                "unit": units[row["default_uom"]]["symbol"],
                "stock_item": row["type"] != "service" and not row["consumable"],
                "unit_price_excluding_tax": number(row["list_price"]),
                "unit_cost": number(row["cost_price"]),
                "account_id": reference("account", category and category["account_revenue"]),
                **stamps(row),
                "extensions": {},
            },
        )


def accounts() -> Iterator[tuple[int, Row]]:
    """Yield accounts."""
    flags = ["name", "statement", "assets", "debt", "payable", "revenue", "expense"]
    types = by_id("account.account.type", flags)
    currencies = by_id("currency.currency", ["code"])
    fields = ["code", "name", "note", "active", "closed", "parent", "type", "currency", "second_currency"]
    for row in rows("account.account", [*fields, "create_date", "write_date"], [EVERY]):
        kind = types[row["type"]]
        yield (
            row["id"],
            {
                "number": row["code"],
                "name": row["name"],
                "description": row["note"],
                "type": _account_type(kind),
                "active": bool(row["active"]) and not row["closed"],
                "currency": currencies[row["second_currency"] or row["currency"]]["code"],
                "parent_id": reference("account", row["parent"]),
                **stamps(row),
                "extensions": {"type": kind["name"], "statement": kind["statement"]},
            },
        )


def _account_type(kind: Row) -> str | None:
    if kind["statement"] == "income":
        return "income" if kind["revenue"] else "expense" if kind["expense"] else None
    if kind["statement"] == "balance":
        return "asset" if kind["assets"] else "liability" if kind["payable"] or kind["debt"] else None
    return None


def invoices() -> Iterator[tuple[int, Row]]:
    """Yield customer invoices with their lines."""
    currencies = by_id("currency.currency", ["code"])
    taxes = by_id("account.tax", ["type", "rate"])
    due = by_id("account.move.line", ["maturity_date"])
    line_fields = ["type", "product", "description", "quantity", "unit_price", "amount", "taxes"]
    lines = by_id("account.invoice.line", line_fields)
    fields = [
        "number",
        "state",
        "party",
        "invoice_date",
        "reference",
        "description",
        "comment",
        "currency",
        "lines",
    ]
    amounts = ["untaxed_amount", "tax_amount", "total_amount", "amount_to_pay", "lines_to_pay"]
    found = rows("account.invoice", [*fields, *amounts, "create_date", "write_date"], [("type", "=", "out")])
    statuses = {"validated": "draft", "posted": "open"}
    for row in found:
        dates = [due[line]["maturity_date"] for line in row["lines_to_pay"]]
        mine = [lines[line] for line in row["lines"] if lines[line]["type"] == "line"]
        yield (
            row["id"],
            {
                "number": row["number"],
                "type": "credit_note" if row["total_amount"] < 0 else "invoice",
                "status": statuses.get(row["state"], row["state"]),
                "customer_id": reference("customer", row["party"]),
                "issue_date": day(row["invoice_date"]),
                "due_date": day(max(dates)) if dates else None,
                "currency": currencies[row["currency"]]["code"],
                "total_excluding_tax": number(row["untaxed_amount"]),
                "tax_amount": number(row["tax_amount"]),
                "total_including_tax": number(row["total_amount"]),
                "outstanding_amount": number(row["amount_to_pay"]),
                "customer_reference": row["reference"],
                "note": row["comment"],
                "lines": [_line(line, [taxes[tax] for tax in line["taxes"]]) for line in mine],
                **stamps(row),
                "extensions": {"description": row["description"], "state": row["state"]},
            },
        )


def _line(row: Row, taxes: list[Row]) -> Row:
    rates = [tax["rate"] for tax in taxes if tax["type"] == "percentage"]
    return {
        "source_id": str(row["id"]),
        "product_id": reference("product", row["product"]),
        "description": row["description"],
        "quantity": number(row["quantity"]),
        "unit_price_excluding_tax": number(row["unit_price"]),
        "tax_percentage": number(rates[0] * 100) if len(taxes) == 1 and rates else None,
        "total_excluding_tax": number(row["amount"]),
    }


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
    "customer": lambda: parties(CUSTOMERS, "customer_payment_term"),
    "supplier": lambda: parties(SUPPLIERS, "supplier_payment_term"),
    "employee": employees,
    "project": projects,
    "product": products,
    "account": accounts,
    "invoice": invoices,
    "time_entry": time_entries,
}


def main() -> None:
    """Print every record of every entity."""
    config_file, database = sys.argv[1:]
    config.set_trytond(database, config_file=config_file)
    for entity, read in ENTITIES.items():
        for source_id, data in read():
            print(
                json.dumps({"entity": entity, "source_id": str(source_id), "data": data}, ensure_ascii=False)
            )


if __name__ == "__main__":
    main()
