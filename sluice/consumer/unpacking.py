"""A message's body as the JSON objects in it, and its attributes; what they mean is reading.py's business."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from sluice.consumer.refusal import Reason, Refused

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}\s*")
_GZIP = "\x1f\x8b"


class Unpacked(NamedTuple):
    """The objects of a message, at least one, and the message's attributes by name, as text."""

    objects: list[dict[str, Any]]
    attributes: Mapping[str, str]


def unpacked(body: str, attributes: Mapping[str, str]) -> Unpacked:
    """Return what a message holds: a batch of events, or one; with SNS's envelope around it, or raw.

    ``attributes`` are those of the delivery; an envelope carries its own. Raises Refused for anything else.
    """
    found = _json(body)
    if isinstance(found, dict) and found.get("Type") == "Notification" and "Message" in found:
        attributes = {**_enveloped(found), **attributes}
        found = _json(found["Message"])
    objects = found if isinstance(found, list) else [found]
    if not objects:
        raise Refused(Reason.NOT_AN_EVENT, "the body is an empty list; a message holds at least one event")
    if isinstance(objects[0], str) and "S3Pointer" in objects[0]:
        detail = "the body points to an object in S3; Sluice's messages hold the events themselves"
        raise Refused(Reason.CLAIM_CHECK, detail)
    if not all(isinstance(one, dict) for one in objects):
        detail = f"the body holds {_word(objects)}; should be CloudEvents: a list of objects, or one"
        raise Refused(Reason.NOT_AN_EVENT, detail)
    return Unpacked(objects, attributes)


def _json(body: Any) -> Any:
    if not isinstance(body, str):
        raise Refused(Reason.NOT_JSON, f"the body is {type(body).__name__}; should be text")
    try:
        return orjson.loads(body)
    except ValueError as err:
        if body.startswith(_GZIP) or _BASE64.fullmatch(body):
            detail = "the body is no JSON but looks like base64 or gzip; Sluice's messages are plain JSON"
            raise Refused(Reason.ENCODED, detail) from err
        # The parser's words may quote what stands there: a place is enough.
        place = getattr(err, "pos", 0)
        raise Refused(Reason.NOT_JSON, f"the body of {len(body)} signs is no JSON from {place} on") from err


def _enveloped(envelope: Mapping[str, Any]) -> dict[str, str]:
    given = envelope.get("MessageAttributes") or {}
    if not isinstance(given, dict) or not all(isinstance(one, dict) for one in given.values()):
        raise Refused(Reason.NOT_AN_EVENT, "MessageAttributes of the envelope is not what SNS writes")
    return {name: str(one.get("Value", "")) for name, one in given.items()}


def _word(objects: list[Any]) -> str:
    kinds = sorted({type(one).__name__ for one in objects if not isinstance(one, dict)})
    return " and ".join(kinds)
