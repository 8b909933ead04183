"""Products, accounts and invoices as the canonical model should carry them; see read.py."""

from __future__ import annotations

from collections.abc import Iterator

from flat_rows import EVERY, Row, by_id, day, number, reference, rows, stamps


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
                "active": bool(row["active"]),
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
                "lines": [document_line(line, taxes) for line in mine],
                **stamps(row),
                "extensions": {"description": row["description"], "state": row["state"]},
            },
        )


def document_line(row: Row, taxes: dict[int, Row]) -> Row:
    """Return a line of an invoice or order; ``taxes`` are all there are, by id."""
    mine = [taxes[tax] for tax in row["taxes"]]
    rates = [tax["rate"] for tax in mine if tax["type"] == "percentage"]
    return {
        "source_id": str(row["id"]),
        "product_id": reference("product", row["product"]),
        "description": row["description"],
        "quantity": number(row["quantity"]),
        "unit_price_excluding_tax": number(row["unit_price"]),
        "tax_percentage": number(rates[0] * 100) if len(mine) == 1 and rates else None,
        "total_excluding_tax": number(row["amount"]),
    }
