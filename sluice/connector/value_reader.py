"""Reads the values of requests out of a YAML document, and says what is wrong with them.

What a value comes to in a request is sluice.connector.values' business.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.connector.paths import Path, parse_path
from sluice.connector.values import Call, ListOf, Literal, ObjectOf, Value, range_calls
from sluice.faults import Fault, pointer_of
from sluice.model.schema_faults import did_you_mean, in_words
from sluice.model.yaml_document import YamlDocument

At = tuple[str | int, ...]

_FORMS: dict[str, tuple[str, ...]] = {
    "since": (
        *("datetime", "date", "epoch", "tryton_datetime"),
        *("local_datetime", "cet_datetime", "sql_datetime", "http_date", "epoch_ms", "raw"),
    ),
    "window": ("from", "to", "last"),
    "range": ("from", "to", "last"),
    "fields": ("parentheses", "commas", "dotted_list", "graphql", "json_list", "specification"),
    "now": ("date", "datetime"),
}
_WINDOW_FORMS = ("date", "datetime", "tryton_date")
_OPTIONS: dict[str, str] = {
    "window": "as",
    "now": "plus_days",
    "if_since": "else",
    "if_range": "else",
    "replace": "with",
}
_NAMES = ("setting", "secret", "captured")
_OF_RECORDS = ("record", "parent")
_IF = {"if_since": "incremental", "if_range": "ranges"}
"""What a stream has where these words have a meaning."""
WORDS = (*_NAMES, *_OF_RECORDS, "literal", "join", "replace", "base64", "basic", "page", *_FORMS, *_IF)


class Known(Struct, frozen=True):
    """What values may refer to at a place; ``version``: `since` is a row version there, and no time.

    ``ranges``: the stream may be read in ranges, ``range``: one is read where this stands.
    """

    settings: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    captured: frozenset[str] = frozenset()
    page: frozenset[str] = frozenset()
    since: bool = False
    version: bool = False
    window: bool = False
    ranges: bool = False
    range: bool = False
    fields: bool = False
    record: bool = False
    parent: bool = False

    def names(self, word: str) -> frozenset[str]:
        """Return what the words setting, secret and captured may name."""
        return {"setting": self.settings, "secret": self.secrets, "captured": self.captured}[word]


class ValueReader(Struct):
    """Reads values of one document.

    Faults pile up in ``faults``; ``met`` lists the calls with their names: ``page:offset``, ``since:date``.
    """

    document: YamlDocument
    faults: list[Fault] = field(default_factory=list)
    met: set[str] = field(default_factory=set)

    def refuse(self, code: str, at: At, message: str) -> None:
        """Note a fault at a place."""
        self.faults.append(self.document.fault(code, pointer_of(*at), message))

    def path(self, text: str, at: At) -> Path:
        """Return a path into a reply or record; notes a fault and returns an empty one if it is none."""
        try:
            return parse_path(text)
        except ValueError as err:
            self.refuse("bad_path", at, str(err))
            return ()

    def values(self, raw: Mapping[str, Any] | None, at: At, known: Known) -> dict[str, Value]:
        """Return values that must each come to one text: of headers, a query, a form or a URL's path."""
        return {name: self.scalar(item, (*at, name), known) for name, item in (raw or {}).items()}

    def scalar(self, raw: Any, at: At, known: Known) -> Value:
        """Return a value that must come to one text."""
        if isinstance(raw, Mapping) and self._known_word(raw, known) is None:
            self._refuse_object(raw, at)
            return Literal(None)
        if isinstance(raw, float):
            # YAML's 1.10 is 1.1, and its 1e3 is 1000.0: the text that is meant is not known any more.
            self.refuse("wrong_type", at, f"is {in_words(raw)}; put it in quotes, as it is to be sent")
        return self.value(raw, at, known)

    def value(self, raw: Any, at: At, known: Known) -> Value:
        """Return any value, as a JSON body may hold it."""
        if isinstance(raw, list):
            return ListOf(tuple(self.value(item, (*at, place), known) for place, item in enumerate(raw)))
        if not isinstance(raw, Mapping):
            return Literal(raw)
        word = self._known_word(raw, known)
        if word is None:
            self._refuse_misspelt(raw, at)
            return ObjectOf({name: self.value(item, (*at, name), known) for name, item in raw.items()})
        self.met.add(f"{word}:{raw[word]}" if isinstance(raw[word], str) else word)
        return self._call(word, raw, at, known)

    def _call(self, word: str, raw: Mapping[str, Any], at: At, known: Known) -> Value:
        inner, argument = (*at, word), raw[word]
        if word == "literal":
            return Literal(argument)
        if word in _NAMES:
            return self._named(word, argument, inner, known)
        if word in _OF_RECORDS:
            return self._of_record(word, argument, inner)
        if word == "page":
            return self._page(argument, inner, known)
        if word in _FORMS:
            return self._formed(word, raw, at, known)
        return self._composed(word, raw, at, known)

    def _named(self, word: str, name: Any, at: At, known: Known) -> Value:
        names = known.names(word)
        if not isinstance(name, str):
            self.refuse("wrong_type", at, f"is {in_words(name)}; should be the name of a {word}")
        elif name not in names:
            self.refuse(f"unknown_{word}", at, f"there is no {word} {name!r}; {did_you_mean(name, names)}")
        return Call(word, str(name))

    def _known_word(self, raw: Mapping[str, Any], known: Known) -> str | None:
        """Return the word that is called; {record: ...} is any object where no record is spoken of."""
        word = _word_of(raw)
        return None if word in _OF_RECORDS and not getattr(known, str(word)) else word

    def _of_record(self, word: str, argument: Any, at: At) -> Value:
        if not isinstance(argument, str) or not argument:
            self.refuse("wrong_type", at, f"is {in_words(argument)}; should be the path of a field")
            return Literal(None)
        return Call(word, argument, option=self.path(argument, at))

    def _page(self, name: Any, at: At, known: Known) -> Value:
        if name not in known.page:
            usable = f"one of {', '.join(sorted(known.page))}" if known.page else "no page word at all"
            self.refuse("not_allowed", at, f"is {in_words(name)}; the pagination here has {usable}")
        return Call("page", str(name))

    def _formed(self, word: str, raw: Mapping[str, Any], at: At, known: Known) -> Value:
        form, option = raw[word], raw.get(_OPTIONS.get(word, ""))
        if form not in _FORMS[word]:
            self.refuse(
                "not_allowed", (*at, word), f"is {in_words(form)}; should be {' or '.join(_FORMS[word])}"
            )
        if word == "since" and not known.since:
            self.refuse("not_allowed", at, "{since: ...} has a meaning only in a stream with `incremental`")
        elif word == "since" and (form == "raw") is not known.version:
            right = "raw, as `highest` has it" if known.version else "a form of a time; raw is a row version"
            self.refuse("not_allowed", (*at, word), f"is {in_words(form)}; should be {right}")
        if word == "window" and not known.window:
            self.refuse("not_allowed", at, "{window: ...} has a meaning only in a stream with `windows`")
        if word == "range" and not known.range:
            self.refuse("not_allowed", at, "{range: ...} has a meaning only in `ranges` or {if_range: ...}")
        if word == "fields" and not known.fields:
            self.refuse("not_allowed", at, "{fields: ...} has a meaning only in the request of a stream")
        if word == "window" and option not in _WINDOW_FORMS:
            message = f"`as` is {in_words(option)}; should be {' or '.join(_WINDOW_FORMS)}"
            self.refuse("not_allowed", (*at, "as"), message)
        if word == "now" and not isinstance(option, int | None):
            self.refuse("wrong_type", (*at, "plus_days"), f"is {in_words(option)}; should be a whole number")
        return Call(word, str(form), option=option)

    def _composed(self, word: str, raw: Mapping[str, Any], at: At, known: Known) -> Value:
        inner, argument = (*at, word), raw[word]
        if word == "base64":
            return Call(word, values=(self.scalar(argument, inner, known),))
        if word == "replace":
            written = raw.get("with")
            if not _rewrites(written):
                message = f'is {in_words(written)}; should say texts in place of others: {{"/": "-"}}'
                self.refuse("wrong_type", (*at, "with"), message)
                return Literal(None)
            return Call(word, values=(self.scalar(argument, inner, known),), option=written)
        if word in _IF:
            return self._either(word, raw, at, known)
        wanted = 2 if word == "basic" else None
        if not isinstance(argument, list) or not argument or (wanted and len(argument) != wanted):
            right = "a list of two: user and password" if wanted else "a list of one or more values"
            self.refuse("wrong_type", inner, f"is {in_words(argument)}; should be {right}")
            return Literal(None)
        parts = tuple(self.scalar(item, (*inner, place), known) for place, item in enumerate(argument))
        return Call(word, values=parts)

    def _either(self, word: str, raw: Mapping[str, Any], at: At, known: Known) -> Value:
        is_range = word == "if_range"
        if not (known.ranges if is_range else known.since):
            message = f"{{{word}: ...}} has a meaning only in a stream with `{_IF[word]}`"
            self.refuse("not_allowed", at, message)
        inside = replace(known, range=True) if is_range else known
        values = [self.value(raw[word], (*at, word), inside)]
        if is_range:
            self.check_ends(values[0], at)
        if word == "if_since" or "else" in raw:
            values.append(self.value(raw.get("else"), (*at, "else"), known))
        elif "join" in at:
            self.refuse("missing_key", at, "needs `else` here: the text that is joined when all is read")
        return Call(word, values=tuple(values))

    def check_ends(self, value: Value, at: At) -> None:
        """Refuse one value for both ends of a range: where one is open, the other has still to be said."""
        said = {call.name for call in range_calls(value)}
        if "from" in said and said & {"to", "last"}:
            message = "says both ends of a range; say each by itself: the first and last range have but one"
            self.refuse("not_allowed", at, message)

    def _refuse_object(self, raw: Mapping[str, Any], at: At) -> None:
        first = next(iter(raw), "")
        if len(raw) <= 2:
            self.refuse(
                "unknown_word", (*at, first), f"{first[:40]!r} is not a word; {did_you_mean(first, WORDS)}"
            )
        else:
            message = f"is {in_words(raw)}; should be a text, a number, or a call such as {{setting: NAME}}"
            self.refuse("wrong_type", at, message)

    def _refuse_misspelt(self, raw: Mapping[str, Any], at: At) -> None:
        """A body may hold any object, but {seting: x} is hardly meant as one."""
        name, argument = next(iter(raw.items()), ("", None))
        close = difflib.get_close_matches(name, WORDS, n=1, cutoff=0.8)
        if len(raw) == 1 and close and isinstance(argument, str):
            message = (
                f"{name!r} is not a word; did you mean {close[0]!r}? If not, write {{literal: ...}} around it"
            )
            self.refuse("unknown_word", (*at, name), message)


def _rewrites(written: Any) -> bool:
    """Return whether it says by which text each of some others is to be replaced."""
    return (
        isinstance(written, Mapping)
        and len(written) > 0
        and all(isinstance(old, str) and old and isinstance(new, str) for old, new in written.items())
    )


def _word_of(raw: Mapping[str, Any]) -> str | None:
    """Return the word that an object calls: its only key, or its first beside that word's option."""
    for word in WORDS:
        if word in raw and set(raw) <= {word, _OPTIONS.get(word, word)}:
            return word
    return None
