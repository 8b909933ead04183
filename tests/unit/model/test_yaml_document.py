from __future__ import annotations

import pytest

from sluice.errors import ConfigurationInvalid
from sluice.model.yaml_document import MAX_BYTES, read_yaml

TEXT = b"""\
# a comment
a: 1
b:
  - x: NO
    1: yes
  - {z: [1, 2.5, -3], "q/r": ~}
c: |
  two
  lines
d: 'quoted'
"""


def test_values_and_lines() -> None:
    document = read_yaml(TEXT, "f.yaml")
    assert document.value == {
        "a": 1,
        "b": [{"x": "NO", "1": "yes"}, {"z": [1, 2.5, -3], "q/r": None}],
        "c": "two\nlines\n",
        "d": "quoted",
    }
    lines = {
        "": 2,
        "/a": 2,
        "/b": 3,
        "/b/0": 4,
        "/b/0/1": 5,
        "/b/1/z/2": 6,
        "/b/1/q~1r": 6,
        "/c": 7,
        "/d": 10,
    }
    assert {pointer: document.line_of(pointer) for pointer in lines} == lines


def test_a_place_that_does_not_exist_has_the_line_of_the_nearest_one_around_it() -> None:
    document = read_yaml(TEXT, "f.yaml")
    assert document.line_of("/b/0/nothing/here") == 4
    assert document.place("/b/0/nothing") == "f.yaml:4"
    assert document.fault("x", "/zz", "is wrong").source == "f.yaml:2"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("NO", "NO"),
        ("True", "True"),
        ("true", True),
        ("null", None),
        ("~", None),
        ("Null", "Null"),
        ("012", "012"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2026-01-01", "2026-01-01"),
        ("1e3", 1000.0),
        ("1.50", 1.5),
        (".5", ".5"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("+7", 7),
        ("=", "="),
        ("'1'", "1"),
        ('"true"', "true"),
        ("12345678901234567890", 12345678901234567890.0),
        ("1.", "1."),
    ],
)
def test_scalars_are_read_as_yaml_1_2_and_json_read_them(text: str, value: object) -> None:
    if len(text) > 18:
        with pytest.raises(ConfigurationInvalid, match="number_too_long"):
            read_yaml(text.encode(), "f.yaml")
        return
    found = read_yaml(text.encode(), "f.yaml").value
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (b"a: 1\nb: 2\na: 3\n", "duplicate_key", 3),
        (b"a: &x 1\n", "yaml_anchor", 1),
        (b"a: 1\n<<: {b: 2}\n", "yaml_anchor", 2),
        (b"a: &x [1]\nb: *x\n", "yaml_anchor", 2),
        (b"a:\n - !!python/object/apply:os.system ['true']\n", "yaml_tag", 2),
        (b"!!map {a: 1}\n", "yaml_tag", 1),
        (b"a: 1\n\tb: 2\n", "yaml_syntax", 2),
        (b"a: [1\n", "yaml_syntax", 2),
        (b"a: 1\n---\nb: 2\n", "second_document", 2),
        (b"? [a, b]\n: 1\n", "key_not_text", 1),
        (b"a: \xff\n", "not_utf8", 1),
        (b"a: \x00\n", "yaml_syntax", 1),
        (b"[" * 5000, "too_large", 1),
        (b"a: 1." + b"1" * 30, "number_too_long", 1),
    ],
)
def test_what_is_refused(text: bytes, code: str, line: int) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        read_yaml(text, "f.yaml")
    assert (code, f"f.yaml:{line}") in [(fault.code, fault.source) for fault in caught.value.faults]


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    levels = [
        f"{name}: &{name} [{','.join(['*' + before] * 9)}]"
        for before, name in zip("abcdef", "bcdefg", strict=True)
    ]
    with pytest.raises(ConfigurationInvalid, match="yaml_anchor"):
        read_yaml(("a: &a [x]\n" + "\n".join(levels)).encode(), "f.yaml")


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(ConfigurationInvalid, match="at most"):
        read_yaml(b"#" * (MAX_BYTES + 1), "f.yaml")


def test_an_empty_file_is_null() -> None:
    assert read_yaml(b"", "f.yaml").value is None
    assert read_yaml(b"# nothing\n", "f.yaml").value is None
