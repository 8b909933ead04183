"""A window taken apart: columns, forms, masks, witnesses."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.contract.observation import observe
from sluice.contract.records.forms import form_of, forms_of, is_date_form, key_forms_of
from sluice.contract.records.masks import MAX_SHOWN, mask
from sluice.contract.records.walk import MAX_PATHS, walk
from sluice.contract.records.witnesses import KEPT, Witnesses, hash_of, hash_of_key

RECORDS: list[dict[str, Any]] = [
    {"id": 1, "a": "x", "o": {"p": 1}, "l": [{"q": 1}, {"q": None}]},
    {"id": 2, "a": "", "o": None, "l": []},
    {"a": None, "id": 3, "o": {}, "l": [{"q": 1.5, "r": True}], "extra": [[1], [2, "3"]]},
]


def test_every_path_is_counted_among_the_objects_that_could_have_it() -> None:
    columns = observe(RECORDS).columns
    assert columns["a",].types == {"text": 2, "null": 1}
    assert columns["a",].empty == {"text": 1}
    assert (columns["o", "p"].parents, columns["o", "p"].present) == (2, 1)
    assert columns["o",].empty == {"object": 1}
    assert columns["l",].empty == {"list": 1}
    assert columns["l", "[]", "q"].types == {"integer": 1, "null": 1, "decimal": 1}
    assert (columns["l", "[]", "r"].parents, columns["l", "[]", "r"].present) == (3, 1)
    assert columns["extra", "[]", "[]"].types == {"integer": 2, "text": 1}
    assert (columns["extra",].parents, columns["extra",].absent) == (3, 2)


@pytest.mark.parametrize("kinds", [2, 40])
def test_objects_of_one_shape_and_of_many_are_counted_alike(kinds: int) -> None:
    found = [{"id": n, **({f"f{n % kinds}": n} if n % 3 else {}), "z": {"y": n}} for n in range(400)]
    columns = observe(found).columns
    assert columns["id",].present == columns["z", "y"].present == 400
    for number in range(kinds):
        expected = sum(1 for n in range(400) if n % kinds == number and n % 3)
        assert (columns[f"f{number}",].present, columns[f"f{number}",].parents) == (expected, 400)


def test_there_is_an_end_to_paths_but_not_to_used_ones() -> None:
    wide = [{f"f{number}": number for number in range(MAX_PATHS + 100)}]
    assert walk(wide, lambda _: False).overflow
    assert len(walk(wide, lambda _: False).columns) == MAX_PATHS
    assert len(walk(wide, lambda _: True).columns) == MAX_PATHS + 100
    deep: Any = 1
    for _ in range(500):
        deep = {"a": [deep]}
    assert len(walk([deep], lambda _: False).columns) < 100


@pytest.mark.parametrize(
    ("text", "form", "is_date"),
    [
        ("2026-01-31", "date", True),
        ("2026-01-31T12:00:00Z", "time in UTC", True),
        ("2026-01-31T12:00:00.123+01:00", "time with an offset", True),
        ("2026-01-31 12:00", "time without a zone", True),
        ("31.01.2026", "d.m.y", True),
        ("1/31/2026", "d/m/y", True),
        ("/Date(1439434356790+0000)/", "/Date()/", True),
        ("1234.50", "plain number", False),
        ("1234,50", "decimal comma", False),
        ("1.234,50", "grouped digits", False),
        ("1 234.50", "grouped digits", False),
        ("831221267", "digits", False),
        ("", "empty", False),
        ("Oslo", "other text", False),
        ("a\nb", "other text", False),
    ],
)
def test_forms_are_told_apart(text: str, form: str, is_date: bool) -> None:
    assert form_of(text) == form
    assert forms_of([text] * 3) == {form: 3}
    assert is_date_form(form) is is_date


def test_a_column_of_several_forms_is_counted() -> None:
    assert forms_of(["2026-01-31", "31.01.2026", "2026-02-01", "x\ny"]) == {
        "date": 2,
        "d.m.y": 1,
        "other text": 1,
    }
    assert key_forms_of(["1", "22"]) == {"digits": 2}
    assert key_forms_of(["1", "A-1", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"]) == {
        "digits": 1,
        "code": 1,
        "UUID": 1,
    }


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "null"),
        (True, "true"),
        ("Ås 12,5!", '"Aa 99,9!"'),
        (-12.5, "-99.9"),
        ({"a": 1}, "object"),
        ([1], "list"),
        ("\x00\u202e", '"??"'),
    ],
)
def test_a_mask_tells_the_form_and_no_content(value: Any, shown: str) -> None:
    assert mask(value) == shown


def test_a_mask_is_short() -> None:
    assert len(mask("x" * 500)) == MAX_SHOWN + 2


def test_a_value_is_known_again_in_another_type_and_a_key_too() -> None:
    assert hash_of("12") == hash_of(12) == hash_of(12.0)
    assert hash_of("true") == hash_of(True)
    assert hash_of("") is hash_of(None) is hash_of([1]) is None
    assert hash_of_key("12") == hash_of_key(12) != hash_of_key("012x")


def test_witnesses_are_the_same_records_however_they_are_read() -> None:
    rows = {hash_of_key(key): {("a",): key} for key in range(1000)}
    whole = Witnesses(dict(rows)).merged(Witnesses())
    half = [dict(list(rows.items())[start : start + 500]) for start in (0, 500)]
    assert Witnesses(half[0]).merged(Witnesses(half[1])) == whole
    assert len(whole.rows) == KEPT
    assert Witnesses.from_json(whole.to_json()) == whole
    assert not any(row for row in whole.without(("a",)).rows.values())
