"""docs/mapping-functions.md, from the docstrings of the functions: their examples are run by a test."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from sluice.mapping.functions import FUNCTIONS
from sluice.mapping.structure import each, object_

NAME = "docs/mapping-functions.md"
DOCUMENTED: dict[str, Callable[..., Any]] = {**FUNCTIONS, "object": object_, "each": each}
_EXAMPLE = re.compile(r"^>>> (?P<call>.+?)  # (?P<record>\{.*\})\n(?P<result>.+)$", re.MULTILINE)
_INTRODUCTION = """# Mapping functions

<!-- Made by `pytest tests/examples --update-goldens`; change the docstrings in sluice/mapping instead. -->

A rule of a mapping (`transformers/<connector>/<stream>.yaml`) gives a canonical field its value. A value is
a path into the source record, or a call of one function from this list; the arguments of a call are values
again. The form of every call is fixed by `transformers/mapping.schema.json`.

**Paths** are [JMESPath](https://jmespath.org/specification.html) without its functions: `name`,
`customer.id`, `orders[0].id`, `lines[].amount`, `"party.name"` (names with other characters than letters,
digits and `_` in double quotes), ``addresses[?kind=='invoice'].city | [0]``. What is absent or null is
null. A path that leads through something that is no object is a fault, never a silent null.

**Conversion.** What a rule gives is converted to the kind of its canonical field, without guessing:
decimals and dates must be written plainly, a time must name its zone. Empty text is null, except in a
plain text field. A missing value of a required field, and every value that cannot be converted, is a
fault: the record is set aside, and nothing of it is published.

**Identity.** `id` reads every field of the stream's key: of two records with one id the one would take the
place of the other. Where it reads less, the mapping says under `unique` why no two records have one id.

**Letters that nobody sees** (zero-width ones, turned directions, accents written apart) stand in a path as
escapes, `"na\\u200bme"`, so that two names that look alike are not mistaken for one.
"""


class Example(Struct, frozen=True):
    """One example of a docstring: the call in YAML, the record and the result in JSON."""

    call: str
    record: str
    result: str


def examples(function: Callable[..., Any]) -> Iterator[Example]:
    """Yield the examples of a function's docstring."""
    for found in _EXAMPLE.finditer(inspect.getdoc(function) or ""):
        yield Example(found["call"], found["record"], found["result"])


def functions_page() -> str:
    """Return the page's text."""
    return "\n".join([_INTRODUCTION, *(_section(name, DOCUMENTED[name]) for name in sorted(DOCUMENTED))])


def _section(name: str, function: Callable[..., Any]) -> str:
    text = _EXAMPLE.sub("", inspect.getdoc(function) or "").strip().replace("``", "`")
    rows = [f"| `{one.call}` | `{one.record}` | `{one.result}` |" for one in examples(function)]
    table = "\n".join(["| rule | record | gives |", "|---|---|---|", *rows])
    return f"## {name}\n\n{text}\n\n{table}\n"
