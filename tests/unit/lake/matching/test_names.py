from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.lake.matching.names import folded, name_of, similarity, word_similarity

WORDS = st.sampled_from(
    [
        "Hansen",
        "Hanssen",
        "Bygg",
        "Elektro",
        "Service",
        "AS",
        "A/S",
        "GmbH",
        "1000",
        "avd",
        "Skøyen",
        "&",
        "Østre",
    ]
)
NAMES = st.one_of(st.lists(WORDS, max_size=5).map(" ".join), st.text(max_size=30))


def weigh(word: str) -> float:
    return 1.0 + len(word)


def alike(one: str, other: str) -> float:
    return similarity(name_of(one), name_of(other), weigh)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Byggmakker Skøyen AS", "byggmakker skoyen"),
        ("AB Volvo (publ)", "volvo"),
        ("Müller & Söhne GmbH & Co. KG", "muller sohne"),
        ("A/S Norsk Bygg", "norsk bygg"),
        ("Norsk Bygg A.S.", "norsk bygg"),
        ("Fabryka Sp. z o.o.", "fabryka"),
        ("Kone Oyj", "kone"),
        ("O'Hara Ltd.", "ohara"),
        ("Aas og Sønn Aksjeselskap", "as sonn"),
        ("AS", "as"),
        ("", ""),
    ],
)
def test_words_without_legal_form_accents_and_punctuation(written: str, words: str) -> None:
    assert " ".join(name_of(written).words) == words


def test_a_branch_is_told_from_its_company() -> None:
    assert name_of("Rema 1000 AS avd. Skøyen").branch == ("skoyen",)
    assert name_of("Rema 1000 AS avd. Skøyen").words == name_of("Rema 1000 AS").words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bjørn Ås AS", "BJOERN AAS A/S"),
        ("Hansen, Per", "Per Hansen"),
        ("Elektro Service AS", "Elektroservice"),
        ("Kristiansen Transport AS", "Kristainsen Transport AS"),
        ("Frukt og Grønt AS", "Frukt & Grønt AS"),
    ],
)
def test_the_same_name_in_other_writing(one: str, other: str) -> None:
    assert alike(one, other) >= 0.9


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Byggmakker Skøyen AS", "Byggmakker Sandvika AS"),
        ("Rema 1000 AS", "Rema 1001 AS"),
        ("Hansen Bygg AS", "Hansen Eiendom AS"),
        ("Nordlys Invest 1 AS", "Nordlys Invest 2 AS"),
    ],
)
def test_names_that_only_look_alike(one: str, other: str) -> None:
    assert alike(one, other) < 0.65


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = folded(text)
    assert folded(once) == once
    assert set(once) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")


@given(NAMES)
def test_a_name_of_its_words_has_the_same_words(text: str) -> None:
    words = name_of(text).words
    assert similarity(name_of(text), name_of(text), weigh) == (1.0 if words else 0.0)


@given(NAMES, NAMES)
def test_similarity_is_the_same_both_ways_and_within_bounds(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one)
    assert 0 <= alike(one, other) <= 1


@given(st.text("abcdef1", max_size=10), st.text("abcdef1", max_size=10))
def test_words_are_as_alike_both_ways(one: str, other: str) -> None:
    assert word_similarity(one, other) == word_similarity(other, one)
    assert 0 <= word_similarity(one, other) <= 1
