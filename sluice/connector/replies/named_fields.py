"""Which of the fields that were asked for an ERP's refusal is about, by the words in it.

Only names that were asked for are ever told, so nothing else of the reply gets out from here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sluice.connector.paths import Path
from sluice.connector.replies.answer import Answer
from sluice.connector.replies.verdicts import Verdict

FIELD_REFUSED = "D42"
_ERROR_WITH_SUCCESS = "D13"
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FIRST = re.compile(r"\W*([A-Za-z_][A-Za-z0-9_.]*)")


def fields_refused(answer: Answer, verdict: Verdict, selected: Iterable[Path]) -> list[Path] | None:
    """Return the selected paths that a refusal may be about, the likeliest first; None: it is about no field.

    The connector says which refusals are about a field. A JSON-RPC server says of one that it does not have
    no more than ``'name'``, so an error that begins with a selected name is about that field too.
    """
    paths = list(selected)
    if verdict.rule is None or verdict.change not in {FIELD_REFUSED, _ERROR_WITH_SUCCESS}:
        return None
    if verdict.change == FIELD_REFUSED:
        # First what the rule looks at: beside it may stand anything, such as a trace full of names.
        said = _words_of(_texts(answer.find(verdict.rule.path)))
        return _named(said, paths) or _named(_words(answer), paths)
    first = _FIRST.match(next(_texts(answer.find(verdict.rule.path)), ""))
    found = [path for path in paths if first and path and _written(path).endswith("." + first[1])]
    return sorted(found, key=lambda path: (len(path), path)) or None


def _named(words: frozenset[str], selected: Iterable[Path]) -> list[Path]:
    """Return the paths whose last name is said, first those said whole; what holds one is selected too."""
    above = {path[:length] for path in selected for length in range(1, len(path) + 1)}
    unsaid = {path: sum(part not in words for part in path) for path in above if path[-1] in words}
    return sorted(unsaid, key=lambda path: (unsaid[path], -len(path), path))


def _words(answer: Answer) -> frozenset[str]:
    """Return the words of the body's texts; the names of its own fields are none of them."""
    try:
        texts = _texts(answer.value())
    except ValueError:
        texts = iter([answer.reply.body[:4000].decode("utf-8", "replace")])
    return _words_of(texts)


def _words_of(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in _WORD.findall(text[:4000]))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for below in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _texts(below)


def _written(path: Path) -> str:
    return "." + ".".join(segment.removesuffix(".") for segment in path)
