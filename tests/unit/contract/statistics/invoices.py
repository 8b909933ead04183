"""Made-up invoices with lines, as records: net, VAT and gross add up, whoever buys and in which currency."""

from __future__ import annotations

from random import Random
from typing import Any

PATHS = [
    ("id",),
    ("number",),
    ("net",),
    ("vat",),
    ("gross",),
    ("gross_currency",),
    ("outstanding",),
    ("lines", "id"),
    ("lines", "count"),
    ("lines", "price"),
    ("lines", "net"),
    ("lines", "gross"),
]


def invoices(random: Random, count: int, *, abroad: float = 0.0, food: float = 0.0) -> list[dict[str, Any]]:
    """Return invoices; ``abroad`` is the share in another currency, ``food`` that of lines with 15 % VAT."""
    return [_invoice(random, number, abroad, food) for number in range(count)]


def _invoice(random: Random, number: int, abroad: float, food: float) -> dict[str, Any]:
    lines = [_line(random, food) for _ in range(random.choice([1, 1, 2, 3, 4]))]
    net = round(sum(line["net"] for line in lines), 2)
    gross = round(sum(line["gross"] for line in lines), 2)
    rate = 11.4321 if random.random() < abroad else 1.0
    return {
        "id": 90_000_000 + number,
        "number": 1000 + number,
        "net": net,
        "vat": round(gross - net, 2),
        "gross": gross,
        "gross_currency": round(gross / rate, 2),
        "outstanding": 0.0 if random.random() < 0.6 else gross,
        "customer": {"id": random.randrange(500, 600)},
        "lines": lines,
    }


def _line(random: Random, food: float) -> dict[str, Any]:
    count = random.choice([1, 1, 2, 3, 5, 7.5])
    price = round(random.lognormvariate(6, 1), 2)
    net = round(count * price, 2)
    rate = 1.15 if random.random() < food else 1.25
    return {
        "id": random.randrange(10**8, 2 * 10**8),
        "count": count,
        "price": price,
        "net": net,
        "gross": round(net * rate, 2),
    }
