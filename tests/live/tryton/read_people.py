"""Customers, suppliers and employees as the canonical model should carry them; see read.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flat_rows import EVERY, Row, by_id, day, rows, stamps

CUSTOMERS = [EVERY, ("categories.name", "=", "Customer")]
SUPPLIERS = [EVERY, ("categories.name", "=", "Supplier")]


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
                "active": bool(row["active"]),
                "email": _contact(mine, "email"),
                "phone": _contact(mine, "phone"),
                "mobile_phone": _contact(mine, "mobile"),
                "website": _contact(mine, "website"),
                "payment_terms_days": payment_days(term),
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


def payment_days(term: Row | None) -> int | None:
    """Return the days of a term of one payment after days; None for any other."""
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
