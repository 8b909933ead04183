from __future__ import annotations

from typing import Any

import pytest

from sluice.model.schema_faults import did_you_mean, in_words, schema_faults
from sluice.model.yaml_document import read_yaml


def faults(text: str, schema: dict[str, Any]) -> list[str]:
    document = read_yaml(text.encode(), "f.yaml")
    return [str(fault) for fault in schema_faults(document.value, schema, document)]


@pytest.mark.parametrize(
    ("text", "schema", "message"),
    [
        ("7", {"type": "string"}, "f.yaml:1#: is the number 7; should be text [wrong_type]"),
        (
            "yes",
            {"type": "boolean"},
            "is the text 'yes'; should be true or false; YAML 1.2 knows only true and false",
        ),
        ("[1]", {"type": ["object", "null"]}, "is a list of 1; should be an object or null"),
        ("rde", {"enum": ["red", "blue"]}, "is the text 'rde'; did you mean 'red'?"),
        ("3", {"enum": [1, 2]}, "is the number 3; should be one of 1, 2"),
        ("2", {"const": 1}, "should be 1"),
        ("A", {"pattern": "^[a-z]+$"}, "should match ^[a-z]+$"),
        ("A", {"pattern": "^[a-z]+$", "x-right": "lower case"}, "should be lower case"),
        ("A", {"format": "date"}, "should be a date"),
        ("1", {"minimum": 2}, "should be 2 or more"),
        ("[1, 1]", {"uniqueItems": True}, "each entry only once [duplicate]"),
        ("{}", {"required": ["a"]}, "lacks the key 'a' [missing_key]"),
        (
            "{b: 1}",
            {"properties": {"a": {}}, "additionalProperties": False},
            "#/b: 'b' is not a key that is known here",
        ),
        ("{B: 1}", {"propertyNames": {"pattern": "^[a-z]$"}}, "#/B: the name 'B' should match"),
        ("1", {"anyOf": [{"type": "string"}, {"type": "null"}]}, "should be text or null"),
        ("{a: 1}", {"anyOf": [{"type": "string"}, {"required": ["b"]}]}, "lacks the key 'b'"),
        ("{}", {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, "fits none of the forms"),
        (
            "{}",
            {"anyOf": [{"required": ["a"]}, {"required": ["b"]}], "x-right": "a or b"},
            "should be a or b",
        ),
        ("{a: 1, b: 1}", {"not": {"required": ["a", "b"]}, "x-right": "not both"}, "should be not both"),
    ],
)
def test_a_fault_says_what_came_and_what_would_be_right(
    text: str, schema: dict[str, Any], message: str
) -> None:
    found = faults(text, schema)
    assert len(found) == 1
    assert message in found[0]


def test_faults_come_in_the_order_of_lines() -> None:
    schema = {"properties": {"a": {"type": "string"}, "c": {"type": "string"}}, "additionalProperties": False}
    found = faults("c: 1\nb: 1\na: 1\n", schema)
    assert [fault[:11] for fault in found] == ["f.yaml:1#/c", "f.yaml:2#/b", "f.yaml:3#/a"]


def test_a_close_word_is_suggested_and_else_all_are_listed() -> None:
    assert did_you_mean("custmer", ["customer", "order"]) == "did you mean 'customer'?"
    assert did_you_mean("zzz", ["customer", "order"]) == "known here: customer, order"
    assert did_you_mean("zzz", []) == "nothing is allowed here"


def test_values_in_words_are_short() -> None:
    assert in_words("x" * 100) == "the text '" + "x" * 40 + "'..."
    assert in_words({}) == "an empty object"
    assert in_words(None) == "null"
    assert in_words([1, 2]) == "a list of 2"
