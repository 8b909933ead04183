"""Codes: new values, other spellings, other lists: D55, D56, D67."""

# ruff: noqa: E501 (a table: one row, one line)
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from sandbox.mutations.names import camel
from sandbox.mutations.places import ValueChange, of_values
from sandbox.mutations.variant import Values, Variant, code_list

ARROW = ">"
_COUNTRIES: tuple[tuple[str, str, str, str], ...] = (
    ("NO", "NOR", "578", "Norge"),
    ("SE", "SWE", "752", "Sverige"),
    ("DK", "DNK", "208", "Danmark"),
    ("FI", "FIN", "246", "Finland"),
    ("IS", "ISL", "352", "Island"),
    ("DE", "DEU", "276", "Tyskland"),
    ("GB", "GBR", "826", "Storbritannia"),
    ("US", "USA", "840", "USA"),
    ("NL", "NLD", "528", "Nederland"),
    ("PL", "POL", "616", "Polen"),
)
_LANGUAGES = {"NO": "nb-NO", "EN": "en-GB", "SE": "sv-SE", "DA": "da-DK", "NB": "nb-NO", "nb": "nob", "no": "nor", "en": "eng"}  # fmt: skip
_CURRENCIES = {"NOK": "578", "SEK": "752", "DKK": "208", "EUR": "978", "USD": "840", "GBP": "826"}
_SYMBOLS = {"NOK": "kr", "SEK": "kr", "DKK": "kr.", "EUR": "€", "USD": "$", "GBP": "£"}
_UNITS = {"stk": "C62", "m": "MTR", "l": "LTR", "time": "HUR", "kg": "KGM"}
_UNIT_NAMES = {"stk": "Stykk", "m": "Meter", "l": "Liter", "time": "Timer", "kg": "Kilogram"}


def _looked_up(table: Mapping[str, str]) -> ValueChange:
    return lambda value, _to, _random: table.get(value, value) if isinstance(value, str) else value


def _known(table: Mapping[str, str]) -> Callable[[Values], bool]:
    def fits(values: Values) -> bool:
        found = [value for value in values if value is not None]
        return bool(found) and sum(isinstance(value, str) and value in table for value in found) * 2 > len(
            found
        )

    return fits


def _new(value: Any, to: str, _random: Random) -> Any:
    if type(value) is int:
        return int(to) if to.isdecimal() else 99
    if not isinstance(value, str):
        return value
    if to:
        return to
    return "EXTERNAL" if value.isupper() else "external" if value.islower() else "External"


def _swapped(value: Any, to: str, _random: Random) -> Any:
    old, _, new = to.partition(ARROW)
    if type(value) is int:
        return int(new) if str(value) == old and new.isdecimal() else value
    return new if value == old and new else value


def _most_common(values: Values) -> list[str]:
    found = Counter(str(value) for value in values if value is not None)
    return [text for text, _ in sorted(found.items(), key=lambda one: (-one[1], one[0]))]


def _new_name(values: Values) -> str:
    """Return the most frequent code and a new name for it: ``EHF>EHF_2``, ``3>103``."""
    common = _most_common(values)
    if not common:
        return ""
    old = common[0]
    return f"{old}{ARROW}{int(old) + 100}" if old.isdecimal() else f"{old}{ARROW}{old}_2"


def _merged(values: Values) -> str:
    """Return the second most frequent code and the most frequent one, which it comes as from now on."""
    common = _most_common(values)
    return f"{common[1]}{ARROW}{common[0]}" if len(common) > 1 else ""


def _lettered(change: Callable[[str], str]) -> ValueChange:
    return lambda value, _to, _random: change(value) if isinstance(value, str) and value else value


def _other_case(value: str) -> str:
    return value.capitalize() if value.isupper() else value.upper()


def _spaced(value: str) -> str:
    return re.sub(r"[_-]", " ", value).capitalize()


def _country(index: int) -> dict[str, str]:
    return {row[0]: row[index] for row in _COUNTRIES}


def _of_list(name: str, title: str, table: Mapping[str, str]) -> Variant:
    return Variant("D67", name, title, of_values(_looked_up(table)), _known(table))


_NUMBERS = {**{row[0]: row[2] for row in _COUNTRIES}, **{row[1]: row[2] for row in _COUNTRIES}}

CODES: tuple[Variant, ...] = (
    Variant("D55", "new", "A value that the code list did not have", of_values(_new), code_list, "the value (EXTERNAL)", usual=0.1),
    Variant("D56", "renamed", "A code has another name", of_values(_swapped), code_list, "OLD>NEW", _new_name),
    Variant("D56", "merged", "A code is gone: its records have another", of_values(_swapped), code_list, "OLD>NEW", _merged),
    Variant("D56", "case", "Codes are in another case", of_values(_lettered(_other_case)), code_list),
    Variant("D56", "camel_case", "Codes are written in camelCase", of_values(_lettered(lambda value: camel(value.lower()))), code_list),
    Variant("D56", "words", "Codes are words with spaces", of_values(_lettered(_spaced)), code_list),
    Variant("D56", "prefix", "Codes have a prefix", of_values(_lettered(lambda value: f"TYPE_{value}")), code_list),
    _of_list("alpha3", "Countries: NO is NOR", _country(1)),
    _of_list("numeric", "Countries: NO is 578", _NUMBERS),
    _of_list("country_name", "Countries: NO is Norge", _country(3)),
    _of_list("alpha2", "Countries: NOR or Norge is NO", {**{row[1]: row[0] for row in _COUNTRIES}, **{row[3]: row[0] for row in _COUNTRIES}}),
    _of_list("currency_numeric", "Currencies: NOK is 578", _CURRENCIES),
    _of_list("currency_symbol", "Currencies: NOK is kr", _SYMBOLS),
    _of_list("language_tag", "Languages: NO is nb-NO", _LANGUAGES),
    _of_list("unit_code", "Units: stk is C62 (UN/ECE recommendation 20)", _UNITS),
    _of_list("unit_name", "Units: stk is Stykk", _UNIT_NAMES),
)  # fmt: skip
