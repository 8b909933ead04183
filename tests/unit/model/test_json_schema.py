from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from sluice.model.json_schema import Explaining, schema_error, surely_fits

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5},
        "from": {"type": "string", "format": "date"},
        "mail": {"type": "string", "format": "email"},
        "form": {"type": "string", "format": "regex"},
        "count": {"type": "integer", "minimum": 1},
        "parts": {"type": "array", "uniqueItems": True},
    },
}


@pytest.mark.parametrize(
    "value",
    [
        {"name": "abc"},
        {"name": "abc", "from": "2024-02-29", "mail": "a@b.example", "form": "^x+$", "count": 1},
        {"name": "abc", "count": 3.0, "parts": [1, True, "1"]},
    ],
)
def test_what_surely_fits_has_no_fault(value: dict[str, Any]) -> None:
    assert surely_fits(value, SCHEMA)
    assert not list(Explaining(SCHEMA, formats=True).iter_errors(value))


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"name": "ABC"},
        {"name": "abc\n"},
        {"name": "abcdef"},
        {"name": "abc", "other": 1},
        {"name": "abc", "from": "2024-02-30"},
        {"name": "abc", "mail": "nobody"},
        {"name": "abc", "form": "("},
        {"name": "abc", "form": r"\p{L}"},
        {"name": "abc", "count": True},
        {"name": "abc", "count": 0},
        {"name": "abc", "parts": [1, 1]},
        {1: "abc"},
        [],
        None,
    ],
)
def test_what_has_a_fault_is_never_sure_to_fit(value: Any) -> None:
    assert not surely_fits(value, SCHEMA)


def test_formats_are_judged_where_they_are_wanted() -> None:
    value = {"name": "abc", "from": "soon"}
    assert not list(Explaining(SCHEMA).iter_errors(value))
    (error,) = Explaining(SCHEMA, formats=True).iter_errors(value)
    assert error.validator == "format"


def test_a_schema_that_only_python_can_read_is_not_sure() -> None:
    schema = {"type": "string", "pattern": "(?P<year>[0-9]{4})(?(year)x|y)"}
    assert not surely_fits("2024x", schema)
    assert not list(Explaining(schema).iter_errors("2024x"))


def test_a_schema_is_known_by_itself_however_many_there_are() -> None:
    schemas = [{"const": number} for number in range(30)]
    for _ in range(2):
        assert all(surely_fits(number, schema) for number, schema in enumerate(schemas))
        assert not any(surely_fits(number + 1, schema) for number, schema in enumerate(schemas))


def test_what_is_no_schema_says_where() -> None:
    assert schema_error(SCHEMA) is None
    wrong = schema_error({"properties": {"a": {"type": "text"}}})
    assert wrong is not None
    assert list(wrong.absolute_path) == ["properties", "a", "type"]


def test_the_library_with_the_words_is_loaded_when_something_is_wrong() -> None:
    script = (
        "import sys\n"
        "from sluice.model.json_schema import Explaining, surely_fits\n"
        "assert surely_fits(1, {'type': 'integer'})\n"
        "print('jsonschema' in sys.modules)\n"
        "print(next(Explaining({'type': 'integer'}).iter_errors('x')).message)\n"
        "print('jsonschema' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)  # noqa: S603
    assert done.stdout.splitlines() == ["False", "'x' is not of type 'integer'", "True"]
