"""What a run costs on AWS: what it used, as metered by its functions, at the list prices in prices.yaml.

It says what it does not count (docs/cost.md). On the embedded AWS it is what the same steps would have cost.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec import Struct

from sluice.model.yaml_document import read_yaml
from sluice.ports.workflow import Step
from sluice.registry.usages import Used
from sluice.usecases.operating.usage import HANDING_OVER, used_by

_REQUESTS_OF_A_CHUNK = 3
_FILE = Path(__file__).with_name("prices.yaml")

_NOT_COUNTED = (
    "what is done for several runs at once: writing the lake, the queues of consumers, notices to people",
    "what is done beside a run: starting it by its schedule, keeping this usage",
    "starting functions' environments, logs, metrics and traces, storage, and data that leaves AWS",
)
_UNMETERED = (
    "nothing has metered its functions: their requests are not counted, and their time is their states'"
)
_FAILED = (
    "{} attempts of functions failed or did not say what they used: of them only the time is counted,"
    " with what their state waited for"
)
_LACKS = {
    "inside": "the history shows no steps inside a Map: they are not counted",
    "end": "the history is longer than what was read: only its beginning is counted",
    "items": "each window is an execution of its own: not all of them are counted, and none before the end",
}


class Line(Struct, frozen=True):
    """One thing that is paid for: ``quantity`` of it and ``dollars``, as decimal texts."""

    what: str
    quantity: str
    dollars: str
    source: str


class Cost(Struct, frozen=True):
    """An estimate in US dollars (decimal text) at the list prices of ``region``, read on the day ``read``.

    ``notes`` say what is counted too high, what is not counted at all, and which prices are not confirmed.
    """

    dollars: str
    region: str
    read: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...]


def cost_of(steps: Sequence[Step], limit: int) -> Cost | None:
    """Return what the steps (the oldest first, at most ``limit`` of them) cost; None where there are none."""
    used = used_by(steps, limit)
    return priced(used) if used else None


def priced(used: Used) -> Cost:
    """Return what it costs to use this, at the prices as they stand now."""
    prices = _prices()
    lines = tuple(priced_units(units_of(used)))
    notes = (*_lacking(used), *(f"not counted: {what}" for what in _NOT_COUNTED), *_unconfirmed())
    return Cost(plain(dollars_of(used)), prices["region"], prices["read"], lines, notes)


def dollars_of(used: Used) -> Decimal:
    """Return the sum over the lines, each as it is shown."""
    return sum((Decimal(line.dollars) for line in priced_units(units_of(used))), Decimal(0))


def prices_of() -> tuple[str, str]:
    """Return whose list prices they are (a region), and the day on which they were read."""
    return _prices()["region"], _prices()["read"]


def plain(dollars: Decimal) -> str:
    """Return dollars as a decimal text with seven digits behind the point: a state is $0.000025."""
    return f"{dollars.quantize(Decimal('0.0000001')):f}"


def priced_units(units: Mapping[str, Decimal]) -> list[Line]:
    """Return what so many units of each thing cost that prices.yaml names; nothing for what it does not."""
    prices = _prices()["prices"]
    return [_line(name, quantity, prices[name]) for name, quantity in units.items() if name in prices]


def units_of(used: Used) -> dict[str, Decimal]:
    """Return how much was used of each thing that is paid for, by its name in prices.yaml."""
    units = {
        "transition": Decimal(used.transitions),
        "lambda_gb_second": sum((Decimal(found) for found in used.gb_seconds.values()), Decimal(0)),
        "lambda_request": Decimal(sum(used.invoked.values())),
    }
    if not used.requests:
        chunks = sum(used.invoked.get(state, 0) for state in HANDING_OVER)
        return {**units, "sqs_request": Decimal(chunks * _REQUESTS_OF_A_CHUNK)}
    return units | {kind: Decimal(found) for kind, found in used.requests.items()}


def _lacking(used: Used) -> Iterator[str]:
    if used.lacks:
        yield _LACKS[used.lacks]
    if used.invoked and not used.requests:
        yield _UNMETERED
    elif used.unmetered:
        yield _FAILED.format(used.unmetered)


def _line(name: str, quantity: Decimal, price: dict[str, Any]) -> Line:
    dollars = quantity * Decimal(price["dollars"]) / Decimal(price["per"])
    whole = quantity == quantity.to_integral_value() and name != "lambda_gb_second"
    amount = quantity if whole else quantity.quantize(Decimal("0.001"))
    return Line(price["what"], f"{amount:f}", plain(dollars), price["source"])


def _unconfirmed() -> list[str]:
    found = [price["what"] for price in _prices()["prices"].values() if not price["confirmed"]]
    return [f"prices not confirmed on AWS's own pages: {'; '.join(found)}"] if found else []


@functools.cache
def _prices() -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(_FILE.read_bytes(), _FILE.name).value
    return found
