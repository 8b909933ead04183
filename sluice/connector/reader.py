"""StreamReader: reads one stream to its end, one request and one reply at a time.

It sends nothing, stores nothing and never sleeps: ask for the next request, send it, hand in the reply.
Whatever it raises, the position stays before the page, so the same page can be asked for again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from sluice.connector.checks.tombstones import after_list, part_of
from sluice.connector.expanding.below import (
    behind_parent,
    check_cursor,
    check_parent_name,
    current_of,
    of_parent,
    outer_of,
    turned,
    with_parents,
)
from sluice.connector.expanding.declared import Parents
from sluice.connector.expanding.detail import GONE, DetailOutcome, DetailReading, all_gone
from sluice.connector.expanding.opened import OpenedPage, begun
from sluice.connector.expanding.rows import check_rows, documents_of, rows_of
from sluice.connector.expanding.window import Window
from sluice.connector.expanding.windows import windows_of
from sluice.connector.facts.headers import Names, with_headers
from sluice.connector.facts.lifetimes import lifetime
from sluice.connector.logins.opening import login_verdict, open_session
from sluice.connector.outcomes import Listed, LoggedIn, Outcome, Page, ReadPlan, TryAgain
from sluice.connector.page_reading import PageReading
from sluice.connector.paging import page_words
from sluice.connector.paths import Path, parse_path
from sluice.connector.planning import (
    credential_texts,
    plan_detail,
    plan_login,
    plan_page,
    sent_credentials,
)
from sluice.connector.position import Position
from sluice.connector.replies.answer import Answer
from sluice.connector.replies.going_round import still_refused
from sluice.connector.replies.raw_lists import left_as_text
from sluice.connector.replies.redaction import Redactor
from sluice.connector.replies.refusals import Refusal
from sluice.connector.replies.setbacks import Setbacks
from sluice.connector.replies.verdicts import Verdict, judged
from sluice.connector.replies.waiting import used_up_until
from sluice.connector.selection import Selection
from sluice.connector.session import Session
from sluice.connector.spec import Stream
from sluice.connector.starting import asked_since, first_position, spans_asked_for, whole_selection
from sluice.connector.values import Scope
from sluice.errors import SluiceError
from sluice.model.http import Reply, Request

_NOT_FOUND = 404


class StreamReader(Setbacks):
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
        self._opened: OpenedPage | None = None
        self._parents: OpenedPage | None = None
        self.session: Session | None = plan.session
        self.resume_at: datetime | None = None
        self.windows = plan.windows or windows_of(plan.stream, self._scope(None), self._position.began)
        self._position.check_window(len(self.windows))
        self._request: Request | None = None
        self._asked: dict[int, Request] = {}
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
        elif self._opened is not None:
            self._asked = self._details_of(self._opened, 1)
            self._request = next(iter(self._asked.values()))
        else:
            stream, position = self._listing()
            scope = self._scope(self._window())
            self._request = plan_page(self._plan.connector, stream, scope, position.page)
        return self._request

    def next_requests(self) -> tuple[Request, ...]:
        """Return what may be sent next, in any order and ``at_once`` at the same time; empty at the end.

        A login or a page comes alone; of the records of a list several are asked for. Raises as
        :meth:`next_request` does.
        """
        first = self.next_request()
        if first is None or self._opened is None or self._login_pending:
            return () if first is None else (first,)
        self._asked = self._details_of(self._opened)
        return tuple(self._asked.values())

    def receive_all(self, replies: Sequence[Reply | None]) -> list[Outcome]:
        """Return what the replies to the last requests came to, in their order; None: there is no reply.

        Raises as :meth:`receive` does, and only where no record came that can be handed on before.
        """
        if self._opened is None or self._login_pending:
            return [self.receive(reply) for reply in replies[:1] if reply is not None]
        return self._receive_details(self._opened, replies)

    def receive(self, reply: Reply) -> Outcome:
        """Return what the reply to the last request came to.

        Raises ErpUnavailable, CredentialsRejected, ApiChanged or ConfigurationInvalid.
        """
        if self._request is None:
            raise RuntimeError("a reply came before a request was asked for")
        if self._opened is not None and not self._login_pending:
            return self._receive_details(self._opened, [reply])[0]
        answer = Answer(reply, None if self._login_pending else left_as_text(self._stream, self._position))
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
    def at_once(self) -> int:
        """Return how many of the requests last given may be on their way at the same time."""
        return self._opened.at_once if self._opened and not self._login_pending else 1

    @property
    def wants_login(self) -> bool:
        """Return whether the request last given is a login, which opens a new session."""
        return self._login_pending

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
        connector, stream, parents = self._plan.connector, self._listing()[0], self._stream.parents
        empty = answer.reply.status == 204 and stream.pagination.empty_status == 204
        verdict = None if empty else judged(answer, stream.errors, connector.rate_limit)
        if verdict is not None and parents and self._parents and self._is_parent_gone(answer, verdict):
            return self._parent_gone(refusal)
        if verdict is not None:
            return self._refused(answer, verdict, refusal)
        unreadable = None if empty else refusal.of_body(answer)
        if unreadable is not None:
            return self._once_more(answer, unreadable)
        where = (request.url, refusal.redactor)
        position = self._position.with_facts(
            with_headers(self._position.facts, answer.reply, self._names, where)
        )
        if parents and not self._parents:
            self._position = position
            return self._receive_parents(parents, answer, refusal, empty=empty)
        return self._read_page(answer, refusal, position, empty=empty)

    def _read_page(self, answer: Answer, refusal: Refusal, position: Position, *, empty: bool) -> Outcome:
        connector, stream, deleting = self._plan.connector, self._stream, position.deleting
        spans = () if deleting else spans_asked_for(self._plan, self._position, self._window())
        tombstones = self._plan.stream.deletions if deleting else None
        listed = documents_of(stream)
        listed = replace(listed, key=stream.details.named_by) if stream.details else listed
        reading = PageReading(connector, listed, refusal, spans, tombstones)
        outcome = reading.read(answer, position, windows=len(self.windows), empty=empty)
        if outcome.records is None:
            self._position = outcome.position
            return TryAgain(outcome.why)
        self.resume_at = used_up_until(answer.reply, connector.rate_limit, self._plan.now())
        if stream.parents:
            check_cursor(outcome.position.page, refusal)
        if stream.details and outcome.records:
            at_once = stream.details.concurrency
            page = OpenedPage(stream.details.named_by, list(outcome.records), outcome.position, at_once)
            self._go_on(begun(page, position, refusal), [])
            self._opened = page
            return Listed(len(outcome.records))
        check_rows(stream.rows, outcome.records, refusal)
        check_parent_name(stream.parents, rows_of(stream.rows, outcome.records), refusal)
        records, number = self._whole(outcome.records), outcome.position.pages
        self._go_on(self._behind(outcome.position), [] if deleting else records)
        return Page(records, number, tombstones=deleting)

    def _is_parent_gone(self, answer: Answer, verdict: Verdict) -> bool:
        return verdict.rule is None and answer.reply.status in GONE and self._position.page.pages == 0

    def _receive_parents(self, parents: Parents, answer: Answer, refusal: Refusal, *, empty: bool) -> Outcome:
        reading = PageReading(self._plan.connector, self._listing()[0], refusal)
        came = reading.read(answer, outer_of(self._position), windows=1, empty=empty)
        if came.records is None:
            self._position = turned(came, self._position)
            return TryAgain(came.why)
        position, self._parents = with_parents(parents, came, self._position, refusal)
        self._go_on(position, [])
        return Listed(len(came.records))

    def _parent_gone(self, refusal: Refusal) -> Outcome:
        """Return no records of a parent that is not there any more; raises D01 where most are not."""
        ended = self._position.with_window_ended(0, 1)
        position = self._behind(ended, gone=True)
        within = position.outer.within if position.outer else None
        if within is not None and (within.too_many_gone or (position.done and within.none_was_there)):
            raise all_gone(refusal, within.gone, within.asked)
        self._go_on(position, [])
        return Page([], ended.pages)

    def _whole(self, documents: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
        """Return what is handed on of records as they came: their rows, with what is kept of their parent."""
        parents, records = self._stream.parents, rows_of(self._stream.rows, documents)
        if parents is None or self._parents is None:
            return records
        return of_parent(parents, current_of(self._parents, self._position), records)

    def _behind(self, position: Position, *, gone: bool = False) -> Position:
        """Return the position; behind the list below a parent, the one from which the next has its turn."""
        if position.done and self._parents is not None:
            position, self._parents = behind_parent(self._parents, position, gone=gone)
        return position

    def _go_on(self, position: Position, records: Sequence[dict[str, Any]]) -> None:
        """Go on from this position, with ``records`` that are handed on."""
        self._position = after_list(self._plan.stream, position)
        if self.refused and records:
            refused = still_refused(self._position.facts, records)
            self._note(replace(self._position.facts, refused=refused))
        self._fresh_session = self._adopted = False
        self._asked_twice.clear()

    def _details_of(self, page: OpenedPage, most: int | None = None) -> dict[int, Request]:
        connector, stream, scope = self._plan.connector, self._stream, self._scope(self._window())
        places = page.waiting(self._position)[:most] if stream.details else []
        scopes = {place: replace(scope, record=page.records[place]) for place in places}
        return {place: plan_detail(connector, stream, one) for place, one in scopes.items()}

    def _receive_details(self, page: OpenedPage, replies: Sequence[Reply | None]) -> list[Outcome]:
        connector, stream = self._plan.connector, self._stream
        troubles: list[tuple[Answer, DetailOutcome, Refusal]] = []
        gone: Refusal | None = None
        for (place, request), reply in zip(self._asked.items(), replies, strict=True):
            if reply is None:
                continue
            answer = Answer(reply)
            refusal = self._refusal(answer, request)
            came = DetailReading(connector, stream, refusal).read(answer)
            if not came.is_good:
                troubles.append((answer, came, refusal))
                continue
            page.found[place], gone = came.record, refusal if came.gone else gone
            where = (request.url, refusal.redactor)
            self._note(with_headers(self._position.facts, reply, self._names, where))
            until = used_up_until(reply, connector.rate_limit, self._plan.now())
            self.resume_at = max(filter(None, (self.resume_at, until)), default=None)
        outcomes = self._handed_on(page, gone)
        try:
            # Of several the first: where a session has ended, all of them say so.
            return outcomes + [self._trouble(*one) for one in troubles[:1]]
        except SluiceError:
            if not outcomes:
                raise
            return outcomes  # what came is handed on; asked for again, the trouble shows again

    def _handed_on(self, page: OpenedPage, gone: Refusal | None) -> list[Outcome]:
        """Return what came up to the first record that did not, as a page; none where that is the next."""
        number = self._position.pages + 1
        records, position = page.handed_on(self._position)
        within = position.within
        if within is None or within == self._position.within:
            return []
        if gone is not None and within.too_many_gone:
            raise all_gone(gone, within.gone, within.asked)
        self._opened = page if within.done else None
        whole = self._whole(records)
        self._go_on(self._behind(position), whole)
        return [Page(whole, number)]

    def _trouble(self, answer: Answer, came: DetailOutcome, refusal: Refusal) -> Outcome:
        if came.verdict is not None:
            return self._refused(answer, came.verdict, refusal)
        if came.unreadable is not None:
            return self._once_more(answer, came.unreadable)
        raise came.unlike or RuntimeError("a record came, and was taken for trouble")

    @property
    def _stream(self) -> Stream:
        """What is read, the list or its tombstones, with the page size that the ERP did not refuse."""
        stream, size = part_of(self._plan.stream, self._position), self._position.facts.size
        if self._position.deleting:
            return stream
        return replace(stream, pagination=replace(stream.pagination, size=size)) if size else stream

    @property
    def _reads_the_list(self) -> bool:
        return self._opened is None and not (self._stream.parents and self._parents is None)

    @property
    def _selection(self) -> Selection:
        return self._chosen.without_names(map(parse_path, self.refused)) if self.refused else self._chosen

    def _window(self) -> Window | None:
        return None if self._position.deleting else self.windows[self._position.window]

    def _scope(self, window: Window | None) -> Scope:
        plan, position = self._plan, self._position
        listed, listing = self._listing()
        return Scope(
            settings=plan.settings,
            secrets=plan.secrets,
            captured=self.session.values if self.session else {},
            now=plan.now(),
            page=page_words(listed.pagination, listing.page),
            since=asked_since(plan, position),
            window=window,
            selection=self._selection,
            parent=current_of(self._parents, position) if self._parents else {},
        )

    def _listing(self) -> tuple[Stream, Position]:
        """Return the list that is asked for next, and where it stands: the stream's, or its parents'."""
        stream = self._stream
        if stream.parents is not None and self._parents is None:
            return stream.parents.list, outer_of(self._position)
        return stream, self._position

    def _refusal(self, answer: Answer, request: Request) -> Refusal:
        auth = self._plan.connector.auth
        texts = credential_texts(auth, self._scope(None))
        if self._login_pending and auth.login is not None:
            texts += sent_credentials(auth.login, request)
        # What a good login says is its token, also where it says so in another way than we know.
        untold = self._login_pending and answer.reply.status < 300
        return Refusal(request.label, answer.reply, Redactor(texts), untold, request.url)
