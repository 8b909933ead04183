from __future__ import annotations

from typing import Any

import pytest

from sluice.mapping.paths import PathSyntaxError, compile_path
from sluice.mapping.unmappable import Unmappable

RECORD = {
    "id": 7,
    "party.name": "dotted",
    "a-b": "signed",
    "employee.": {"party.": {"name": "Ada"}},
    "customer": {"id": 5, "deep": {"er": True}},
    "none": None,
    "lines": [{"amount": 1, "kind": "x"}, {"amount": None, "kind": "y"}, {"kind": "x", "tax": {"rate": 25}}],
    "text": "plain",
    "": "empty name",
    "__proto__": 1,
    "$ref": "#/x",
}


@pytest.mark.parametrize(
    ("text", "value", "uses"),
    [
        ("id", 7, {("id",)}),
        ("absent", None, {("absent",)}),
        ("customer.id", 5, {("customer", "id")}),
        ("customer.deep.er", True, {("customer", "deep", "er")}),
        ("none.of.it", None, {("none", "of", "it")}),
        ('"party.name"', "dotted", {("party.name",)}),
        ('"a-b"', "signed", {("a-b",)}),
        ('"employee."."party.".name', "Ada", {("employee.", "party.", "name")}),
        ('""', "empty name", {("",)}),
        ("__proto__", 1, {("__proto__",)}),
        ('"$ref"', "#/x", {("$ref",)}),
        ("lines[0].amount", 1, {("lines", "amount")}),
        ("lines[-1].tax.rate", 25, {("lines", "tax", "rate")}),
        ("lines[9].amount", None, {("lines", "amount")}),
        ("lines[].amount", [1], {("lines", "amount")}),
        ("lines[?kind=='x'].amount | [0]", 1, {("lines", "amount"), ("lines", "kind")}),
        ("lines[*].tax.rate", [25], {("lines", "tax", "rate")}),
        ("@", RECORD, {()}),
    ],
)
def test_paths_read_and_tell_what_they_read(text: str, value: Any, uses: set[tuple[str, ...]]) -> None:
    path = compile_path(text)
    assert path.get(RECORD) == value
    assert path.uses == uses


@pytest.mark.parametrize("text", ["", "a-b", "a.", "a..b", "a[", "a b", "'a", "$ref", "{{secret}}"])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(PathSyntaxError, match="is not a path"):
        compile_path(text)


@pytest.mark.parametrize(
    "text", ["length(a)", "a.*", "[a, b]", "{x: a}", "a || b", "!a", "`1`", "&a", "a == b", "a.__class__()"]
)
def test_more_of_jmespath_than_paths_is_refused(text: str) -> None:
    with pytest.raises(PathSyntaxError):
        compile_path(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("text.inner", "not_an_object"),
        ("lines.amount", "not_an_object"),
        ("customer.id.deep", "not_an_object"),
        ("customer[0]", "not_a_list"),
        ("customer[].id", "not_a_list"),
        ("text[?a=='b']", "not_a_list"),
    ],
)
def test_a_path_through_something_else_is_no_silent_null(text: str, code: str) -> None:
    with pytest.raises(Unmappable) as caught:
        compile_path(text).get(RECORD)
    assert caught.value.code == code
