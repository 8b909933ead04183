"""Bodies of AWS's Query protocol, which SNS speaks: written once for a request, and quickly.

botocore writes a body each time it is looked at (to sign it, to know its length, to send it), byte by byte in
Python: that was five sixths of what publishing took.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.hooks import BaseEventHooks

_SAFE = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~"


def put_forms_on(events: BaseEventHooks) -> None:
    """Have bodies that are fields written before a request is made of them."""
    events.register("before-call.sns", _write_body)


def form_of(fields: Mapping[str, Any]) -> bytes:
    """Return fields as ``application/x-www-form-urlencoded``, as urllib's urlencode writes them."""
    return b"&".join(b"%b=%b" % (_quoted(str(name)), _quoted(str(text))) for name, text in fields.items())


def _write_body(params: dict[str, Any], **_: Any) -> None:
    if isinstance(params["body"], dict):
        params["body"] = form_of(params["body"])


def _quoted(text: str) -> bytes:
    found = text.encode()
    unsafe = set(found.translate(None, _SAFE))
    # The sign that quotes comes first; a space becomes a plus when those that were there are quoted.
    for byte in sorted(unsafe - {0x20}, key=lambda byte: byte != 0x25):
        found = found.replace(bytes((byte,)), b"%%%02X" % byte)
    return found.replace(b" ", b"+")
