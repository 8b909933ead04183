from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest

from sandbox.making.samples import SampleInvalid, World, maker
from sandbox.words import Scene

WORLD = World(date(2026, 11, 21), {"customer": 5}, {"customer": lambda index: 100 + index})


def made(schema: dict[str, Any], count: int = 200) -> list[Any]:
    make, scene = maker(schema, WORLD, "toy.field"), Scene(Random(7))  # noqa: S311
    values = []
    for index in range(count):
        scene.turn(index)
        values.append(make(scene))
    return values


def test_counting() -> None:
    assert made({"type": "integer", "sample": {"sequence": 10}}, 3) == [10, 11, 12]
    assert made({"type": "string", "sample": {"number_text": 7}}, 3) == ["7", "8", "9"]


def test_references_lead_to_records_that_exist() -> None:
    assert set(made({"type": "integer", "sample": {"reference": "customer"}})) == {100, 101, 102, 103, 104}


def test_numbers_stay_in_range_and_in_type() -> None:
    decimals = made({"type": "number", "sample": {"decimal": [1, 9], "places": 2}})
    assert all(1 <= value <= 9 and round(value, 2) == value for value in decimals)
    texts = made({"type": "string", "sample": {"decimal": [1, 9], "places": 2}})
    assert all(len(text.partition(".")[2]) == 2 for text in texts)
    assert set(made({"type": "integer", "sample": {"integer": [1, 3]}})) == {1, 2, 3}


def test_dates_count_from_today() -> None:
    days = made({"type": "string", "format": "date", "sample": {"date": [-2, 0]}})
    assert set(days) == {"2026-11-19", "2026-11-20", "2026-11-21"}
    assert all(moment.endswith("Z") for moment in made({"type": "string", "sample": {"datetime": [-2, 0]}}))


def test_nullable_is_null_about_that_often() -> None:
    values = made({"type": ["string", "null"], "sample": {"word": "city", "nullable": 30}}, 1000)
    assert 200 < values.count(None) < 400


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, str),
        ({"type": ["integer", "null"]}, int),
        ({"type": "number"}, float),
        ({"type": "boolean"}, bool),
        ({"type": "string", "format": "date"}, str),
        ({"type": "string", "enum": ["a", "b"]}, str),
    ],
)
def test_a_field_without_a_sample_gets_a_plain_value(schema: dict[str, Any], kind: type) -> None:
    assert all(isinstance(value, kind) for value in made(schema))


@pytest.mark.parametrize(
    ("sample", "said"),
    [
        ("shoe_size", "there is no word 'shoe_size'; there are account_name"),
        ({"guess": 3}, "toy.field: sample {'guess': 3} is none of boolean, choice"),
        ({"reference": "shop"}, "there is no stream 'shop' whose key is counted up"),
    ],
)
def test_a_wrong_sample_says_what_would_be_right(sample: Any, said: str) -> None:
    with pytest.raises(SampleInvalid, match=r"toy\.field") as caught:
        maker({"type": "string", "sample": sample}, WORLD, "toy.field")
    assert said in str(caught.value)
