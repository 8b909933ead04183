"""However a mapping is written and whatever comes, it takes bounded time and memory, and raises nothing."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

from sluice.mapping.functions.texts import MOST_CHARACTERS
from sluice.mapping.load import check_mapping, load_mapping
from sluice.mapping.mapper import Mapped
from tests.unit.mapping.documents import HEAD, OneMapping

NAME = "fields:\n  name: name\n"


def said(rule: str) -> list[tuple[str, str, str]]:
    """Return code, pointer and message of each fault of a mapping with one rule more."""
    faults = check_mapping(OneMapping(f"{HEAD}{NAME}  {rule}\n"), "x", "thing")
    return [(fault.code, fault.pointer, fault.message) for fault in faults]


def mapped(rule: str, record: dict[str, Any]) -> Mapped:
    """Return what a mapping with one rule more makes of a record."""
    found = load_mapping(OneMapping(f"{HEAD}{NAME}  {rule}\n"), "x", "thing")
    return found.map({"id": 1, "name": "n", **record}, "acme")


@pytest.mark.parametrize(
    "path",
    [
        "__import__('os').system('true')",
        "name.__class__()",
        "length(name)",
        "map(&a, b)",
        "to_string(@)",
        "a.*",
        "{a: b}",
        "[a, b]",
        "a || b",
        "a[1:2:0]",
        "a[::0]",
        "exec('1')",
        "${name}",
        "a" * 501,
    ],
)
def test_what_is_more_than_a_path_is_refused(path: str) -> None:
    (fault,) = said(f'number: "{path}"')
    assert fault[0] in {"path_syntax", "out_of_range"}
    assert fault[1] == "/fields/number"


@pytest.mark.parametrize(
    "path", ["a.__class__", "__class__.__mro__", "name.upper", "a.__dict__", "constructor"]
)
def test_a_name_is_a_field_and_never_an_attribute(path: str) -> None:
    found = mapped(f"number: {path}", {"a": {"b": 1}})
    fields = {path.partition(".")[0]} & {"name"}
    assert found.data is None if fields else found.data is not None and found.data["number"] is None


@pytest.mark.parametrize(
    "path",
    [
        "(" * 249 + "a" + ")" * 249,
        "a" + "[]" * 249,
        "a" + "|a" * 249,
        "a[?" + "!" * 490 + "b]",
        "a." * 249 + "a",
        "a[?b==`" + "[" * 240 + "]" * 240 + "`]",
        "a[1:2]",
        "a[-9999999999999999999:99999999999999999999:7]",
        "a[99999999999999999999]",
    ],
)
def test_a_path_as_long_as_may_be_is_refused_or_read_in_no_time(path: str) -> None:
    began = time.monotonic()
    deep: Any = 1
    for _ in range(200):
        deep = {"a": [deep], "b": deep}
    if faults := said(f"number: '{path}'"):
        assert [fault[:2] for fault in faults] == [("path_syntax", "/fields/number")]
    else:
        found = mapped(f"number: '{path}'", {"a": [deep] * 5})
        assert found.data is not None or found.faults
    assert time.monotonic() - began < 2


def test_calls_are_nested_only_so_deep() -> None:
    deep = "{text: " * 40 + "a" + "}" * 40
    assert [fault[0] for fault in said(f"number: {deep}")] == ["too_large"]


def test_texts_do_not_grow_without_end() -> None:
    rule = "a"
    for _ in range(3):
        rule = "{join: {of: [" + ", ".join([rule] * 20) + "]}}"
    began = time.monotonic()
    found = mapped(f"number: {rule}", {"a": "x" * 200_000})
    assert [(fault.code, fault.pointer) for fault in found.faults][:1] == [("too_long", "/a")]
    assert str(MOST_CHARACTERS) in found.faults[0].message
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("by", ["0", "0.0", "-0", "'0'", "'0.00'"])
def test_nothing_is_divided_by_zero(by: str) -> None:
    assert {fault[0] for fault in said(f"number: {{divide: {{of: a, by: {by}}}}}")} <= {
        "not_allowed",
        "wrong_type",
    }
    assert said(f"number: {{divide: {{of: a, by: {by}}}}}")


@pytest.mark.parametrize(
    "rule",
    [
        "{sum: [a, b]}",
        "{negate: a}",
        "{multiply: {of: a, by: '2'}}",
        "{divide: {of: a, by: '2'}}",
        "{minutes_to_hours: a}",
        "{seconds_to_hours: a}",
        "{decimal: {of: a, locale: nb}}",
        "{multiply: {of: {multiply: {of: a, by: '9999999999'}}, by: '9999999999'}}",
    ],
)
@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "twelve",
        "1/0",
        float("nan"),
        float("inf"),
        -0.0,
        True,
        [],
        {},
        [None],
        "9" * 61,
        Decimal("1e999"),
        Decimal("NaN"),
        10**59,
        0,
    ],
    ids=repr,
)
def test_to_calculate_with_what_is_no_number_gives_null_or_sets_the_record_aside(
    rule: str, value: Any
) -> None:
    found = mapped(f"number: {rule}", {"a": value, "b": 1})
    is_nothing = value is None or value == ""
    if is_nothing:
        assert found.data is not None
        assert found.data["number"] is None
    elif found.data is None:
        assert {fault.code for fault in found.faults} <= {"not_a_decimal", "schema", "too_long"}
        assert all(fault.pointer and fault.message for fault in found.faults)
    else:
        assert Decimal(str(found.data["number"])).is_finite()


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("{A: general, A: task}", "duplicate_key"),
        ("{1: general, '1': task}", "duplicate_key"),
        ("{" + ", ".join(f"k{number}: task" for number in range(1_001)) + "}", "out_of_range"),
        ("{}", "out_of_range"),
        ("{A: [task]}", "wrong_type"),
    ],
)
def test_a_table_says_one_thing_of_each_code_and_is_not_endless(table: str, code: str) -> None:
    (fault,) = said(f"type: {{lookup: {{of: a, table: {table}}}}}")
    assert fault[0] == code
    assert fault[1].startswith("/fields/type/lookup/table")


def test_a_table_that_would_take_a_database_is_not_read() -> None:
    table = "{" + ", ".join(f"k{number}: task" for number in range(60_000)) + "}"
    (fault,) = said(f"type: {{lookup: {{of: a, table: {table}}}}}")
    assert fault[0] == "too_large"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("__proto__", "__proto__"),
        ("constructor", "constructor"),
        ("a.b", '"a.b"'),
        ("a[0]", '"a[0]"'),
        ("", '""'),
        (" ", '" "'),
        ("$ref", '"$ref"'),
        ('a"b', r'"a\"b"'),
        ("a\\b", r'"a\\b"'),
        ("a\nb", r'"a\nb"'),
        ("bel\u00f8p", '"bel\u00f8p"'),
        ("belo\u0308p", r'"belo\u0308p"'),
        ("na\u200bme", r'"na\u200bme"'),
        ("\u202eeman", r'"\u202eeman"'),
        ("n\u0430me", '"n\u0430me"'),
        ("'", '"\'"'),
    ],
)
def test_every_name_can_be_read_exactly(name: str, path: str) -> None:
    """Of all the names that look like it, or would be taken apart, none is read in its place."""
    others = {"a": {"b": "no", "0": "no"}, "b": "no", "belop": "no", "eman": "no"}
    quoted = path.replace("'", "''")
    found = mapped(f"number: '{quoted}'", {**others, name: "yes"})
    assert found.data is not None, found.faults
    assert found.data["number"] == "yes"
    absent = mapped(f"number: '{quoted}'", others)
    assert absent.data is not None
    assert absent.data["number"] is None


def test_the_rest_keeps_every_name_as_it_is() -> None:
    odd = {
        "__proto__": 1,
        "a.b": 2,
        "a[0]": 3,
        "": 4,
        " ": 5,
        "$ref": "#/x",
        "na\u200bme": 6,
        "o\u0308": 7,
        "\u00f6": 8,
    }
    found = load_mapping(OneMapping(HEAD + NAME + "extensions: rest\n"), "x", "thing")
    data = found.map({"id": 1, "name": "n", **odd}, "acme").data
    assert data is not None
    assert data["extensions"] == odd
