"""A made-up company's invoices, window by window, with all that changes by itself; a seed gives the same.

Nothing in here is a change of the API: amounts grow and double at the year's end, one customer fills a
window, credit notes begin one day, currencies, towns and states are added, the list is sorted by date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sluice.contract.statistics import Role

Columns = dict[str, list[Any]]

ROLES: Mapping[str, Role] = {
    "id": Role.REFERENCE,
    "number": Role.NUMBER,
    "version": Role.ANY,
    "date": Role.TIME,
    "due": Role.TIME,
    "changed": Role.TIME,
    "delivered": Role.TIME,
    "customer": Role.REFERENCE,
    "name": Role.TEXT,
    "organisation": Role.TEXT,
    "email": Role.TEXT,
    "phone": Role.TEXT,
    "town": Role.TEXT,
    "postcode": Role.TEXT,
    "country": Role.TEXT,
    "currency": Role.TEXT,
    "status": Role.ANY,
    "comment": Role.TEXT,
    "net": Role.NUMBER,
    "gross": Role.NUMBER,
    "outstanding": Role.NUMBER,
    "written": Role.NUMBER,
    "vat": Role.NUMBER,
    "vat_code": Role.TEXT,
    "hours": Role.NUMBER,
    "quantity": Role.NUMBER,
    "discount": Role.NUMBER,
    "paid": Role.BOOLEAN,
    "credit": Role.BOOLEAN,
    "kid": Role.TEXT,
    "period": Role.ANY,
    "year": Role.ANY,
    "exchange": Role.NUMBER,
    "account": Role.ANY,
    "project": Role.REFERENCE,
}
_TOWNS = ["Oslo", "Bergen", "Trondheim", "Stavanger", "Tromsø", "Bodø", "Ås", "Mo i Rana", "Sandnes", "Hamar"]
_WORDS = ["levering", "av", "varer", "og", "tjenester", "til", "prosjekt", "etter", "avtale", "på", "stedet"]
_NAMES = ["Fjord", "Nord", "Ås", "Hansen & Sønn", "Elvebakken", "Sætre", "Bygg", "Transport"]
_RATES = {"EUR": 11.5, "USD": 10.7, "GBP": 13.4, "SEK": 1.02, "DKK": 1.55, "CHF": 12.1, "PLN": 2.7}
_VAT = {"3": 25.0, "31": 15.0, "33": 12.0, "5": 0.0}


@dataclass
class Customer:
    """Who buys; what is bought is around ``size`` kroner."""

    id: int
    name: str
    size: float
    values: dict[str, Any] = field(default_factory=dict)


class Company:
    """Makes windows of records in the order of their dates."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 (believable, not unguessable)
        self.day = dt.date(2024, 1, 2) + dt.timedelta(days=self.random.randrange(300))
        self.count = 100_000
        self.level = self.random.uniform(5, 8)
        self.width = self.random.uniform(0.5, 1.2)
        self.per_day = self.random.choice([5, 20, 60])
        self.window_number = 0
        self.credit_from = self.random.randrange(2, 30)
        self.states = ["SENT", "PAID", "OVERDUE"]
        self.currencies = ["NOK", "EUR"]
        self.towns = _TOWNS[:4]
        self.comment_share = self.random.uniform(0.2, 0.9)
        self.delivered_share = self.random.uniform(0.6, 1.0)
        self.customers = [self.customer() for _ in range(40)]

    def customer(self) -> Customer:
        """Return a new customer."""
        random, number = self.random, 5_000 + len(getattr(self, "customers", ()))
        name = f"{random.choice(_NAMES)} {random.choice(_NAMES)} AS"
        abroad = random.random() < 0.04
        values = {
            "organisation": None
            if random.random() < 0.1
            else str(random.randrange(810_000_000, 999_999_999)),
            "email": None if random.random() < 0.15 else f"post@firma{number}.no",
            "phone": random.choice(["{} {} {}", "+47 {}{}{}", "{}{}{}", ""]).format(
                random.randrange(40, 99), random.randrange(100, 999), random.randrange(100, 999)
            ),
            "town": random.choice(self.towns),
            "postcode": f"{random.randrange(1, 9999):04}",
            "country": random.choice(["SE", "DK", "DE"]) if abroad else "NO",
            "currency": random.choice(self.currencies) if abroad else "NOK",
            "vat_code": random.choice(["3", "3", "3", "3", "31", "33", "5"]),
            "cash": random.random() < 0.02,
            "account": random.choice([3000, 3000, 3010, 3100, 3900]),
        }
        if abroad and random.random() < 0.5:
            values["organisation"] = f"SE{random.randrange(10**9, 10**10)}01"
        return Customer(number, name, random.lognormvariate(self.level, self.width), values)

    def window(self, size: int = 200) -> Columns:
        """Return the next window, one list of values per column."""
        self.live()
        random = self.random
        columns: Columns = {name: [] for name in ROLES}
        regulars = self.customers[-40:]
        weights = [1 / (1 + place) for place in range(len(regulars))]
        large = random.choice(regulars) if random.random() < 0.06 else None
        share = random.uniform(0.5, 0.95) if large else 0.0
        for customer in random.choices(regulars, weights, k=size):
            self.count += random.choice([1, 1, 1, 2])
            if random.random() < 1 / self.per_day:
                self.day += dt.timedelta(days=3 if self.day.weekday() == 4 else 1)
            self.record(columns, large if large and random.random() < share else customer)
        return columns

    def live(self) -> None:
        """Let time change what it changes."""
        random = self.random
        self.window_number += 1
        self.customers += [self.customer() for _ in range(random.choice([0, 0, 1, 1, 2, 4]))]
        if random.random() < 0.03:
            self.currencies.append(random.choice(["SEK", "USD", "GBP", "DKK", "CHF", "PLN"]))
        if random.random() < 0.03:
            self.towns.append(random.choice([*_TOWNS, "SKI", "Kristiansand S", "8622 Mo i Rana"]))
        if random.random() < 0.02:
            self.states.append(random.choice(["DRAFT", "REMINDED", "DEBT_COLLECTION", "NEW"]))
        self.comment_share = min(0.95, max(0.05, self.comment_share + random.uniform(-0.05, 0.05)))
        self.level += 0.003

    def record(self, columns: Columns, customer: Customer) -> None:
        """Add one record to the columns."""
        random, day = self.random, self.day
        credit = random.random() < self.credit_share()
        net = self.amount(customer) * (-1 if credit else 1)
        rate = _VAT[customer.values["vat_code"]]
        gross = round(net * (1 + rate / 100), 2)
        summer = 3 < day.month < 11
        hour = min(21, max(4, round(random.gauss(11, 2.5)))) - (2 if summer else 1)
        paid = day < dt.date(2024, 9, 1) or random.random() < 0.7
        row = {
            **customer.values,
            "id": 90_000_000 + self.count,
            "number": self.count,
            "version": int(random.random() * 6),
            "date": day.isoformat(),
            "due": None if customer.values["cash"] else (day + dt.timedelta(days=14)).isoformat(),
            "changed": f"{day.isoformat()}T{hour:02}:{random.randrange(60):02}:{random.randrange(60):02}Z",
            "delivered": day.isoformat() if random.random() < self.delivered_share else None,
            "customer": customer.id,
            "name": customer.name,
            "status": "PAID" if paid else random.choice(self.states),
            "comment": self.comment() if random.random() < self.comment_share else None,
            "net": net,
            "gross": gross,
            "outstanding": 0.0 if paid else gross,
            "written": f"{net:.2f}",
            "vat": rate,
            "hours": random.choice([7.5, 7.5, 7.5, 8.0, 4.0, 0.5, 1.25, 3.0, 10.0])
            * (0.5 if day.weekday() > 4 else 1),
            "quantity": random.choice([1, 1, 1, 2, 3, 5, 10, 7.5, 12.5])
            * (20 if random.random() < 0.01 else 1),
            "discount": random.choice([5.0, 10.0, 15.0]) if random.random() < 0.05 else 0.0,
            "paid": paid,
            "credit": credit,
            "kid": f"{9_000_000_000 + self.count}",
            "period": day.isoformat()[:7],
            "year": day.year,
            "exchange": _RATES.get(customer.values["currency"], 1.0) * random.uniform(0.97, 1.03),
            "project": random.randrange(700, 760) if self.window_number > self.credit_from else None,
        }
        for name, values in columns.items():
            values.append(row[name])

    def credit_share(self) -> float:
        """Return the share of credit notes: none before the first, many at the month's end."""
        if self.window_number < self.credit_from:
            return 0.0
        return 0.12 if self.day.day > 26 else 0.015

    def amount(self, customer: Customer) -> float:
        """Return an amount: some are free after a while, and those of December are twice as large."""
        if self.window_number > 20 and self.random.random() < 0.01:
            return 0.0
        season = 1.9 if self.day.month == 12 else 1.0
        return round(customer.size * season * self.random.lognormvariate(0, 0.7), 2)

    def comment(self) -> str:
        """Return free text, longer as time goes by."""
        words = self.random.choices(_WORDS, k=3 + self.random.randrange(2 + self.window_number // 4))
        return " ".join(words).capitalize() + f", ref. {self.random.randrange(1000)}"
