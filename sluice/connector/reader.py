"""StreamReader: reads one stream to its end, one request and one reply at a time.

It sends nothing, stores nothing and never sleeps: ask for the next request, send it, hand in the reply.
Whatever it raises, the position stays before the page, so the same page can be asked for again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sluice.connector.facts.facts import Facts
from sluice.connector.facts.headers import Names, with_headers
from sluice.connector.facts.lifetimes import lifetime
from sluice.connector.logins.opening import login_verdict, open_session
from sluice.connector.outcomes import LoggedIn, Outcome, Page, ReadPlan, Throttled, TryAgain
from sluice.connector.page_reading import PageReading
from sluice.connector.paging import page_words
from sluice.connector.paths import Path, parse_path, path_text
from sluice.connector.planning import credential_texts, plan_login, plan_page, sent_credentials
from sluice.connector.replies.answer import Answer
from sluice.connector.replies.challenges import other_scheme, scheme_of
from sluice.connector.replies.going_round import (
    begins_again,
    is_about_page_size,
    smaller_size,
    still_refused,
    to_leave_out,
)
from sluice.connector.replies.named_fields import fields_refused
from sluice.connector.replies.redaction import Redactor
from sluice.connector.replies.refusals import Refusal
from sluice.connector.replies.verdicts import USUAL_THROTTLES, Verdict, judged
from sluice.connector.replies.waiting import throttled_until, used_up_until
from sluice.connector.selection import Selection
from sluice.connector.session import Session
from sluice.connector.spec import Meaning, Stream
from sluice.connector.starting import asked_since, first_position, spans_asked_for, whole_selection
from sluice.connector.values import Scope
from sluice.connector.windows import Window, windows_of
from sluice.errors import ApiChanged, SluiceError
from sluice.model.http import Reply, Request

_NOT_FOUND = 404


class StreamReader:
    """One reading of a stream: ``session`` and ``resume_at`` are for the caller to look at between replies.

    ``session`` changes when a login succeeds or a session turns out to have ended. ``resume_at`` is the
    moment before which the ERP wants no further request; None where it does not mind.
    """

    def __init__(self, plan: ReadPlan) -> None:
        """Begin, or go on where ``plan.position`` says; raises ConfigurationInvalid."""
        self._plan = plan
        self._position = first_position(plan)
        self._chosen = whole_selection(plan, self._position)
        self._names = Names.of(plan.connector)
        self.session: Session | None = plan.session
        self.resume_at: datetime | None = None
        self._windows = windows_of(plan.stream, self._scope(None), self._position.began)
        self._position.check_window(len(self._windows))
        self._request: Request | None = None
        self._login_pending = False
        self._fresh_session = False
        self._adopted = False
        self._asked_twice: set[str] = set()
        self._left_out: set[Path] = set(map(parse_path, self._position.facts.refused))

    def next_request(self) -> Request | None:
        """Return the login or page to send next, None when the stream is read to its end.

        Asked again without a reply in between, it gives the same. Raises ConfigurationInvalid where a
        request cannot be made from the settings and secrets.
        """
        self.resume_at = None
        if self._position.done:
            return None
        auth, now = self._plan.connector.auth, self._plan.now()
        login = auth.login
        self._login_pending = login is not None and not (self.session and self.session.serves(auth, now))
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
        refusal = self._refusal(answer, self._request)
        if self._login_pending:
            return self._receive_login(answer, refusal)
        return self._receive_page(answer, self._request, refusal)

    def adopt(self, session: Session) -> None:
        """Go on with a session that somebody else opened meanwhile; :meth:`next_request` then uses it.

        Once between two good pages it may turn out to have ended too, and we log in ourselves.
        """
        self.session = session
        if not self._adopted:
            self._adopted, self._fresh_session = True, False

    @property
    def wants_login(self) -> bool:
        """Return whether the request last given is a login, which opens a new session."""
        return self._login_pending

    def position(self) -> dict[str, Any]:
        """Return where the reading stands as JSON of at most 3 KB; a new reader goes on from it."""
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

    @property
    def refused(self) -> tuple[str, ...]:
        """Return the fields (paths as in YAML) that the ERP refuses by name, over earlier readers too.

        In their place all fields of their level were asked for, so the records show what became of them.
        """
        return self._position.facts.refused

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the replies showed beside their records, as the position says it."""
        found: dict[str, Any] = self._position.to_json()["facts"]
        return found

    def _receive_login(self, answer: Answer, refusal: Refusal) -> Outcome:
        connector, now = self._plan.connector, self._plan.now()
        throttle = login_verdict(connector, answer, refusal)
        if throttle is not None:
            return self._throttled(answer, throttle)
        unreadable = refusal.of_body(answer)
        if unreadable is not None:
            return self._once_more(answer, unreadable)
        self.session = open_session(connector.auth, answer, refusal, now, self.session)
        self._note(self._position.facts.with_token(lifetime(connector.auth, answer.value(), now)))
        self._asked_twice.clear()
        return LoggedIn()

    def _receive_page(self, answer: Answer, request: Request, refusal: Refusal) -> Outcome:
        connector, stream = self._plan.connector, self._stream
        empty = answer.reply.status == 204 and stream.pagination.empty_status == 204
        verdict = None if empty else judged(answer, stream.errors, connector.rate_limit)
        if verdict is not None:
            return self._refused(answer, verdict, refusal)
        unreadable = None if empty else refusal.of_body(answer)
        if unreadable is not None:
            return self._once_more(answer, unreadable)
        where = (request.url, refusal.redactor)
        position = self._position.with_facts(
            with_headers(self._position.facts, answer.reply, self._names, where)
        )
        spans = spans_asked_for(self._plan, self._position, self._window())
        reading = PageReading(connector, stream, refusal, spans)
        outcome = reading.read(answer, position, windows=len(self._windows), empty=empty)
        self._position = outcome.position
        if outcome.records is None:
            return TryAgain(outcome.why)
        if self.refused:
            refused = still_refused(self._position.facts, outcome.records)
            self._note(replace(self._position.facts, refused=refused))
        self._fresh_session = self._adopted = False
        self._asked_twice.clear()
        self.resume_at = used_up_until(answer.reply, connector.rate_limit, self._plan.now())
        return Page(outcome.records, self._position.pages)

    def _refused(self, answer: Answer, verdict: Verdict, refusal: Refusal) -> Outcome:
        if verdict.means is Meaning.THROTTLED:
            return self._throttled(answer, verdict)
        if verdict.means is Meaning.SESSION_EXPIRED:
            return self._unauthorised(answer, refusal)
        if is_about_page_size(self._stream.pagination, verdict, refusal):
            return self._with_smaller_pages(refusal)
        named = fields_refused(answer, verdict, self._selection.paths)
        if named is not None:
            return self._without_a_name(named, refusal)
        on_first_page = verdict.rule is None and self._position.page.cursor is None
        if answer.reply.status == _NOT_FOUND and on_first_page and "404" not in self._asked_twice:
            self._asked_twice.add("404")
            return TryAgain("the list was not found; asking once more")
        evidence = {"tries": 2} if "404" in self._asked_twice else {}
        raise refusal.of_page(verdict, self._position.page, evidence)

    def _unauthorised(self, answer: Answer, refusal: Refusal) -> Outcome:
        challenge = answer.reply.header("www-authenticate")
        other = other_scheme(challenge, self._plan.known, self._request)
        if self._plan.connector.auth.login is None or self._fresh_session:
            if other:
                message = f"the ERP asks for another way to log in: {refusal.said()}"
                raise refusal.changed("D20", message, "www-authenticate", other)
            raise refusal.credentials("the credentials were refused")
        self._fresh_session = True
        self.session = self.session.ended(self._plan.now()) if self.session else None
        self._note(replace(self._position.facts, scheme=scheme_of(challenge)))
        return TryAgain("the session has ended; logging in once more")

    def _with_smaller_pages(self, refusal: Refusal) -> Outcome:
        pagination, asked = self._plan.stream.pagination, self._stream.pagination.size
        size = smaller_size(pagination.size, asked)
        if size is None:
            message = f"the ERP refuses pages of {asked} records too: {refusal.said()}"
            seen = (f"pages of {pagination.size} records", "refused")
            raise refusal.changed("D29", message, "page size", seen, smallest_asked=asked)
        again = begins_again(pagination, self._position.page.pages)
        self._position = self._position.with_smaller_pages(size, from_start=again)
        return TryAgain(f"the ERP refuses the page size; asking for {size} records")

    def _without_a_name(self, named: list[Path], refusal: Refusal) -> Outcome:
        going = self._plan.goes_round_fields
        facts = self._position.facts
        path = to_leave_out(facts, self._stream, named, self._left_out) if going else None
        if path is None:
            # A refusal that names none of them after one was left out is about what stands in its place.
            blamed = [*named, *map(parse_path, facts.refused)]
            raise refusal.of_field(blamed[0] if blamed else None)
        self._left_out.add(path)
        self._note(facts.with_refused(path_text(path)))
        return TryAgain(f"the ERP refuses the field {path_text(path)}; asking for all fields in its place")

    def _throttled(self, answer: Answer, verdict: Verdict) -> Throttled:
        status = answer.reply.status
        unusual = verdict.rule is None and status not in USUAL_THROTTLES
        self._note(self._position.facts.with_throttle(status, unusual=unusual))
        limit, now = self._plan.connector.rate_limit, self._plan.now()
        self.resume_at = throttled_until(answer.reply, limit, now, verdict.wait)
        return Throttled(self.resume_at)

    def _once_more(self, answer: Answer, error: SluiceError) -> TryAgain:
        """Maintenance pages and texts pass; one that comes twice is the ERP's new answer."""
        is_text = isinstance(error, ApiChanged) and error.changes[0].after == "text"
        if "body" in self._asked_twice or not (answer.is_html() or is_text):
            raise error
        self._asked_twice.add("body")
        return TryAgain("a web page or text came in place of data")

    def _note(self, facts: Facts) -> None:
        self._position = self._position.with_facts(facts)

    @property
    def _stream(self) -> Stream:
        """The stream, with the page size that the ERP did not refuse."""
        stream, size = self._plan.stream, self._position.facts.size
        return replace(stream, pagination=replace(stream.pagination, size=size)) if size else stream

    @property
    def _selection(self) -> Selection:
        return self._chosen.without_names(map(parse_path, self.refused)) if self.refused else self._chosen

    def _window(self) -> Window | None:
        return self._windows[self._position.window]

    def _scope(self, window: Window | None) -> Scope:
        plan, position = self._plan, self._position
        return Scope(
            settings=plan.settings,
            secrets=plan.secrets,
            captured=self.session.values if self.session else {},
            now=plan.now(),
            page=page_words(self._stream.pagination, position.page),
            since=asked_since(plan, position),
            window=window,
            selection=self._selection,
        )

    def _refusal(self, answer: Answer, request: Request) -> Refusal:
        auth = self._plan.connector.auth
        texts = credential_texts(auth, self._scope(None))
        if self._login_pending and auth.login is not None:
            texts += sent_credentials(auth.login, request)
        # What a good login says is its token, also where it says so in another way than we know.
        untold = self._login_pending and answer.reply.status < 300
        return Refusal(request.label, answer.reply, Redactor(texts), untold, request.url)
