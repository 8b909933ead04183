"""What a reply means before its records are looked at: by the connector's rules, then by its status.

It decides; raising and retrying is the reader's business.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from sluice.connector.paths import MISSING
from sluice.connector.replies.answer import Answer
from sluice.connector.spec import ErrorRule, Meaning, RateLimit
from sluice.model.http import Reply

_OK = 200
_STATUSES: dict[int, tuple[Meaning, str]] = {
    401: (Meaning.SESSION_EXPIRED, ""),
    403: (Meaning.CREDENTIALS_REJECTED, ""),
    408: (Meaning.UNAVAILABLE, ""),
    425: (Meaning.UNAVAILABLE, ""),
    429: (Meaning.THROTTLED, ""),
    301: (Meaning.API_CHANGED, "D02"),
    308: (Meaning.API_CHANGED, "D02"),
    302: (Meaning.API_CHANGED, "D03"),
    303: (Meaning.API_CHANGED, "D03"),
    307: (Meaning.API_CHANGED, "D03"),
    400: (Meaning.API_CHANGED, "D36"),
    422: (Meaning.API_CHANGED, "D36"),
    404: (Meaning.API_CHANGED, "D01"),
    410: (Meaning.API_CHANGED, "D01"),
    405: (Meaning.API_CHANGED, "D05"),
    406: (Meaning.API_CHANGED, "D07"),
    415: (Meaning.API_CHANGED, "D07"),
    413: (Meaning.API_CHANGED, "D29"),
    426: (Meaning.API_CHANGED, "D08"),
    501: (Meaning.API_CHANGED, "D06"),
    505: (Meaning.API_CHANGED, "D06"),
}
USUAL_THROTTLES = frozenset({429, 503})
"""The statuses by which ERPs say that there are too many requests; with any other it is a change (D27)."""

_MAY_THROTTLE = frozenset({400, 401, 403, 408, 409, 420, 423, 425, 500, 502, 504})


class Verdict(Struct, frozen=True):
    """What a reply that is no page means; ``change`` is the change's id where it is one."""

    means: Meaning
    change: str = ""
    rule: ErrorRule | None = None

    @property
    def wait(self) -> float | None:
        """Return the seconds that the connector says to wait for; None where it does not."""
        return self.rule.wait if self.rule else None


def judged(answer: Answer, rules: Sequence[ErrorRule], limit: RateLimit | None = None) -> Verdict | None:
    """Return what the reply means; None where it is good by its status and no rule speaks of it."""
    for rule in rules:
        if _fits(rule, answer):
            return Verdict(rule.means, rule.change, rule)
    if _asks_for_patience(answer, limit):
        return Verdict(Meaning.THROTTLED)
    return by_status(answer.reply)


def by_status(reply: Reply) -> Verdict | None:
    """Return what a status means where no rule speaks of it; None for 200."""
    status = reply.status
    if status == _OK:
        return None
    if status in _STATUSES:
        return Verdict(*_STATUSES[status])
    if 200 <= status < 300:
        return Verdict(Meaning.API_CHANGED, "D14")
    if status >= 500:
        return Verdict(Meaning.UNAVAILABLE)
    return Verdict(Meaning.API_CHANGED, "D12")


def _asks_for_patience(answer: Answer, limit: RateLimit | None) -> bool:
    """Return whether the reply says when to come back, whatever its status, or that no requests are left."""
    status = answer.reply.status
    if answer.reply.header("retry-after") is not None:
        if status == _OK:
            return not answer.is_html() and _speaks_of_an_error(answer)
        return status in _MAY_THROTTLE or status == 503 or status > 505
    return status == 403 and limit is not None and (answer.reply.header(limit.remaining) or "").strip() == "0"


def _speaks_of_an_error(answer: Answer) -> bool:
    try:
        return answer.error_key() is not None
    except ValueError:
        return False


def _fits(rule: ErrorRule, answer: Answer) -> bool:
    if rule.statuses and answer.reply.status not in rule.statuses:
        return False
    if not rule.test:
        return True
    found = answer.find(rule.path)
    if rule.test == "exists":
        return (found is not MISSING and found is not None) is rule.wanted
    if rule.test == "contains":
        return isinstance(found, str) and rule.wanted in found
    return found is not MISSING and type(found) is type(rule.wanted) and found == rule.wanted
