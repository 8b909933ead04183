"""The ids that consumers reckon are those that Sluice gives."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sluice.consumer.identity import content_of, event_id, notice_id
from sluice.messages import identity
from tests.unit.messages.consumer.making import gone, named, notice

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=6))
def test_of_any_record_the_content_is_the_same_on_both_sides(data: dict[str, Any]) -> None:
    assert content_of(data) == identity.content_hash(data)


@given(st.tuples(TEXTS, TEXTS, TEXTS), st.integers(1, 10**9), TEXTS)
def test_of_any_subject_the_id_is_the_same_on_both_sides(
    subject: tuple[str, str, str], version: int, content: str
) -> None:
    assert event_id(subject, version, content) == identity.event_id(subject, version, content)


def test_upserts_deletions_and_notices_have_the_ids_that_they_came_with() -> None:
    event, tombstone, told = named(7, 3), gone(7, 4), notice()
    assert event["id"] == event_id(("acme", "customer", "7"), 3, content_of(event["data"]))
    assert tombstone["id"] == event_id(("acme", "customer", "7"), 4, "")
    assert told["id"] == notice_id("stream.held", "acme", told["data"])
