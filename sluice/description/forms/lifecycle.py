"""What a description's flags and sentences say of the future: deprecated, since when, gone when.

Only what is said of the thing itself counts: "[DEPRECATED]", "Deprecated since 2.70", "will be removed on
2026-01-01". A stage such as "[BETA]" says nothing of an end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sluice.description.model import STAYS, Lifecycle

LONGEST = 120
_THING = (
    r"(?:field|property|parameter|endpoint|method|operation|resource|api|value|attribute|element|type|header"
    r"|entity|version)"
)
_DEPRECATED = re.compile(
    rf"""(?ix)
    \[\s*(?:deprecated|obsolete)\b                                 # [DEPRECATED], [Deprecated since 2.1]
  | (?:^|[.:;!>\n]\s*)(?:deprecated|obsolete)\b(?!\s+(?:field|propert|item|record|value|account)s?\b)
  | \b(?:is|are|was|were|been|being|now|become|becomes|marked\ as)\s+(?:now\s+|being\s+)?deprecated\b
  | \bthis\s+{_THING}\s+is\s+obsolete\b
    """
)
_DENIED = re.compile(r"(?i)\b(?:not|no longer|never)\s+(?:be(?:en|ing)?\s+)?deprecated\b")
_ENDS = re.compile(
    rf"""(?ix)
    \b(?:this\s+(?:[\w-]+\s+)?{_THING}\s+)?
    (?:(?:(?:and|which|that|it|they|this|these)\s+)?(?:will|shall|is\s+going\s+to|is\s+to|are\s+to|scheduled\s+to|planned\s+to)
       \s+be\s+(?:removed|retired|discontinued|sunset(?:ted)?|phased\s+out|shut\s+down|dropped|turned\s+off)
     | (?:removal|sunset|end\s+of\s+life|retirement)(?:\s+date)?\s*(?::|\bon\b|\bin\b|\bis\b|\bfrom\b))
    """
)
_OF_THE_API = re.compile(rf"(?i)\bthis\s+(?:[\w-]+\s+)?{_THING}\b|deprecat|future")
_NEAR = 60
"""Letters around what says that something ends, in which it is looked for what ends, and when."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<{}>(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\.?"
_DATES = (
    re.compile(r"\b(?P<year>20\d\d)-(?P<month>\d\d)(?:-(?P<day>\d\d))?(?!\d)"),
    re.compile(r"\b(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>20\d\d)\b"),
    re.compile(
        rf"(?i)\b(?P<day>\d\d?)(?:st|nd|rd|th)?\.?\s+(?:of\s+)?{_MONTH.format('word')},?\s+(?P<year>20\d\d)\b"
    ),
    re.compile(rf"(?i)\b{_MONTH.format('word')}\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<year>20\d\d)\b"),
    re.compile(rf"(?i)\b{_MONTH.format('word')}\s+(?P<year>20\d\d)\b"),
)
_VERSION = re.compile(
    r"(?i)\b(?:since|from|as of|in|after)\s+(?:version\s+|release\s+)?v?(\d+\.\d+(?:\.\d+)*)\b"
)
_SINCE = re.compile(r"(?i)\b(?:deprecated|obsolete)\b([^\n]{0,80})")
_CLAUSE_ENDS = re.compile(r"(?i)[.!]\s|[;\n]|\bwill\b|\bremov|\bsunset\b|\bplease\b|\buse\b")
_SENTENCE_ENDS = re.compile(r"[.!]\s|[;\n]")
_SIGNS = (
    "deprecat", "obsolete", "remov", "retire", "sunset", "discontinu", "phased", "end of life", "shut down",
    "dropped", "turned off",
)  # fmt: skip
"""One of these stands in every text that tells of an end: looked for first, as most texts do not."""
_FLAGS_OF_END = ("x-sunset", "x-sunset-date", "x-removal-date", "x-deprecated-removal-date", "x-sunset-at")
_FLAGS_OF_START = ("x-deprecated-since", "x-deprecation-date", "x-deprecated-at", "x-deprecated")


def lifecycle_of(said: Mapping[str, Any]) -> Lifecycle:
    """Return what an OpenAPI or JSON Schema object says of its future by flags, summary and description."""
    texts = [text for key in ("summary", "description", "title") if isinstance(text := said.get(key), str)]
    found = from_text("\n".join(texts), flagged=said.get("deprecated") is True or _flag(said) is not None)
    ends = next((day for key in _FLAGS_OF_END if (day := _day(str(said.get(key) or "")))), found.ends)
    since = next((day for key in _FLAGS_OF_START if (day := _day(str(said.get(key) or "")))), found.since)
    if ends == found.ends and since == found.since:
        return found
    return Lifecycle(found.deprecated, since, ends, found.text)


def from_text(text: str, *, flagged: bool = False) -> Lifecycle:
    """Return what a text says of the future of what it describes; ``flagged``: it is deprecated anyway."""
    if not flagged and not _may_tell(text):
        return STAYS
    deprecated = _DEPRECATED.search(text) if not _DENIED.search(text) else None
    end = _real_end(text)
    if not (flagged or deprecated or end):
        return STAYS
    place = deprecated or end
    return Lifecycle(
        deprecated=flagged or deprecated is not None,
        since=_since(text),
        ends=_ends(text, end) if end else "",
        text=_sentence(text, place.end() - 1) if place else "",
    )


def _since(text: str) -> str:
    match = _SINCE.search(text)
    clause = _CLAUSE_ENDS.split(match[1], maxsplit=1)[0] if match else ""
    return _day(clause) or _version(clause)


def _ends(text: str, end: re.Match[str]) -> str:
    after = end[0] + _SENTENCE_ENDS.split(text[end.end() :], maxsplit=1)[0][:_NEAR]
    before = _SENTENCE_ENDS.split(text[: end.start()])[-1][-_NEAR:]
    return _day(after) or _version(after) or ("" if "deprecated" in before.lower() else _day(before))


def _may_tell(text: str) -> bool:
    lower = text.lower()
    return any(word in lower for word in _SIGNS)


def _real_end(text: str) -> re.Match[str] | None:
    # "Access will be removed when the employment ends" tells of data, not of the API: an end of the API has
    # a day or a version, or is told of "this field" or of what is deprecated.
    for match in _ENDS.finditer(text):
        near = text[max(0, match.start() - _NEAR) : match.end() + _NEAR]
        if _ends(text, match) or _OF_THE_API.search(near):
            return match
    return None


def _day(text: str) -> str:
    for form in _DATES:
        if match := form.search(text):
            found = match.groupdict()
            month = (
                int(found["month"]) if found.get("month") else _MONTHS.index(found["word"][:3].lower()) + 1
            )
            try:
                return date(int(found["year"]), month, int(found.get("day") or 1)).isoformat()
            except ValueError:
                continue
    return ""


def _version(text: str) -> str:
    match = _VERSION.search(text)
    return match[1] if match else ""


def _flag(said: Mapping[str, Any]) -> Any:
    flag = said.get("x-deprecated")
    return None if flag in (None, False, "", "false") else flag


def _sentence(text: str, at: int) -> str:
    begin = max(text.rfind(". ", 0, at), text.rfind("\n", 0, at)) + 1
    words = " ".join(text[begin : begin + 4 * LONGEST].split())
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
