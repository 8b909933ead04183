"""Spoils what is good, at random but the same way for the same seed: bytes, JSON values, texts of lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

TOKENS = (
    b"NaN", b"-Infinity", b"1e999", b"-0", b"18446744073709551621", b"0.1234567890123456789", b"9" * 5_000,
    b"null", b"true", b"[]", b"{}", b'""', b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\\u0000",
    b"\\ud800", b"\\ud83d\\ude00", b"\0", b"\x1f", b"\x7f", b"\xff", b"\xc0\xaf", b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xae", b"\n", b"\r\n", b"\t", b"<html>", b"/*", b"//", b")]}',\n", b"[" * 300, b'{"a":' * 300,
    b"1e-1000000000000", b"1e1000000000000", b'"id":1,"id":2', b"__proto__", b"${jndi:ldap://x}",
    b"{{secret}}",
)  # fmt: skip

VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**53 + 1, 2**63, -(2**63), 10**30, 0.1, -0.0, 1e308, 1e-320, "", " ", "0",
    "1",
    "-", ".", "..", "null", "true", "NaN", "0000-00-00", "9999-12-31", "2024-02-30", "2026-11-22T24:00:00Z",
    "2026-06-30T23:59:60Z", "12026-01-01", "/Date(-62135596800000)/", "45000", "1.234,56", "1 234,56",
    "(12.00)",
    "12,00-", "NOK 12", "=HYPERLINK(1)", "'; DROP TABLE x;--", "<script>", "\x1b[31m", "a\r\nb", "\0",
    "\ufffe",
    "\ufffd", "\u202e", "e\u0301" * 40, "\U0001f468\u200d\U0001f469", "x" * 3_000, "007", "a.b", "a[0]",
    "__proto__", "$ref", "../../x", "https://169.254.169.254/", "//evil.example", "javascript:1", "a/b?c=d#e",
    [], {}, [[]], [None], [{}], {"": 0}, {"id": {"id": {}}}, [1, "a", None], {"__class__": "date"},
    {"__class__": "decimal", "decimal": "x"}, [["id", 1]] * 3, {"error": {"message": "x"}}, {"items": None},
)  # fmt: skip

HEADERS = (
    ("retry-after", ("0", "-1", "1000000000", "nan", "Wed, 21 Oct 2015 07:28:00 GMT", "\u00b2", "x",
    "1e400")),
    ("content-type", ("text/html", "text/csv", "application/json; charset=latin-1", "", "x" * 500)),
    ("content-encoding", ("gzip",)),
    ("link", ("<https://evil.example/>; rel=next", "<javascript:1>; rel=next", "<//x>;rel=next", "<<>>",
    "<a>;rel=next")),
    ("location", ("https://evil.example/", "http://[::1", "/", "javascript:1")),
    ("www-authenticate", ("Basic", "Bearer error=1", ",,,", "Negotiate, Basic realm=x", "\u00e6")),
    ("date", ("yesterday", "Wed, 99 Oct 2015 07:28:00 GMT", "Thu, 01 Jan 99999 00:00:00 GMT")),
    ("x-rate-limit-remaining", ("0", "-5", "nan", "x", "1e999", "9" * 400)),
    ("x-rate-limit-reset", ("0", "-5", "inf", "99999999999999999999", "")),
    ("deprecation", ("@1", "true", "@99999999999999999999", "Sun, 99 Foo")),
    ("sunset", ("x", "Sun, 06 Nov 1994 08:49:37 GMT", "Thu, 01 Jan 99999 00:00:00 GMT")),
    ("etag", ('"x"', "", "\u00e6")),
)  # fmt: skip

STATUSES = (
    100, 101, 103, 200, 200, 200, 200, 201, 202, 203, 204, 206, 207, 226, 299, 300, 301, 302, 303, 304, 305,
    307, 308,
    400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 418, 421, 422, 423, 425, 426,
    428, 429,
    431, 451, 499, 500, 501, 502, 503, 504, 505, 507, 508, 511, 520, 599, 600, 999, 0,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spoiler:
    """Spoils by its own dice."""

    dice: Random

    def status(self) -> int:
        return self.dice.choice(STATUSES)

    def header(self) -> tuple[str, str]:
        name, values = self.dice.choice(HEADERS)
        return name, self.dice.choice(values)

    def body(self, data: bytes) -> bytes:
        """Return the bytes of a reply, spoilt once to thrice, as JSON or as bytes."""
        for _ in range(self.dice.choice((1, 1, 1, 2, 3))):
            data = self.json(data) if self.dice.random() < 0.6 else self.bytes(data)
        return data

    def bytes(self, data: bytes) -> bytes:
        """Return bytes of which some are cut, doubled, flipped, or others."""
        at, dice = self.dice.randrange(len(data) + 1), self.dice
        end = min(len(data), at + dice.choice((1, 1, 2, 8, 64, 4_000)))
        ways: tuple[Callable[[], bytes], ...] = (
            lambda: data[:at],
            lambda: data[:at] + data[end:],
            lambda: data[:at] + data[at:end] * 2 + data[end:],
            lambda: data[:at] + dice.randbytes(1) + data[at + 1 :],
            lambda: data[:at] + dice.choice(TOKENS) + data[at:],
            lambda: data[:at] + dice.choice(TOKENS) + data[end:],
            lambda: data[at:] + data[:at],
            lambda: dice.choice(TOKENS) + data,
            lambda: data + dice.choice(TOKENS),
            lambda: data + data,
        )
        return dice.choice(ways)()

    def json(self, data: bytes) -> bytes:
        """Return JSON of which one place holds something else; bytes that are none are spoilt as bytes."""
        try:
            value = json.loads(data)
            places = list(_places(value))
        except (ValueError, RecursionError):
            return self.bytes(data)
        if not places:
            return json.dumps(self.value()).encode()
        self._spoil(*self.dice.choice(places))
        text = json.dumps(value, ensure_ascii=self.dice.random() < 0.2, allow_nan=True)
        return text.encode("utf-8", "surrogatepass")

    def value(self) -> Any:
        found = self.dice.choice(VALUES)
        for _ in range(self.dice.choice((0, 0, 0, 0, 1, 2, 300))):
            found = [found] if self.dice.random() < 0.5 else {"x": found}
        return found

    def lines(self, data: bytes, words: tuple[str, ...]) -> bytes:
        """Return a text of lines of which some are gone, doubled, moved, deeper, or say something else."""
        text = data.decode("utf-8", "replace").split("\n")
        for _ in range(self.dice.choice((1, 1, 2, 4))):
            at = self.dice.randrange(len(text))
            text[at : at + 1] = self._instead(text[at], self.dice.choice(words), self.dice.choice(text))
            text = text or [""]
        found = "\n".join(text).encode("utf-8", "surrogatepass")
        return self.bytes(found) if self.dice.random() < 0.15 else found

    def _instead(self, line: str, word: str, other: str) -> list[str]:
        name, _, rest = line.partition(":")
        ways: tuple[list[str], ...] = (
            [],
            [line, line],
            ["  " + line],
            [line.lstrip()],
            [f"{name}: {word}"],
            [f"{name}: {json.dumps(self.value())}"],
            [f"{word}:{rest}"],
            [line, other],
            [line.replace(":", "", 1)],
            [line + self.dice.choice(("&a", " *a", " !!python/object:x", "\t", " #", "'", '"'))],
        )
        return self.dice.choice(ways)

    def _spoil(self, around: Any, key: Any) -> None:
        way = self.dice.randrange(8)
        if way == 0:
            del around[key]
        elif way == 1 and isinstance(around, dict):
            around[self.dice.choice(("", "id", "error", key.upper(), key + " ", "__proto__", "x" * 200))] = (
                around.pop(key)
            )
        elif way == 2 and isinstance(around, list):
            around[key:key] = [around[key]] * self.dice.choice((1, 2, 30))
        elif way == 3:
            around[key] = [around[key]]
        elif way == 4:
            around[key] = {"value": around[key]}
        elif way == 5:
            around[key] = str(around[key])
        else:
            around[key] = self.value()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place of a value, as what holds it and its name or number."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in list(inner):
        yield value, key
        yield from _places(below)
