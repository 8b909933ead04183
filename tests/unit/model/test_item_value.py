"""What a table's item may hold."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.model.item_value import plain_copy

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**37), 10**37) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_json_without_floats_comes_back_equal_and_apart(value: Any) -> None:
    found = plain_copy(value)
    assert json.dumps(found) == json.dumps(value)
    if isinstance(value, list | dict) and value:
        assert found is not value


def test_a_place_is_told_by_pointer() -> None:
    with pytest.raises(TypeError, match=r"^/a/1/b~1c is a float: "):
        plain_copy({"a": [0, {"b/c": 0.5}]})


def test_a_whole_decimal_is_an_int() -> None:
    found = plain_copy([Decimal("3.00"), Decimal("1E+3"), Decimal("-0.50"), True])
    assert found == [3, 1000, Decimal("-0.50"), True]
    assert [type(number) for number in found] == [int, int, Decimal, bool]
