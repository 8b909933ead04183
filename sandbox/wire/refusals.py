"""Answers in place of the list: gone, moved, refused, throttled, not allowed: D01-D08, D12, D20-D27, D36."""

# ruff: noqa: E501 (a table: one row, one line)
from __future__ import annotations

from urllib.parse import urlencode

from sandbox.exchange import Answer
from sandbox.wire.hook import Gate, Situation, Wire

MOVED = "sandbox_moved"
ELSEWHERE = "https://api.elsewhere.example"
LOGIN_PAGE = "https://login.elsewhere.example/authorize"
TENANT = "X-Tenant-Id"
PARAMETER = "fiscalYear"
UNKNOWN_STATUS = 460


def refused(status: int, message: str, kind: str = "other", **headers: str) -> Gate:
    """Return what answers every request with this status, in the vendor's style."""
    return lambda at: at.problem(kind, status, message, **headers)


def _moved(status: int) -> Gate:
    """Return what sends a request to another address of the same host, which answers."""

    def gate(at: Situation) -> Answer | None:
        if MOVED in at.request.query:
            return None
        query = urlencode({**at.request.query, MOVED: "1"})
        location = at.to or f"{at.base_url}{at.request.path}?{query}"
        return Answer(status, headers={"Location": location})

    return gate


def _sent_to(status: int, host: str) -> Gate:
    return lambda at: Answer(status, headers={"Location": at.to or f"{host}{at.request.path}"})


def _sent_to_login(status: int) -> Gate:
    return lambda at: Answer(status, headers={"Location": at.to or LOGIN_PAGE})


def _renumbered(_: Situation, answer: Answer) -> Answer:
    """Return an error under the status another release of the same API would give it."""
    statuses = {400: 422, 401: 403, 403: 401, 404: 400, 422: 400, 429: 503, 500: 422}
    status = statuses.get(answer.status, answer.status)
    return Answer(status, answer.body, answer.headers, answer.content_type)


def _throttled(status: int) -> Gate:
    """Return what throttles every second request under this status."""

    def gate(at: Situation) -> Answer | None:
        if at.turn % 2:
            return None
        wait = {"Retry-After": at.to or "1"}
        if status != 200:
            return at.problem("other", status, "rate limit exceeded", Retry_After=wait["Retry-After"])
        return Answer.of_json(200, {"error": {"code": "RATE_LIMIT", "message": "Rate limit exceeded"}}, wait)

    return gate


def _lacks_header(at: Situation) -> Answer | None:
    name = at.to or TENANT
    if name.lower() in at.request.headers:
        return None
    return at.problem("other", 400, f"the header {name} is required")


def _lacks_parameter(status: int) -> Gate:
    def gate(at: Situation) -> Answer | None:
        name = at.to or PARAMETER
        return None if name in at.request.query else at.problem("parameter_missing", status, name)

    return gate


def _knows_parameter(at: Situation) -> Answer | None:
    name = at.to or next(iter(at.request.query), "")
    return at.problem("other", 400, f"{name} is not a parameter") if name in at.request.query else None


def _asks_for(scheme: str) -> Gate:
    return lambda at: at.problem("unauthorised", 401, "unauthorised", WWW_Authenticate=at.to or scheme)


_BEARER = 'Bearer realm="erp", authorization_uri="https://login.elsewhere.example/authorize"'
_SCOPE = 'Bearer error="insufficient_scope", scope="read:extended"'
_GONE = "the resource has been removed"

REFUSALS: tuple[Wire, ...] = (
    Wire("D01", "404", "The list is not found", gate=refused(404, _GONE, "not_found")),
    Wire("D01", "410", "The list is gone", gate=refused(410, _GONE, "not_found")),
    Wire("D02", "301", "Moved permanently on the same host", "the new address", gate=_moved(301)),
    Wire("D02", "308", "Moved permanently on the same host, method kept", "the new address", gate=_moved(308)),
    Wire("D02", "other_host", "Moved permanently to another host", "the new address", gate=_sent_to(301, ELSEWHERE)),
    Wire("D03", "login_page", "Redirected to a login page (302)", "the address", gate=_sent_to_login(302)),
    Wire("D03", "see_other", "Redirected to a login page (303)", "the address", gate=_sent_to_login(303)),
    Wire("D03", "other_host", "Redirected to another host (307)", "the address", gate=_sent_to(307, ELSEWHERE)),
    Wire("D05", "405", "The method is refused", gate=refused(405, "method not allowed", Allow="PATCH")),
    Wire("D06", "501", "Not implemented", gate=refused(501, "not implemented")),
    Wire("D06", "505", "The HTTP version is not supported", gate=refused(505, "HTTP version not supported")),
    Wire("D07", "406", "The media type asked for is refused", gate=refused(406, "not acceptable")),
    Wire("D07", "415", "The media type sent is refused", gate=refused(415, "unsupported media type")),
    Wire("D08", "426", "Another protocol is demanded", gate=refused(426, "upgrade required", Upgrade="TLS/1.3, HTTP/2.0", Connection="Upgrade")),
    Wire("D12", "unknown", "An error has a status that nobody knows", "the status (460)", gate=lambda at: at.problem("other", int(at.to or UNKNOWN_STATUS), "the request was refused"), number=True),
    Wire("D12", "renumbered", "Errors have another status each (404 is 400, 500 is 422)", answered=_renumbered),
    Wire("D20", "scheme", "Requests are refused with another WWW-Authenticate", "the scheme", gate=_asks_for(_BEARER), whole=True),
    Wire("D20", "login_gone", "The login is not found", login=refused(404, _GONE, "not_found"), sets="sessions_end", whole=True),
    Wire("D20", "login_scheme", "The login is refused with a WWW-Authenticate", "the scheme", login=_asks_for(_BEARER), sets="sessions_end", whole=True),
    Wire("D21", "revoked", "Credentials and sessions are refused (401)", login=refused(401, "revoked", "unauthorised"), gate=refused(401, "revoked", "unauthorised"), whole=True),
    Wire("D21", "session_only", "Every request is refused (401), logins are not", gate=refused(401, "revoked", "unauthorised"), whole=True),
    Wire("D22", "401", "Everybody is refused (401); shown on each sandbox it is ordered of", login=refused(401, "revoked", "unauthorised"), gate=refused(401, "revoked", "unauthorised"), whole=True),
    Wire("D22", "403", "Everybody is refused (403); shown on each sandbox it is ordered of", gate=refused(403, "forbidden"), whole=True),
    Wire("D23", "403", "The list is forbidden", gate=refused(403, "the user lacks the permission")),
    Wire("D23", "scope", "The list needs another scope", gate=refused(403, "insufficient scope", WWW_Authenticate=_SCOPE)),
    Wire("D24", "told", "Tokens live shorter, and the login says so", "seconds (60)", sets="token_ttl", whole=True, number=True),
    Wire("D24", "silent", "Tokens live shorter than the login says", "seconds (60)", sets="token_ttl", whole=True, number=True),
    Wire("D25", "400", "A header became required", f"its name ({TENANT})", gate=_lacks_header),
    Wire("D26", "enforced", "Fewer requests a minute are allowed", "how many (60)", sets="rate", whole=True, number=True),
    Wire("D26", "advertised", "Fewer requests a minute are advertised", "how many (60)", sets="rate", whole=True, number=True),
    *(
        Wire("D27", str(status), f"Every second request is throttled under {status}", "seconds to wait (1)", gate=_throttled(status), number=True)
        for status in (503, 403, 401, 408, 200)
    ),
    Wire("D36", "422", "A query parameter became required (422)", f"its name ({PARAMETER})", gate=_lacks_parameter(422)),
    Wire("D36", "400", "A query parameter became required (400)", f"its name ({PARAMETER})", gate=_lacks_parameter(400)),
    Wire("D36", "unknown", "A query parameter is refused (400)", "its name (the first that is sent)", gate=_knows_parameter),
)  # fmt: skip
