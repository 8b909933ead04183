"""How records of Tripletex live: amounts, credit notes, ages, and what companies do over a year."""

from __future__ import annotations

from datetime import timedelta

from benchmarks.drift.natural.moment import Chance, Habit, Moment, Record, workday
from benchmarks.drift.natural.whims import emptied, lengthened, sometimes

_RATES = ((25, "3"), (25, "3"), (25, "3"), (25, "3"), (25, "3"), (25, "3"), (15, "31"), (0, "5"))
_FOREIGN_RATE = {"NOK": 1.0, "EUR": 11.6, "SEK": 1.02, "DKK": 1.55, "USD": 10.7, "GBP": 13.4}
_IDS = {"NOK": 1, "SEK": 2, "DKK": 3, "USD": 4, "EUR": 5, "GBP": 6}


def _line(line: Record, chance: Chance, factor: float) -> None:
    percentage, number = chance.random.choice(_RATES)
    line["unitPriceExcludingVatCurrency"] = round(chance.money(700, 1.1) * abs(factor), 2)
    line["count"] = line["count"] if factor > 0 else -line["count"]
    line["discount"] = chance.random.choice((0, 0, 0, 0, 0, 0, 10, 5.5))
    net = line["unitPriceExcludingVatCurrency"] * line["count"] * (1 - line["discount"] / 100)
    line["amountExcludingVatCurrency"] = round(net, 2)
    line["amountIncludingVatCurrency"] = round(line["amountExcludingVatCurrency"] * (1 + percentage / 100), 2)
    line["vatType"] = {"id": int(number), "number": number, "percentage": percentage}


def _invoice(record: Record, chance: Chance, moment: Moment) -> None:
    credit = chance.happens(moment.credit)
    big = 70 if chance.happens(moment.big) else 1
    for line in record["orderLines"]:
        _line(line, chance, moment.price * moment.amounts * big * (-1 if credit else 1))
    code = chance.currency(moment)
    record["currency"] = {"id": _IDS[code], "code": code}
    net = round(sum(line["amountExcludingVatCurrency"] for line in record["orderLines"]), 2)
    gross = round(sum(line["amountIncludingVatCurrency"] for line in record["orderLines"]), 2)
    record["amountExcludingVatCurrency"], record["amountCurrency"] = net, gross
    record["amountExcludingVat"] = round(net * _FOREIGN_RATE[code], 2)
    record["amount"] = round(gross * _FOREIGN_RATE[code], 2)
    record["isCreditNote"] = credit
    record["creditedInvoice"] = record["id"] - 40 if credit else None
    record["invoiceDate"] = workday(chance.born).isoformat()
    record["invoiceDueDate"] = (workday(chance.born) + timedelta(days=14)).isoformat()
    record["deliveryDate"] = (workday(chance.born) - timedelta(days=1)).isoformat()


def _paid(record: Record, chance: Chance, age: int, _: Moment) -> None:
    open_still = age < 5 + chance.lot * 40 or chance.lot > 0.98
    record["amountCurrencyOutstanding"] = record["amountCurrency"] if open_still else 0
    record["amountOutstanding"] = record["amount"] if open_still else 0
    record["version"] = min(age // 20, 6)


def _customer(record: Record, chance: Chance, moment: Moment) -> None:
    code = chance.currency(moment)
    record["currency"] = {"id": _IDS[code], "code": code}
    record["invoicesDueInType"] = "DAYS" if chance.happens(0.97) else "MONTHS"
    record["website"] = record["website"] if chance.happens(0.7) else ""


def _customer_aged(record: Record, chance: Chance, age: int, moment: Moment) -> None:
    record["isInactive"] = chance.lot < (age / 4000 + moment.archived)


def _product(record: Record, chance: Chance, _: Moment) -> None:
    record["priceExcludingVatCurrency"] = chance.money(450, 1.2)
    record["costExcludingVatCurrency"] = round(
        record["priceExcludingVatCurrency"] * chance.random.uniform(0.4, 0.9), 2
    )


def _priced(record: Record, chance: Chance, age: int, moment: Moment) -> None:
    price = round(record["priceExcludingVatCurrency"] * moment.price, 2)
    record["priceExcludingVatCurrency"] = price
    record["priceIncludingVatCurrency"] = round(price * 1.25, 2)
    record["isInactive"] = chance.lot < (age / 5000 + moment.archived)


def _hours(record: Record, chance: Chance, moment: Moment) -> None:
    record["date"] = workday(chance.born).isoformat()
    record["hourlyRate"] = round(chance.random.choice((850, 950, 1100, 1350)) * moment.price, 2)
    if moment.few_hours:
        record["hours"] = chance.random.choice((0.5, 1, 2, 7.5))
    record["chargeableHours"] = record["hours"] if record["chargeable"] else 0


def _hours_aged(record: Record, chance: Chance, age: int, _: Moment) -> None:
    record["locked"] = age > 35
    if age < 20 + chance.lot * 25 or not record["chargeable"]:
        record["invoice"] = None


def _new_rate(record: Record, chance: Chance) -> None:
    if chance.happens(0.06):
        line = record["orderLines"][0]
        line["vatType"] = {"id": 33, "number": "33", "percentage": 12}
        before = line["amountIncludingVatCurrency"]
        line["amountIncludingVatCurrency"] = round(line["amountExcludingVatCurrency"] * 1.12, 2)
        more = line["amountIncludingVatCurrency"] - before
        record["amountCurrency"] = round(record["amountCurrency"] + more, 2)
        rate = _FOREIGN_RATE[record["currency"]["code"]]
        record["amount"] = round(record["amountCurrency"] * rate, 2)


HABITS = {
    "invoice": Habit(
        _invoice,
        _paid,
        {
            "new_member": _new_rate,
            "long_texts": lengthened(0.2, "comment"),
            "gap": emptied("comment"),
            "custom": sometimes(0.4, "projectInvoiceDetails", None),
            "first_null": sometimes(0.08, "deliveryDate", None),
        },
    ),
    "customer": Habit(
        _customer,
        _customer_aged,
        {
            "new_member": sometimes(0.1, "invoiceSendMethod", "AVTALEGIRO"),
            "long_texts": lengthened(0.2, "description"),
            "gap": emptied("deliveryAddress"),
            "custom": sometimes(1, "isFactoring", value=False),
            "first_null": sometimes(0.08, "currency", None),
        },
    ),
    "product": Habit(
        _product,
        _priced,
        {
            "new_member": sometimes(0.1, "productUnit/nameShort", "kg"),
            "long_texts": lengthened(0.2, "description"),
            "gap": emptied("department"),
            "custom": sometimes(0.3, "hsnCode", "8544.42"),
            "first_null": sometimes(0.08, "vatType", None),
        },
    ),
    "time_entry": Habit(
        _hours,
        _hours_aged,
        {
            "new_member": sometimes(0.1, "hours", 0.25),
            "long_texts": lengthened(0.2, "comment"),
            "gap": emptied("comment"),
            "custom": sometimes(1, "payslipId", None),
            "first_null": sometimes(0.08, "hourlyRate", None),
        },
    ),
}
