"""The books of the seed: chart of accounts, fiscal year, tax, payment term, invoices in every state.

Uses what Tryton's modules ship for their own scenarios where it is the same in every series that is seeded.
Knows nothing of Sluice.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Any

from proteus import Model, Wizard, config
from seed_chart import accounts, create_chart
from trytond.modules.account.tests.tools import create_fiscalyear
from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences

CUSTOMER_INVOICES = 200
SUPPLIER_INVOICES = 20
DRAFTS = 30
CREDIT_NOTES = 12
PAID = 40
PARTLY_PAID = 8
SUPPLIERS_PAID = 10


def chart_and_year(company_id: int, year: int) -> None:
    """Create the chart of accounts, the fiscal year ``year`` with its periods, and a tax."""
    company = Model.get("company.company")(company_id)
    create_chart(company_id)
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    fiscal_year = set_fiscalyear_invoice_sequences(create_fiscalyear(company, (first, last)))
    fiscal_year.click("create_period")
    tax = Model.get("account.tax")(name="MVA 25 %", description="MVA 25 %", type="percentage")
    tax.rate = Decimal("0.25")
    tax.invoice_account = tax.credit_note_account = Model.get("account.account")(accounts()["tax"])
    tax.save()


def payment_term(name: str, deltas: list[dict[str, Any]]) -> int:
    """Create a term of one payment after ``deltas`` of days, months and so on; return its id."""
    term = Model.get("account.invoice.payment_term")(name=name)
    line = term.lines.new(type="remainder")
    for delta in deltas:
        line.relativedeltas.new(**delta)
    term.save()
    return int(term.id)


def product_category() -> int:
    """Create the accounting category of the products and return its id."""
    category = Model.get("product.category")(name="Salg", accounting=True)
    account = Model.get("account.account")
    category.account_revenue, category.account_expense = (
        account(accounts()[kind]) for kind in ("revenue", "expense")
    )
    category.save()
    return int(category.id)


def invoices(company_id: int, parties: list[int], products: list[int], term: int) -> None:
    """Create customer and supplier invoices; post most; pay some, wholly and in part; leave drafts."""
    books = _Books(company_id)
    rows = [
        books.row(index, parties[(index * 3 + 1) % len(parties)], products, term)
        for index in range(CUSTOMER_INVOICES + SUPPLIER_INVOICES)
    ]
    proxy = Model.get("account.invoice")._proxy
    context = config.get_config().context
    found: list[int] = proxy.create(rows, context)
    _answer_yes(found)
    for start in range(DRAFTS, len(found), 10):  # Tryton slows down with the size of a batch here
        proxy.post(found[start : start + 10], context)
    proxy.cancel(found[:3], context)
    books.pay(found[DRAFTS : DRAFTS + PAID + PARTLY_PAID])
    books.pay(found[CUSTOMER_INVOICES : CUSTOMER_INVOICES + SUPPLIERS_PAID])


def _answer_yes(found: list[int]) -> None:
    """Answer beforehand what Tryton asks: a due date in the past, taxes other than the product's."""
    user = config.get_config().user
    rows = [
        {"user": user, "name": f"{_key_of(invoice)}.{question}", "always": True}
        for invoice in found
        for question in ("invoice_payment_term", "invoice_taxes")
    ]
    Model.get("res.user.warning")._proxy.create(rows, config.get_config().context)


def _key_of(invoice: int) -> str:
    return hashlib.md5(f"account.invoice,{invoice}".encode(), usedforsecurity=False).hexdigest()


class _Books:
    """What invoices and payments are booked on."""

    def __init__(self, company_id: int) -> None:
        self.company = company_id
        self.accounts = accounts()
        self.journals = {journal.type: journal.id for journal in Model.get("account.journal").find()}
        self.tax = Model.get("account.tax").find()[0].id
        self.unit = Model.get("product.uom").find([("symbol", "=", "h")])[0].id
        self.currencies = {currency.code: currency.id for currency in Model.get("currency.currency").find()}

    def row(self, index: int, party_id: int, products: list[int], term: int) -> dict[str, Any]:
        """Return one invoice's values: the last tenth are supplier invoices, a few are credit notes."""
        is_out = index < CUSTOMER_INVOICES
        party = Model.get("party.party")(party_id)
        if not party.addresses:
            party.addresses.new(street="Storgata 1", postal_code="0155", city="Oslo")
            party.save()
        day = dt.date(2026, 1, 10) + dt.timedelta(days=index)  # numbers follow dates
        currency = self.currencies["EUR" if index % 25 == 24 else "NOK"]
        lines = self.lines(index, products, is_out=is_out)
        return {
            "type": "out" if is_out else "in",
            "company": self.company,
            "party": party_id,
            "invoice_address": party.addresses[0].id,
            "account": self.accounts["receivable" if is_out else "payable"],
            "journal": self.journals["revenue" if is_out else "expense"],
            "currency": currency,
            "invoice_date": day if index >= DRAFTS or not is_out else None,
            "payment_term": term,
            "reference": f"PO-{index:05d}" if index % 3 == 0 else None,
            "lines": [("create", [line | {"currency": currency} for line in lines])],
        }

    def lines(self, index: int, products: list[int], *, is_out: bool) -> list[dict[str, Any]]:
        """Return an invoice's lines: with and without product and tax, sometimes a line of text."""
        sign = -1 if index % (CUSTOMER_INVOICES // CREDIT_NOTES) == 7 else 1
        account = self.accounts["revenue" if is_out else "expense"]
        plain = {"type": "line", "account": account, "unit": self.unit, "company": self.company}
        found: list[dict[str, Any]] = [
            plain
            | {
                "product": products[index % len(products)] if is_out else None,
                "description": f"Leveranse {index}",
                "quantity": sign * (1.0 + index % 4 * 0.25),
                "unit_price": Decimal(index * 31 % 4000) + Decimal("99.9050"),
                "taxes": [("add", [self.tax])] if is_out else [],
            }
        ]
        if index % 4 == 0:
            found.append({"type": "comment", "company": self.company, "description": "Takk for handelen"})
        if index % 6 == 0:
            found.append(plain | {"description": "Frakt", "quantity": sign * 1.0, "unit_price": Decimal(149)})
        return found

    def pay(self, found: list[int]) -> None:
        """Pay the invoices in NOK by bank through Tryton's wizard; the first of them only in part."""
        method = Model.get("account.invoice.payment.method")(name="Bank")
        method.journal = Model.get("account.journal")(self.journals["cash"])
        method.credit_account = method.debit_account = Model.get("account.account")(self.accounts["cash"])
        method.save()
        in_krone = [("id", "in", found), ("currency.code", "=", "NOK"), ("total_amount", ">", 0)]
        for index, invoice in enumerate(Model.get("account.invoice").find(in_krone, order=[("id", "ASC")])):
            wizard = Wizard("account.invoice.pay", [invoice])
            wizard.form.payment_method = method
            wizard.form.date = invoice.invoice_date
            if index < PARTLY_PAID:
                wizard.form.amount = Decimal("10.00")
            wizard.execute("choice")
            if wizard.state != wizard.end_state:  # it asks what becomes of the rest
                wizard.form.type = "partial"
                wizard.execute("pay")
