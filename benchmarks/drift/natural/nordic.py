"""How records of the benchmark's own ERP live: what has no value is not sent, times follow Oslo's clocks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from benchmarks.drift.natural.moment import Chance, Habit, Moment, Record, local_time, workday
from benchmarks.drift.natural.whims import emptied, lengthened, sometimes

_RATES = {"HIGH": 0.25, "MEDIUM": 0.15, "ZERO": 0.0}


def without_empty(value: Any) -> Any:
    """Return the value without fields that are null or empty lists, as the ERP would send it."""
    if isinstance(value, dict):
        return {
            name: without_empty(field) for name, field in value.items() if field is not None and field != []
        }
    if isinstance(value, list):
        return [without_empty(item) for item in value]
    return value


def _stamped(record: Record, chance: Chance) -> None:
    second = int(21_600 + chance.random.random() * 43_200)
    if "createdAt" in record:
        record["createdAt"] = local_time(chance.born, second)
    record["modifiedAt"] = local_time(chance.born, second)


def _touched(record: Record, chance: Chance, age: int, _: Moment) -> None:
    changed = chance.born + timedelta(days=min(age, int(chance.lot * 60)))
    record["modifiedAt"] = local_time(changed, int(21_600 + chance.lot * 43_200))


def _invoice(record: Record, chance: Chance, moment: Moment) -> None:
    _stamped(record, chance)
    credit = chance.happens(moment.credit)
    factor = moment.price * moment.amounts * (70 if chance.happens(moment.big) else 1)
    record["documentType"] = "CreditMemo" if credit else "Invoice"
    for number, line in enumerate(record["lines"], start=1):
        code = chance.random.choice(("HIGH", "HIGH", "HIGH", "HIGH", "MEDIUM", "ZERO"))
        line["lineNo"], line["vatCode"] = number, code
        line["quantity"] = -line["quantity"] if credit else line["quantity"]
        line["unitPrice"] = round(chance.money(700, 1.1) * factor, 2)
        line["netAmount"] = round(line["unitPrice"] * line["quantity"], 2)
        line["vatAmount"] = round(line["netAmount"] * _RATES[code], 2)
    record["netAmount"] = round(sum(line["netAmount"] for line in record["lines"]), 2)
    record["vatAmount"] = round(sum(line["vatAmount"] for line in record["lines"]), 2)
    record["grossAmount"] = round(record["netAmount"] + record["vatAmount"], 2)
    record["currencyCode"] = chance.currency(moment)
    record["invoiceDate"] = workday(chance.born).isoformat()
    record["dueDate"] = (workday(chance.born) + timedelta(days=14)).isoformat()


def _invoice_aged(record: Record, chance: Chance, age: int, moment: Moment) -> None:
    _touched(record, chance, age, moment)
    open_still = age < 5 + chance.lot * 40 or chance.lot > 0.98
    record["status"] = "Open" if open_still else "Paid"
    if moment.drafts and age < 3:
        record["status"], record["paymentReference"] = "Draft", None
    record["remainingAmount"] = record["grossAmount"] if open_still else 0


def _customer(record: Record, chance: Chance, moment: Moment) -> None:
    _stamped(record, chance)
    record["currencyCode"] = chance.currency(moment)
    record["balance"] = chance.money(9000) if chance.happens(0.5) else 0


def _customer_aged(record: Record, chance: Chance, age: int, moment: Moment) -> None:
    _touched(record, chance, age, moment)
    if chance.lot < moment.archived:
        record["blocked"] = "All"


def _product(record: Record, chance: Chance, _: Moment) -> None:
    _stamped(record, chance)
    record["unitPrice"] = chance.money(450, 1.2)
    record["unitCost"] = round(record["unitPrice"] * chance.random.uniform(0.4, 0.9), 2)


def _priced(record: Record, chance: Chance, age: int, moment: Moment) -> None:
    _touched(record, chance, age, moment)
    record["unitPrice"] = round(record["unitPrice"] * moment.price, 2)
    record["unitPriceIncludingVat"] = round(record["unitPrice"] * 1.25, 2)
    record["blocked"] = chance.lot < (age / 5000 + moment.archived)


def _hours(record: Record, chance: Chance, moment: Moment) -> None:
    _stamped(record, chance)
    record["date"] = workday(chance.born).isoformat()
    record["hourlyRate"] = round(chance.random.choice((850, 950, 1100, 1350)) * moment.price, 2)
    if moment.few_hours:
        record["hours"] = chance.random.choice((0.5, 1, 2, 7.5))


def _hours_aged(record: Record, chance: Chance, age: int, moment: Moment) -> None:
    _touched(record, chance, age, moment)
    record["status"] = "Approved" if age > 35 else "Submitted" if age > 7 else "Open"


HABITS = {
    "invoice": Habit(
        _invoice,
        _invoice_aged,
        {
            "new_member": sometimes(0.1, "lines/warehouse", "TROMSO"),
            "long_texts": lengthened(0.2, "lines/description"),
            "gap": emptied("externalDocumentNumber"),
            "custom": sometimes(0.4, "ext_deliveryWeek", 12),
            "first_null": sometimes(0.08, "paymentReference", None),
        },
    ),
    "customer": Habit(
        _customer,
        _customer_aged,
        {
            "new_member": sometimes(0.1, "salesRegion", "Central"),
            "long_texts": lengthened(0.2, "displayName"),
            "gap": emptied("website"),
            "custom": sometimes(1, "ext_creditClass", "A"),
            "first_null": sometimes(0.08, "address/street", None),
        },
    ),
    "product": Habit(
        _product,
        _priced,
        {
            "new_member": sometimes(0.1, "baseUnit", "KG"),
            "long_texts": lengthened(0.2, "displayName"),
            "gap": emptied("weight"),
            "custom": sometimes(0.3, "ext_hsCode", "8544.42"),
            "first_null": sometimes(0.08, "unitCost", None),
        },
    ),
    "time_entry": Habit(
        _hours,
        _hours_aged,
        {
            "new_member": sometimes(0.1, "costCentre", "400"),
            "long_texts": lengthened(0.2, "text"),
            "gap": emptied("text"),
            "custom": sometimes(1, "ext_overtime", value=False),
            "first_null": sometimes(0.08, "hourlyRate", None),
        },
    ),
}
