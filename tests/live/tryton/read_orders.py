"""Orders of customers and to suppliers as the canonical model should carry them; see read.py."""

from __future__ import annotations

from collections.abc import Iterator

from flat_rows import Row, by_id, day, number, reference, rows, stamps
from read_accounting import document_line
from read_people import payment_days

STATUSES = {"quotation": "draft", "confirmed": "open", "processing": "open", "done": "closed"}


def orders() -> Iterator[tuple[int, Row]]:
    """Yield orders of customers with their lines."""
    terms = by_id("account.invoice.payment_term", ["name", "lines"])
    for row, data in _documents("sale", ["shipping_date"]):
        term = terms.get(row["payment_term"])
        own = {
            "customer_id": reference("customer", row["party"]),
            "payment_terms_days": payment_days(term),
            "customer_reference": row["reference"],
        }
        more = {"payment_term": term and term["name"], "shipping_date": day(row["shipping_date"])}
        yield row["id"], {**data, **own, "extensions": {**data["extensions"], **more}}


def purchase_orders() -> Iterator[tuple[int, Row]]:
    """Yield orders to suppliers with their lines."""
    for row, data in _documents("purchase", ["delivery_date"]):
        own = {
            "supplier_id": reference("supplier", row["party"]),
            "delivery_date": day(row["delivery_date"]),
            "supplier_reference": row["reference"],
        }
        yield row["id"], {**data, **own}


def _documents(side: str, besides: list[str]) -> Iterator[tuple[Row, Row]]:
    """Yield the rows of one side's orders, and what both sides have in common."""
    currencies = by_id("currency.currency", ["code"])
    taxes = by_id("account.tax", ["type", "rate"])
    line_fields = ["type", "product", "description", "quantity", "unit_price", "amount", "taxes"]
    lines = by_id(f"{side}.line", line_fields)
    texts = ["number", "state", "reference", "description", "comment", "invoice_state", "shipment_state"]
    links = ["party", "payment_term", "currency", "lines", f"{side}_date", "create_date", "write_date"]
    amounts = ["untaxed_amount", "tax_amount", "total_amount"]
    for row in rows(f"{side}.{side}", [*texts, *links, *amounts, *besides]):
        mine = [lines[line] for line in row["lines"] if lines[line]["type"] == "line"]
        kept = ("description", "invoice_state", "shipment_state", "state")
        yield (
            row,
            {
                "number": row["number"],
                "status": STATUSES.get(row["state"], row["state"]),
                "issue_date": day(row[f"{side}_date"]),
                "currency": currencies[row["currency"]]["code"],
                "total_excluding_tax": number(row["untaxed_amount"]),
                "tax_amount": number(row["tax_amount"]),
                "total_including_tax": number(row["total_amount"]),
                "note": row["comment"],
                "lines": [document_line(line, taxes) for line in mine],
                **stamps(row),
                "extensions": {name: row[name] for name in kept},
            },
        )
