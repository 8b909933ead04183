"""What Sluice sends is read; what it does not send is refused, by name."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.consumer.event import Event
from sluice.consumer.reading import Expecting, read_events, read_notice
from sluice.consumer.refusal import SECURITY, Reason, Refused
from sluice.messages.events import encode
from sluice.messages.identity import content_hash, event_id
from tests.unit.messages.consumer.making import ATTRIBUTES, body_of, gone, named, notice, of

Change = Callable[[dict[str, Any]], Any]


def reason_of(
    body: str, attributes: dict[str, str] | None = None, expecting: Expecting | None = None
) -> Reason:
    """Return why a message of one event is refused, be it whole or that event of it."""
    try:
        found, *_ = read_events(body, attributes or {}, expecting or Expecting())
    except Refused as refused:
        return refused.reason
    assert isinstance(found, Refused), "it was read"
    return found.reason


def changed(change: Change, event: dict[str, Any] | None = None) -> str:
    found = event or named(7, 3)
    change(found)
    return json.dumps([found])


def resigned(event: dict[str, Any]) -> dict[str, Any]:
    """Give an event the id that belongs to what it holds now."""
    subject = (event["connection"], event["type"].partition(".")[0], event["subject"])
    event["id"] = event_id(subject, event["entityversion"], content_hash(event["data"]))
    return event


def test_a_batch_is_read_in_its_order() -> None:
    read = read_events(body_of(named(7, 3), gone(8, 2)), ATTRIBUTES)
    assert [(one.key, one.version, one.deleted) for one in read if isinstance(one, Event)] == [
        ("acme/customer/7", 3, False),
        ("acme/customer/8", 2, True),
    ]
    first = read[0]
    assert isinstance(first, Event)
    assert (first.connector, first.entity, first.source_id) == ("tripletex", "customer", "7")
    assert (first.schema_version, first.time) == (1, "2026-11-20T10:00:00Z")
    assert first.data == named(7, 3)["data"]


def test_an_envelope_of_sns_is_taken_off() -> None:
    envelope = {
        "Type": "Notification",
        "Message": body_of(named(7, 3)),
        "MessageAttributes": {"connection": {"Type": "String", "Value": "acme"}},
    }
    (event,) = read_events(json.dumps(envelope), {})
    assert isinstance(event, Event)
    envelope["MessageAttributes"] = {"connection": {"Type": "String", "Value": "other"}}
    assert reason_of(json.dumps(envelope)) is Reason.WRONG_CONNECTION


def test_one_event_without_a_list_around_it_is_read() -> None:
    (event,) = read_events(json.dumps(named(7, 3)), ATTRIBUTES)
    assert isinstance(event, Event)


def test_what_is_not_known_yet_is_no_reason() -> None:
    body = changed(lambda event: event.update(traceparent="00-1", tenant={"a": 1}))
    assert isinstance(read_events(body, {**ATTRIBUTES, "region": "eu"})[0], Event)
    grown = named(7, 3)
    grown["data"]["a_new_field"] = None
    assert isinstance(read_events(json.dumps([resigned(grown)]), {})[0], Event)


@pytest.mark.parametrize("sign", ["\ufffe", "\uffff", "\x00", "\x1f", "\u2028", "\U0001f600", '"\\'])
def test_signs_that_sqs_refuses_arrive_as_they_were(sign: str) -> None:
    event = named(7, 3, f"a{sign}b")
    (read,) = read_events(f"[{encode(event).decode()}]", ATTRIBUTES)
    assert isinstance(read, Event)
    assert read.data["name"] == f"a{sign}b"


def test_a_notice_is_read() -> None:
    body, attributes = (
        json.dumps(notice()),
        {"type": "stream.held", "connection": "acme", "severity": "error"},
    )
    found = read_notice(body, attributes)
    assert (found.kind, found.severity, found.subject) == ("stream.held", "error", "customer")
    with pytest.raises(Refused, match="wrong_connection"):
        read_notice(body, {**attributes, "connection": "other"})
    with pytest.raises(Refused, match="altered"):
        read_notice(body, {**attributes, "severity": "info"})
    with pytest.raises(Refused, match="unknown_schema"):
        read_notice(body_of(named(7, 3)), {})


def test_a_notice_told_again_in_other_words_is_the_same_and_about_something_else_is_refused() -> None:
    told = notice()
    told["data"]["detail"] = "other words"
    assert read_notice(json.dumps(told), {}).id == notice()["id"]
    told["data"]["stream"] = "invoice"
    with pytest.raises(Refused, match="altered"):
        read_notice(json.dumps(told), {})
    with pytest.raises(Refused, match="newer_schema"):
        read_notice(json.dumps({**notice(), "dataschema": "urn:sluice:notification:2"}), {})


PLAIN = body_of(named(7, 3))
POINTER = ["software.amazon.payloadoffloading.PayloadS3Pointer", {"s3BucketName": "b", "s3Key": "k"}]
BODIES = {
    "nothing": ("", Reason.NOT_JSON),
    "cut": (PLAIN[:-20], Reason.NOT_JSON),
    "two documents": (PLAIN + PLAIN, Reason.NOT_JSON),
    "html": ("<html>", Reason.NOT_JSON),
    "NaN": ("[NaN]", Reason.NOT_JSON),
    "half a sign": ('[{"a": "\\ud800"}]', Reason.NOT_JSON),
    "deep": ("[" * 100_000, Reason.NOT_JSON),
    "base64": (base64.b64encode(PLAIN.encode()).decode(), Reason.ENCODED),
    "gzip in base64": (base64.b64encode(gzip.compress(PLAIN.encode())).decode(), Reason.ENCODED),
    "gzip read as Latin-1": (gzip.compress(PLAIN.encode()).decode("latin-1"), Reason.ENCODED),
    "a claim check": (json.dumps(POINTER), Reason.CLAIM_CHECK),
    "an empty list": ("[]", Reason.NOT_AN_EVENT),
    "null": ("null", Reason.NOT_AN_EVENT),
    "a list of lists": ("[[]]", Reason.NOT_AN_EVENT),
    "text in text": (json.dumps(PLAIN), Reason.NOT_AN_EVENT),
    "no CloudEvent": ('[{"hello": 1}]', Reason.NOT_AN_EVENT),
    "an envelope around nothing": ('{"Type": "Notification", "Message": 1}', Reason.NOT_JSON),
}


@pytest.mark.parametrize("what", BODIES)
def test_a_body_that_holds_no_events_is_refused_by_name(what: str) -> None:
    body, reason = BODIES[what]
    assert reason_of(body) is reason


def test_an_event_with_an_id_of_its_own_is_of_one_record_alone() -> None:
    other = named(7, 3)
    other["data"]["id"] = "acme/customer/8"
    assert reason_of(json.dumps([resigned(other)])) is Reason.ALTERED
    other = named(7, 3)
    other["data"]["source_id"] = "8"
    assert reason_of(json.dumps([resigned(other)])) is Reason.ALTERED


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda event: event["data"].update(id="acme/customer/9"), Reason.ALTERED),
        (lambda event: event["data"].update(id="other/customer/8"), Reason.WRONG_CONNECTION),
        (lambda event: event.update(entityversion=99), Reason.ALTERED),
        (lambda event: event.update(type="customer.upserted"), Reason.ALTERED),
    ],
)
def test_a_deletion_that_sluice_did_not_make_is_refused(change: Change, reason: Reason) -> None:
    assert reason_of(changed(change, gone(8, 2))) is reason


def test_of_a_deletion_only_what_its_id_vouches_for_is_given() -> None:
    (event,) = read_events(changed(lambda event: event["data"].update(name="x"), gone(8, 2)), {})
    assert isinstance(event, Event)
    assert event.data == gone(8, 2)["data"]


DEEP = json.loads("[" * 600 + "]" * 600)

CHANGES: dict[str, tuple[Change, Reason]] = {
    "an older CloudEvents": (lambda e: e.update(specversion="0.3"), Reason.NOT_AN_EVENT),
    "data in base64": (lambda e: e.update(data_base64="AA=="), Reason.ENCODED),
    "data that is no JSON": (lambda e: e.update(datacontenttype="application/xml"), Reason.ENCODED),
    **{
        f"no {name}": (lambda e, name=name: e.pop(name), Reason.INCOMPLETE)
        for name in ("id", "source", "type", "subject", "time", "dataschema", "connection", "connector")
    },
    "no version": (lambda e: e.pop("entityversion"), Reason.INCOMPLETE),
    "no data": (lambda e: e.pop("data"), Reason.INCOMPLETE),
    "an empty id": (lambda e: e.update(id=""), Reason.INCOMPLETE),
    "version 0": (lambda e: e.update(entityversion=0), Reason.INCOMPLETE),
    "version true": (lambda e: e.update(entityversion=True), Reason.INCOMPLETE),
    "version as text": (lambda e: e.update(entityversion="3"), Reason.INCOMPLETE),
    "data as text": (lambda e: e.update(data="{}"), Reason.INCOMPLETE),
    "no schema of ours": (lambda e: e.update(dataschema="https://example.com/1"), Reason.UNKNOWN_SCHEMA),
    "another entity's schema": (lambda e: e.update(dataschema="urn:sluice:invoice:1"), Reason.UNKNOWN_SCHEMA),
    "another kind of event": (lambda e: e.update(type="customer.merged"), Reason.UNKNOWN_SCHEMA),
    "a newer schema": (lambda e: e.update(dataschema="urn:sluice:customer:2"), Reason.NEWER_SCHEMA),
    "another's source": (lambda e: e.update(source="/sluice/other"), Reason.WRONG_CONNECTION),
    "another's connection": (lambda e: e.update(connection="other"), Reason.WRONG_CONNECTION),
    "another's record": (lambda e: e["data"].update(id="other/customer/7"), Reason.WRONG_CONNECTION),
    "another record": (lambda e: e["data"].update(id="acme/customer/8"), Reason.ALTERED),
    "another field": (lambda e: e["data"].update(balance="12500.00"), Reason.ALTERED),
    "a field more": (lambda e: e["data"].update(iban="NO93"), Reason.ALTERED),
    "another subject": (lambda e: e.update(subject="8"), Reason.ALTERED),
    "another version": (lambda e: e.update(entityversion=4), Reason.ALTERED),
    "another event's id": (lambda e: e.update(id=named(8, 3)["id"]), Reason.ALTERED),
    "a deletion made of it": (lambda e: e.update(type="customer.deleted"), Reason.ALTERED),
    "data of 600 levels": (lambda e: e["data"].update(x=DEEP), Reason.NOT_AN_EVENT),
}


@pytest.mark.parametrize("what", CHANGES)
def test_an_event_that_sluice_did_not_make_is_refused_by_name(what: str) -> None:
    change, reason = CHANGES[what]
    assert reason_of(changed(change)) is reason


@pytest.mark.parametrize("what", CHANGES)
def test_of_its_neighbours_nothing_is_taken_where_security_is_concerned_and_else_all(what: str) -> None:
    change, reason = CHANGES[what]
    body = f"[{body_of(named(1, 1))[1:-1]},{changed(change)[1:-1]},{body_of(named(2, 1))[1:-1]}]"
    if reason in SECURITY:
        with pytest.raises(Refused, match=reason.value):
            read_events(body, ATTRIBUTES)
        return
    before, bad, after = read_events(body, ATTRIBUTES)
    assert isinstance(bad, Refused)
    assert isinstance(before, Event)
    assert isinstance(after, Event)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("connection", Reason.WRONG_CONNECTION),
        ("connector", Reason.ALTERED),
        ("entity", Reason.ALTERED),
    ],
)
def test_a_message_that_says_otherwise_than_its_events_is_refused_whole(name: str, reason: Reason) -> None:
    with pytest.raises(Refused) as refused:
        read_events(body_of(named(1, 1), named(2, 1)), {**ATTRIBUTES, name: "other"})
    assert refused.value.reason is reason
    assert refused.value.security


def test_two_connections_or_entities_in_one_message_are_refused() -> None:
    other = named(7, 1, source=of("other"))
    with pytest.raises(Refused, match="wrong_connection"):
        read_events(json.dumps([named(7, 1), other]), {})
    with pytest.raises(Refused, match="altered"):
        read_events(json.dumps([named(7, 1), named(7, 1, source=of("acme", "supplier"))]), {})


def test_what_is_not_expected_is_refused() -> None:
    body = body_of(named(7, 3))
    assert reason_of(body, expecting=Expecting(connections={"other"})) is Reason.WRONG_CONNECTION
    assert reason_of(body, expecting=Expecting({"invoice": 1})) is Reason.UNKNOWN_SCHEMA
    newer = json.dumps([named(7, 1, source=of("acme", "customer_v2"))])
    assert reason_of(newer, expecting=Expecting({"customer": 1})) is Reason.NEWER_SCHEMA
    both = Expecting({"customer": 2, "customer_v2": 2}, {"acme"})
    assert isinstance(read_events(body, {}, both)[0], Event)
    assert isinstance(read_events(newer, {}, both)[0], Event)


def test_a_refusal_tells_nothing_of_the_record() -> None:
    event = named(7, 3, "Kari Nordmann")
    for change, _ in CHANGES.values():
        found = json.loads(json.dumps(event))
        change(found)
        try:
            (refused,) = read_events(json.dumps([found]), ATTRIBUTES)
        except Refused as err:
            refused = err
        assert isinstance(refused, Refused)
        assert "Kari" not in str(refused)
        assert "12" not in refused.detail.replace(found.get("id", ""), "").replace(event["id"], "")


def test_a_long_name_is_cut_in_what_is_told() -> None:
    with pytest.raises(Refused) as refused:
        read_events(changed(lambda event: event.update(connection="x" * 100_000)), {})
    assert len(str(refused.value)) < 600


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*named(1, 1), "data_base64", "Type", "Message"]), JSON))
def test_whatever_stands_in_an_event_it_is_read_or_refused(changes: dict[str, Any]) -> None:
    event = {**named(7, 3), **changes}
    for body in (json.dumps([event]), json.dumps(event)):
        with suppress(Refused):
            read_events(body, ATTRIBUTES)
        with suppress(Refused):
            read_notice(body, ATTRIBUTES)


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")) | JSON.map(json.dumps))
def test_no_body_of_chance_is_read(body: str) -> None:
    assert reason_of(body) in set(Reason)
