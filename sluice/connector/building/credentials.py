"""Builds values that are credentials: they come from secrets, and are never written out in a file."""

from __future__ import annotations

from typing import Any

from sluice.connector.value_reader import At, Known, ValueReader
from sluice.connector.values import Call, Value, parts_of

_FROM_OUTSIDE = frozenset({"setting", "secret", "captured"})


def build_credential(reader: ValueReader, raw: Any, at: At, known: Known) -> Value:
    """Return the value of a token, password or the like; what is written out is refused, and not shown."""
    value = reader.scalar(raw, at, known)
    if not is_from_outside(value):
        refuse_written_out(reader, at)
    return value


def is_from_outside(value: Value) -> bool:
    """Return whether some of a value comes from the connection or its session."""
    return any(isinstance(part, Call) and part.word in _FROM_OUTSIDE for part in parts_of(value))


def refuse_written_out(reader: ValueReader, at: At) -> None:
    """Note that a credential stands in the file itself."""
    message = "is written out here; should be {secret: NAME}, a name under `secrets`: no file holds a secret"
    reader.refuse("secret_in_file", at, message)
