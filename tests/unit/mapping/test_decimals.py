from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.mapping.decimals import decimal_text, from_locale, plain, product, quotient, total
from sluice.mapping.unmappable import Unmappable


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-17, "-17"),
        (9007199254740993, "9007199254740993"),
        (12.5, "12.5"),
        (100.0, "100.0"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e-05, "0.00001"),
        (1e22, "10000000000000000000000"),
        (Decimal("1234567890123456.789"), "1234567890123456.789"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        ("12.50", "12.50"),
        ("1e3", "1000"),
        ("-0.10", "-0.10"),
        ("0", "0"),
    ],
)
def test_decimals_come_out_plain_and_exact(value: Any, text: str) -> None:
    assert decimal_text(value) == text


@pytest.mark.parametrize(
    "value",
    [
        *(
            "1.234,56",
            "1 234,56",
            "1,5",
            "(12.00)",
            "12,00-",
            "NOK 12",
            "",
            " 1",
            "1 ",
            "+1",
            ".5",
            "5.",
            "abc",
        ),
        *("NaN", "Infinity", "1e999", "-0", "-0.00", "١٢", "1_000", "0x10", "1\n", "9" * 61),
        *(
            True,
            None,
            [],
            {},
            -0.0,
            float("nan"),
            float("inf"),
            Decimal("-0"),
            Decimal("NaN"),
            Decimal("1e999"),
        ),
    ],
    ids=repr,
)
def test_what_is_no_plain_decimal_is_refused(value: Any) -> None:
    with pytest.raises(Unmappable) as caught:
        decimal_text(value)
    assert caught.value.code == "not_a_decimal"


@pytest.mark.parametrize(
    ("value", "locale", "text"),
    [
        ("1 234,56", "nb", "1234.56"),
        ("1\u00a0234\u202f567,5", "nb", "1234567.5"),
        ("-12,50", "nb", "-12.50"),
        ("1.234,56", "de", "1234.56"),
        ("1,234,567.89", "en", "1234567.89"),
        ("1234.56", "plain", "1234.56"),
        ("1234", "de", "1234"),
        (12.5, "nb", "12.5"),
    ],
)
def test_a_locale_is_read_as_declared(value: Any, locale: str, text: str) -> None:
    assert from_locale(value, locale) == text


@pytest.mark.parametrize(
    ("value", "locale"),
    [
        ("1.234,56", "nb"),
        ("1,234.56", "de"),
        ("12,34", "en"),
        ("1 23,5", "nb"),
        ("1.23", "de"),
        ("1,5", "plain"),
    ],
)
def test_another_locale_is_never_guessed(value: str, locale: str) -> None:
    with pytest.raises(Unmappable):
        from_locale(value, locale)


@pytest.mark.parametrize("locale", ["nb", "de", "en", "plain"])
@pytest.mark.parametrize(
    "value",
    [
        *("(12.00)", "(12,00)", "12,00-", "12.00-", "NOK 12", "12 kr", "$12", "12 %", "", " ", "+12", "--1"),
        *(
            "1.234,56 ",
            " 1,234.56",
            "1 234\t,56",
            "1'234.56",
            "1,2,3",
            "1.2.3",
            "1.234.56",
            "\u0661",
            "1e3",
            "NaN",
        ),
    ],
)
def test_what_no_locale_writes_is_refused_by_each(value: str, locale: str) -> None:
    with pytest.raises(Unmappable):
        from_locale(value, locale)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("1.234,56", {"de": "1234.56"}),
        ("1,234.56", {"en": "1234.56"}),
        ("1 234,56", {"nb": "1234.56"}),
        ("1\u2009234,56", {"nb": "1234.56"}),
        ("1.234", {"de": "1234", "en": "1.234", "plain": "1.234"}),
        ("1,234", {"en": "1234", "de": "1.234", "nb": "1.234"}),
    ],
)
def test_an_amount_is_what_the_declared_locale_says_and_nothing_in_the_others(
    value: str, read: dict[str, str]
) -> None:
    for locale in ("nb", "de", "en", "plain"):
        if locale in read:
            assert from_locale(value, locale) == read[locale]
        else:
            with pytest.raises(Unmappable):
                from_locale(value, locale)


def test_sums_and_products_do_not_round() -> None:
    assert plain(total([Decimal("0.1"), Decimal("0.2")])) == "0.3"
    assert plain(total([Decimal("1e40"), Decimal("1e-19")])) == "1" + "0" * 40 + "." + "0" * 18 + "1"
    assert plain(product(Decimal("1234567890123456.78"), Decimal("1.25"))) == "1543209862654320.9750"
    assert plain(total([Decimal("1.5"), Decimal("-1.5")])) == "0.0"
    with pytest.raises(Unmappable):
        total([Decimal("1e100"), Decimal("1e-100")])


@pytest.mark.parametrize(
    ("number", "by", "places", "text"),
    [
        ("27000", "3600", 6, "7.5"),
        ("10", "3", 2, "3.33"),
        ("0.125", "1", 2, "0.12"),
        ("1000", "10", 6, "100"),
    ],
)
def test_quotients_round_half_to_even(number: str, by: str, places: int, text: str) -> None:
    assert plain(quotient(Decimal(number), Decimal(by), places)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15))
def test_a_decimal_keeps_its_value(number: Decimal) -> None:
    text = plain(number)
    assert Decimal(decimal_text(text)) == number
    assert "E" not in text
