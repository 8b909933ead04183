"""Fills a fresh Tryton database through proteus; run by the Tryton environment's own Python.

    python seed.py CONFIG DATABASE

Works inside the process, before any server runs; the database file is then kept as the template
of every test session. Knows nothing of Sluice.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import names
import seed_accounting
import seed_orders
from proteus import Model, Wizard, config

PARTIES = 1_000
SUPPLIERS = 200
EMPLOYEES = 40
PROJECTS = 1_000
TASKS = 100
HOURS = 1_500
PRODUCTS = 60
NAMELESS = (0, 750)  # Tryton lets a party be without a name
BUILDING = 5
LAST_ID = 99
"""Our payment terms come after this id in every series: from 7.6 on Tryton brings some of its own."""
FIRST_DAY = dt.date(2026, 1, 5)


def create(model: str, rows: list[dict[str, Any]]) -> list[int]:
    """Create many records in one call and return their ids, in order."""
    found: list[int] = Model.get(model)._proxy.create(rows, config.get_config().context)
    return found


def leave_ids_free(database: Path) -> None:
    """Give ids to what the series bring differing numbers of, so that ours are the same in each."""
    tables = ("", "_line", "_line_delta")
    with closing(sqlite3.connect(database)) as connection, connection:
        for table in tables:
            row = {"name": f"account_invoice_payment_term{table}", "seq": LAST_ID}
            connection.execute("DELETE FROM sqlite_sequence WHERE name = :name", row)
            connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)", row)


def company() -> int:
    """Create Norway, NOK and EUR, and the company; make it the user's; return its id."""
    create("country.country", [{"name": "Norway", "code": "NO", "code3": "NOR", "code_numeric": "578"}])
    rates = [("create", [{"date": FIRST_DAY.replace(day=1), "rate": Decimal(1)}])]
    euro_rates = [("create", [{"date": FIRST_DAY.replace(day=1), "rate": Decimal("0.086")}])]
    krone, _euro = create(
        "currency.currency",
        [
            {"name": "Norwegian krone", "code": "NOK", "numeric_code": "578", "symbol": "kr", "rates": rates},
            {"name": "Euro", "code": "EUR", "numeric_code": "978", "symbol": "€", "rates": euro_rates},
        ],
    )
    party = Model.get("party.party")(name="Nordfjell Rådgivning AS")
    party.save()
    wizard = Wizard("company.company.config")
    wizard.execute("company")
    wizard.form.party = party
    wizard.form.currency = Model.get("currency.currency")(krone)
    wizard.execute("add")
    user_model = Model.get("res.user")
    config.get_config()._context = user_model.get_preferences(True, {})
    return int(Model.get("company.company").find()[0].id)


def categories() -> tuple[int, int]:
    """Create the party categories that tell customers from suppliers; return their ids."""
    customer, supplier = create("party.category", [{"name": "Customer"}, {"name": "Supplier"}])
    return customer, supplier


def address(index: int) -> dict[str, str]:
    """Return an address; some have a building's name, held as an upgrade to the series leaves it.

    Tryton 7.6 renames the columns ``name`` and ``street``, and makes ``street`` of the parts of an address.
    """
    found = names.address(index)
    if index % 8 != BUILDING:
        return found
    building = f"{names.FIRST_WORDS[index % 20]}gården"
    if "building_name" in Model.get("party.address")._fields:
        street = found.pop("street")
        return {**found, "street_unstructured": street, "building_name": building}
    return {**found, "name": building}


def party_row(index: int, *, country: int, category: list[int], term: int | None) -> dict[str, Any]:
    """Return the values of one company party, with address, contact mechanisms and identifiers."""
    name = names.company_name(index)
    number = names.organisation_number(index)
    contacts = [
        {"type": "email", "value": names.email(name)},
        {"type": "phone", "value": f"+47 22 {index % 90 + 10} {index // 90 % 90 + 10} 00"},
    ]
    identifiers = [{"type": "no_orgnr", "code": number}]
    if index % 3 == 0:
        identifiers.append({"type": "no_vat", "code": f"{number}MVA"})
    row: dict[str, Any] = {
        "name": None if index in NAMELESS else name,
        "active": index % 50 != 49,
        "addresses": [("create", [{**address(index), "country": country, "invoice": True}])],
        "contact_mechanisms": [("create", contacts if index % 7 else contacts[:1])],
        "identifiers": [("create", identifiers)],
        "categories": [("add", category)],
    }
    if index % 40 == 0:
        row["addresses"] = [("create", [])]
    return row if term is None else row | {"customer_payment_term": term, "supplier_payment_term": term}


def parties(terms: list[int]) -> list[int]:
    """Create customers and suppliers (every tenth is both); return their ids."""
    customer, supplier = categories()
    country = int(Model.get("country.country").find()[0].id)
    rows = []
    for index in range(PARTIES):
        is_supplier = index >= PARTIES - SUPPLIERS
        both = [customer, supplier] if index % 10 == 0 else [supplier] if is_supplier else [customer]
        rows.append(
            party_row(
                index, country=country, category=both, term=terms[index // 4 % 3] if index % 4 == 0 else None
            )
        )
    return create("party.party", rows)


def employees(company_id: int) -> list[int]:
    """Create employees with a party each; the first two have left."""
    people = [
        {"name": names.person_name(index), "contact_mechanisms": [("create", [
            {"type": "email", "value": names.email(names.person_name(index))},
            {"type": "mobile", "value": f"+47 9{index:02d} 11 222"},
        ])]}
        for index in range(EMPLOYEES)
    ]  # fmt: skip
    rows = [
        {"party": party, "company": company_id, "start_date": FIRST_DAY - dt.timedelta(days=30 * index)}
        | ({"end_date": FIRST_DAY} if index < 2 else {})
        for index, party in enumerate(create("party.party", people))
    ]
    found = create("company.employee", rows)
    Model.get("company.employee").write(found[3:10], {"supervisor": found[2]}, config.get_config().context)
    return found


def projects(company_id: int, customers: list[int]) -> list[int]:
    """Create projects and, below some of them, tasks; return the ids of all, projects first."""
    opened, done = (
        int(status.id) for status in Model.get("project.work.status").find([], order=[("id", "ASC")])
    )
    rows = [
        {
            "name": f"{names.FIRST_WORDS[index % 20]} {index + 1:04d}",
            "type": "project",
            "company": company_id,
            "party": None if index % 9 == 0 else customers[index % len(customers)],
            "status": done if index % 6 == 0 else opened,
            "progress": 1.0 if index % 6 == 0 else None,
            "timesheet_available": True,
            "effort_duration": dt.timedelta(hours=index % 200),
            "comment": "Fastpris\nInkl. reise" if index % 11 == 0 else None,
        }
        for index in range(PROJECTS)
    ]
    found = create("project.work", rows)
    tasks = [
        {
            "name": f"Oppgave {index + 1}",
            "type": "task",
            "company": company_id,
            "parent": found[index * 3 + 1],
            "status": opened,
            "timesheet_available": True,
        }
        for index in range(TASKS)
    ]
    return found + create("project.work", tasks)


def hours(company_id: int, staff: list[int], works: list[int]) -> None:
    """Create one timesheet line a day and person, on projects and tasks, from minutes to whole days."""
    origins = [f"project.work,{work}" for work in works]
    sheets = Model.get("timesheet.work").find([("origin", "in", origins)], order=[("id", "ASC")])
    rows = [
        {
            "company": company_id,
            "employee": staff[2 + index % (len(staff) - 2)],
            "date": FIRST_DAY + dt.timedelta(days=index // len(staff) * 7 % 300),
            "work": sheets[index * 13 % len(sheets)].id,
            "duration": dt.timedelta(minutes=(450, 60, 15, 90, 225, 20)[index % 6]),
            "description": None if index % 3 else f"Arbeid på sak {index} - møte & oppfølging",
        }
        for index in range(HOURS)
    ]
    create("timesheet.line", rows)


def product_row(index: int) -> dict[str, Any]:
    """Return the values of one product variant; every tenth has a bar code."""
    code = f"7000000{index:05d}"
    odd, even = (sum(int(digit) for digit in code[start::2]) for start in (1, 0))
    row: dict[str, Any] = {"suffix_code": f"P{index:03d}", "active": index % 20 != 19}
    if index % 10 == 0:
        row["identifiers"] = [("create", [{"type": "ean", "code": f"{code}{-(odd * 3 + even) % 10}"}])]
    return row


def products(category: int) -> list[int]:
    """Create services and goods with prices; return the ids of the services."""
    units = {unit.symbol: unit.id for unit in Model.get("product.uom").find([])}
    rows = [
        {
            "name": f"{'Konsulenttime' if index % 2 else 'Utstyr'} {index + 1}",
            "type": "service" if index % 2 else "goods",
            "default_uom": units["h" if index % 2 else "u"],
            "list_price": Decimal(index * 137) + Decimal("95.50"),
            "salable": True,
            "sale_uom": units["h" if index % 2 else "u"],
            "purchasable": True,
            "purchase_uom": units["h" if index % 2 else "u"],
            "account_category": category if index % 3 or index % 2 else None,  # a service can be sold
            "products": [("create", [product_row(index)])],
        }
        for index in range(PRODUCTS)
    ]
    templates = create("product.template", rows)
    return [
        int(product.id)
        for product in Model.get("product.product").find([("template", "in", templates[1::2])])
    ]


def main() -> None:
    """Seed the database named on the command line."""
    config_file, database = sys.argv[1:]
    leave_ids_free(Path(config_file).with_name(f"{database}.sqlite"))
    config.set_trytond(database, config_file=config_file)
    company_id = company()
    seed_accounting.chart_and_year(company_id, FIRST_DAY.year)
    term = seed_accounting.payment_term("Netto 14 dager", [{"days": 14}])
    other_terms = [
        seed_accounting.payment_term("Fri måned 30 dager", [{"days": 30}, {"months": 1, "day": 1}]),
        seed_accounting.payment_term("To måneder", [{"months": 2}]),
    ]
    found = parties([term, *other_terms])
    staff = employees(company_id)
    works = projects(company_id, found[: PARTIES - SUPPLIERS])
    hours(company_id, staff, works)
    items = products(seed_accounting.product_category())
    seed_accounting.invoices(company_id, found, items, term)
    seed_orders.orders(company_id, found, items, [term, *other_terms])


if __name__ == "__main__":
    main()
