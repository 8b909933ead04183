"""Numbers: how they are written, their unit, sign, sum and precision: D62, D63, D64, D65, D66."""

# ruff: noqa: E501 (a table: one row, one line)
from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from sandbox.mutations.places import Change, of_values
from sandbox.mutations.variant import Values, Variant, number_of, numbers

NARROW = "\N{NO-BREAK SPACE}"
VAT_PERCENT = 25
FEE = 59


def _grouped(thousands: str, point: str) -> Callable[[Any], Any]:
    def write(value: Any) -> str:
        text = f"{number_of(value):,.2f}"
        return text.replace(",", "\0").replace(".", point).replace("\0", thousands)

    return write


def _comma(value: Any) -> str:
    return str(float(value)).replace(".", ",") if not isinstance(value, str) else value.replace(".", ",")


def _by(factor: float, places: int = 4) -> Callable[[Any], Any]:
    """Return what multiplies a number: whole results are written whole, text stays text."""

    def scale(value: Any) -> Any:
        found = round((number_of(value) or 0) * factor, places)
        whole = int(found) if found == int(found) else found
        return str(whole) if isinstance(value, str) else whole

    return scale


def _negated(value: Any) -> Any:
    if isinstance(value, str):
        return value[1:] if value.startswith("-") else f"-{value}"
    return -value


def _positive(value: Any) -> Any:
    return value[1:] if isinstance(value, str) else -value


def _rounded(places: int) -> Callable[[Any], Any]:
    def write(value: Any) -> Any:
        if isinstance(value, str):
            return f"{float(value):.{places}f}"
        found = round(value, places)
        return int(found) if places == 0 else found

    return write


def _noisy(value: Any) -> Any:
    """Return the number as binary arithmetic would leave it: 12.34 is 12.340000000000003."""
    found = float(value)
    noisy = found * 1.1 / 1.1
    noisy = noisy if noisy != found else found * (1 + 2**-52)
    return repr(noisy) if isinstance(value, str) else noisy


def _finer(value: Any) -> Any:
    """Return the number with four decimals: 12.34 is 12.3412."""
    found = round(float(value) + float(value) % 1 / 100, 4)
    return f"{found:.4f}" if isinstance(value, str) else found


def _vat(value: Any, to: str, *, add: bool) -> Any:
    rate = 1 + (float(to) if to else VAT_PERCENT) / 100
    return _by(rate if add else 1 / rate, 2)(value)


def _plus(value: Any, to: str) -> Any:
    found = round((number_of(value) or 0) + (float(to) if to else FEE), 2)
    return f"{found:.2f}" if isinstance(value, str) else found


def _one_less(value: Any, _to: str, _random: Random) -> Any:
    return value[:-1] if isinstance(value, list) and len(value) > 1 else value


def _off(value: Any, random: Random) -> Any:
    by = random.choice((-1, 1)) * random.uniform(0.05, 0.3)
    return _by(1 + by, 2)(value)


def _is_number(value: Any) -> bool:
    return number_of(value) is not None


def _is_amount(value: Any) -> bool:
    return bool(number_of(value))


def _has_decimals(value: Any) -> bool:
    found = number_of(value)
    return found is not None and found != int(found)


def _is_negative(value: Any) -> bool:
    return (number_of(value) or 0) < 0


def _change(kind: Callable[[Any], bool], change: Callable[[Any], Any]) -> Change:
    return of_values(lambda value, _to, _random: change(value) if kind(value) else value)


def _some(kind: Callable[[Any], bool]) -> Callable[[Values], bool]:
    return lambda values: numbers([value for value in values if value != 0]) and any(map(kind, values))


def _within(most: float) -> Callable[[Values], bool]:
    def fits(values: Values) -> bool:
        found = [number for value in values if (number := number_of(value)) is not None]
        return numbers(values) and all(abs(number) <= most for number in found)

    return fits


def _longer_lists(values: Values) -> bool:
    return any(isinstance(value, list) and len(value) > 1 for value in values)


def _scale(name: str, title: str, factor: float, fits: Callable[[Values], bool] = numbers) -> Variant:
    return Variant("D63", name, title, _change(_is_amount, _by(factor, 6)), fits)


def _sum(name: str, title: str, change: Callable[[Any, str], Any], argument: str) -> Variant:
    made = of_values(lambda value, to, _random: change(value, to) if _is_amount(value) else value)
    return Variant("D65", name, title, made, numbers, argument)


AMOUNTS: tuple[Variant, ...] = (
    Variant("D62", "comma", "1234.5 is 1234,5", _change(_is_number, _comma), numbers),
    Variant("D62", "space_comma", "1234.5 is 1 234,50", _change(_is_number, _grouped(NARROW, ",")), numbers),
    Variant("D62", "dot_comma", "1234.5 is 1.234,50", _change(_is_number, _grouped(".", ",")), numbers),
    Variant("D62", "comma_dot", "1234.5 is 1,234.50", _change(_is_number, _grouped(",", ".")), numbers),
    Variant("D62", "apostrophe", "1234.5 is 1'234.50", _change(_is_number, _grouped("'", ".")), numbers),
    _scale("x100", "Amounts are in the smallest unit (øre): times 100", 100),
    _scale("x1000", "Times 1000", 1000),
    _scale("hundredth", "A hundredth", 0.01),
    _scale("thousandth", "Amounts are in thousands: a thousandth", 0.001),
    _scale("minutes", "Hours are minutes: times 60", 60, _within(24)),
    _scale("days", "Hours are days of 7.5 hours", 1 / 7.5, _within(24)),
    _scale("fraction", "Percent is a fraction: a hundredth", 0.01, _within(100)),
    _scale("percent", "A fraction is percent: times 100", 100, _within(1)),
    Variant("D64", "negated", "Numbers have the other sign", _change(_is_amount, _negated), numbers),
    Variant("D64", "absolute", "Negative numbers are positive", _change(_is_negative, _positive), _some(_is_negative)),
    _sum("gross", "Including VAT in place of without", lambda value, to: _vat(value, to, add=True), "percent (25)"),
    _sum("net", "Without VAT in place of including", lambda value, to: _vat(value, to, add=False), "percent (25)"),
    _sum("fee", "A fee is in the sum and in no line", _plus, "the fee (59)"),
    Variant("D65", "off", "Amounts differ from the sum of what they stand for", of_values(lambda value, _to, random: _off(value, random) if _is_amount(value) else value), numbers),
    Variant("D65", "line_missing", "The last line is missing", of_values(_one_less, whole=True), _longer_lists),
    Variant("D66", "rounded", "No decimals", _change(_has_decimals, _rounded(0)), _some(_has_decimals)),
    Variant("D66", "one_decimal", "One decimal", _change(_has_decimals, _rounded(1)), _some(_has_decimals)),
    Variant("D66", "four_decimals", "Four decimals", _change(_has_decimals, _finer), _some(_has_decimals)),
    Variant("D66", "float_noise", "12.34 is 12.340000000000003", _change(_has_decimals, _noisy), _some(_has_decimals)),
)  # fmt: skip
