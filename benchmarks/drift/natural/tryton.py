"""How records of Tryton live: typed decimals and dates, drafts before posting, what was ever changed."""

from __future__ import annotations

from datetime import date, timedelta

from benchmarks.drift.natural.moment import Chance, Habit, Moment, Record, utc_parts, workday
from benchmarks.drift.natural.whims import emptied, lengthened, sometimes


def _decimal(value: float, places: int = 2) -> Record:
    return {"__class__": "Decimal", "decimal": f"{value:.{places}f}"}


def _date(day: date) -> Record:
    return {"__class__": "date", "year": day.year, "month": day.month, "day": day.day}


def _stamped(record: Record, chance: Chance) -> None:
    record["create_date"] = {"__class__": "datetime", **utc_parts(chance.born, chance.random.random())}
    record["write_date"] = None


def _written(record: Record, chance: Chance, age: int) -> None:
    """Most records are changed some time after they were made; what is new was not yet."""
    if age > chance.lot * 60:
        day = date(*(record["create_date"][part] for part in ("year", "month", "day")))
        changed = day + timedelta(days=int(chance.lot * 60))
        record["write_date"] = {"__class__": "datetime", **utc_parts(changed, chance.lot)}


def _invoice(record: Record, chance: Chance, moment: Moment) -> None:
    _stamped(record, chance)
    sign = -1 if chance.happens(moment.credit) else 1
    factor = moment.price * moment.amounts * (70 if chance.happens(moment.big) else 1)
    net = 0.0
    for line in record["lines."]:
        line["quantity"] = sign * chance.random.choice((1.0, 1.0, 2.0, 3.0, 7.5, 12.0))
        price = round(chance.money(700, 1.1) * factor, 4)
        amount = round(price * line["quantity"], 2)
        line["unit_price"], line["amount"] = _decimal(price, 4), _decimal(amount)
        net += amount
    tax = round(net * 0.25, 2)
    record["untaxed_amount"], record["tax_amount"] = _decimal(net), _decimal(tax)
    record["total_amount"] = _decimal(net + tax)
    code = chance.currency(moment)
    record["currency."] = {"id": len(code) + ord(code[0]), "code": code}
    record["invoice_date"] = _date(workday(chance.born))
    record["lines_to_pay."][0]["maturity_date"] = _date(workday(chance.born) + timedelta(days=14))


def _invoice_aged(record: Record, chance: Chance, age: int, moment: Moment) -> None:
    _written(record, chance, age)
    if moment.drafts and age < 3:
        record["state"], record["number"], record["invoice_date"] = "draft", None, None
        record["lines_to_pay."] = []
    else:
        record["state"] = "posted" if age < 5 + chance.lot * 40 or chance.lot > 0.98 else "paid"
    open_still = record["state"] != "paid"
    record["amount_to_pay"] = dict(record["total_amount"]) if open_still else _decimal(0)


def _party(record: Record, chance: Chance, _: Moment) -> None:
    _stamped(record, chance)
    record["mobile"] = record["mobile"] if chance.happens(0.6) else None
    record["website"] = record["website"] if chance.happens(0.4) else None


def _active(record: Record, chance: Chance, age: int, moment: Moment) -> None:
    _written(record, chance, age)
    record["active"] = chance.lot > (age / 4000 + moment.archived)


def _product(record: Record, chance: Chance, _: Moment) -> None:
    _stamped(record, chance)
    price = chance.money(450, 1.2)
    record["list_price"] = _decimal(price, 4)
    record["cost_price"] = _decimal(price * chance.random.uniform(0.4, 0.9), 4)


def _priced(record: Record, chance: Chance, age: int, moment: Moment) -> None:
    _active(record, chance, age, moment)
    if moment.price != 1:
        record["list_price"] = _decimal(float(record["list_price"]["decimal"]) * moment.price, 4)


def _hours(record: Record, chance: Chance, moment: Moment) -> None:
    _stamped(record, chance)
    record["date"] = _date(workday(chance.born))
    hours = (0.5, 1, 2, 7.5) if moment.few_hours else (7.5, 7.5, 7.5, 4, 3.5, 2, 1.25, 0.5)
    record["duration"]["seconds"] = 3600.0 * chance.random.choice(hours)


def _hours_aged(record: Record, chance: Chance, age: int, _: Moment) -> None:
    _written(record, chance, age)


HABITS = {
    "invoice": Habit(
        _invoice,
        _invoice_aged,
        {
            "new_member": sometimes(0.1, "lines./type", "comment"),
            "long_texts": lengthened(0.2, "description"),
            "gap": emptied("description"),
            "custom": sometimes(0.4, "x_delivery_week", 12),
            "first_null": sometimes(0.08, "number", None),
        },
    ),
    "customer": Habit(
        _party,
        _active,
        {
            "new_member": sometimes(0.1, "categories./name", "Partner"),
            "long_texts": lengthened(0.2, "name"),
            "gap": emptied("tax_identifier."),
            "custom": sometimes(1, "x_credit_class", "A"),
            "first_null": sometimes(0.15, "email", None),
        },
    ),
    "product": Habit(
        _product,
        _priced,
        {
            "new_member": sometimes(0.1, "default_uom./symbol", "kg"),
            "long_texts": lengthened(0.2, "description"),
            "gap": emptied("description"),
            "custom": sometimes(0.3, "x_shelf", "B-12"),
            "first_null": sometimes(0.08, "code", None),
        },
    ),
    "time_entry": Habit(
        _hours,
        _hours_aged,
        {
            "new_member": sometimes(0.1, "work./origin", "project.work,17"),
            "long_texts": lengthened(0.2, "description"),
            "gap": emptied("description"),
            "custom": sometimes(1, "x_overtime", value=False),
            "first_null": sometimes(0.08, "work./origin", None),
        },
    ),
}
