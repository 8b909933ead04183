"""What values hold, their keys and what became of deletes: D23, D57, D59, D68, D69, D70, D71."""

# ruff: noqa: E501 (a table: one row, one line)
from __future__ import annotations

import base64
import hashlib
import html
import uuid
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any
from urllib.parse import quote

import orjson

from sandbox.mutations.fields import nulled, without
from sandbox.mutations.places import Change, ValueChange, of_holders, of_values
from sandbox.mutations.variant import Values, Variant, code_list, flags, texts

NULL_RATE = 0.4
LONG = 5_000
LARGE = 4_000_000_000_000_000_000
NAMESPACE = uuid.UUID("6f1d3a52-0f4e-4b8e-9a51-5a6d4f0c7b21")


def _text(kind: Callable[[str], bool], change: Callable[[str], Any]) -> Change:
    def at_value(value: Any, _to: str, _random: Random) -> Any:
        return change(value) if isinstance(value, str) and kind(value) else value

    return of_values(at_value)


def _some_text(kind: Callable[[str], bool]) -> Callable[[Values], bool]:
    return lambda values: any(isinstance(value, str) and kind(value) for value in values)


def _not_ascii(value: str) -> bool:
    return not value.isascii()


def _mojibake(value: str) -> str:
    """Return the text as it looks when its UTF-8 is read as Windows-1252."""
    return "".join(_misread(letter) for letter in value)


def _misread(letter: str) -> str:
    raw = letter.encode()
    return letter if len(raw) == 1 else "".join(_windows(byte) for byte in raw)


def _windows(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:  # five bytes stand for nothing there: they come through as they are
        return chr(byte)


def _entities(value: str) -> str:
    named = html.escape(value)
    return "".join(letter if letter.isascii() else f"&#{ord(letter)};" for letter in named)


def _has_entities(value: str) -> bool:
    return _entities(value) != value


def _escaped(value: str) -> str:
    return "".join(letter if letter.isascii() else f"\\u{ord(letter):04x}" for letter in value)


def _lost(value: str) -> str:
    return "".join(letter if letter.isascii() else "\N{REPLACEMENT CHARACTER}" for letter in value)


def _in_json(value: Any, _to: str, _random: Random) -> Any:
    return value if value is None or type(value) in {int, float, bool} else orjson.dumps(value).decode()


def _structured(values: Values) -> bool:
    return any(isinstance(value, str | dict | list) for value in values)


def _some_nulls(holder: dict[str, Any], name: str, to: str, random: Random) -> dict[str, Any]:
    return nulled(holder, name, to, random) if random.random() < (float(to) if to else NULL_RATE) else holder


def _constant(value: Any, to: str, _random: Random) -> Any:
    if value is None or isinstance(value, dict | list):
        return value
    return orjson.loads(to) if to else type(value)()


def _most_common(values: Values) -> str:
    found = Counter(orjson.dumps(value) for value in values if value is not None)
    return min(found, key=lambda one: (-found[one], one)).decode() if found else ""


def _vary(values: Values) -> bool:
    plain = [value for value in values if value is not None and not isinstance(value, dict | list)]
    return len(set(map(repr, plain))) > 1


def _longer(value: Any, to: str, _random: Random) -> Any:
    if not isinstance(value, str) or not value:
        return value
    length = int(to) if to else LONG
    return (value * (length // len(value) + 1))[: max(length, len(value) + 1)]


def _larger(value: Any, _to: str, _random: Random) -> Any:
    if type(value) is int:
        return LARGE + abs(value) % 1_000_000
    return abs(value) * 1e15 if type(value) is float else value


def _more_items(value: Any, to: str, _random: Random) -> Any:
    if not isinstance(value, list) or not value:
        return value
    return value * (-(-(int(to) if to else 1_000) // len(value)))


def _plain(values: Values) -> bool:
    return any(type(value) in {int, float} for value in values)


def _lists(values: Values) -> bool:
    return any(isinstance(value, list) and value for value in values)


def _key(change: Callable[[int | str], Any]) -> ValueChange:
    return lambda value, _to, _random: change(value) if type(value) in {int, str} else value


def _paired(key: int | str) -> Any:
    """Return a key that two neighbours share."""
    if isinstance(key, int):
        return key - key % 2
    return key[:-1] + str(int(key[-1]) // 2 * 2) if key[-1:].isdecimal() else key[:-1]


def _renumbered(key: int | str) -> Any:
    if isinstance(key, int):
        return key + 7_000_000_000
    digest = hashlib.blake2b(key.encode(), digest_size=4).hexdigest()
    return f"{digest}-{key}"


def _global_id(key: int | str) -> str:
    return base64.b64encode(f"Node:{key}".encode()).decode()


def _flagged(*, usual: Any) -> Change:
    def change(holder: dict[str, Any], name: str, to: str, _random: Random) -> dict[str, Any]:
        value = usual if not to else {"true": True, "false": False}.get(to, to)
        return holder if name in holder and holder[name] == value else {**holder, name: value}

    return of_holders(change)


def _untouched(record: dict[str, Any], *_: Any) -> dict[str, Any]:
    return record


def _is_flag(values: Values) -> bool:
    return any(value is True for value in values)


_MASK = of_values(lambda value, _to, _random: "*" * len(value) if isinstance(value, str) else value)

CONTENTS: tuple[Variant, ...] = (
    Variant("D23", "masked", "The field is masked for want of a permission", _MASK, texts),
    Variant("D23", "hidden", "The field is absent for want of a permission", of_holders(without)),
    Variant("D57", "absent", "The primary key is absent", of_holders(without)),
    Variant("D57", "null", "The primary key is null", of_holders(nulled)),
    Variant("D57", "duplicated", "Two records each share a primary key", of_values(_key(_paired))),
    Variant("D57", "constant", "All records share a primary key", of_values(_key(lambda key: 0 if isinstance(key, int) else "0"))),
    Variant("D59", "uuid", "Keys are UUIDs", of_values(_key(lambda key: str(uuid.uuid5(NAMESPACE, str(key)))))),
    Variant("D59", "renumbered", "Keys are other keys of the same form", of_values(_key(_renumbered))),
    Variant("D59", "prefixed", "Keys have a prefix", of_values(_key(lambda key: f"ERP-{key}"))),
    Variant("D59", "global_id", "Keys are global ids in Base64", of_values(_key(_global_id))),
    Variant("D68", "nulls", "Many more nulls", of_holders(_some_nulls), argument="their share (0.4)"),
    Variant("D68", "constant", "All values are the same", of_values(_constant), _vary, "the value as JSON (the most frequent)", _most_common),
    Variant("D69", "mojibake", "ø is \N{LATIN CAPITAL LETTER A WITH TILDE}\N{CEDILLA}", _text(_not_ascii, _mojibake), _some_text(_not_ascii)),
    Variant("D69", "entities", "& is &amp; and ø is &#248;", _text(_has_entities, _entities), _some_text(_has_entities)),
    Variant("D69", "json_text", "The value is JSON in a text", of_values(_in_json, whole=True), _structured),
    Variant("D69", "url_encoded", "ø is %C3%B8", _text(lambda value: quote(value) != value, quote), _some_text(lambda value: quote(value) != value)),
    Variant("D69", "escaped", r"ø is \u00f8 in the text", _text(_not_ascii, _escaped), _some_text(_not_ascii)),
    Variant("D69", "lost", "ø is the replacement character", _text(_not_ascii, _lost), _some_text(_not_ascii)),
    Variant("D70", "long_text", "Text is very long", of_values(_longer), texts, "how long (5000)"),
    Variant("D70", "large_number", "Numbers are very large", of_values(_larger), _plain),
    Variant("D70", "long_list", "Lists are very long", of_values(_more_items, whole=True), _lists, "how long (1000)"),
    Variant("D71", "soft", "Deleted records stay, with a flag", _flagged(usual=True), flags, argument="the flag's value (true)", makes_field=True, usual=0.05),
    Variant("D71", "status", "Deleted records stay, with a status", _flagged(usual="DELETED"), code_list, argument="the status (DELETED)", makes_field=True, usual=0.05),
    Variant("D71", "hard", "Records that were flagged have vanished", _untouched, _is_flag, drops=lambda value: value is True),
)  # fmt: skip
