"""Events and their packing."""

from __future__ import annotations

import json

import pytest

from sluice.messages.events import (
    MAX_MESSAGE_BYTES,
    EventSource,
    EventTooLarge,
    deleted,
    encode,
    pack,
    upserted,
)
from sluice.messages.identity import content_hash, event_id

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
