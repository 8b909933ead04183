"""Two forms of the same API differ in nothing that a reader sees."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.unit.description.apis import Document, changed, compared, customer, openapi, schemas, swagger


def _each_response(document: Document, change: Callable[[Document], None]) -> None:
    for item in document["paths"].values():
        for operation in item.values():
            change(operation["responses"])


def _default(document: Document) -> None:
    def move(responses: Document) -> None:
        responses["default"] = responses.pop("200", None) or responses.pop("201")

    _each_response(document, move)


def _two_xx(document: Document) -> None:
    def move(responses: Document) -> None:
        responses["2XX"] = responses.pop("200", None) or responses.pop("201")
        responses["default"] = {"content": {"application/json": {"schema": {"type": "object"}}}}

    _each_response(document, move)


def _media(name: str) -> Callable[[Document], None]:
    def move(responses: Document) -> None:
        for response in responses.values():
            if "content" in response:
                response["content"] = {name: response["content"]["application/json"]}

    return lambda document: _each_response(document, move)


def _upper_case(document: Document) -> None:
    paths = {path.replace("customer", "Customer").replace("{id}", "{customerId}") + "/": item
             for path, item in document["paths"].items()}  # fmt: skip
    document["paths"] = paths
    paths["/Customer/{customerId}/"]["get"]["parameters"][0]["name"] = "customerId"


def _prefixed(document: Document) -> None:
    document["servers"] = [{"url": "https://api.example.com"}]
    document["paths"] = {f"/v2{path}": item for path, item in document["paths"].items()}


def _variables(document: Document) -> None:
    server = {"url": "https://{host}/v2", "variables": {"host": {"default": "api.example.com"}}}
    document["servers"] = [server]


def _inlined(document: Document) -> None:
    contact, address = schemas(document).pop("Contact"), schemas(document).pop("Address")
    properties = schemas(document)["Customer"]["properties"]
    properties["address"], properties["contacts"]["items"] = address, contact


def _renamed_types(document: Document) -> None:
    text = json.dumps(document).replace("/Customer", "/CustomerDTO")
    document.clear()
    document.update(json.loads(text))
    schemas(document)["CustomerDTO"] = schemas(document).pop("Customer")
    document["paths"] = {path.replace("DTO", ""): item for path, item in document["paths"].items()}


def _parameter_references(document: Document) -> None:
    get = document["paths"]["/customer"]["get"]
    document["components"]["parameters"] = {one["name"]: one for one in get["parameters"]}
    document["paths"]["/customer"]["parameters"] = [
        {"$ref": f"#/components/parameters/{one['name']}"} for one in get["parameters"]
    ]
    get["parameters"] = []


def _composed(document: Document) -> None:
    whole = customer()
    own = {name: whole["properties"].pop(name) for name in ("parent", "contacts", "address")}
    schemas(document)["Plain"] = whole
    schemas(document)["Customer"] = {
        "allOf": [{"$ref": "#/components/schemas/Plain"}, {"type": "object", "properties": own}]
    }


def _wrapped_references(document: Document) -> None:
    properties = schemas(document)["Customer"]["properties"]
    properties["parent"] = {"allOf": [properties["parent"]]}
    properties["address"] = {"oneOf": [properties["address"]]}


def _annotated(document: Document) -> None:
    properties = schemas(document)["Customer"]["properties"]
    properties["id"] |= {"format": "int32", "readOnly": True, "example": 7, "minimum": 1}
    properties["name"] |= {"description": "[BETA] The customer's name.", "maxLength": 255, "default": ""}
    document["paths"]["/customer"]["get"]["parameters"][1]["schema"]["default"] = "100"
    document["paths"]["/customer"]["get"] |= {"operationId": "Customer_search", "tags": ["customer"]}


FORMS: dict[str, Callable[[Document], None]] = {
    "the answer under default": _default,
    "the answer under 2XX, an error under default": _two_xx,
    "a charset in the media type": _media("application/json; charset=utf-8"),
    "any media type": _media("*/*"),
    "another JSON media type": _media("application/vnd.toy+json"),
    "upper case, slashes, names of path parameters": _upper_case,
    "the version in the paths, not in the address": _prefixed,
    "variables in the address": _variables,
    "schemas written out where they are used": _inlined,
    "other names of types": _renamed_types,
    "parameters referred to, at the path": _parameter_references,
    "allOf": _composed,
    "references inside allOf and oneOf": _wrapped_references,
    "annotations": _annotated,
}


@pytest.mark.parametrize("form", FORMS)
def test_another_way_to_write_it_is_no_change(form: str) -> None:
    other = changed(openapi(), FORMS[form])
    assert other != openapi()
    assert compared(openapi(), other) == []
    assert compared(other, openapi()) == []


@pytest.mark.parametrize("form", FORMS)
def test_openapi_2_and_any_form_of_openapi_3_are_the_same(form: str) -> None:
    other = changed(openapi(), FORMS[form])
    assert compared(swagger(), other) == []
    assert compared(other, swagger()) == []


def test_yaml_and_json_minified_or_not_are_the_same() -> None:
    texts = [
        yaml.safe_dump(openapi(), sort_keys=True).encode(),
        b"\xef\xbb\xbf\n" + json.dumps(openapi(), indent=4).encode(),
        json.dumps(openapi(), separators=(",", ":")).encode(),
    ]
    assert b"- 'NO'" in texts[0]
    bare = texts[0].replace(b"- 'NO'", b"- NO")  # YAML 1.1 would read it as false
    assert all(compared(one, other) == [] for one in [*texts, bare] for other in [*texts, bare])


def _null_by(change: Callable[[Document], Any]) -> Document:
    def apply(document: Document) -> None:
        properties = schemas(document)["Customer"]["properties"]
        properties["balance"] = change({"type": "number"})
        properties["address"] = change({"$ref": "#/components/schemas/Address"})

    return changed(openapi(), apply)


NULL: dict[str, Callable[[Document], Document]] = {
    "nullable": lambda schema: {**schema, "nullable": True},
    "x-nullable": lambda schema: {**schema, "x-nullable": True},
    "anyOf null": lambda schema: {"anyOf": [schema, {"type": "null"}]},
    "oneOf null": lambda schema: {"oneOf": [{"type": "null"}, schema]},
    "allOf nullable": lambda schema: {"allOf": [schema], "nullable": True},
}


@pytest.mark.parametrize("one", NULL)
@pytest.mark.parametrize("other", NULL)
def test_every_way_to_say_null_is_the_same(one: str, other: str) -> None:
    assert compared(_null_by(NULL[one]), _null_by(NULL[other])) == []


def test_null_in_a_list_of_types_is_nullable() -> None:
    listed = _null_by(
        lambda schema: {"type": ["number", "null"]} if "type" in schema else NULL["anyOf null"](schema)
    )
    assert compared(listed, _null_by(NULL["nullable"])) == []
    assert {change.code for change in compared(openapi(), listed)} == {"D53"}


def test_what_only_a_writer_needs_is_silent() -> None:
    def change(document: Document) -> None:
        body = document["paths"]["/customer"]["post"]["requestBody"]["content"]["application/json"]
        body["schema"] = {"type": "object", "required": ["tax"], "properties": {"tax": {"type": "string"}}}

    assert compared(openapi(), changed(openapi(), change)) == []
