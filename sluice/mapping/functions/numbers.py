"""Mapping functions that calculate, exactly, with decimals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from sluice.mapping.decimals import as_decimal, from_locale, plain, product, quotient, total
from sluice.mapping.functions.call import Call
from sluice.mapping.kinds import Kind
from sluice.mapping.node import Node, function_node


def decimal(call: Call) -> Node:
    """The number in a text that is written as ``locale`` writes it; numbers pass as they are.

    nb writes ``1 234,56``, de ``1.234,56``, en ``1,234.56``, plain ``1234.56``; it is never guessed.

    >>> {decimal: {of: total, locale: nb}}  # {"total": "1 234,50"}
    "1234.50"
    """
    locale = call.option("locale")

    def compute(found: Any) -> Any:
        return None if found is None or found == "" else from_locale(found, locale)

    return function_node(compute, Kind.DECIMAL, (call.at("of"),))


def negate(call: Call) -> Node:
    """The amount with its sign turned; null stays null.

    >>> {negate: amount}  # {"amount": 12.5}
    "-12.5"
    """
    return _computed(call.value(Kind.DECIMAL), lambda number: plain(-number))


def is_negative(call: Call) -> Node:
    """Whether the amount is below zero; null stays null.

    >>> {is_negative: total}  # {"total": -80.5}
    true
    """
    return replace(_computed(call.value(Kind.DECIMAL), lambda number: number < 0), gives=Kind.BOOLEAN)


def sum_(call: Call) -> Node:
    """The exact sum of the values; a value may be a list of amounts, such as ``lines[].amount``.

    Null where one of the values is null, because a sum with a part missing would be wrong; nulls
    inside a list are left out, and an empty list counts as 0.

    >>> {sum: [total, {negate: net}]}  # {"total": 125, "net": 100}
    "25"
    >>> {sum: ["lines[].amount"]}  # {"lines": [{"amount": 0.1}, {"amount": 0.2}, {"amount": null}]}
    "0.3"
    """

    def compute(*found: Any) -> Any:
        if any(value is None or value == "" for value in found):
            return None
        return plain(total(number for value in found for number in _amounts(value)))

    return function_node(compute, Kind.DECIMAL, call.values(wanted=Kind.DECIMAL))


def multiply(call: Call) -> Node:
    """The amount ``of`` times the number ``by``, exactly; null stays null.

    >>> {multiply: {of: rate, by: "100"}}  # {"rate": 0.25}
    "25.00"
    """
    by = as_decimal(call.option("by"))
    return _computed(call.at("of", Kind.DECIMAL), lambda number: plain(product(number, by)))


def divide(call: Call) -> Node:
    """The amount ``of`` divided by ``by``, to ``places`` decimals (6), half to even; null stays null.

    >>> {divide: {of: amount, by: "3", places: 2}}  # {"amount": 10}
    "3.33"
    """
    by, places = as_decimal(call.option("by")), call.option("places", 6)
    if by == 0:
        call.refuse("not_allowed", "divides by zero", "by")
        by = Decimal(1)
    return _computed(call.at("of", Kind.DECIMAL), lambda number: plain(quotient(number, by, places)))


def minutes_to_hours(call: Call) -> Node:
    """Minutes as hours, to 6 decimals.

    >>> {minutes_to_hours: minutes}  # {"minutes": 90}
    "1.5"
    """
    return _computed(call.value(Kind.DECIMAL), lambda number: plain(quotient(number, Decimal(60), 6)))


def seconds_to_hours(call: Call) -> Node:
    """Seconds as hours, to 6 decimals.

    >>> {seconds_to_hours: {typed: duration}}  # {"duration": {"__class__": "timedelta", "seconds": 27000.0}}
    "7.5"
    """
    return _computed(call.value(Kind.DECIMAL), lambda number: plain(quotient(number, Decimal(3600), 6)))


def _computed(part: Node, compute: Callable[[Decimal], Any]) -> Node:
    def computed(found: Any) -> Any:
        return None if found is None or found == "" else compute(as_decimal(found))

    return function_node(computed, Kind.DECIMAL, (part,))


def _amounts(value: Any) -> Iterator[Decimal]:
    for one in value if isinstance(value, list) else [value]:
        if one is not None and one != "":
            yield as_decimal(one)
