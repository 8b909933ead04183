"""What is said of an end is read from flags and sentences; what is not said of the thing itself is not."""

from __future__ import annotations

import pytest

from sluice.description.forms.lifecycle import from_text, lifecycle_of
from sluice.description.model import STAYS


@pytest.mark.parametrize(
    ("text", "since", "ends"),
    [
        ("[DEPRECATED]", "", ""),
        ("[Deprecated] Status of historic documents only.", "", ""),
        ("Deprecated", "", ""),
        ("DEPRECATED. List of product numbers", "", ""),
        ("List of ids. Deprecated. Use ids instead.", "", ""),
        ("For performance reasons, field is deprecated and it will always return false.", "", ""),
        ("Deprecated Invoice remarks - please use the 'invoiceRemark' instead.", "", ""),
        ("Deprecated since v2.70.1.", "2.70.1", ""),
        ("Deprecated since version 3.1 and will be removed in 4.0", "3.1", "4.0"),
        ("Deprecated as of 2025-06-30; removal on 2026-01-01", "2025-06-30", "2026-01-01"),
        ("Obsolete: use number", "", ""),
        ("This field is being deprecated. It will be removed on 1 March 2027.", "", "2027-03-01"),
    ],
)
def test_deprecated(text: str, since: str, ends: str) -> None:
    found = from_text(text)
    assert found.deprecated
    assert (found.since, found.ends) == (since, ends)
    assert found.text


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("Will be removed 2026-01-01", "2026-01-01"),
        ("This endpoint will be retired on 31.12.2026.", "2026-12-31"),
        ("This property will be removed in the near future.", ""),
        ("The field will be discontinued in March 2027", "2027-03-01"),
        ("On July 4th, 2027 this API will be shut down.", "2027-07-04"),
        ("Sunset: 2027-05", "2027-05-01"),
        ("Scheduled to be removed in release 3.2", "3.2"),
    ],
)
def test_an_end_is_told_without_the_word_deprecated(text: str, ends: str) -> None:
    found = from_text(text)
    assert not found.deprecated
    assert found.text
    assert found.ends == ends


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[BETA] Search for customers.",
        "The customer's name",
        "If true, access to the employee will be removed when the employment ends.",
        "Kazakhstan RNN (obsolete)",
        "The type of deprecation, such as linear or degressive",
        "Year since when the payment is no longer an outstanding item.",
        "A closed order can no longer be invoiced.",
        "Whether to return deprecated accounts.",
        "Deprecated accounts are left out.",
        "This field is not deprecated.",
        "Stock removal in the warehouse",
    ],
)
def test_other_texts_say_nothing_of_an_end(text: str) -> None:
    assert from_text(text) == STAYS


def test_flags_count_as_sentences_do() -> None:
    assert lifecycle_of({"deprecated": True}).deprecated
    assert lifecycle_of({"x-deprecated": "Use other"}).deprecated
    assert not lifecycle_of({"deprecated": False, "description": "A name"}).deprecated
    dated = lifecycle_of({"deprecated": True, "x-sunset": "2027-01-31", "x-deprecated-since": "2026-05-01"})
    assert (dated.since, dated.ends) == ("2026-05-01", "2027-01-31")


def test_a_long_text_is_shortened_to_the_sentence_that_says_so() -> None:
    text = "A number. " + "Deprecated because " + "of this and that " * 20
    found = from_text(text)
    assert found.text.startswith("Deprecated because of this")
    assert len(found.text) <= 120
