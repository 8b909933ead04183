"""StreamReader: reads one stream to its end, one request and one reply at a time.

It sends nothing, stores nothing and never sleeps: ask for the next request, send it, hand in the reply.
Whatever it raises, the position stays before the page, so the same page can be asked for again.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sluice.connector.outcomes import LoggedIn, Outcome, Page, ReadPlan, Throttled, TryAgain
from sluice.connector.page_reading import PageReading
from sluice.connector.paging import page_words
from sluice.connector.planning import credential_texts, plan_login, plan_page
from sluice.connector.position import Position
from sluice.connector.redaction import Redactor
from sluice.connector.refusals import Refusal
from sluice.connector.replies import Answer, Verdict, judged
from sluice.connector.session import CaptureFailed, Session, capture
from sluice.connector.spec import Meaning
from sluice.connector.values import Scope
from sluice.connector.waiting import throttled_until, used_up_until
from sluice.connector.windows import Window, windows_of
from sluice.errors import SluiceError
from sluice.model.http import Reply, Request

_LOGIN_REFUSED = frozenset({400, 401, 403, 422})
_CREATED = 201


class StreamReader:
    """One reading of a stream: ``session`` and ``resume_at`` are for the caller to look at between replies.

    ``session`` changes when a login succeeds or a session turns out to have ended. ``resume_at`` is the
    moment before which the ERP wants no further request; None where it does not mind.
    """

    def __init__(self, plan: ReadPlan) -> None:
        """Begin, or go on where ``plan.position`` says; raises ConfigurationInvalid."""
        self._plan = plan
        self._stream = plan.stream
        self._position = _first_position(plan)
        selection = plan.selection.with_paths(plan.stream.key).expanded(plan.stream.schema)
        self._selection = selection
        self.session: Session | None = plan.session
        self.resume_at: datetime | None = None
        self._windows = windows_of(plan.stream, self._scope(None), self._position.began)
        self._position.check_window(len(self._windows))
        self._request: Request | None = None
        self._login_pending = False
        self._fresh_session = False
        self._html_tried = False

    def next_request(self) -> Request | None:
        """Return the login or page to send next, None when the stream is read to its end.

        Asked again without a reply in between, it gives the same. Raises ConfigurationInvalid where a
        request cannot be made from the settings and secrets.
        """
        self.resume_at = None
        if self._position.done:
            return None
        login = self._plan.connector.auth.login
        self._login_pending = login is not None and not self._session_holds()
        if login is not None and self._login_pending:
            self._request = plan_login(self._plan.connector, login, self._scope(None))
        else:
            scope = self._scope(self._window())
            self._request = plan_page(self._plan.connector, self._stream, scope, self._position.page)
        return self._request

    def receive(self, reply: Reply) -> Outcome:
        """Return what the reply to the last request came to.

        Raises ErpUnavailable, CredentialsRejected, ApiChanged or ConfigurationInvalid.
        """
        if self._request is None:
            raise RuntimeError("a reply came before a request was asked for")
        answer = Answer(reply)
        return (
            self._receive_login(answer) if self._login_pending else self._receive_page(answer, self._request)
        )

    def position(self) -> dict[str, Any]:
        """Return where the reading stands as JSON of at most 2 KB; a new reader goes on from it."""
        return self._position.to_json()

    @property
    def pages(self) -> int:
        """Return how many pages were read so far, over all windows and earlier readers."""
        return self._position.pages

    @property
    def records(self) -> int:
        """Return how many records were read so far, over all windows and earlier readers."""
        return self._position.records

    @property
    def shifted(self) -> bool:
        """Return whether a list shifted while it was read, so that a record may have been missed.

        The position says so too; it stays so to the end of the stream.
        """
        return self._position.shifted

    def _receive_login(self, answer: Answer) -> Outcome:
        refusal = self._refusal(answer)
        if answer.reply.status in _LOGIN_REFUSED:
            raise refusal.credentials("the login was refused")
        verdict = judged(answer, self._plan.connector.errors)
        if verdict is not None and verdict.means is Meaning.THROTTLED:
            return self._throttled(answer)
        # A login creates a session, so 201 Created is as good an answer as 200 (Tripletex gives it).
        if verdict is not None and not (verdict.rule is None and answer.reply.status == _CREATED):
            raise refusal.of_login(verdict)
        unreadable = refusal.of_body(answer)
        if unreadable is not None:
            return self._html_once(answer, unreadable)
        try:
            self.session = capture(self._plan.connector.auth, answer.value(), self._plan.now())
        except CaptureFailed as err:
            raise refusal.changed("D20", f"the login's reply {err}", "login", "a token", "none") from err
        self._html_tried = False
        return LoggedIn()

    def _receive_page(self, answer: Answer, request: Request) -> Outcome:
        refusal = self._refusal(answer)
        empty = answer.reply.status == 204 and self._stream.pagination.empty_status == 204
        verdict = None if empty else judged(answer, self._stream.errors)
        if verdict is not None:
            return self._refused(answer, verdict, refusal)
        unreadable = None if empty else refusal.of_body(answer)
        if unreadable is not None:
            return self._html_once(answer, unreadable)
        reading = PageReading(self._plan.connector, self._stream, request.url, refusal)
        outcome = reading.read(answer, self._position, windows=len(self._windows), empty=empty)
        self._position = outcome.position
        if outcome.records is None:
            return TryAgain(outcome.why)
        self._fresh_session = self._html_tried = False
        self.resume_at = used_up_until(answer.reply, self._plan.connector.rate_limit, self._plan.now())
        return Page(outcome.records, self._position.pages)

    def _refused(self, answer: Answer, verdict: Verdict, refusal: Refusal) -> Outcome:
        if verdict.means is Meaning.THROTTLED:
            return self._throttled(answer)
        if verdict.means is Meaning.SESSION_EXPIRED:
            if self._plan.connector.auth.login is None or self._fresh_session:
                raise refusal.credentials("the credentials were refused")
            self.session, self._fresh_session = None, True
            return TryAgain("the session has ended; logging in once more")
        raise refusal.of_page(verdict, self._position.page, self._selection.paths)

    def _throttled(self, answer: Answer) -> Throttled:
        limit = self._plan.connector.rate_limit
        self.resume_at = throttled_until(answer.reply, limit, self._plan.now())
        return Throttled(self.resume_at)

    def _html_once(self, answer: Answer, error: SluiceError) -> TryAgain:
        """Maintenance pages pass; one that comes twice is the ERP's new answer."""
        if self._html_tried or not answer.is_html():
            raise error
        self._html_tried = True
        return TryAgain("a web page came in place of data")

    def _session_holds(self) -> bool:
        return self.session is not None and self.session.holds_at(self._plan.now())

    def _window(self) -> Window | None:
        return self._windows[self._position.window]

    def _scope(self, window: Window | None) -> Scope:
        plan, position = self._plan, self._position
        return Scope(
            settings=plan.settings,
            secrets=plan.secrets,
            captured=self.session.values if self.session else {},
            now=plan.now(),
            page=page_words(plan.stream.pagination, position.page),
            since=_since(plan, position),
            window=window,
            selection=self._selection,
        )

    def _refusal(self, answer: Answer) -> Refusal:
        texts = credential_texts(self._plan.connector.auth, self._scope(None))
        label = self._request.label if self._request else ""
        # What a good login says is its token, also where it says so in another way than we know.
        untold = self._login_pending and answer.reply.status < 300
        return Refusal(label, answer.reply, Redactor(texts), untold)


def _first_position(plan: ReadPlan) -> Position:
    if plan.position is not None:
        return Position.from_json(plan.position, plan.stream.name)
    started_at = plan.started_at.astimezone(UTC).isoformat()
    return Position(plan.stream.name, started_at, plan.since)


def _since(plan: ReadPlan, position: Position) -> datetime | None:
    incremental = plan.stream.incremental
    if position.since is None or incremental is None:
        return None
    watermark = datetime.fromisoformat(position.since)
    watermark = watermark if watermark.tzinfo else watermark.replace(tzinfo=UTC)
    return watermark.astimezone(UTC) - timedelta(minutes=incremental.lookback_minutes)
