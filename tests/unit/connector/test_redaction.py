"""No secret in anything that is said, shown or kept."""

from __future__ import annotations

import json

import pytest

from sluice.connector.replies.redaction import Redactor
from sluice.errors import (
    ConfigurationInvalid,
)
from sluice.model.http import Reply
from sluice.model.secret import Secret
from tests.unit.connector.scripted import (
    CANARY,
    CONNECTOR,
    STREAM,
    plan,
    query_of,
    reader,
    refused,
    reply,
    things,
    toy,
    with_pagination,
)


@pytest.mark.parametrize("secret", ["two\nlines", "tab\t", "blå"])
def test_a_secret_that_no_header_can_carry_is_told_without_it(secret: str) -> None:
    with pytest.raises(ConfigurationInvalid, match="'Authorization' holds a line break") as caught:
        reader(toy(), secrets={"api_key": Secret(secret)}).next_request()
    assert secret not in str(caught.value)


ECHOES = [
    reply({"message": f"the header was Bearer {CANARY}"}, 400),
    reply({"message": f"key {CANARY}"}, 401),
    reply({"message": f"key {CANARY}"}, 500),
    reply(f"<html>{CANARY}</html>".encode(), 500),
    reply({"error": CANARY}, 200),
    reply({"items": CANARY}, 200),
    reply({CANARY: 1}, 200),
    reply(f"<a>{CANARY}</a>".encode(), 200),
    reply(f'{{"a": "{CANARY}'.encode(), 200),
    reply({"items": things(0, 2), "next": f"https://toy.example/v1/thing?key={CANARY}&p=2"}),
    reply({"items": things(0, 2), "next": f"https://{CANARY}.example/v1/thing"}),
]


@pytest.mark.parametrize("answer", ECHOES)
def test_no_secret_is_in_anything_that_is_said(answer: Reply) -> None:
    connector = with_pagination("{kind: next_url, next: {body: next}}")
    error = refused(connector, answer)
    told = [
        str(error),
        repr(error),
        repr(answer),
        json.dumps([c.to_json() for c in getattr(error, "changes", ())]),
    ]
    assert not [text for text in told if CANARY in text]


def test_no_secret_is_in_a_repr_or_a_position() -> None:
    key = "{secret: api_key}"
    auth = f"auth: {{kind: api_key, attach: {{query: {{key: {key}}}, headers: {{X-Key: {key}}}}}}}\n"
    text = CONNECTOR.replace("auth: {kind: bearer, token: {secret: api_key}}\n", auth)
    connector = toy(text, STREAM + "pagination: {kind: next_url, next: {body: next}}\n")
    reading = reader(connector)
    request = reading.next_request()
    assert request is not None
    assert query_of(request)["key"] == CANARY
    outcome = reading.receive(
        reply({"items": things(0, 2), "next": f"https://toy.example/v1/thing?key={CANARY}&p=2"})
    )
    told = [
        repr(plan(connector)),
        repr(request),
        repr(outcome),
        json.dumps(reading.position()),
        repr(reading),
    ]
    assert not [text for text in told if CANARY in text]
    following = reading.next_request()
    assert following is not None
    assert query_of(following) == {"p": "2", "key": CANARY}


@pytest.mark.parametrize("cut", range(1, len(CANARY)))
def test_a_secret_that_is_cut_in_two_is_not_shown_in_half(cut: int) -> None:
    # Blanks are drawn together, so that what stands at the end of what is read is shown.
    body = b"<p>" + b" " * (4000 - 3 - cut) + CANARY.encode() + b" and more" * 100
    shown = Redactor([CANARY]).shown(body)
    assert shown == "<p>"
    assert Redactor([CANARY]).shown(b"no " + body[-20:]) == "no " + body[-20:].decode()
