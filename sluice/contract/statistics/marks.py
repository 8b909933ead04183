"""Signs that text was escaped or encoded once too often: entities, UTF-8 read as Latin-1, JSON in a text.

Whether there are more of them than before is not its business.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

MASKED = "masked"
"""The mark of a text that is hidden from whoever asks."""
_MARKS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    ("entity", ("&",), re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});")),
    ("mojibake", ("Ã", "Â", "â€", "\ufffd"), re.compile("[ÃÂ][\u0080-\u00bf\u02dc…†‡‰šŽžŒœ€]|â€|\ufffd")),
    ("escaped", ("\\",), re.compile(r"\\(?:u[0-9a-fA-F]{4}|[\"n/])")),
    ("percent", ("%",), re.compile(r"%(?:20|2[CF]|C3%[89AB][0-9A-F])", re.IGNORECASE)),
    ("json", ('{"', '["', "[{"), re.compile(r"\A\s*(?:\{\"|\[[\"{])")),
    ("quoted", ('"',), re.compile(r'\A".*"\Z', re.DOTALL)),
    (MASKED, ("***", "•••"), re.compile(r"\A\W*\*{3}[\W\d]*\Z|\A[^\w]*•{3}[\W\d]*\Z")),
)
"""Name, what a text must hold to bear it at all (quick to look for), and the pattern."""

WORD = "word"
"""The mark of a text that says there is no value."""
_WORDS = ("null", "NULL", "Null", "none", "None", "NONE", "N/A", "n/a", "nil", "undefined", "NaN", "-")


def marks_in(texts: Mapping[str, int]) -> dict[str, int]:
    """Return how many of the texts (each with how often it came) bear each mark."""
    joined = "\n".join(texts)
    found = {
        mark: sum([count for text, count in texts.items() if pattern.search(text)])
        for mark, hints, pattern in _MARKS
        if any(hint in joined for hint in hints)
    }
    found[WORD] = sum([texts[word] for word in _WORDS if word in texts])
    return {mark: count for mark, count in found.items() if count}
