"""When to come back: read from what an ERP says about its limits. Nothing here waits."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from sluice.connector.spec import RateLimit
from sluice.model.http import Reply

SHORTEST = 1.0
LONGEST = 86_400.0
USUAL = 30.0
"""Seconds: at least, at most, and where an ERP does not say. No limit that a vendor names has a longer span
than a day; one that asks for more is asked once a day, or a slip of its would close it to us for years."""


def throttled_until(
    reply: Reply, limit: RateLimit | None, now: datetime, usual: float | None = None
) -> datetime:
    """Return when a throttled request may go again: by Retry-After, the limit's reset, or in ``usual``.

    That is 30 s where nothing is given. Never sooner than in 1 s, never later than in a day.
    """
    seconds = _retry_after(reply, now)
    if seconds is None and limit is not None:
        seconds = _reset(reply, limit, now)
    return now + _clamped((usual or USUAL) if seconds is None else seconds)


def used_up_until(reply: Reply, limit: RateLimit | None, now: datetime) -> datetime | None:
    """Return when the next request may go after a good reply; None where requests are left."""
    if limit is None:
        return None
    remaining = _number(reply.header(limit.remaining))
    if remaining is None or remaining > limit.keep:
        return None
    seconds = _reset(reply, limit, now)
    return now + _clamped(USUAL if seconds is None else seconds)


def _retry_after(reply: Reply, now: datetime) -> float | None:
    text = reply.header("retry-after")
    seconds = _number(text)
    if seconds is not None or text is None:
        return seconds
    moment = _http_date(text)
    if moment is None:
        return None
    # The ERP's own clock tells how far away its date is, however wrong that clock may be.
    return (moment - (_http_date(reply.header("date") or "") or now)).total_seconds()


def _reset(reply: Reply, limit: RateLimit, now: datetime) -> float | None:
    number = _number(reply.header(limit.reset))
    if number is None or limit.reset_in == "seconds":
        return number
    return number - now.timestamp()


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _clamped(seconds: float) -> timedelta:
    return timedelta(seconds=min(max(seconds, SHORTEST), LONGEST))
