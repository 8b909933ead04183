"""Signs webhooks as Standard Webhooks 1.0.0 says, so that the receiver knows who sent and what was sent.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
(read 2026-11-22). A signature covers id, time and body; a key travels as ``whsec_`` and base64.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from sluice.model.secret import Secret

PREFIX = "whsec_"
KEY_BYTES = (24, 64)
"""How long a key may be, by the specification."""


class KeyInvalid(ValueError):
    """The text is no signing key; the message says what would be right, and does not repeat it."""


class Signed(Struct, frozen=True):
    """A body that is sent as it is: ``id`` is the same for every try, so that receivers drop repeats."""

    id: str
    body: bytes
    at: datetime


def new_key() -> Secret:
    """Return a new key of 32 random bytes, as ``whsec_...``."""
    return Secret(PREFIX + base64.b64encode(secrets.token_bytes(32)).decode())


def signature_headers(message: Signed, keys: Sequence[Secret]) -> dict[str, str]:
    """Return the three headers; one signature for each key, so that a receiver may know either.

    Raises KeyInvalid.
    """
    seconds = str(int(message.at.timestamp()))
    content = b".".join((message.id.encode(), seconds.encode(), message.body))
    signatures = [hmac.new(key_bytes(key), content, hashlib.sha256).digest() for key in keys]
    return {
        "webhook-id": message.id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"v1,{base64.b64encode(found).decode()}" for found in signatures),
    }


def key_bytes(key: Secret) -> bytes:
    """Return the bytes of a key; raises KeyInvalid."""
    least, most = KEY_BYTES
    try:
        found = base64.b64decode(key.reveal().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if not least <= len(found) <= most:
        # Not chained: the decoder's error may hold the text.
        right = f"right would be {PREFIX} and {least} to {most} bytes in base64"
        raise KeyInvalid(f"this is no signing key; {right}") from None
    return found
