from __future__ import annotations

import re

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sluice.lake.comparing.fields import normalised_number
from sluice.lake.matching.numbers import (
    COUNTRIES,
    VIES,
    Number,
    Standing,
    corrections,
    in_conflict,
    is_slip,
    normalised,
    organisation_number,
    registered_in,
    standing,
    vat_number,
)
from tests.effort import examples, thorough

pytestmark = thorough

WRITTEN = st.one_of(
    st.text(max_size=20),
    st.from_regex(rf"({COUNTRIES}|16|)[ -]?[0-9]{{6,12}} ?(MVA|mva|01|)", fullmatch=True),
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("NO 923 609 016 MVA", "923609016"),
        ("923609016mva", "923609016"),
        ("923 609 016", "923609016"),
        ("556036-0793", "5560360793"),
        ("16556036-0793", "5560360793"),
        ("SE556036079301", "5560360793"),
        ("DK 13 74 81 36", "13748136"),
        ("HRB 12345", "HRB12345"),
        ("NL123456789B01", "NL123456789B01"),
        (" - ", None),
        ("", None),
        (None, None),
    ],
)
def test_a_number_is_its_digits_but_for_letters_that_belong_to_it(written: str, expected: str | None) -> None:
    assert normalised(written) == expected


@given(WRITTEN)
def test_normalising_twice_changes_nothing(written: str) -> None:
    once = normalised(written)
    assert normalised(once) == once


@settings(max_examples=examples(300))
@given(WRITTEN)
def test_the_database_normalises_as_we_do(written: str) -> None:
    if "\0" in written:
        return  # no text of JSON in the lake has it, and DuckDB's parameters end there
    [row] = duckdb.execute(f"SELECT {normalised_number('$1')}", [written]).fetchall()
    assert row == (normalised(written),)


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("923609016", "NO", Standing.RIGHT),
        ("923609017", "NO", Standing.WRONG),
        ("123456785", "NO", Standing.WRONG),  # the register's own example of the formula, but none in use
        ("5560360793", "SE", Standing.RIGHT),
        ("5560360794", "SE", Standing.WRONG),
        ("2120000142", "SE", Standing.RIGHT),
        ("13748136", "DK", Standing.RIGHT),
        ("13748137", "DK", Standing.WRONG),
        ("13748136", "DE", Standing.UNKNOWN),
        ("13748136", "", Standing.RIGHT),
        ("13748137", "", Standing.UNKNOWN),
    ],
)
def test_a_check_digit_tells_a_slip(text: str, country: str, expected: Standing) -> None:
    assert standing(text, country) is expected


def test_placeholders_are_no_numbers() -> None:
    assert organisation_number("000000000") is None
    assert organisation_number("999 999 999") is None
    assert vat_number("NO000000000") is None


@pytest.mark.parametrize("country", sorted(VIES))
def test_a_vat_number_is_the_same_with_its_prefix_and_without(country: str) -> None:
    example = {"AT": "U12345678", "ES": "B12345678", "NL": "123456789B01", "SE": "556036079301"}
    rest = example.get(country) or next(
        digits + tail
        for digits in ("123456789", "12345678", "1234567890", "12345678901", "123456789012", "1234567")
        for tail in ("", "A", "B")
        if re.fullmatch(VIES[country], digits + tail)
    )
    assert vat_number(f"{country} {rest}") == vat_number(rest, country)


@pytest.mark.parametrize(
    ("written", "expected"),
    [("NO923609016MVA", "923609016"), ("SE556036079301", "5560360793"), ("DK13748136", "13748136"),
     ("FR40303265045", "303265045"), ("DE123456789", None)],
)  # fmt: skip
def test_an_organisation_number_is_taken_out_of_a_vat_number(written: str, expected: str | None) -> None:
    found = registered_in(vat_number(written))
    assert (found.text if found else None) == expected


def test_greece_writes_both_prefixes() -> None:
    assert vat_number("GR123456789") == vat_number("EL123456789")


def test_a_slip_is_one_sign_and_one_of_the_two_is_wrong() -> None:
    right, wrong = (organisation_number(text, "NO") for text in ("923609016", "923609061"))
    assert right is not None
    assert wrong is not None
    assert is_slip(right, wrong)
    assert is_slip(wrong, right)
    other = Number("974760673", "NO", Standing.RIGHT)
    assert not is_slip(right, other)
    assert not is_slip(right, right)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("923609016", "NO"), ("974760673", "NO"), True),
        (("923609016", "NO"), ("923609061", "NO"), False),  # mistyped
        (("923609016", "NO"), ("974760674", "NO"), False),  # wrong, and so nobody knows which
        (("HRB 12345", "DE"), ("HRB 54321", "DE"), True),
        (("HRB 12345", "DE"), ("HRB 12346", "DE"), True),  # no check digit says that it is a slip
        (("HRB 12345", "DE"), ("27/123/45678", "DE"), False),  # a tax number beside a register's
        (("ES B12345678", ""), ("B12345678", "ES"), False),
    ],
)
def test_two_numbers_are_two_companies(one: tuple[str, str], other: tuple[str, str], expected: bool) -> None:
    ours, theirs = organisation_number(*one), organisation_number(*other)
    assert ours is not None
    assert theirs is not None
    assert in_conflict(ours, theirs) is expected
    assert in_conflict(theirs, ours) is expected


@given(st.integers(0, 8), st.integers(0, 9))
def test_the_right_number_is_among_the_corrections_of_a_slip(at: int, digit: int) -> None:
    right = "923609016"
    slipped = organisation_number(right[:at] + str(digit) + right[at + 1 :], "NO")
    assert slipped is not None
    if slipped.standing is Standing.WRONG:
        assert right in corrections(slipped)
    else:
        assert corrections(slipped) == []
