from __future__ import annotations

from random import Random

import pytest

from sandbox.words import WEIGHTS, WORDS, Scene, check_digit, organisation_number, slug


def test_organisation_numbers_are_valid_and_unique() -> None:
    numbers = [organisation_number(index) for index in range(50_000)]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        digits = [int(digit) for digit in number]
        total = sum(digit * weight for digit, weight in zip(digits, (*WEIGHTS, 1), strict=True))
        assert len(number) == 9
        assert number[0] in "89"
        assert total % 11 == 0


def test_a_published_organisation_number_passes_the_same_check() -> None:
    # Brønnøysundregistrene's own number, 974 760 673.
    assert check_digit(97476067) == 3


def test_a_record_s_words_fit_together() -> None:
    scene = Scene(Random(1))  # noqa: S311
    scene.turn(4)
    assert WORDS["person_name"](scene) == f"{scene.first} {scene.last}"
    assert scene.slug in WORDS["email"](scene)
    assert WORDS["email"](scene).endswith(".example")
    assert WORDS["company_name"](scene).startswith(scene.last)


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_word_gives_text(word: str) -> None:
    scene = Scene(Random(2))  # noqa: S311
    assert all(isinstance(WORDS[word](scene), str) and WORDS[word](scene) for _ in range(20))


def test_slug_is_ascii() -> None:
    assert slug("Bjørn Ås & Sønn") == "bjorn-as-sonn"
