"""Sales and purchases of the seed, in every state that a service can come to.

Knows nothing of Sluice.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from proteus import Model, config

ORDERS = 60
DRAFTS = 12
NOTHING = 12
"""Of every 13 orders one is for a quantity of 0: nothing is to be invoiced, so it is done once confirmed."""
FIRST_DAY = dt.date(2026, 2, 2)
ADDRESSLESS = 40
"""Every so many parties one has no address, and nothing can be ordered without."""


def orders(company_id: int, parties: list[int], products: list[int], terms: list[int]) -> None:
    """Create orders of customers and to suppliers: drafts, offers, cancelled ones, ones under way or done."""
    having = [party for index, party in enumerate(parties) if index % ADDRESSLESS]
    for side in ("sale", "purchase"):
        writer = _Writer(side, company_id, having if side == "sale" else having[::-1])
        proxy, context = Model.get(f"{side}.{side}")._proxy, config.get_config().context
        found: list[int] = proxy.create(
            [writer.row(index, products, terms) for index in range(ORDERS)], context
        )
        offered = found[DRAFTS:]
        proxy.quote(offered, context)
        proxy.cancel(found[:3] + offered[:3], context)
        proxy.confirm(offered[10:], context)
        proxy.process(offered[10:], context)


class _Writer:
    """Writes the orders of one side."""

    def __init__(self, side: str, company_id: int, parties: list[int]) -> None:
        self.side = side
        self.company = company_id
        self.parties = parties
        self.currencies = {currency.code: currency.id for currency in Model.get("currency.currency").find()}
        self.tax = Model.get("account.tax").find()[0].id
        self.unit = Model.get("product.uom").find([("symbol", "=", "h")])[0].id

    def row(self, index: int, products: list[int], terms: list[int]) -> dict[str, Any]:
        """Return one order's values; some are in euro, some have lines of text and lines without product."""
        party = Model.get("party.party")(self.parties[index * 7 % len(self.parties)])
        day = FIRST_DAY + dt.timedelta(days=index)
        wanted = "shipping_date" if self.side == "sale" else "delivery_date"
        return {
            "company": self.company,
            "party": party.id,
            "invoice_address": party.addresses[0].id,
            "currency": self.currencies["EUR" if index % 12 == 5 else "NOK"],
            "payment_term": terms[index % len(terms)] if index % 4 else None,
            f"{self.side}_date": day if index % 5 or index >= DRAFTS else None,
            wanted: day + dt.timedelta(days=21) if index % 3 == 0 else None,
            "invoice_method": "manual" if index % 6 == 0 else "order",
            "reference": f"REF-{index:04d}" if index % 2 else None,
            "description": f"Avtale {index}" if index % 7 == 0 else None,
            "comment": "Ring først\nSpør etter Åse" if index % 8 == 0 else None,
            "lines": [("create", self.lines(index, products))],
        }

    def lines(self, index: int, products: list[int]) -> list[dict[str, Any]]:
        """Return an order's lines: with and without product and tax, sometimes a line of text."""
        line: dict[str, Any] = {
            "type": "line",
            "product": products[index % len(products)],
            "unit": self.unit,
            "description": f"Rådgivning {index}",
            "quantity": 1.0 + index % 4 * 0.25 if index % 13 != NOTHING else 0.0,
            "unit_price": Decimal(index * 47 % 3000) + Decimal("79.9050"),
            "taxes": [("add", [self.tax])] if index % 3 else [],
        }
        found = [line]
        if index % 4 == 0:
            found.append({"type": "comment", "description": "Etter avtale"})
        if index % 6 == 1:
            free = {"type": "line", "description": "Reise", "quantity": 1.0, "unit_price": Decimal(450)}
            found.append({**free, "unit": self.unit})
        return found
