"""Supplier invoices and ledger entries as the canonical model should carry them; see read.py."""

from __future__ import annotations

from collections.abc import Iterator

from flat_rows import EVERY, Row, by_id, day, number, reference, rows, stamps
from read_accounting import document_line

_TEXTS = [
    "number",
    "state",
    "reference",
    "description",
    "comment",
    "invoice_date",
    "create_date",
    "write_date",
]
_LINKS = ["party", "currency", "lines", "lines_to_pay", "move"]
_AMOUNTS = ["untaxed_amount", "tax_amount", "total_amount", "amount_to_pay"]
_INVOICE = [*_TEXTS, *_LINKS, *_AMOUNTS]


def supplier_invoices() -> Iterator[tuple[int, Row]]:
    """Yield supplier invoices with their lines."""
    currencies = by_id("currency.currency", ["code"])
    taxes = by_id("account.tax", ["type", "rate"])
    due = by_id("account.move.line", ["maturity_date"])
    moves = by_id("account.move", ["number", "date"])
    line_fields = ["type", "product", "description", "quantity", "unit_price", "amount", "taxes", "account"]
    lines = by_id("account.invoice.line", line_fields)
    statuses = {"validated": "draft", "posted": "open"}
    for row in rows("account.invoice", _INVOICE, [("type", "=", "in")]):
        dates = [due[line]["maturity_date"] for line in row["lines_to_pay"]]
        mine = [lines[line] for line in row["lines"] if lines[line]["type"] == "line"]
        move = moves.get(row["move"])
        yield (
            row["id"],
            {
                "number": row["reference"],
                "type": "credit_note" if row["total_amount"] < 0 else "invoice",
                "status": statuses.get(row["state"], row["state"]),
                "supplier_id": reference("supplier", row["party"]),
                "voucher_id": move and str(move["id"]),
                "voucher_number": move and move["number"],
                "issue_date": day(row["invoice_date"]),
                "posting_date": move and day(move["date"]),
                "due_date": day(max(dates)) if dates else None,
                "currency": currencies[row["currency"]]["code"],
                "total_excluding_tax": number(row["untaxed_amount"]),
                "tax_amount": number(row["tax_amount"]),
                "total_including_tax": number(row["total_amount"]),
                "outstanding_amount": number(row["amount_to_pay"]),
                "note": row["comment"],
                "lines": [
                    {**document_line(line, taxes), "account_id": reference("account", line["account"])}
                    for line in mine
                ],
                **stamps(row),
                "extensions": {
                    "description": row["description"],
                    "number": row["number"],
                    "state": row["state"],
                },
            },
        )


def ledger_entries() -> Iterator[tuple[int, Row]]:
    """Yield the lines of posted moves."""
    currencies = by_id("currency.currency", ["code"])
    own = currencies[rows("company.company", ["currency"])[0]["currency"]]["code"]
    kinds = by_id("account.account.type", ["receivable", "payable"])
    accounts = by_id("account.account", ["code", "type"], [EVERY])
    moves = by_id("account.move", ["number", "date", "description", "origin"], [("state", "=", "posted")])
    fields = ["move", "account", "party", "debit", "credit", "description", "maturity_date", "reconciliation"]
    more = ["amount_second_currency", "second_currency", "create_date", "write_date"]
    for row in rows("account.move.line", [*fields, *more]):
        if row["move"] not in moves:
            continue
        move, account = moves[row["move"]], accounts[row["account"]]
        kind, amount = kinds[account["type"]], row["debit"] - row["credit"]
        second = currencies.get(row["second_currency"])
        yield (
            row["id"],
            {
                "date": day(move["date"]),
                "account_id": reference("account", row["account"]),
                "account_number": account["code"],
                "voucher_id": str(row["move"]),
                "voucher_number": move["number"],
                "description": row["description"] or move["description"] or None,
                "amount": number(amount),
                "company_currency": own,
                "currency_amount": number(row["amount_second_currency"] if second else amount),
                "currency": second["code"] if second else own,
                "customer_id": reference("customer", row["party"]) if kind["receivable"] else None,
                "supplier_id": reference("supplier", row["party"]) if kind["payable"] else None,
                **stamps(row),
                "extensions": {
                    "maturity_date": day(row["maturity_date"]),
                    "origin": move["origin"],
                    "party": row["party"],
                    "reconciliation": row["reconciliation"],
                },
            },
        )
