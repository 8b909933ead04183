from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.lake.matching.finding import THRESHOLD, WORTH_A_LOOK
from sluice.lake.matching.frequencies import SHARED_BY, Frequencies
from sluice.lake.matching.parties import FIELDS, Party, party_of
from sluice.lake.matching.scoring import Rule, Verdict, judge

NUMBER, OTHER_NUMBER = "923609016", "974760673"


def party(connection: str = "a", source_id: str = "1", **fields: Any) -> Party:
    nothing = dict.fromkeys(FIELDS)
    return party_of(connection, source_id, {**nothing, "name": "Fjordkraft Bjørgvin AS", **fields})


def address(
    code: str = "0150", city: str = "Oslo", line: str = "Storgata 1", country: str = "NO"
) -> dict[str, Any]:
    return {
        "line_1": line, "line_2": None, "postal_code": code, "city": city, "region": None, "country": country,
    }  # fmt: skip


SHARED = {"postal_address": address(), "email": "a@hansen.example", "phone": "22334455"}


def verdict(one: dict[str, Any], other: dict[str, Any]) -> Verdict:
    parties = party(**one), party("b", **other)
    return judge(*parties, Frequencies(parties))


def test_the_same_organisation_number_is_the_same_company() -> None:
    found = verdict({"organisation_number": NUMBER}, {"organisation_number": "NO 923 609 016 MVA"})
    assert found.rule is Rule.ORGANISATION_NUMBER
    assert found.score == 1.0
    assert found.reasons[0] == f"same organisation number {NUMBER}"


def test_the_same_number_under_another_name_is_a_little_less_sure() -> None:
    found = verdict({"organisation_number": NUMBER}, {"organisation_number": NUMBER, "name": "Kaffebaren"})
    assert THRESHOLD < found.score < 0.98


def test_a_norwegian_vat_number_is_an_organisation_number() -> None:
    found = verdict({"organisation_number": NUMBER}, {"vat_number": f"NO{NUMBER}MVA"})
    assert found.rule is Rule.ORGANISATION_NUMBER


def test_the_same_vat_number_with_and_without_its_prefix() -> None:
    german = address(country="DE")
    found = verdict({"vat_number": "DE 123 456 789"}, {"vat_number": "123456789", "postal_address": german})
    assert found.rule is Rule.VAT_NUMBER
    assert found.score >= THRESHOLD


def test_two_right_numbers_are_two_companies_whatever_else_is_the_same() -> None:
    shared = {"postal_address": address(), "email": "post@bjorgvin.example", "phone": "22334455"}
    found = verdict(
        {"organisation_number": NUMBER, **shared}, {"organisation_number": OTHER_NUMBER, **shared}
    )
    assert found.rule is Rule.OTHER_NUMBER
    assert WORTH_A_LOOK <= found.score < THRESHOLD
    assert "two companies, or parent and branch" in found.reasons[0]


def test_two_vat_numbers_of_one_country_are_two_companies() -> None:
    found = verdict({"vat_number": "DE123456789", **SHARED}, {"vat_number": "DE987654321", **SHARED})
    assert found.rule is Rule.OTHER_NUMBER
    abroad = verdict({"vat_number": "DE123456789", **SHARED}, {"vat_number": "ATU12345678", **SHARED})
    assert abroad.rule is Rule.NAME_AND_ADDRESS


def test_a_mistyped_number_speaks_for_the_pair() -> None:
    place = {"postal_address": address()}
    found = verdict({"organisation_number": NUMBER, **place}, {"organisation_number": "923609061", **place})
    assert found.rule is Rule.MISTYPED_NUMBER
    assert found.score >= THRESHOLD
    assert any("one slip apart" in reason for reason in found.reasons)


@pytest.mark.parametrize("fields", [
    {"postal_address": address()}, {"email": "kari@bjorgvin.example"}, {"phone": "+47 22 33 44 55"},
])  # fmt: skip
def test_the_same_name_and_one_thing_more_is_enough(fields: dict[str, Any]) -> None:
    assert verdict(fields, fields).score >= THRESHOLD


def test_a_company_that_moved_keeps_its_domain() -> None:
    here, there = address(), address("5003", "Bergen", "Torget 2")
    found = verdict(
        {"postal_address": here, "email": "kari@bjorgvin.example"},
        {"postal_address": there, "website": "https://www.bjorgvin.example/om"},
    )
    assert found.score >= THRESHOLD
    assert "other place, moved perhaps" in found.reasons


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # the same name alone, and in another town
        ({}, {}),
        ({"postal_address": address()}, {"postal_address": address("5003", "Bergen", "Torget 2")}),
        # two shops of a chain
        ({"name": "Byggmakker Skøyen AS", "email": "a@byggmakker.example"},
         {"name": "Byggmakker Sandvika AS", "email": "b@byggmakker.example"}),
        # sisters behind one door
        ({"name": "Hansen Bygg AS", **SHARED}, {"name": "Hansen Eiendom AS", **SHARED}),
        # a parent and its branch
        ({"name": "Rema AS", "email": "a@rema.example"},
         {"name": "Rema AS avd Moss", "email": "b@rema.example"}),
        # another company at the same address
        ({"postal_address": address()}, {"name": "Kaffebaren AS", "postal_address": address()}),
        # people who share a name
        ({"name": "Per Hansen", "private_individual": True, "email": "per@gmail.com",
          "postal_address": address()},
         {"name": "Per Hansen", "private_individual": True, "email": "ph@gmail.com",
          "postal_address": address("5003", "Bergen", "Torget 2")}),
    ],
)  # fmt: skip
def test_look_alikes_are_not_joined(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert verdict(one, other).score < THRESHOLD


def test_a_domain_that_many_share_says_nothing() -> None:
    fields = {"email": "post@regnskap.example"}
    many = [party(source_id=str(at), name=f"Kunde{at} AS", **fields) for at in range(SHARED_BY + 1)]
    one, other = party(source_id="x", **fields), party("b", **fields, website="https://annet.example")
    few, crowded = Frequencies([one, other]), Frequencies([one, other, *many])
    other = party("b", email="faktura@regnskap.example")
    assert judge(one, other, few).score > judge(one, other, crowded).score


FIELD = {
    "name": st.sampled_from(
        ["Hansen Bygg AS", "Hanssen Bygg", "Bygg Hansen AS", "Norlys", "Norlys avd Moss", ""]
    ),
    "organisation_number": st.sampled_from([None, NUMBER, OTHER_NUMBER, "923609061", "12"]),
    "vat_number": st.sampled_from([None, f"NO{NUMBER}MVA", "DE123456789"]),
    "email": st.sampled_from([None, "a@hansen.example", "b@hansen.example", "a@gmail.com"]),
    "phone": st.sampled_from([None, "22334455", "+4722334455", "99887766"]),
    "private_individual": st.sampled_from([None, True, False]),
    "postal_address": st.sampled_from([None, address(), address("5003", "Bergen"), address(line="Storgt 1")]),
}
PARTIES = st.fixed_dictionaries(FIELD)


@given(PARTIES, PARTIES)
def test_a_verdict_is_the_same_both_ways(one: dict[str, Any], other: dict[str, Any]) -> None:
    here, there = party(**one), party("b", **other)
    frequencies = Frequencies([here, there])
    found, back = judge(here, there, frequencies), judge(there, here, frequencies)
    assert (found.score, found.rule) == (back.score, back.rule)
    assert 0 <= found.score <= 1
    assert found.reasons
