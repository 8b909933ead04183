"""CSV that a spreadsheet shows and never runs.

Text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers.
Sources: OWASP ASVS 5.0, requirement 1.2.10, and CWE-1236, read 2026-11-22. The form is RFC 4180's, in UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from sluice.lake.asking import Answer
from sluice.lake.values import text_of

FORMULA_SIGNS = "=+-@\t\r\n\0\uff1d\uff0b\uff0d\uff20"
"""What a formula begins with, or may after it was read in; the last four are the wide forms of East Asia."""
NUMBER = r"-?[0-9]+(\.[0-9]+)?"
"""A text that is a number: what begins with - is no formula then."""
END = "\r\n"

_NUMBER = re.compile(NUMBER)
_SIGNS = tuple(FORMULA_SIGNS)


def csv_lines(answer: Answer) -> Iterator[str]:
    """Yield the answer as lines of CSV with their ends, the columns' names first."""
    kinds = list(answer.columns.values())
    yield ",".join(map(quoted, answer.columns)) + END
    for row in answer.rows:
        yield ",".join(_field(value, kind) for value, kind in zip(row, kinds, strict=True)) + END


def quoted(text: str) -> str:
    """Return text as a field that is shown as it is, in quotes, whatever a spreadsheet splits lines by."""
    harmless = text if _NUMBER.fullmatch(text) or not text.startswith(_SIGNS) else f"'{text}"
    return '"' + harmless.replace('"', '""') + '"'


def _field(value: object, kind: str) -> str:
    if value is None:
        return ""
    text = text_of(value, kind)
    return text if isinstance(value, bool | int | float | Decimal) else quoted(text)
