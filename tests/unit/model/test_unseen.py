"""Letters that nobody sees are refused where they stand, and taken where they are written as escapes."""

from __future__ import annotations

import time
import unicodedata
from pathlib import Path

import pytest

from sluice.errors import ConfigurationInvalid
from sluice.model.schema_faults import did_you_mean
from sluice.model.unseen import unseen
from sluice.model.yaml_document import MAX_BYTES, MOST_FAULTS, read_yaml

ROOT = Path(__file__).resolve().parents[3]
UNSEEN = {
    "zero-width space": "\u200b",
    "word joiner": "\u2060",
    "byte order mark within": "\ufeff",
    "soft hyphen": "\u00ad",
    "turned from here": "\u202e",
    "isolated": "\u2066",
    "left-to-right mark": "\u200e",
    "line separator": "\u2028",
    "joiner in a name": "a\u200db",
    "tag": "\U000e0041",
}


@pytest.mark.parametrize("letter", UNSEEN.values(), ids=UNSEEN)
@pytest.mark.parametrize(
    "text", ["a: 1\nna{}me: 2\n", "a: 1\nb: x{}y\n", "a: 1\n# x{}y\n"], ids=["name", "text", "comment"]
)
def test_what_nobody_sees_is_refused_with_its_place_and_number(letter: str, text: str) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        read_yaml(text.format(letter).encode(), "f.yaml")
    assert [(fault.code, fault.source) for fault in caught.value.faults] == [("unseen_letter", "f.yaml:2")]
    hidden = letter.strip("ab")
    assert f"U+{ord(hidden):04X} {unicodedata.name(hidden)}" in caught.value.faults[0].message
    assert hidden not in caught.value.faults[0].message


def test_a_letter_that_is_written_apart_is_refused_with_both_forms() -> None:
    text = "a: 1\nbelo\u0308p: 2\n"
    with pytest.raises(ConfigurationInvalid) as caught:
        read_yaml(text.encode(), "f.yaml")
    (fault,) = caught.value.faults
    assert (fault.code, fault.source) == ("unseen_letter", "f.yaml:2")
    assert "U+0308 COMBINING DIAERESIS, which is U+00F6 LATIN SMALL LETTER O WITH DIAERESIS" in fault.message
    assert "column 4" in fault.message


@pytest.mark.parametrize("letter", [*UNSEEN.values(), "o\u0308"])
def test_as_an_escape_it_is_what_it_is(letter: str) -> None:
    escaped = "".join(
        sign if sign.isascii() else f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"
        for sign in letter
    )
    found = read_yaml(f'"x{escaped}y": "{escaped}"\n'.encode(), "f.yaml").value
    assert found == {f"x{letter}y": letter}


@pytest.mark.parametrize(
    "text",
    [
        "Bel\u00f8p",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\u0645\u06cc\u200c\u062e",
        "\u00c5ngstr\u00f6m",
        "\u540d\u524d",
    ],
)
def test_what_is_seen_stays(text: str) -> None:
    assert unseen(text) is None
    assert read_yaml(f"a: {text}\n".encode(), "f.yaml").value == {"a": text}


def test_a_byte_order_mark_at_the_beginning_is_left_out() -> None:
    assert read_yaml(b"\xef\xbb\xbfa: 1\n", "f.yaml").value == {"a": 1}


def test_a_look_alike_is_told_by_its_number() -> None:
    said = did_you_mean("n\u0430me", ["name", "number"])
    assert said == "did you mean 'name'? It holds U+0430 CYRILLIC SMALL LETTER A."
    assert did_you_mean("nmae", ["name"]) == "did you mean 'name'?"
    assert did_you_mean("bel\u00f8b", ["bel\u00f8p"]) == "did you mean 'bel\u00f8p'?"


@pytest.mark.parametrize(
    "data",
    [
        b"\xc3\xb8" * (MAX_BYTES // 2),
        "e\u0301".encode() * (MAX_BYTES // 3),
        b"[" * MAX_BYTES,
        b"? " * (MAX_BYTES // 2),
        b"- " * (MAX_BYTES // 2),
        b"a: &a [*a]\n" * (MAX_BYTES // 11),
        b'"' + b"\\x41" * (MAX_BYTES // 4 - 1) + b'"',
        b"!!x " * (MAX_BYTES // 4),
        b"a:\n" * (MAX_BYTES // 3),
    ],
    ids=["letters", "apart", "brackets", "keys", "lists", "aliases", "escapes", "tags", "nested"],
)
def test_the_largest_file_is_read_or_refused_in_little_time(data: bytes) -> None:
    began = time.monotonic()
    try:
        read_yaml(data, "f.yaml")
        told = 0
    except ConfigurationInvalid as refused:
        told = len(refused.faults)
    assert told <= MOST_FAULTS
    assert time.monotonic() - began < 5


def test_two_megabytes_are_not_even_looked_at() -> None:
    began = time.monotonic()
    with pytest.raises(ConfigurationInvalid, match="too large"):
        read_yaml(b"a: &a [b]\n" * 200_000, "f.yaml")
    assert time.monotonic() - began < 0.5
