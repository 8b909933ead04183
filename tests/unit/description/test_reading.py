"""What cannot be read is refused with what came and what would be right; nothing of it is dangerous."""

from __future__ import annotations

import json

import pytest

from sluice.description.compare import differences
from sluice.description.forms.plain_values import read_yaml
from sluice.description.model import ANYTHING, Schema
from sluice.description.read import MAX_BYTES, read_description
from sluice.errors import ConfigurationInvalid
from tests.unit.description.apis import changed, compared, in_short, openapi, schemas, written

BOMB = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Edmx>&b;</Edmx>'
OUTSIDE = b'<!DOCTYPE Edmx [<!ENTITY x SYSTEM "file:///etc/passwd">]><Edmx>&x;</Edmx>'
LAUGHS = b"a: &a [x, x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + n, 98 + n, b", ".join([b"*%c" % (97 + n)] * 10)) for n in range(8)
)

REFUSED: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b" \n", "empty", "is empty"),
    "a web page": (b"<!DOCTYPE html><html><body>Log in</body></html>", "html", "web page"),
    "entities": (BOMB, "document_type", "entities are never read"),
    "an outside file": (OUTSIDE, "document_type", "entities are never read"),
    "broken XML": (b"<edmx:Edmx", "xml_syntax", "begins as XML"),
    "other XML": (b"<rss><channel/></rss>", "unknown_xml", "<rss>"),
    "deep XML": (b"<a>" * 300 + b"</a>" * 300, "too_deep", "200 levels"),
    "OData without a schema": (b'<Edmx Version="4.0"/>', "no_schema", "without a Schema"),
    "broken JSON": (b'{"openapi": ', "json_syntax", "begins as JSON"),
    "another JSON": (b'{"error": "not found"}', "unknown_form", "an object with 'error'"),
    "a list": (b"[1, 2]", "unknown_form", "is a list"),
    "text": (b"Hello there", "unknown_form", "is text"),
    "a document about an API": (b"# API\n\n* see: [here](x): y", "yaml_syntax", "as YAML"),
    "OpenAPI without paths": (b'{"openapi": "3.0.0"}', "no_paths", "no paths"),
    "OpenAPI with nothing to ask for": (
        b'{"openapi": "3.0.0", "paths": {}}',
        "no_operations",
        "without anything",
    ),
    "aliases that explode": (LAUGHS, "too_large", "holds more than"),
    "deep YAML": (b"- " * 300 + b"x", "too_deep", "200 levels"),
    "broken YAML": (b"a: [b\nc: d", "yaml_syntax", "as YAML"),
    "not text": (b"\xff\xfe\x00\x01\x02", "yaml_syntax", "as YAML"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_description_is_refused(case: str) -> None:
    data, code, words = REFUSED[case]
    with pytest.raises(ConfigurationInvalid) as refused:
        read_description(data)
    (fault,) = refused.value.faults
    assert fault.code == code
    assert words in fault.message
    assert "right would be OpenAPI" in fault.message


def test_what_can_be_understood_of_a_wrong_shape_is_read() -> None:
    schema = {"enum": 7, "properties": [], "items": {"$ref": 3}, "required": "id", "allOf": "x"}
    get = {
        "parameters": [None, {"in": "query"}],
        "responses": {"200": {"content": {"a": {"schema": schema}}}},
    }
    document = {"openapi": "3.0.0", "info": [], "paths": {"/a": {"get": get, "put": None}, "/b": 7}}
    assert list(read_description(written(document)).operations) == ["GET /a"]


def test_too_much_is_refused_before_it_is_read() -> None:
    with pytest.raises(ConfigurationInvalid, match="at most"):
        read_description(b" " * (MAX_BYTES + 1))


def test_yaml_is_read_as_version_1_2_says() -> None:
    text = (
        b"a: NO\nb: 2024-01-01\nc: 012\nd: 1.5\ne: true\nf: ~\n1: one\ng: &x {h: i}\nk: *x\n"
        b"l: '7'\nm: 1e3\nn: |\n  a\n  b\n"
    )
    assert read_yaml(text) == {
        "a": "NO",
        "b": "2024-01-01",
        "c": "012",
        "d": 1.5,
        "e": True,
        "f": None,
        "1": "one",
        "g": {"h": "i"},
        "k": {"h": "i"},
        "l": "7",
        "m": 1000.0,
        "n": "a\nb\n",
    }


def test_cycles_and_references_to_nowhere_are_harmless() -> None:
    document = changed(openapi(), lambda it: None)
    schemas(document)["Loop"] = {"$ref": "#/components/schemas/Loop"}
    schemas(document)["Ring"] = {
        "allOf": [{"$ref": "#/components/schemas/Ring"}, {"properties": {"a": {"type": "string"}}}]
    }
    schemas(document)["Customer"]["properties"] |= {
        "loop": {"$ref": "#/components/schemas/Loop"},
        "ring": {"$ref": "#/components/schemas/Ring"},
        "gone": {"$ref": "#/components/schemas/Nowhere"},
        "far": {"$ref": "other.json#/x"},
    }
    description = read_description(written(document))
    assert description.resolved(Schema(name="Loop")) == ANYTHING
    assert set(description.unread) == {
        "#/components/schemas/Nowhere is not in the document",
        "other.json#/x is not in the document",
    }
    assert compared(document, document) == []


def test_a_composed_type_that_holds_itself_is_compared() -> None:
    def tree(kind: str) -> dict[str, object]:
        node = {"type": "object", "properties": {"value": {"type": kind}}}
        below = {
            "properties": {"below": {"allOf": [{"$ref": "#/components/schemas/Tree"}, {"nullable": True}]}}
        }
        return {"allOf": [node, below]}

    old, new = openapi(), openapi()
    for document, kind in ((old, "integer"), (new, "string")):
        schemas(document)["Tree"] = tree(kind)
        schemas(document)["Invoice"]["properties"]["tree"] = {"$ref": "#/components/schemas/Tree"}
    found = in_short(compared(old, new))
    assert ("D47", "GET /invoice", "tree.value") in found
    assert {code for code, _, _ in found} == {"D47"}


def test_variants_are_all_read() -> None:
    def variants(document: dict[str, object], *names: str) -> None:
        one_of = [
            {"type": "object", "properties": {"id": {"type": "integer"}, name: {"type": "string"}}}
            for name in names
        ]
        schemas(document)["Address"] = {"oneOf": one_of}

    old, new = openapi(), openapi()
    variants(old, "street", "box")
    variants(new, "street")
    assert in_short(compared(old, new)) == [("D42", "GET /customer", "address.box")]


def test_fields_that_are_only_written_are_not_in_an_answer() -> None:
    new = changed(openapi(), lambda it: schemas(it)["Customer"]["properties"]["name"].update(writeOnly=True))
    assert in_short(compared(openapi(), new)) == [("D42", "GET /customer", "name")]


def test_the_same_input_gives_the_same_verdict() -> None:
    new = changed(
        openapi(),
        lambda it: schemas(it).update(Customer={"type": "object", "properties": {"x": {"type": "string"}}}),
    )
    runs = {
        json.dumps(
            [
                one.listed()
                for one in differences(read_description(written(openapi())), read_description(written(new)))
            ]
        )
        for _ in range(3)
    }
    assert len(runs) == 1
