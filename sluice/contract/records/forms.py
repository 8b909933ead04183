"""In which form texts write dates, times, numbers and keys; a whole column is looked at at once.

Only forms are told apart: whether a day exists is the mapping's business.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache

DATE, TIME_UTC, TIME_OFFSET, TIME_LOCAL = "date", "time in UTC", "time with an offset", "time without a zone"
ISO = frozenset({DATE, TIME_UTC, TIME_OFFSET, TIME_LOCAL})
NUMBER, COMMA, GROUPED, DIGITS = "plain number", "decimal comma", "grouped digits", "digits"
EMPTY, OTHER = "empty", "other text"
NUMBERS = frozenset({NUMBER, DIGITS})
UUID, CODE = "UUID", "code"

_DIGITS = bytes.maketrans(b"012345678", b"999999999")
_FORMS = (
    (EMPTY, r"\s*"),
    (DATE, r"9{4}-99-99"),
    (TIME_UTC, r"9{4}-99-99[T ]99:99(:99(\.9+)?)?Z"),
    (TIME_OFFSET, r"9{4}-99-99[T ]99:99(:99(\.9+)?)?[-+]99:?99"),
    (TIME_LOCAL, r"9{4}-99-99[T ]99:99(:99(\.9+)?)?"),
    ("/Date()/", r"/Date\(-?9+([-+]9{4})?\)/"),
    ("d.m.y", r"9{1,2}\. ?9{1,2}\. ?(9{4}|99)([T ,].*)?"),
    ("d/m/y", r"9{1,2}/9{1,2}/(9{4}|99)([T ,].*)?"),
    ("d-m-y", r"9{1,2}-9{1,2}-9{4}([T ,].*)?"),
    ("y/m/d", r"9{4}[/.]9{1,2}[/.]9{1,2}([T ,].*)?"),
    ("compact time", r"9{8}T9{4,6}(\.9+)?(Z|[-+]9{4})?"),
    ("day with month name", r".*[A-Za-z]{3,}.*9{4}.*"),
    (DIGITS, r"9+"),
    (NUMBER, r"[-+]?9+(\.9+)?([eE][-+]?9+)?"),
    (COMMA, r"-?9+,9+"),
    (GROUPED, r"-?9{1,3}([., '\u00a0\u2009\u202f]9{3})+([.,]9+)?-?"),
)
"""Compiled when a text is first held against them: many readings never do that."""
_NINE = re.compile(r"(\\u[0-9a-f]{4})|9")
_DATES = ISO | {"/Date()/", "d.m.y", "d/m/y", "d-m-y", "y/m/d", "compact time"}
LONGEST = 80
"""Characters of a text that its form is read from."""
_UUID = re.compile(r"\{?[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}\}?")


def forms_of(texts: Sequence[str]) -> dict[str, int]:
    """Return how many texts have which form."""
    masked = "\n".join(texts).encode("utf-8", "replace").translate(_DIGITS)
    first, _, _ = masked.partition(b"\n")
    if len(masked) == len(texts) * (len(first) + 1) - 1 and masked == b"\n".join([first] * len(texts)):
        return {_form(first): len(texts)}
    masks = masked.split(b"\n")
    if len(masks) != len(texts):
        return dict(Counter(form_of(text) for text in texts))
    found: Counter[str] = Counter()
    for mask, times in Counter(masks).items():
        found[_form(mask)] += times
    return dict(found)


def form_of(text: str) -> str:
    """Return the form of one text."""
    return _form(text.encode("utf-8", "replace").translate(_DIGITS))


def is_date_form(form: str) -> bool:
    """Return whether dates or times are written in this form."""
    return form in _DATES


def key_forms_of(texts: Sequence[str]) -> dict[str, int]:
    """Return how many texts have which form of a key: digits, UUIDs or other codes."""
    joined = "".join(texts)
    if joined.isdigit() and all(texts):
        return {DIGITS: len(texts)}
    return dict(Counter(key_form_of(text) for text in texts))


def key_form_of(text: str) -> str:
    """Return the form of a key that is a text."""
    if not text:
        return EMPTY
    if text.isdigit():
        return DIGITS
    return UUID if _UUID.fullmatch(text) else CODE


def pattern_of(forms: Collection[str]) -> str:
    """Return the pattern of the texts, of at most LONGEST characters, that have one of these forms."""
    order = [name for name, _ in _FORMS]
    last = len(order) if OTHER in forms else 1 + max(order.index(form) for form in forms)
    others = [_unmasked(pattern) for name, pattern in _FORMS[:last] if name not in forms]
    ours = [_unmasked(pattern) for name, pattern in _FORMS[:last] if name in forms]
    if OTHER in forms:
        ours.append(r"(?s:.*)")
    # The first form that fits is the one that counts.
    barred = f"(?!(?:{'|'.join(others)})\\Z)" if others else ""
    return rf"\A{barred}(?:{'|'.join(ours)})\Z"


def key_pattern_of(forms: Collection[str]) -> str:
    """Return the pattern of the keys, other than empty ones, that have one of these forms of a key."""
    known = {DIGITS: r"\d+", UUID: _UUID.pattern}
    if CODE not in forms:
        return rf"\A(?:{'|'.join(pattern for form, pattern in known.items() if form in forms)})\Z"
    others = [pattern for form, pattern in known.items() if form not in forms]
    return rf"\A(?!(?:{'|'.join(others)})\Z)(?s:.+)\Z" if others else r"\A(?s:.+)\Z"


def _unmasked(pattern: str) -> str:
    return f"(?:{_NINE.sub(lambda found: found[1] or '[0-9]', pattern)})"


@lru_cache(maxsize=4096)
def _form(mask: bytes) -> str:
    text = mask.decode("utf-8", "replace")[:LONGEST]
    return next((name for name, pattern in _FORMS if re.fullmatch(pattern, text)), OTHER)
