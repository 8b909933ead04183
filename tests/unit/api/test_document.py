"""The OpenAPI document: whole, and true of what the API does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lambdas.api.document import OPENAPI
from lambdas.api.roles import LOWEST, Role
from lambdas.api.routing import ALWAYS
from tests.unit.api.client import Client

DOCUMENT = OPENAPI.value()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
}


def references(value: Any) -> Iterator[str]:
    """Yield every reference below ``value``."""
    if isinstance(value, dict):
        yield from [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_it_has_every_operation_of_the_table_of_roles_and_no_other() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    assert set(OPERATIONS) == set(LOWEST)
    assert {called: one["x-sluice-role"] for called, one in OPERATIONS.items()} == {
        called: role.value for called, role in LOWEST.items()
    }


@pytest.mark.parametrize("called", LOWEST)
def test_every_operation_says_what_it_does_and_what_may_go_wrong(called: str) -> None:
    operation = OPERATIONS[called]
    assert operation["summary"]
    assert operation["description"].endswith(".")
    assert operation["tags"]
    statuses = {int(status) for status in operation["responses"]}
    assert statuses >= set(ALWAYS)
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            assert response["content"] == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemModel"}}
            }
    if called.partition(" ")[0] in {"PUT", "DELETE"}:
        assert statuses >= {404, 412, 428}
    if "requestBody" in operation:
        assert statuses >= {400, 415}


def test_names_of_operations_are_unlike() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)


def test_every_reference_leads_somewhere_and_every_model_is_used() -> None:
    found = set(references(DOCUMENT))
    for reference in found:
        place: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
    named = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert named == found


def test_every_schema_is_one() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_text_that_comes_in_is_bounded() -> None:
    incoming = {
        reference.rpartition("/")[2]
        for operation in OPERATIONS.values()
        for reference in references(operation.get("requestBody", {}))
    }
    assert incoming
    for name in incoming:
        schema = DOCUMENT["components"]["schemas"][name]
        assert schema["additionalProperties"] is False, name
        for field, inner in schema["properties"].items():
            for text in re.findall(r"\{[^{}]*\"type\": \"string\"[^{}]*\}", json.dumps(inner)):
                assert re.search("maxLength|pattern|enum", text), (name, field)


def test_examples_fit_their_schemas() -> None:
    seen = 0
    for name, schema in DOCUMENT["components"]["schemas"].items():
        whole = {**schema, "components": DOCUMENT["components"]}
        for example in schema.get("examples", ()):
            seen += 1
            assert not list(Draft202012Validator(whole).iter_errors(example)), name
    assert seen


def test_every_signed_in_person_gets_it(client: Client) -> None:
    answer = client("GET", "/openapi.json", group=Role.VIEWER.value)
    assert answer.json == DOCUMENT
    assert answer.headers["Content-Type"] == "application/json"
