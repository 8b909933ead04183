"""The closed list of functions that a mapping may call, by the name it calls them by.

Each is documented by its docstring, whose examples are run by a test; docs/mapping-functions.md is
made from them. ``object`` and ``each`` build structure and are the compiler's own.
"""

from __future__ import annotations

from sluice.mapping.functions import choices, numbers, texts, times
from sluice.mapping.functions.call import Build

FUNCTIONS: dict[str, Build] = {
    "value": choices.value,
    "first": choices.first,
    "choose": choices.choose,
    "is": choices.is_,
    "null_if": choices.null_if,
    "not": choices.not_,
    "lookup": choices.lookup,
    "text": texts.text,
    "join": texts.join,
    "split": texts.split,
    "decimal": numbers.decimal,
    "negate": numbers.negate,
    "is_negative": numbers.is_negative,
    "sum": numbers.sum_,
    "multiply": numbers.multiply,
    "divide": numbers.divide,
    "minutes_to_hours": numbers.minutes_to_hours,
    "seconds_to_hours": numbers.seconds_to_hours,
    "date_of": times.date_of,
    "instant": times.instant,
    "epoch": times.epoch,
    "dotnet_date": times.dotnet_date,
    "typed": times.typed,
}
