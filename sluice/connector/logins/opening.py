"""What the reply to a login comes to: a session, or the error that says what to do.

Bodies that cannot be read are the caller's to judge in between.
"""

from __future__ import annotations

from datetime import datetime

from sluice.connector.replies.answer import Answer
from sluice.connector.replies.refusals import Refusal
from sluice.connector.replies.verdicts import Verdict, judged
from sluice.connector.session import CaptureFailed, Session, capture
from sluice.connector.spec import Auth, Connector, Meaning

_REFUSED = frozenset({400, 401, 403, 422})
_CREATED = 201
_AGAIN = "the login was refused; authorise the connection again (`sluice connections authorize NAME`)"


def login_verdict(connector: Connector, answer: Answer, refusal: Refusal) -> Verdict | None:
    """Return None for a good status, and the verdict of a reply that asks for patience.

    Raises for every other what it means: CredentialsRejected, ErpUnavailable, ApiChanged (D20 and others) or
    ConfigurationInvalid.
    """
    status = answer.reply.status
    verdict = judged(answer, connector.errors, connector.rate_limit)
    # First what the connector says of it: a vendor may refuse a refresh that comes too soon with 400.
    if verdict is not None and verdict.means is Meaning.THROTTLED:
        return verdict
    if status in _REFUSED and answer.reply.header("retry-after") is None:
        raise refusal.credentials(_why_refused(connector.auth, answer))
    # A login creates a session, so 201 Created is as good an answer as 200 (Tripletex gives it).
    if verdict is not None and not (verdict.rule is None and status == _CREATED):
        raise refusal.of_login(verdict)
    return None


def open_session(
    auth: Auth, answer: Answer, refusal: Refusal, now: datetime, before: Session | None = None
) -> Session:
    """Return the session that a good reply opens; ``before`` is the one that it takes the place of.

    Raises ApiChanged (D20) for a reply without what the session needs.
    """
    try:
        return capture(auth, answer.value(), now, before)
    except CaptureFailed as err:
        raise refusal.changed("D20", f"the login's reply {err}", "login", err.seen) from err


def _why_refused(auth: Auth, answer: Answer) -> str:
    """A refresh token that is spent, revoked or too old is refused by this name (RFC 6749, 5.2)."""
    by_person = auth.authorization is not None and answer.find(("error",)) == "invalid_grant"
    return _AGAIN if by_person else "the login was refused"
