"""Reads what an event has to have. It says where something is missing, never what stands in its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from sluice.consumer.refusal import Reason, Refused


def required_text(found: Mapping[str, Any], name: str) -> str:
    """Return the attribute; raises Refused where it is missing, of another kind, or empty."""
    value = found.get(name)
    return value if isinstance(value, str) and value else _refuse(found, name, "a text that is not empty")


def required_count(found: Mapping[str, Any], name: str) -> int:
    """Return the attribute; raises Refused where it is missing, of another kind, or less than 1."""
    value = found.get(name)
    # True is an int in Python, and no version.
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    return _refuse(found, name, "a whole number from 1")


def required_object(found: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the attribute; raises Refused where it is missing or of another kind."""
    value = found.get(name)
    return value if isinstance(value, dict) else _refuse(found, name, "an object")


def _refuse(found: Mapping[str, Any], name: str, right: str) -> NoReturn:
    came = f"is {type(found[name]).__name__}" if name in found else "is missing"
    raise Refused(Reason.INCOMPLETE, f"{name} {came}, or not as it has to be; should be {right}")
