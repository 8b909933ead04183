"""Every example of the functions' documentation, and what the examples leave out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sluice.mapping.canonical import Field
from sluice.mapping.compiler import RuleCompiler
from sluice.mapping.documentation.functions_page import DOCUMENTED, Example, examples
from sluice.mapping.functions import FUNCTIONS
from sluice.mapping.kinds import Kind
from sluice.mapping.node import Node
from sluice.mapping.unmappable import Unmappable
from sluice.model.schema_faults import schema_faults
from sluice.model.yaml_document import read_yaml
from tests.unit.mapping.documents import FOLDER

SCHEMA = json.loads(FOLDER.read("transformers/mapping.schema.json"))
EXAMPLES = [(name, one) for name, function in DOCUMENTED.items() for one in examples(function)]
ANYTHING = Field("field", Kind.ANY, required=False)


def compiled(call: str) -> Node:
    """Compile a value written in YAML, as an extension, so that its result is not converted."""
    document = read_yaml(call.encode(), "example.yaml")
    schema = {"$ref": "#/$defs/value", "$defs": SCHEMA["$defs"]}
    assert schema_faults(document.value, schema, document) == []
    compiler = RuleCompiler(document)
    structure = isinstance(document.value, dict) and next(iter(document.value)) in {"object", "each"}
    node = (
        compiler.field(document.value, "", ANYTHING, "field")
        if structure
        else compiler.value(document.value, "")
    )
    assert compiler.faults == []
    return node


def test_the_schema_knows_exactly_the_documented_functions() -> None:
    assert set(SCHEMA["$defs"]["value"]["properties"]) == set(DOCUMENTED)
    assert set(DOCUMENTED) - set(FUNCTIONS) == {"object", "each"}
    assert {name for name, _ in EXAMPLES} == set(DOCUMENTED), "every function has an example"


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[f"{name}-{one.call}" for name, one in EXAMPLES])
def test_the_documented_examples_are_true(name: str, example: Example) -> None:
    found = compiled(example.call).read(json.loads(example.record), "acme")
    assert json.dumps(found) == json.dumps(json.loads(example.result)), name


@pytest.mark.parametrize(
    ("call", "record", "result"),
    [
        ("{not: a}", {"a": None}, None),
        ("{not: a}", {"a": "true"}, False),
        ("{text: a}", {"a": 12.50}, "12.5"),
        ("{first: [a, b]}", {"a": None, "b": 0}, 0),
        ("{first: [a, b]}", {}, None),
        ("{join: {of: [a, b]}}", {"a": "", "b": None}, None),
        ("{split: {of: a, by: ',', take: -1}}", {"a": "x,y,z"}, "z"),
        ("{split: {of: a, by: ',', take: 3}}", {"a": "x,y,z"}, None),
        ("{lookup: {of: a, table: {'true': T, 'false': F}}}", {"a": False}, "F"),
        ("{lookup: {of: a, table: {'3': three}}}", {"a": 3}, "three"),
        ("{lookup: {of: a, table: {A: x}, else: null}}", {"a": "B"}, None),
        ("{lookup: {of: a, table: {A: x}, else: other}}", {"a": "B"}, "other"),
        ("{lookup: {of: a, table: {A: x}}}", {"a": None}, None),
        ("{lookup: {of: a, table: {A: x}}}", {"a": ""}, None),
        ("{lookup: {of: a, table: {A: x, '': empty}}}", {"a": ""}, "empty"),
        ("{lookup: {of: a, table: {A: x, '': empty}}}", {"a": None}, None),
        ("{choose: {when: a, then: {value: yes}, else: {value: no}}}", {"a": True}, "yes"),
        ("{choose: {when: a, then: {value: yes}, else: {value: no}}}", {"a": None}, "no"),
        ("{is: [a, 1]}", {"a": True}, False),
        ("{is: [a, 1]}", {"a": 1.0}, True),
        ("{is: [a, true]}", {"a": True}, True),
        ("{is: [a, null]}", {}, True),
        ("{is: [a, x]}", {}, False),
        ("{null_if: [a, ['', '-']]}", {"a": "-"}, None),
        ("{null_if: [a, 0]}", {"a": "0"}, "0"),
        ("{sum: [a, b]}", {"a": 1}, None),
        ("{sum: ['a[].b']}", {"a": []}, "0"),
        ("{sum: ['a[].b']}", {"a": None}, None),
        ("{is_negative: a}", {"a": 0}, False),
        ("{is_negative: a}", {"a": None}, None),
        ("{negate: a}", {"a": 0}, "0"),
        ("{negate: a}", {"a": "1.50"}, "-1.50"),
        ("{minutes_to_hours: a}", {"a": 10}, "0.166667"),
        ("{typed: a}", {"a": 5}, 5),
        ("{typed: a}", {"a": None}, None),
        ("{typed: a}", {"a": {"__class__": "timedelta", "seconds": 27000.0}}, "27000.0"),
        (
            "{typed: a}",
            {
                "a": {
                    "__class__": "datetime",
                    "year": 2026,
                    "month": 1,
                    "day": 31,
                    "hour": 9,
                    "minute": 8,
                    "second": 7,
                }
            },
            "2026-01-31T09:08:07Z",
        ),
        ("{date_of: a}", {"a": ""}, None),
        ("{epoch: {of: a, unit: milliseconds}}", {"a": 0}, "1970-01-01T00:00:00Z"),
        ("{each: {of: a, object: {b: c}}}", {"a": None}, None),
        ("{each: {of: a, value: '@'}}", {"a": [1, "x"]}, [1, "x"]),
    ],
)
def test_what_the_examples_leave_out(call: str, record: dict[str, Any], result: Any) -> None:
    found = compiled(call).read(record, "acme")
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("call", "record", "code"),
    [
        ("{not: a}", {"a": 1}, "not_a_boolean"),
        ("{text: a}", {"a": True}, "not_text"),
        ("{text: a}", {"a": {}}, "not_text"),
        ("{lookup: {of: a, table: {A: x}}}", {"a": "B"}, "unknown_code"),
        ("{lookup: {of: a, table: {A: x}, else: fault}}", {"a": "a"}, "unknown_code"),
        ("{lookup: {of: a, table: {A: x}}}", {"a": []}, "not_text"),
        ("{sum: [a, b]}", {"a": 1, "b": "x"}, "not_a_decimal"),
        ("{multiply: {of: a, by: '2'}}", {"a": "1,5"}, "not_a_decimal"),
        ("{typed: a}", {"a": {"__class__": "bytes", "base64": ""}}, "not_typed"),
        ("{typed: a}", {"a": {"__class__": "date", "year": 2026, "month": 13, "day": 1}}, "not_typed"),
        ("{typed: a}", {"a": {"__class__": "Decimal"}}, "not_typed"),
        ("{typed: a}", {"a": {"__class__": "date", "year": "x", "month": 1, "day": 1}}, "not_typed"),
        ("{instant: {of: a, zone: UTC}}", {"a": "yesterday"}, "not_a_date"),
        ("{each: {of: a, object: {b: c}}}", {"a": {"c": 1}}, "not_a_list"),
        ("{each: {of: a, object: {b: c}}}", {"a": [None]}, "not_an_object"),
    ],
)
def test_what_no_function_guesses(call: str, record: dict[str, Any], code: str) -> None:
    with pytest.raises(Unmappable) as caught:
        compiled(call).read(record, "acme")
    assert caught.value.code == code
