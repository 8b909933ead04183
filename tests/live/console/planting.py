"""The customers of two ERPs, of which it is known how they differ, and when the lake has them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.matching.ledgers import LEDGERS
from sandbox.server import SandboxServer
from sandbox.words import check_digit
from sluice.bootstrap.deployment import Deployment
from sluice.lake.database import Limits
from sluice.lake.views import View
from sluice.usecases.data.reader import LakeReader
from tests.live.console.situation import Customer, connect

COUNTS = "SELECT connection, count(*) FROM customer GROUP BY 1"
FIRST_NUMBER = 93_400_000
"""Eight digits: organisation numbers are counted from here on, each with its check digit."""


def number_of(place: int) -> str:
    """Return an organisation number of its own for every place; every one is right."""
    base = FIRST_NUMBER + 2 * place  # of two neighbours at most one has no check digit
    base += check_digit(base) == 10
    return f"{base}{check_digit(base)}"


def company(place: int, name: str, **other: Any) -> dict[str, Any]:
    """Return a canonical customer, all of it known and like no other; ``other`` is what is otherwise."""
    word = name.split(maxsplit=1)[0].lower()
    address = {
        "line_1": f"Storgata {place + 1}",
        "line_2": None,
        "postal_code": f"{1000 + 37 * place}",
        "city": f"{name.split(maxsplit=1)[0]} by",
        "country": "NO",
    }
    return {
        "name": f"{name} AS",
        "organisation_number": number_of(place),
        "private_individual": False,
        "active": True,
        "email": f"post@{word}.example",
        "invoice_email": f"faktura@{word}.example",
        "phone": f"+47 {22_000_000 + 10_101 * place}",
        "mobile_phone": None,
        "website": f"https://www.{word}.example",
        "payment_terms_days": 14,
        "discount_percentage": None,
        "postal_address": address,
        "visiting_address": None,
        **other,
    }


@dataclass
class Ledger:
    """An ERP that holds customers; ``ids`` are theirs there, by the label that each was planted under."""

    customer: Customer
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.customer.name


def filled(
    deployment: Deployment,
    start: Callable[..., SandboxServer],
    name: str,
    connector: str,
    held: Mapping[str, Mapping[str, Any]],
) -> Ledger:
    """Start a sandbox, let it hold these customers, by label, and connect to it."""
    erp = start(connector, records={"customer": len(held)})
    ledger = Ledger(connect(deployment, erp, name, streams=("customer",)))
    records = ledger.customer.records("customer")
    for (label, one), record in zip(held.items(), records, strict=True):
        ledger.ids[label] = str(record.get("id", record.get("Id")))
        ledger.customer.order(
            "change", stream="customer", id=ledger.ids[label], set=LEDGERS[connector](dict(one))
        )
    return ledger


def wait_for_the_lake(ledgers: Sequence[Ledger], patience: float = 120) -> None:
    """Wait until the lake has all that was planted."""
    wanted = {ledger.name: len(ledger.ids) for ledger in ledgers}
    world, until = ledgers[0].customer.deployment.world, time.monotonic() + patience
    reader = LakeReader(Limits())
    try:
        while True:
            with reader.opened(world, [View("customer")]) as lake:
                rows = lake.database.execute(COUNTS).fetchall()
            found = {name: count for name, count in rows if name in wanted}
            if found == wanted:
                return
            assert time.monotonic() < until, f"the lake has {found}, not {wanted}"
            time.sleep(0.3)
    finally:
        reader.close()
