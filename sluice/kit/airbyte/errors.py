"""Turns error handlers into a stream's ``errors``, as far as what is done about them has a name here."""

from __future__ import annotations

from typing import Any

from sluice.kit.airbyte.nodes import Node

_REJECTED = frozenset({401, 403})
_THROTTLED = 429
_FAILS = ("FAIL", "None")


def errors_of(requester: Node) -> list[dict[str, Any]]:
    """Return the rules, in the order of the manifest; of two for one status the first counts."""
    handler = requester.node("error_handler")
    found: list[dict[str, Any]] = []
    if handler is not None:
        _handler(handler, found)
    return found


def _handler(handler: Node, found: list[dict[str, Any]]) -> None:
    kind = handler.kind("DefaultErrorHandler")
    if kind == "CompositeErrorHandler":
        for inner in handler.nodes("error_handlers"):
            _handler(inner, found)
    elif kind == "DefaultErrorHandler":
        rules = [rule for one in handler.nodes("response_filters") for rule in _rules(one)]
        waits = [wait for one in handler.nodes("backoff_strategies") if (wait := _wait(one, rules))]
        if handler.has("max_retries"):
            handler.tell("how often is tried again is the pipeline's own", "max_retries")
        for rule in rules:
            known = {status for one in found for status in one["status"]}
            rule["status"] = [status for status in rule["status"] if status not in known]
            throttled = {"wait_seconds": waits[0]} if waits and rule["means"] == "throttled" else {}
            if rule["status"]:
                found.append({**rule, **throttled})
    else:
        handler.tell("the table of statuses that is built in holds")


def _rules(one: Node) -> list[dict[str, Any]]:
    """Return a rule for each meaning that the filter's statuses have."""
    if one.kind("HttpResponseFilter") != "HttpResponseFilter":
        one.tell("replies are known by their status only")
        return []
    given = one.plain("http_codes", [])
    codes = [
        int(code) if str(code).isdecimal() else 0 for code in (given if isinstance(given, list) else [given])
    ]
    action, failure = str(one.peek("action")), str(one.peek("failure_type"))
    meanings = {code: _meaning(action, failure, code) for code in codes}
    unknown = [key for key in ("predicate", "error_message_contains") if one.peek(key)]
    if unknown or not codes or None in meanings.values():
        one.tell(f"{unknown[0]} is not converted" if unknown else "nothing here does the same")
        return []
    one.skip("action", "failure_type", "error_message", "predicate", "error_message_contains")
    named = dict.fromkeys(means for means in meanings.values() if means)
    return [
        {"status": [code for code in meanings if meanings[code] == means], "means": means} for means in named
    ]


def _meaning(action: str, failure: str, code: int) -> str | None:
    """Return what a status means; None where nothing here does what the manifest asks for."""
    fixed = {"RATE_LIMITED": "throttled", "REFRESH_TOKEN_THEN_RETRY": "session_expired"}
    if not 100 <= code <= 599 or action not in {*_FAILS, "RETRY", *fixed}:
        return None
    if action in fixed:
        return fixed[action]
    if action == "RETRY" or failure == "transient_error":
        return "throttled" if code == _THROTTLED else "unavailable"
    if code in _REJECTED:
        return "credentials_rejected"
    return "configuration_invalid" if failure == "config_error" else None


def _wait(one: Node, rules: list[dict[str, Any]]) -> int | None:
    """Return a constant number of seconds; the header Retry-After is believed anyway."""
    kind = one.kind()
    if kind == "WaitTimeFromHeader" and str(one.peek("header")).lower() == "retry-after":
        one.skip("header")
        return None
    seconds = one.peek("backoff_time_in_seconds")
    is_throttled = any(rule["means"] == "throttled" for rule in rules)
    if kind == "ConstantBackoffStrategy" and is_throttled and isinstance(seconds, int | float):
        one.skip("backoff_time_in_seconds")
        return min(max(1, round(seconds)), 3600)
    one.tell("how long is waited is the pipeline's own")
    return None
