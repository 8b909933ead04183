"""Changes records of a running Tryton through proteus over XML-RPC, as a person at the client would.

    TRYTON_PASSWORD=... python change.py URL DATABASE USER < changes.json

Reads a JSON list; each entry names a ``model`` and an ``id`` and one deed: ``set`` (fields and values),
``click`` (a button), ``delete`` (true), or ``pay`` (an amount, of an invoice). Knows nothing of Sluice.
"""

from __future__ import annotations

import json
import os
import sys
from decimal import Decimal
from typing import Any

from proteus import Model, Wizard, config


def perform(change: dict[str, Any]) -> None:
    """Do one entry's deed."""
    record = Model.get(change["model"])(change["id"])
    if "set" in change:
        for name, value in change["set"].items():
            setattr(record, name, typed(value))
        record.save()
    if "click" in change:
        record.click(change["click"])
    if "pay" in change:
        pay(record, Decimal(change["pay"]))
    if change.get("delete"):
        record.delete()


def typed(value: Any) -> Any:
    """Return a value of JSON as proteus wants it: {"decimal": text} and {"model": name, "id": n} too."""
    if not isinstance(value, dict):
        return value
    return Decimal(value["decimal"]) if "decimal" in value else Model.get(value["model"])(value["id"])


def pay(invoice: Any, amount: Decimal) -> None:
    """Pay so much of an invoice, on its own date, by the method that the seed made."""
    wizard = Wizard("account.invoice.pay", [invoice])
    wizard.form.payment_method = Model.get("account.invoice.payment.method").find()[0]
    wizard.form.date = invoice.invoice_date
    wizard.form.amount = amount
    wizard.execute("choice")
    if wizard.state != wizard.end_state:  # it asks what becomes of the rest
        wizard.form.type = "partial"
        wizard.execute("pay")


def main() -> None:
    """Perform what stands on the standard input."""
    url, database, user = sys.argv[1:]
    password = os.environ["TRYTON_PASSWORD"]
    with config.set_xmlrpc_session(f"{url}/{database}/", user, password):
        for change in json.load(sys.stdin):
            perform(change)


if __name__ == "__main__":
    main()
