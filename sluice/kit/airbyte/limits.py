"""Turns an API's budget and the level of concurrency into ``limits``, ``rate_limit`` and ``concurrency``."""

from __future__ import annotations

from typing import Any

from sluice.kit.airbyte.incremental import seconds_of
from sluice.kit.airbyte.nodes import Node

_MOST = {"concurrency": 20, "limits": 8, "requests": 1_000_000, "seconds": 2_678_400}


def limits_of(root: Node) -> dict[str, Any]:
    """Return those of the three keys of connector.yaml that the manifest says something about."""
    found: dict[str, Any] = {}
    level = root.node("concurrency_level")
    if level is not None:
        found |= _concurrency(level)
    budget = root.node("api_budget")
    if budget is None:
        return found
    if budget.kind("HTTPAPIBudget") != "HTTPAPIBudget":
        budget.tell("say it with `limits`")
        return found
    limits = [limit for one in budget.nodes("policies") for limit in _policy(one)][: _MOST["limits"]]
    remaining, reset = budget.peek("ratelimit_remaining_header"), budget.peek("ratelimit_reset_header")
    if remaining and reset:
        budget.skip("ratelimit_remaining_header", "ratelimit_reset_header")
        found["rate_limit"] = {"remaining": str(remaining), "reset": str(reset), "reset_in": "epoch"}
    if budget.peek("status_codes_for_ratelimit_hit") in ([429], None):
        budget.skip("status_codes_for_ratelimit_hit")
    return found | ({"limits": limits} if limits else {})


def _concurrency(level: Node) -> dict[str, Any]:
    if level.kind("ConcurrencyLevel") != "ConcurrencyLevel":
        level.tell("say it with `concurrency`")
        return {}
    level.skip("max_concurrency")
    given = level.peek("default_concurrency")
    if isinstance(given, int) and not isinstance(given, bool):
        level.skip("default_concurrency")
        return {"concurrency": min(max(given, 1), _MOST["concurrency"])}
    level.tell("has to be a number here", "default_concurrency")
    return {}


def _policy(policy: Node) -> list[dict[str, Any]]:
    kind = policy.kind()
    if policy.peek("matchers"):
        policy.tell("a limit holds for all requests; those of some only are not converted")
        return []
    if kind == "FixedWindowCallRatePolicy":
        found = _limit(policy.peek("call_limit"), policy.peek("period"))
        policy.skip("call_limit", "period", "matchers")
        rates = [found]
    elif kind == "MovingWindowCallRatePolicy":
        policy.skip("matchers")
        rates = [_limit(one.plain("limit"), one.plain("interval")) for one in policy.nodes("rates")]
    else:
        policy.tell("say it with `limits`")
        return []
    if None in rates:
        policy.tell("has to say a number of requests and a duration")
    return [one for one in rates if one is not None]


def _limit(requests: Any, period: Any) -> dict[str, Any] | None:
    seconds = seconds_of(str(period))
    if not isinstance(requests, int) or not seconds or seconds < 1:
        return None
    if not 1 <= requests <= _MOST["requests"] or seconds > _MOST["seconds"]:
        return None
    return {"requests": requests, "seconds": round(seconds), "per": "connection"}
