"""Signatures against the example of the specification, and keys that are none."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from sluice.messages.people.signing import KeyInvalid, Signed, key_bytes, new_key, signature_headers
from sluice.model.secret import Secret

KEY = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
MESSAGE = Signed(
    "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', datetime.fromtimestamp(1614265330, UTC)
)


def test_the_well_known_example_is_signed_as_everybody_signs_it() -> None:
    assert signature_headers(MESSAGE, [KEY]) == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_two_keys_give_two_signatures() -> None:
    headers = signature_headers(MESSAGE, [new_key(), KEY])
    first, second = headers["webhook-signature"].split(" ")
    assert second == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert first != second


def test_a_new_key_is_long_and_another_each_time() -> None:
    assert len(key_bytes(new_key())) == 32
    assert new_key() != new_key()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "whsec_",
        "whsec_short",
        "whsec_" + base64.b64encode(b"x" * 65).decode(),
        "whsec_ø",
        "not a key at all, no",
    ],
)
def test_what_is_no_key_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(KeyInvalid) as caught:
        key_bytes(Secret(text))
    assert "24 to 64 bytes" in str(caught.value)
    assert "not a key at all" not in str(caught.value)
