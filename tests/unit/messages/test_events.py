"""Events and their packing."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from sluice.messages.events import (
    LONGEST_ESCAPE,
    MAX_MESSAGE_BYTES,
    Envelope,
    EventSource,
    EventTooLarge,
    Upserts,
    deleted,
    encode,
    pack,
    upserted,
)
from sluice.messages.identity import canonical_text, content_hash, event_id

SOURCE = EventSource("acme", "tripletex", "customer", "urn:sluice:customer:1", "2026-11-21T10:00:00Z")


def _data(source_id: str, name: str = "Byggmester AS") -> dict[str, object]:
    return {"id": f"acme/customer/{source_id}", "source_id": source_id, "name": name}


def test_a_record_that_goes_there_and_back_is_three_events() -> None:
    subject = ("acme", "customer", "7")
    ids = {event_id(subject, version, content) for version, content in [(1, "a"), (2, "b"), (3, "a")]}
    assert len(ids) == 3


def test_the_same_publication_again_has_the_same_id() -> None:
    data = _data("7")
    first = upserted(SOURCE, data, 1, content_hash(data))
    again = upserted(SOURCE, dict(reversed(list(data.items()))), 1, content_hash(data))
    assert first["id"] == again["id"]
    assert first["type"] == "customer.upserted"
    assert first["subject"] == "7"


def test_a_delete_carries_only_the_identity() -> None:
    event = deleted(SOURCE, "7", 4)
    assert event["type"] == "customer.deleted"
    assert event["data"] == {"id": "acme/customer/7", "source_id": "7"}
    assert event["entityversion"] == 4


def test_messages_hold_every_event_once_within_64_kb() -> None:
    events = [encode(upserted(SOURCE, _data(str(n), "Å" * (n % 400)), 1, "h")) for n in range(1_000)]
    messages = list(pack(events, SOURCE))
    assert all(len(message.body.encode()) <= MAX_MESSAGE_BYTES for message in messages)
    assert [event["subject"] for message in messages for event in json.loads(message.body)] == [
        str(n) for n in range(1_000)
    ]
    assert messages[0].attributes == {"connection": "acme", "connector": "tripletex", "entity": "customer"}


def test_consumers_who_want_it_get_one_event_a_message() -> None:
    events = [encode(upserted(SOURCE, _data(str(n)), 1, "h")) for n in range(3)]
    assert [len(json.loads(message.body)) for message in pack(events, SOURCE, 1)] == [1, 1, 1]


def test_characters_that_sqs_refuses_travel_escaped() -> None:
    name = "a\x00b\x0bc\ufffed\uffff"
    raw = encode(upserted(SOURCE, _data("7", name), 1, "h"))
    assert json.loads(raw)["data"]["name"] == name
    assert not {"\x00", "\x0b", "\ufffe", "\uffff"} & set(raw.decode())


def test_an_event_larger_than_a_message_is_named() -> None:
    with pytest.raises(EventTooLarge, match="event of 7 has"):
        encode(upserted(SOURCE, _data("7", "x" * 70_000), 1, "h"))


def upserts(*records: tuple[str, str]) -> tuple[Upserts, list[bytes]]:
    """Return the events of records of such ids and names, and the same made one by one."""
    made = [_data(source_id, name) for source_id, name in records]
    known = [(str(data["source_id"]), content_hash(data), 1 + at // 2) for at, data in enumerate(made, 1)]
    texts = [canonical_text(data) for data in made]
    expected = [
        encode(upserted(SOURCE, data, version, content))
        for data, (_, content, version) in zip(made, known, strict=True)
    ]
    ids, contents, versions = zip(*known, strict=True)
    return Upserts(Envelope(SOURCE), (ids, contents, versions), texts), expected


def as_objects(events: Iterable[bytes]) -> list[object]:
    return [json.loads(event) for event in events]


def test_upserts_are_the_events_of_their_records_however_they_are_asked_for() -> None:
    found, expected = upserts(("1", "Bygg"), ("2", "æøå \ufffe\uffff"), ("\u00003\uffff", ""), ("4", "x"))
    assert (len(found), len(found[1:])) == (4, 3)
    assert as_objects(found) == as_objects(expected)
    # Only the names of a record are in another order: sorted.
    assert list(map(len, found)) == list(map(len, expected))
    assert [found[at] for at in range(-4, 4)] == list(found) * 2
    assert list(found[1:3]) == list(found)[1:3]
    assert found == list(found)
    assert found[:2] == found[0:2]
    assert found != list(found)[1:]
    assert found != 4
    with pytest.raises(IndexError):
        found[4]


@pytest.mark.parametrize("size", [MAX_MESSAGE_BYTES, MAX_MESSAGE_BYTES // 2])
@pytest.mark.parametrize("more", range(-900, 300, 100))
@pytest.mark.parametrize("source_id", ["7", "\u00007\uffff" * 9, "æ" * 40])
@pytest.mark.parametrize("letter", ["x", "\uffff"])
def test_what_has_room_is_never_too_large(size: int, more: int, source_id: str, letter: str) -> None:
    data = _data(source_id)
    around = len(encode(upserted(SOURCE, data, 1, "0" * 32)))
    data["name"] = letter * ((size - around + more) // (6 if letter == "\uffff" else 1))
    text, envelope = canonical_text(data), Envelope(SOURCE)
    fits = len(text) + LONGEST_ESCAPE * len(source_id) <= envelope.room
    try:
        raw = envelope.around(source_id, 10_000_001, "0" * 32, text)
    except EventTooLarge:
        assert not fits
    else:
        assert len(raw) + 2 <= MAX_MESSAGE_BYTES


def test_most_records_have_room() -> None:
    assert Envelope(SOURCE).room > 32_000
