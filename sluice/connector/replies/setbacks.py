"""What a reading does about a reply that is not what was asked for: waits, asks again or otherwise, or stops.

It reads no records; where the reading goes on from is the position's business.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from sluice.connector.facts.facts import Facts
from sluice.connector.outcomes import Outcome, ReadPlan, Throttled, TryAgain
from sluice.connector.paging import PageState
from sluice.connector.paths import Path, parse_path, path_text
from sluice.connector.position import Standing
from sluice.connector.replies.answer import Answer
from sluice.connector.replies.challenges import other_scheme, scheme_of
from sluice.connector.replies.going_round import (
    begins_again,
    is_about_page_size,
    smaller_size,
    to_leave_out,
)
from sluice.connector.replies.named_fields import fields_refused
from sluice.connector.replies.refusals import Refusal
from sluice.connector.replies.verdicts import USUAL_THROTTLES, Verdict
from sluice.connector.replies.waiting import throttled_until
from sluice.connector.selection import Selection
from sluice.connector.session import Session
from sluice.connector.spec import Meaning, Stream
from sluice.errors import ApiChanged, SluiceError
from sluice.model.http import Request

_NOT_FOUND = 404


class Setbacks(Standing):
    """The part of a StreamReader that is about replies which are no page."""

    _plan: ReadPlan
    _request: Request | None
    _fresh_session: bool
    _asked_twice: set[str]
    _left_out: set[Path]
    session: Session | None
    resume_at: datetime | None

    @property
    def _stream(self) -> Stream:
        """The stream, as it is read now."""
        raise NotImplementedError

    @property
    def _selection(self) -> Selection:
        """The fields that are asked for."""
        raise NotImplementedError

    @property
    def _reads_the_list(self) -> bool:
        """Whether the last request was for a page of the stream's own list."""
        raise NotImplementedError

    def _refused(self, answer: Answer, verdict: Verdict, refusal: Refusal) -> Outcome:
        if verdict.means is Meaning.THROTTLED:
            return self._throttled(answer, verdict)
        if verdict.means is Meaning.SESSION_EXPIRED:
            return self._unauthorised(answer, refusal)
        deleting, detail = self._position.deleting, not self._reads_the_list
        if not deleting and not detail and is_about_page_size(self._stream.pagination, verdict, refusal):
            return self._with_smaller_pages(refusal)
        named = None if deleting else fields_refused(answer, verdict, self._selection.paths)
        if named is not None:
            return self._without_a_name(named, refusal)
        page = PageState() if detail else self._position.page
        on_first_page = not detail and verdict.rule is None and page.cursor is None
        if answer.reply.status == _NOT_FOUND and on_first_page and "404" not in self._asked_twice:
            self._asked_twice.add("404")
            return TryAgain("the list was not found; asking once more")
        evidence = {"tries": 2} if "404" in self._asked_twice else {}
        raise refusal.of_page(verdict, page, evidence)

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
