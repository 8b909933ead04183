from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.connector.paths import MISSING, look_up, parse_path, path_text

NAMES = st.text(st.characters(blacklist_characters='"', blacklist_categories=["Cs"]), min_size=1)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", ()),
        ("id", ("id",)),
        ("value.token", ("value", "token")),
        ("result.0", ("result", "0")),
        ("edges.-1.cursor", ("edges", "-1", "cursor")),
        ('"party.".name', ("party.", "name")),
        ('"@odata.nextLink"', ("@odata.nextLink",)),
        ("@next", ("@next",)),
    ],
)
def test_paths(text: str, path: tuple[str, ...]) -> None:
    assert parse_path(text) == path
    assert path_text(path) == text


@pytest.mark.parametrize("text", [".", "a.", ".a", "a..b", "a[0]", "a b", '"a', 'a"b"', "a.*", "'a b'.c"])
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(ValueError, match="names joined by dots"):
        parse_path(text)


@given(st.lists(NAMES, min_size=1).map(tuple))
def test_a_path_written_and_read_is_the_same(path: tuple[str, ...]) -> None:
    assert parse_path(path_text(path)) == path


def test_looking_up() -> None:
    value = {"a": {"b": [{"c": None}, 7]}, "0": "x"}
    assert look_up(value, ("a", "b", "0", "c")) is None
    assert look_up(value, ("a", "b", "1")) == 7
    assert look_up(value, ("a", "b", "-1")) == 7
    assert look_up(value, ("0",)) == "x"
    assert look_up(value, ()) is value
    for absent in (("z",), ("a", "b", "2"), ("a", "b", "x"), ("a", "b", "1", "c"), ("0", "0")):
        assert look_up(value, absent) is MISSING
    assert look_up([], ("-1",)) is MISSING
    assert look_up(value, ("a", "b", "-2")) is MISSING
    assert not MISSING
