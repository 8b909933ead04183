"""What Step Functions says of a failure, in our words."""

from __future__ import annotations

import json
from typing import Any

from msgspec import Struct

from sluice.errors import WIRE_NAMES

CAUSE_LENGTH = 2_000
"""Characters of a cause that are kept: several streams' causes travel in one state."""

_IN_WORDS = {
    "States.Timeout": "the step did not end within its time",
    "States.DataLimitExceeded": "a state's data grew over 256 KiB",
    "Lambda.Unknown": "the worker died (out of memory, or killed)",
    "Runtime.ExitError": "the worker died (out of memory, or killed)",
    "Sandbox.Timedout": "the worker did not end within its time",
}


class Failure(Struct, frozen=True):
    """``error`` is a wire name or AWS's own, ``cause`` one readable text without a stack trace."""

    error: str
    cause: str


def read_failure(found: dict[str, Any] | None) -> Failure:
    """Return the failure that a Catch put into the state: ``{"Error": ..., "Cause": ...}``.

    A Lambda's cause is JSON with errorMessage and errorType; anything else is taken as it is, cut to length.
    """
    found = found or {}
    error = str(found.get("Error") or "Unknown")
    cause = str(found.get("Cause") or "")
    try:
        told = json.loads(cause)
    except ValueError:
        told = None
    if isinstance(told, dict) and "errorMessage" in told:
        cause = str(told["errorMessage"])
        named = str(told.get("errorType", ""))
        error = named if named in WIRE_NAMES else error
    cause = cause or _IN_WORDS.get(error, "no cause was given")
    if error in _IN_WORDS and _IN_WORDS[error] not in cause:
        cause = f"{_IN_WORDS[error]}: {cause}"
    return Failure(error, cause[:CAUSE_LENGTH])
