"""Changes of meaning, as an ERP might make them: which column, what becomes of a value, what it shows as."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Meaning:
    """A change of the values of a column; ``codes`` are the kinds of change by which it counts as found."""

    name: str
    column: str
    change: Callable[[Any], Any]
    codes: frozenset[str]


def _meaning(name: str, column: str, codes: str, change: Callable[[Any], Any]) -> Meaning:
    return Meaning(name, column, change, frozenset(codes.split()))


def _kept(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: value if value is None else change(value)


def _dotted(value: str) -> str:
    return dt.date.fromisoformat(value).strftime("%d.%m.%Y")


def _seconds(value: str) -> str:
    return str(int(dt.datetime.fromisoformat(value).replace(tzinfo=dt.UTC).timestamp()))


_ALPHA_3 = {"NO": "NOR", "SE": "SWE", "DK": "DNK", "DE": "DEU"}
_NUMERIC = {"NO": "578", "SE": "752", "DK": "208", "DE": "276"}
_CURRENCY = {
    "NOK": "kr",
    "EUR": "€",
    "SEK": "skr",
    "USD": "$",
    "GBP": "£",
    "DKK": "dkr",
    "CHF": "fr",
    "PLN": "zł",
}

MEANINGS: tuple[Meaning, ...] = (
    _meaning("kroner to oere", "net", "D63", lambda value: round(value * 100)),
    _meaning("kroner to thousands", "gross", "D63", lambda value: round(value / 1000, 5)),
    _meaning("written in oere", "written", "D63", lambda value: f"{float(value) * 100:.2f}"),
    _meaning("oere as decimals", "net", "D63", lambda value: value / 100),
    _meaning("hours to minutes", "hours", "D63", lambda value: value * 60),
    _meaning("minutes as hours", "hours", "D63 D66", lambda value: value / 60),
    _meaning("quantity in thousandths", "quantity", "D63", lambda value: value * 1000),
    _meaning("per cent to share", "vat", "D63 D66", lambda value: value / 100),
    _meaning("sign of net", "net", "D64", lambda value: -value),
    _meaning("sign of gross", "gross", "D64", lambda value: -value),
    _meaning("sign of hours", "hours", "D64", lambda value: -value),
    _meaning("four decimals", "net", "D66", lambda value: value + 0.0037),
    _meaning("whole kroner", "net", "D66", lambda value: float(round(value))),
    _meaning("date dotted", "date", "D60", _dotted),
    _meaning("date as epoch text", "date", "D60", _seconds),
    _meaning("date as json date", "due", "D60", _kept(lambda value: f"/Date({_seconds(value)}000)/")),
    _meaning("compact date", "due", "D60", _kept(lambda value: value.replace("-", ""))),
    _meaning("date with slashes", "delivered", "D60", _kept(lambda value: value.replace("-", "/"))),
    _meaning("time to date", "changed", "D61", lambda value: value[:10]),
    _meaning("zone dropped", "changed", "D61", lambda value: value[:-1]),
    _meaning("zone as offset", "changed", "D61", lambda value: value[:-1] + "+01:00"),
    _meaning("midnight", "changed", "D61", lambda value: value[:11] + "00:00:00Z"),
    _meaning("decimal comma", "written", "D62", lambda value: value.replace(".", ",")),
    _meaning("thousands", "written", "D62", lambda value: f"{float(value) * 1000:,.2f}"),
    _meaning("currency symbol", "written", "D62", lambda value: f"kr {value}"),
    _meaning("null net", "net", "D52", lambda _: None),
    _meaning("null due date", "due", "D52", lambda _: None),
    _meaning("null customer", "customer", "D52", lambda _: None),
    _meaning("null name", "name", "D52", lambda _: None),
    _meaning("zero for net", "net", "D54", lambda _: 0),
    _meaning("empty date", "due", "D54", lambda _: ""),
    _meaning("empty for null", "comment", "D54", lambda value: "" if value is None else value),
    _meaning("empty object for null", "comment", "D54", lambda value: {} if value is None else value),
    _meaning("field left out at times now always", "comment", "D43 D52", lambda _: None),
    _meaning("mail masked", "email", "D43 D52", lambda _: None),
    _meaning("country alpha-3", "country", "D67", _ALPHA_3.__getitem__),
    _meaning("country numeric", "country", "D67", _NUMERIC.__getitem__),
    _meaning("currency symbols", "currency", "D67 D56", _CURRENCY.__getitem__),
    _meaning("status lower case", "status", "D56 D67", str.lower),
    _meaning("status numeric", "status", "D67 D56", lambda value: str(len(value))),
    _meaning("status in words", "status", "D67 D56 D55", lambda value: f"INVOICE_{value}"),
    _meaning("code padded", "vat_code", "D56 D67", lambda value: value.zfill(3)),
    _meaning("flag inverted", "credit", "D56 D68", lambda value: not value),
    _meaning("constant", "hours", "D68", lambda _: 7.5),
    _meaning("mojibake", "name", "D69", lambda value: value.replace("&", "Ås &").encode().decode("cp1252")),
    _meaning("entities", "name", "D69", lambda value: value.replace("AS", "&Oslash; AS")),
    _meaning("json in a text", "town", "D69 D67 D55 D56", lambda value: json.dumps({"name": value})),
    _meaning("percent-encoded", "name", "D69", lambda value: value.replace(" ", "%20")),
)
