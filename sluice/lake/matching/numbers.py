"""Numbers of companies: what of an organisation or VAT number counts, and whether its check digit holds.

Knows the check digits of three countries, the forms of VAT numbers of all that VIES asks, and no register: a
number that is right here may belong to nobody.

Norway: nine digits, weights 3 2 7 6 5 4 3 2, modulus 11; those in use begin with 8 or 9. A branch
(underenhet) has a number of its own, of the same form; which company it belongs to is only in the register.
Sweden: ten digits, the third at least 2 but for sole traders, Luhn's formula; with 16 before it in systems
that keep a century, and with two digits behind it as a VAT number. Denmark: eight digits, weights 2 7 6 5 4 3
2, modulus 11.

Sources, read 2026-11-22:
http://www.brreg.no/english/coordination/number.html and https://snl.no/organisasjonsnummer
https://oid-base.com/get/1.3.7 and https://docs.peppol.eu/poac/eu/pint-eu/trn-creditnote/rule/SE-R-013
http://erhvervsstyrelsen.dk/modulus_11
https://portal.kyckr.com/VATCheckHelp.aspx, which repeats the table of forms in the help of VIES
"""

from __future__ import annotations

import re
from enum import Enum

from msgspec import Struct
from rapidfuzz.distance import OSA

COUNTRIES = "AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|GR|HR|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|XI"
"""Prefixes of VAT numbers: the members of the union, Northern Ireland, Great Britain and Norway."""

NOISE = "[^0-9A-Za-z]"
STEPS = (
    (r"^SE(\d{10})\d{2}(?:MVA)?$", r"\1"),
    (rf"^(?:{COUNTRIES})?(\d+)(?:MVA)?$", r"\1"),
    (r"^16(\d{2}[2-9]\d{7})$", r"\1"),
)
"""What becomes of a number without :data:`NOISE`, as patterns that Python and DuckDB read alike."""

VIES = {
    "AT": r"U\d{8}", "BE": r"[01]\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}",
    "DE": r"\d{9}", "DK": r"\d{8}", "EE": r"\d{9}", "EL": r"\d{9}", "ES": r"[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"\d{8}", "FR": r"[A-Z0-9]{2}\d{9}", "GB": r"\d{9}|\d{12}|GD\d{3}|HA\d{3}", "HR": r"\d{11}",
    "HU": r"\d{8}", "IE": r"\d[A-Z0-9]\d{5}[A-Z]{1,2}", "IT": r"\d{11}", "LT": r"\d{9}|\d{12}",
    "LU": r"\d{8}", "LV": r"\d{11}", "MT": r"\d{8}", "NL": r"\d{9}B\d{2}", "NO": r"\d{9}(?:MVA)?",
    "PL": r"\d{10}", "PT": r"\d{9}", "RO": r"\d{2,10}", "SE": r"\d{12}", "SI": r"\d{8}", "SK": r"\d{10}",
    "XI": r"\d{9}|\d{12}|GD\d{3}|HA\d{3}",
}  # fmt: skip
"""What follows the country's prefix in a VAT number."""

_REGISTERED = {
    "NO": r"(\d{9}).*",
    "SE": r"(\d{10})\d\d",
    "DK": r"(.*)",
    "FI": r"(.*)",
    "BE": r"(.*)",
    "FR": r"..(.*)",
}
"""The organisation number in a VAT number, in the countries where one is made of the other."""
_SEVERAL = 3
"""Digits that a number must have at least; less is a placeholder."""


class Standing(Enum):
    """Whether a number's check digit holds."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """No check digit is known for the country, or no country is known."""


class Number(Struct, frozen=True):
    """A number in the form in which it is compared; ``country`` is ISO 3166-1 alpha-2, empty if unknown."""

    text: str
    country: str
    standing: Standing


def normalised(text: str | None) -> str | None:
    """Return what of an organisation or VAT number is compared; None where nothing is left.

    Letters and digits only, in capitals; if all is digits but for a country's prefix and Norway's MVA, the
    digits. Letters that belong to the number (``HRB 12345``, ``NL123456789B01``) stay.
    """
    plain = re.sub(NOISE, "", text or "").upper()
    for pattern, kept in STEPS:
        plain = re.sub(pattern, kept, plain, flags=re.ASCII)
    return plain or None


def organisation_number(text: str | None, country: str = "") -> Number | None:
    """Return an organisation number as it is compared; None for no number and for placeholders.

    ``country`` is that of the address; a prefix in the number goes before it.
    """
    plain = normalised(text)
    if plain is None or len(set(plain)) < _SEVERAL:
        return None
    country = "EL" if country == "GR" else country
    prefix = re.match(rf"({COUNTRIES})[ -]*[A-Z]?\d", (text or "").strip().upper())
    if prefix and re.fullmatch(VIES.get(prefix[1], ""), plain.removeprefix(prefix[1])):
        plain = plain.removeprefix(prefix[1])
    country = prefix[1] if prefix else country or ("NO" if re.fullmatch(r"[89]\d{8}", plain) else "")
    return Number(plain, country, standing(plain, country))


def vat_number(text: str | None, country: str = "") -> Number | None:
    """Return a VAT number as it is compared, without its prefix; None for no number and for placeholders."""
    plain = re.sub(NOISE, "", text or "").upper()
    country = "EL" if country == "GR" else country
    prefix, rest = plain[:2].replace("GR", "EL"), plain[2:]
    if prefix in VIES and re.fullmatch(VIES[prefix], rest, re.ASCII):
        country, plain = prefix, rest
    if country in ("NO", ""):
        plain = plain.removesuffix("MVA")
    return Number(plain, country, Standing.UNKNOWN) if len(set(plain)) >= _SEVERAL else None


def registered_in(vat: Number | None) -> Number | None:
    """Return the organisation number that a VAT number is made of; None in countries where it is not."""
    pattern = _REGISTERED.get(vat.country) if vat else None
    found = re.fullmatch(pattern, vat.text) if pattern and vat else None
    return organisation_number(found[1], vat.country) if found and vat else None


def standing(plain: str, country: str) -> Standing:
    """Return whether the check digit of a normalised number holds, as far as the country's are known."""
    if country in _CHECKS:
        return Standing.RIGHT if _CHECKS[country](plain) else Standing.WRONG
    if not country and any(holds(plain) for holds in _CHECKS.values()):
        return Standing.RIGHT
    return Standing.UNKNOWN


def same(one: Number, other: Number) -> bool:
    """Return whether two numbers are the same; countries count where both are known."""
    return one.text == other.text and (one.country == other.country or not (one.country and other.country))


def is_slip(one: Number, other: Number) -> bool:
    """Return whether one number is the other, mistyped: one sign apart, and a check digit does not hold."""
    if Standing.WRONG not in (one.standing, other.standing):
        return False
    return OSA.distance(one.text, other.text, score_cutoff=1) == 1


def in_conflict(one: Number, other: Number) -> bool:
    """Return whether two numbers are of two companies: they differ, and neither is known to be mistyped.

    Without check digits they must be of one shape: a tax number and a register's number may be one company's.
    """
    if same(one, other) or Standing.WRONG in (one.standing, other.standing):
        return False
    both_right = one.standing is other.standing is Standing.RIGHT
    return both_right or _shape(one.text) == _shape(other.text)


def corrections(number: Number) -> list[str]:
    """Return the numbers one slip away whose check digit holds: of a number whose own does not."""
    if number.standing is not Standing.WRONG:
        return []
    text = number.text
    found = {text[:at] + digit + text[at + 1 :] for at in range(len(text)) for digit in "0123456789"}
    found |= {text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(len(text) - 1)}
    found |= {text[:at] + text[at + 1 :] for at in range(len(text))}
    found |= {text[:at] + digit + text[at:] for at in range(len(text) + 1) for digit in "0123456789"}
    return sorted(one for one in found if standing(one, number.country) is Standing.RIGHT)


def _shape(text: str) -> str:
    return re.sub("[A-Z]", "A", re.sub("[0-9]", "9", text))


def _norwegian(text: str) -> bool:
    return bool(re.fullmatch(r"[89]\d{8}", text, re.ASCII)) and _modulus_11(text, (3, 2, 7, 6, 5, 4, 3, 2, 1))


def _danish(text: str) -> bool:
    return bool(re.fullmatch(r"\d{8}", text, re.ASCII)) and _modulus_11(text, (2, 7, 6, 5, 4, 3, 2, 1))


def _swedish(text: str) -> bool:
    if not re.fullmatch(r"\d{10}", text, re.ASCII):
        return False
    doubled = (int(digit) * (2 - at % 2) for at, digit in enumerate(text))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _modulus_11(text: str, weights: tuple[int, ...]) -> bool:
    return sum(int(digit) * weight for digit, weight in zip(text, weights, strict=True)) % 11 == 0


_CHECKS = {"NO": _norwegian, "SE": _swedish, "DK": _danish}
