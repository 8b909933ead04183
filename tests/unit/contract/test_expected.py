"""What is known as one compiled type: it lets pass what shows nothing new, and nothing else."""

from __future__ import annotations

import copy
import re
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.contract import detector as detectors
from sluice.contract.contract import Contract
from sluice.contract.detector import SPARED, Detector
from sluice.contract.examination import Finding
from sluice.contract.observation import Observation
from sluice.contract.records.column import Column
from sluice.contract.records.expected import ShowsNew, expected_of
from sluice.contract.records.forms import (
    DATE,
    DIGITS,
    LONGEST,
    NUMBER,
    OTHER,
    TIME_LOCAL,
    TIME_UTC,
    UUID,
    form_of,
    key_form_of,
    key_pattern_of,
    pattern_of,
)
from sluice.contract.records.watch import Watch
from sluice.contract.reliance import Reliance

RELIANCE = Reliance(
    entity="invoice",
    used={
        ("id",): ("key",),
        ("day",): ("invoice.date",),
        ("due",): ("invoice.due_date",),
        ("total",): ("invoice.total",),
        ("to", "name"): ("invoice.customer",),
        ("lines", "sum"): ("invoice.lines",),
    },
    key=(("id",),),
    becomes={
        ("day",): frozenset({"date"}),
        ("due",): frozenset({"date"}),
        ("total",): frozenset({"decimal"}),
    },
)


def invoices(count: int) -> list[dict[str, Any]]:
    """Return so many invoices; a note is missing at times, a due day null, lines and texts empty."""
    chance = Random(1)  # noqa: S311 - sample data
    found = []
    for number in range(count):
        one: dict[str, Any] = {
            "id": number + 1,
            "day": f"2026-01-{chance.randint(1, 28):02d}",
            "due": None if chance.random() < 0.2 else "2026-02-01",
            "total": chance.choice([100.5, 100]),
            "to": {"name": f"Kunde {chance.randint(1, 40)}", "care of": chance.choice(["", "Per"])},
            "lines": [{"sum": 1.5, "text": "Sand"}] * chance.randint(0, 3),
            "open": chance.random() < 0.5,
        }
        if chance.random() < 0.9:
            one["note"] = "haster"
        found.append(one)
    return found


def contract() -> Contract:
    """Return what five readings taught."""
    known = Contract()
    for _ in range(5):
        seen = Detector(RELIANCE, known if known.runs else None).observed(invoices(400))
        known = known.learnt_from(seen, reliance=RELIANCE)
    return known


KNOWN = contract()
EXPECTED = expected_of(KNOWN.learnt, Watch(RELIANCE))

NEW: dict[str, dict[str, Any]] = {
    "a field is absent": {"total": ...},
    "a field is new": {"colour": "red"},
    "null where there was none": {"total": None},
    "text for a number": {"total": "100.50"},
    "a number for text": {"day": 20260101},
    "a boolean for a number": {"total": True},
    "another date": {"day": "01.02.2026"},
    "a time for a day": {"day": "2026-01-01T00:00:00Z"},
    "empty text": {"day": ""},
    "no key": {"id": None},
    "a key of another kind": {"id": "A-1"},
    "an object for a list": {"lines": {"sum": 1.5, "text": "Sand"}},
    "a list for an object": {"to": [{"name": "Kunde 1", "care of": ""}]},
    "an empty object": {"to": {}},
    "an object lacks a field": {"to": {"care of": ""}},
    "a line lacks a field": {"lines": [{"text": "Sand"}]},
    "text for an object": {"to": "Kunde 1"},
}


def with_one(change: dict[str, Any]) -> list[dict[str, Any]]:
    """Return enough invoices, one of which was changed (``...`` takes the field out)."""
    found = invoices(SPARED)
    one = found[1234] | change
    found[1234] = {name: value for name, value in one.items() if value is not ...}
    return found


def test_what_is_as_ever_passes() -> None:
    assert EXPECTED is not None
    assert EXPECTED.holds(invoices(SPARED))
    assert EXPECTED.holds([])


@pytest.mark.parametrize("what", NEW)
def test_one_record_that_shows_anything_new_does_not_pass(what: str) -> None:
    assert EXPECTED is not None
    assert not EXPECTED.holds(with_one(NEW[what]))


@pytest.mark.parametrize("records", [[1], ["x"], [None], [[]], [{1: 2}]])
def test_what_is_no_object_does_not_pass(records: list[Any]) -> None:
    assert EXPECTED is not None
    assert not EXPECTED.holds(records)


@pytest.mark.parametrize(
    "text", [b"{}", b"", b"null", b'{"id":"x"}', b'{"id":' + b"[" * 5_000, b'{"id":1e999}']
)
def test_a_text_that_is_not_as_expected_is_not_decoded(text: bytes) -> None:
    assert EXPECTED is not None
    with pytest.raises(ShowsNew):
        next(EXPECTED.decoded([text]))


def test_fields_are_looked_for_in_the_order_in_which_the_records_have_them() -> None:
    stored = Contract.from_json(KNOWN.to_json())
    expected = Detector(RELIANCE, stored).examining(invoices(SPARED)).expected
    assert expected is not None
    assert list(expected.shape.attributes) == list(max(invoices(SPARED), key=len))
    assert list(expected.shape.fields["to"].attributes) == ["name", "care of"]
    assert expected_of(stored.learnt, Watch(RELIANCE), [1, "x"]) is None, "no records, no order, no harm"
    sorted_by_name = expected_of(stored.learnt, Watch(RELIANCE))
    assert sorted_by_name is not None
    assert list(sorted_by_name.shape.fields["to"].attributes) == ["care of", "name"]


@pytest.mark.parametrize("beside", [[1.5], {"a": 1.5, "b": 2}])
def test_a_pattern_beside_a_list_or_a_map_is_no_type(beside: Any) -> None:
    """Msgspec frees something twice when such a type ends."""
    column = Column(2, 2, {"text": 1, "list": 1}, forms={"N": 1})
    if isinstance(beside, dict):
        column = Column(2, 2, {"text": 1, "object": 1}, forms={"N": 1}, is_map=True)
    known = Observation(2, {("id",): Column(2, 2, {"integer": 2}), ("total",): column})
    assert expected_of(known, Watch(RELIANCE)) is None
    without = Observation(2, {("id",): Column(2, 2, {"integer": 2}), ("open",): column})
    assert expected_of(without, Watch(RELIANCE)) is not None, "no pattern, no harm"


@pytest.mark.parametrize("name", ['a "b"', "a\\b", "a\nb", "", "f0", "__class__"])
@pytest.mark.parametrize("known", [True, False])
def test_whatever_fields_are_called_what_is_new_is_found(name: str, known: bool) -> None:
    records = [{"id": number, name: {name: number}} for number in range(SPARED)]
    relied_on = Reliance(entity="thing", used={(name, name): ("thing.size",)}, key=(("id",),))
    contract = Contract().learnt_from(Detector(relied_on, None).observed(records), reliance=relied_on)
    detector = Detector(relied_on, contract if known else None)
    assert detector.examine(records).changes == ()
    records[1234] = {"id": 1234, name: {}}
    found = Detector(relied_on, contract).examine(records)
    assert {change.code for change in found.changes} == {"D42"}


@pytest.mark.thorough(most=8)
@pytest.mark.parametrize("what", NEW)
@pytest.mark.parametrize("known", [KNOWN, None])
def test_what_is_found_is_the_same_as_when_every_record_is_taken_apart(
    what: str, known: Contract | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = with_one(NEW[what])
    quickly = _after_a_good_window(known).examine(copy.deepcopy(window))
    monkeypatch.setattr(detectors, "SPARED", len(window) + 1)
    slowly = _after_a_good_window(known).examine(window)
    assert [change.listed() for change in quickly.changes] == [change.listed() for change in slowly.changes]
    assert quickly.aside == slowly.aside


def test_a_change_of_how_often_something_comes_is_found_in_the_sample() -> None:
    window = [one | {"due": None} for one in invoices(SPARED)]
    finding = Detector(RELIANCE, KNOWN).examine(window)
    assert [(change.code, change.path) for change in finding.changes] == [("D52", "due")]
    assert finding.changes[0].evidence["records"] == SPARED


def test_a_good_window_is_counted_by_a_sample_and_another_whole() -> None:
    detector = Detector(RELIANCE, KNOWN)
    assert detector.examine(invoices(SPARED)).observation.records == detectors.COUNTED
    assert detector.examine(invoices(SPARED - 1)).observation.records == SPARED - 1
    assert detector.examine(with_one({"colour": "red"})).observation.records == SPARED


@pytest.mark.parametrize("what", NEW)
def test_who_learns_nothing_finds_the_same(what: str) -> None:
    window = with_one(NEW[what])
    learning, not_learning = Detector(RELIANCE, None), Detector(RELIANCE, None, learns=False)
    for records in (invoices(SPARED), window):
        told, found = learning.examine(records), not_learning.examine(records)
        assert [change.listed() for change in found.changes] == [change.listed() for change in told.changes]
    assert found.observation.columns == told.observation.columns
    learnt = [found.observation.histories, found.observation.witnesses.rows, found.observation.sums]
    assert not any(learnt)


@pytest.mark.parametrize("what", NEW)
def test_who_learns_nothing_spares_small_windows_too_and_finds_the_same(what: str) -> None:
    good = invoices(SPARED)[: detectors.COUNTED + 50]
    bad = [*good[:122], with_one(NEW[what])[1234], *good[123:]]
    learning, not_learning = Detector(RELIANCE, None), Detector(RELIANCE, None, learns=False)
    for detector in (learning, not_learning):
        assert detector.examine(invoices(SPARED)).changes == ()
    assert not_learning.examine(good).observation.records < len(good)
    assert learning.examine(good).observation.records == len(good)
    told, found = learning.examine(bad), not_learning.examine(bad)
    assert [change.listed() for change in found.changes] == [change.listed() for change in told.changes]
    assert found.aside == told.aside


def test_what_a_first_window_did_not_show_is_known_after_the_next() -> None:
    detector = Detector(RELIANCE, None)
    windows = [invoices(SPARED), *([with_one({"colour": "red"})] * 2)]
    assert [detector.examine(window).observation.records for window in windows] == [
        detectors.COUNTED,
        SPARED,
        detectors.COUNTED,
    ]


def _after_a_good_window(known: Contract | None) -> Detector:
    detector = Detector(RELIANCE, known)
    first: Finding = detector.examine(invoices(SPARED))
    assert first.changes == ()
    return detector


FORMS = [DATE, TIME_UTC, TIME_LOCAL, DIGITS, NUMBER, "d.m.y", "y/m/d", "grouped digits", OTHER]
TEXTS = st.one_of(
    st.text(max_size=LONGEST),
    st.from_regex(r"\A[0-9]{1,4}[-./ ,][0-9]{1,3}[-./, ][0-9]{1,4}([T ][0-9:]{4,8}Z?)?\Z"),
    st.sampled_from(["2026-01-31", "2026-01-31T12:00:00Z", "12", "1.5", "1 234,50", "31.01.2026", "", " "]),
)


@given(text=TEXTS, forms=st.sets(st.sampled_from(FORMS), min_size=1))
def test_the_pattern_of_forms_lets_only_these_pass(text: str, forms: set[str]) -> None:
    if re.search(pattern_of(forms), text):
        assert form_of(text) in forms


@given(text=TEXTS, forms=st.sets(st.sampled_from([DIGITS, UUID]), min_size=1))
def test_the_pattern_of_keys_lets_only_these_pass(text: str, forms: set[str]) -> None:
    if re.search(key_pattern_of(forms), text):
        assert key_form_of(text) in forms


@pytest.mark.parametrize(
    ("forms", "text"), [({DATE}, "2026-01-31"), ({TIME_UTC}, "2026-01-31T12:00:00Z"), ({OTHER}, "next week")]
)
def test_the_pattern_of_a_form_lets_it_pass(forms: set[str], text: str) -> None:
    assert re.search(pattern_of(forms), text)
