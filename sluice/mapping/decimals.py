"""Exact decimals: reads numbers and texts, computes without rounding, writes the plain form.

Nothing here calculates with floats: a float that JSON gave is read through its shortest text,
which is the text that the ERP sent where that had at most 15 significant digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow
from typing import Any

from sluice.mapping.unmappable import Unmappable

WANTED = 'a decimal such as 1234.50, or "1234.50"'
_MAX_DIGITS = 60
_PLAIN = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?", re.ASCII)
_SCIENTIFIC = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?[eE][-+]?[0-9]{1,2}", re.ASCII)
_NUMERIC = frozenset({float, str, Decimal})
_EXACT = Context(prec=2 * _MAX_DIGITS + 5, traps=[Inexact, InvalidOperation, Overflow])
_SPACES = " \u00a0\u2009\u202f"
_LOCALES = {
    "plain": re.compile(r"(?P<sign>-?)(?P<whole>[0-9]+)(\.(?P<part>[0-9]+))?"),
    "en": re.compile(r"(?P<sign>-?)(?P<whole>[0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.(?P<part>[0-9]+))?"),
    "de": re.compile(r"(?P<sign>-?)(?P<whole>[0-9]{1,3}(\.[0-9]{3})+|[0-9]+)(,(?P<part>[0-9]+))?"),
    "nb": re.compile(
        rf"(?P<sign>-?)(?P<whole>[0-9]{{1,3}}([{_SPACES}][0-9]{{3}})+|[0-9]+)(,(?P<part>[0-9]+))?"
    ),
}


def decimal_text(value: Any) -> str:
    """Return the plain decimal text of a JSON number or of a text in plain or scientific form.

    Trailing zeros stay as they came. Raises Unmappable ``not_a_decimal``: other types, a negative
    zero, NaN, infinities, thousands separators, decimal commas, more than 60 digits.
    """
    if type(value) is int:
        return str(value)
    if type(value) not in _NUMERIC:
        raise Unmappable("not_a_decimal", value, WANTED)
    text = str(value)
    if not _PLAIN.fullmatch(text):
        text = _expanded(text, value)
    if text[0] == "-" and not text.strip("-0."):
        raise Unmappable("not_a_decimal", value, "a decimal; a zero has no sign")
    return text


def as_decimal(value: Any) -> Decimal:
    """Return the exact number of a JSON number or text; raises as :func:`decimal_text` does."""
    return Decimal(decimal_text(value))


def plain(number: Decimal) -> str:
    """Return the text without exponent; a negative zero loses its sign."""
    return format(abs(number) if number.is_zero() else number, "f")


def from_locale(value: Any, locale: str) -> str:
    """Return the plain text of a number written as ``locale`` writes it; numbers pass as they are."""
    if not isinstance(value, str):
        return decimal_text(value)
    found = _LOCALES[locale].fullmatch(value)
    if not found or len(value) > _MAX_DIGITS:
        raise Unmappable("not_a_decimal", value, f"a decimal as {locale!r} writes it")
    whole = re.sub(r"[^0-9]", "", found["whole"])
    return decimal_text(found["sign"] + whole + (f".{found['part']}" if found["part"] else ""))


def total(numbers: Iterable[Decimal]) -> Decimal:
    """Return the exact sum; raises Unmappable where it has too many digits."""
    found = Decimal(0)
    for number in numbers:
        found = _exactly(_EXACT.add, found, number)
    return found


def product(one: Decimal, two: Decimal) -> Decimal:
    """Return the exact product; raises Unmappable where it has too many digits."""
    return _exactly(_EXACT.multiply, one, two)


def quotient(number: Decimal, by: Decimal, places: int) -> Decimal:
    """Return ``number / by`` to ``places`` decimals, half to even, without trailing zeros."""
    rounding = Context(prec=3 * _MAX_DIGITS, rounding=ROUND_HALF_EVEN)
    found = rounding.divide(number, by).quantize(Decimal(1).scaleb(-places), context=rounding)
    return found.to_integral_value() if found == found.to_integral_value() else found.normalize(rounding)


def _exactly(compute: Any, one: Decimal, two: Decimal) -> Decimal:
    try:
        found: Decimal = compute(one, two)
    except DecimalException as err:
        raise Unmappable("not_a_decimal", None, f"a result of at most {_MAX_DIGITS} digits") from err
    return found


def _expanded(text: str, value: Any) -> str:
    if not _SCIENTIFIC.fullmatch(text):
        raise Unmappable("not_a_decimal", value, WANTED)
    return format(Decimal(text), "f")
