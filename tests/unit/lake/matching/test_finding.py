from __future__ import annotations

from itertools import combinations

import pytest

from sluice.lake.matching.candidates import LARGEST, candidates
from sluice.lake.matching.finding import Matches, find_matches
from sluice.lake.matching.frequencies import Frequencies
from sluice.lake.matching.parties import FIELDS, Party, party_of

NUMBER, OTHER_NUMBER = "923609016", "974760673"
MAILBOX = "post@norlys.example"


def party(connection: str, source_id: str, name: str, **fields: str | None) -> Party:
    return party_of(connection, source_id, {**dict.fromkeys(FIELDS), "name": name, **fields})


def ids(matches: Matches) -> list[list[str]]:
    return [
        [matches.parties[at].connection + matches.parties[at].source_id for at in group]
        for group in matches.groups
    ]


def test_a_group_spans_several_connections_and_holds_doubles() -> None:
    found = find_matches([
        party("a", "1", "Norlys AS", organisation_number=NUMBER, phone="22334455"),
        party("a", "2", "Norlys", email=MAILBOX),
        party("b", "1", "NORLYS A/S", organisation_number=NUMBER, email="kari@norlys.example"),
        party("c", "1", "Norlys AS", organisation_number=OTHER_NUMBER, phone="22334455"),
        party("c", "2", "Kaffebaren AS"),
    ])  # fmt: skip
    assert ids(found) == [["a1", "a2", "b1"]]
    assert sum(found.rules().values()) == len(found.joined)
    assert any(doubt.judged[1].rule.value == "other_number" for doubt in found.doubts)


def test_a_group_never_has_two_organisation_numbers() -> None:
    """A record without a number that looks like both of two companies joins neither."""
    found = find_matches([
        party("a", "1", "Norlys AS", organisation_number=NUMBER, email=MAILBOX),
        party("b", "1", "Norlys AS", email=MAILBOX),
        party("c", "1", "Norlys AS", organisation_number=OTHER_NUMBER, email=MAILBOX),
    ])  # fmt: skip
    assert ids(found) == []
    assert "another company of the same name is as likely" in {doubt.why for doubt in found.doubts}


def test_of_two_companies_the_likelier_one_is_joined() -> None:
    found = find_matches([
        party("a", "1", "Norlys AS", organisation_number=NUMBER, email=MAILBOX, phone="22334455"),
        party("b", "1", "Norlys AS", email=MAILBOX, phone="22334455"),
        party("c", "1", "Norly AS", organisation_number=OTHER_NUMBER, phone="22334455"),
    ])  # fmt: skip
    assert ids(found) == [["a1", "b1"]]


def test_numbers_decide_where_a_chain_of_names_would_join_two_companies() -> None:
    found = find_matches([
        party("a", "1", "Norlys AS", organisation_number=NUMBER, phone="22334455"),
        party("b", "1", "Norlys AS", phone="22334455", email="post@norlys.example"),
        party("b", "2", "Norlys AS", email="post@norlys.example"),
        party("c", "1", "Norlys AS", organisation_number=OTHER_NUMBER, email="post@norlys.example"),
    ])  # fmt: skip
    numbers = [
        {found.parties[at].registered.text for at in group if found.parties[at].registered}  # type: ignore[union-attr]
        for group in found.groups
    ]
    assert all(len(held) <= 1 for held in numbers)


@pytest.mark.parametrize("threshold", [0.5, 0.85, 1.0])
def test_every_pair_has_a_score_and_a_reason(threshold: float) -> None:
    parties = [party(name, "1", "Norlys AS", phone="22334455") for name in "abc"]
    found = find_matches(parties, threshold)
    verdicts = [verdict for _, verdict in found.joined] + [doubt.judged[1] for doubt in found.doubts]
    assert verdicts
    assert all(0 <= verdict.score <= 1 and verdict.reasons for verdict in verdicts)


@pytest.mark.parametrize("name", ["Norlys Bygg AS", "Norlys {at} AS", "Kunde{at} Bygg AS"])
def test_pairs_grow_as_the_records_do_however_alike_their_names(name: str) -> None:
    def pairs(count: int) -> int:
        parties = [party("a", str(at), name.format(at=at)) for at in range(count)]
        return len(candidates(parties, Frequencies(parties)).pairs)

    assert pairs(2000) <= 2.2 * pairs(1000)


def test_a_slip_anywhere_in_a_name_leaves_the_pair_to_be_found() -> None:
    name = "fjordkraftbjorgvin"
    crowd = [party("a", f"c{at}", f"{chr(97 + at % 26)}{at}kunde") for at in range(300)]
    for at in range(len(name)):
        parties = [*crowd, party("a", "1", name), party("b", "1", name[:at] + "x" + name[at + 1 :])]
        pairs = candidates(parties, Frequencies(parties)).pairs
        assert (len(crowd), len(crowd) + 1) in pairs


def test_a_number_that_very_many_share_still_holds_them_together() -> None:
    parties = [party("a", str(at), f"Norlys {at}", organisation_number=NUMBER) for at in range(LARGEST + 10)]
    assert len(find_matches(parties).groups) == 1


def test_blocks_that_are_too_large_are_told() -> None:
    parties = [party("a", str(at), f"Norlys {chr(97 + at % 26)}{at}") for at in range(3 * LARGEST)]
    found = candidates(parties, Frequencies(parties))
    assert found.left_out["word"] > 0
    assert found.pairs <= set(combinations(range(len(parties)), 2))
