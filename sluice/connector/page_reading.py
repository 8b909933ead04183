"""Reads a good reply as a page: its records, and where the reading stands after it.

It believes neither a missing list, nor an empty page before the announced total, nor the same page twice,
nor a page that does not begin where the page before ended, nor records that do not keep the filter and the
order that were asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.connector.checks.filters import KeySpan, Span, held_against
from sluice.connector.checks.order import disorder, sorted_values
from sluice.connector.checks.row_versions import versions_of
from sluice.connector.checks.shifts import (
    MAX_RESTARTS,
    fingerprint,
    has_moved,
    has_shrunk,
    may_have_grown,
    overlap_mark,
)
from sluice.connector.checks.tombstones import Deletions, after_tombstones, keys_only
from sluice.connector.facts.pages import after_good_page, after_list
from sluice.connector.paging import (
    BadCursor,
    GoesRound,
    PageReply,
    PageState,
    StoppedEarly,
    TotalMissed,
    after_page,
)
from sluice.connector.paths import MISSING, look_up, path_text
from sluice.connector.planning import without_credentials
from sluice.connector.position import Position
from sluice.connector.replies.answer import Answer
from sluice.connector.replies.empties import without_false
from sluice.connector.replies.refusals import Refusal
from sluice.connector.spec import Connector, PageKind, Stream
from sluice.model.raw_records import RawRecords
from sluice.model.schema_faults import in_words
from sluice.model.structs import shown

MAX_PAGES = 200_000
"""Pages of one reading: far beyond any ERP's list, so a list that is longer goes round."""

Records = Sequence[dict[str, Any]]
"""Parsed, or RawRecords."""

_ADDRESSES = frozenset({PageKind.NEXT_URL, PageKind.LINK_HEADER})


class PageOutcome(Struct, frozen=True):
    """The page's new records and the position after it; None: ask again from there, ``why`` says why."""

    position: Position
    records: Records | None
    why: str = ""

    def __repr__(self) -> str:
        return shown(self, without={"records"})


class PageReading(Struct, frozen=True):
    """How a page of one stream is read; ``spans`` are the days or keys that its filters let pass.

    ``tombstones``: the page lists what was deleted; its records are then their keys alone.
    """

    connector: Connector
    stream: Stream
    refusal: Refusal
    spans: tuple[Span | KeySpan, ...] = ()
    tombstones: Deletions | None = None

    def read(self, answer: Answer, position: Position, *, windows: int, empty: bool) -> PageOutcome:
        """Return the outcome of a reply with a good status; ``empty``: it is an empty page by its status.

        Raises ApiChanged.
        """
        value = None if empty else answer.value()
        records = [] if empty else self._records(answer, value)
        self._hold_against_filters(records)
        before, pagination = position.page, self.stream.pagination
        overlap = min(len(records), before.last is not None)
        page = PageReply(answer.reply, value, records, self.refusal.url, overlap)
        page = replace(page, total=page.number(pagination.total))
        moved = has_moved(before, page, self.stream.key)
        again = fingerprint(records) in position.seen
        if again and (position.shifts or not may_have_grown(pagination, before, page)):
            raise self._round(f"the page has the same {len(records)} records as one before it")
        if again or (moved and position.shifts < MAX_RESTARTS):
            # After the same pages: where they differ, the list shifted once more while it was read.
            edge = " ".join(position.seen) if before.last and not records else ""
            if edge and edge == position.edge:
                raise self._stopped_early(
                    StoppedEarly("nothing comes from the last record on, not even itself")
                )
            return PageOutcome(position.with_restart(edge), None, "the list has shifted; reading it again")
        if self._is_in_disorder(records, tried=position.tried):
            again_why = "the page is not in the order that was asked for"
            return PageOutcome(replace(position, tried=True), None, again_why)
        if moved or has_shrunk(pagination, before, page):
            position = position.with_shift(unchecked=moved)
        position = replace(position, highest=self._highest(records, position))
        given = self._own(records if moved else records[overlap:])
        outcome = self._outcome(page, given, position, windows)
        return outcome if self.tombstones is None else self._buried(outcome, position, len(records))

    def _outcome(self, page: PageReply, given: Records, position: Position, windows: int) -> PageOutcome:
        """Return the outcome of a page that may be believed, of which the records ``given`` are handed on."""
        pagination = self.stream.pagination
        try:
            after = after_page(pagination, position.page, page)
        except GoesRound as err:
            raise self._round(str(err)) from err
        except BadCursor as err:
            raise self._bad_cursor(str(err)) from err
        except StoppedEarly as err:
            if position.tried:
                raise self._stopped_early(err) from err
            return PageOutcome(replace(position, tried=True), None, str(err))
        position = position.with_facts(after_good_page(position.facts, self.stream, position.page, page))
        if after is None:
            ended = after_list(position.facts, pagination, position.page, page)
            return PageOutcome(position.with_facts(ended).with_window_ended(len(given), windows), given)
        if position.pages >= MAX_PAGES:
            raise self._round(f"the list does not end within {MAX_PAGES} pages")
        checked = position.shifts <= MAX_RESTARTS
        last = overlap_mark(pagination, page.records, self.stream.key) if checked else None
        after = replace(self._kept(position.page, after), last=last)
        return PageOutcome(position.with_page(after, fingerprint(page.records), len(given)), given)

    def _records(self, answer: Answer, value: Any) -> Records:
        found = look_up(value, self.stream.records)
        if isinstance(found, RawRecords):
            return found
        place = path_text(self.stream.records) or "the reply itself"
        # An empty list beside an error is no empty list.
        key = None if isinstance(found, list) and found else answer.error_key()
        if key is not None:
            message = f"status 200 came with an error under {key!r}: {self.refusal.said()}"
            raise self.refusal.changed("D13", message, key, ("no error", "an error"))
        if self._stands_for_empty(found, value):
            return []
        if not isinstance(found, list):
            came = "nothing" if found is MISSING else f"a value of type {type(found).__name__}"
            message = f"expected a list of records at {place}, found {came}; the reply is {in_words(value)}"
            raise self.refusal.changed("D11", message, place, ("a list", came))
        for number, record in enumerate(found):
            if not isinstance(record, dict):
                message = f"record {number} of {len(found)} at {place} is no object"
                raise self.refusal.changed("D50", message, place, ("an object", type(record).__name__))
        schema = self.stream.schema
        return [without_false(record, schema) for record in found] if self.stream.false_is_empty else found

    def _stands_for_empty(self, found: Any, value: Any) -> bool:
        """Return whether the connector says that what stands in place of the list is an empty one.

        An absent list is believed only where no other list stands beside it: it could be ours, renamed.
        """
        pagination = self.stream.pagination
        if found is not MISSING or not pagination.absent_is_empty:
            return found is None and pagination.null_is_empty
        around = look_up(value, self.stream.records[:-1])
        return isinstance(around, dict) and not any(isinstance(one, list) for one in around.values())

    def _kept(self, before: PageState, page: PageState) -> PageState:
        """Return the state as it may be stored: an address without the credentials that it may carry."""
        if self.stream.pagination.kind not in _ADDRESSES or not isinstance(page.cursor, str):
            return page
        address = without_credentials(page.cursor, self.connector.auth)
        if address == before.cursor:
            raise self._round("the address of the next page is the one of this page")
        if self.refusal.redactor.holds(address):
            raise self._bad_cursor("the address of the next page holds a credential, so it cannot be kept")
        return replace(page, cursor=address)

    def _round(self, message: str) -> Exception:
        return self.refusal.changed("D32", message, "paging", ("a new page", "the same again"))

    def _bad_cursor(self, message: str) -> Exception:
        return self.refusal.changed("D31", message, "paging", ("a cursor to follow", "another"))

    def _stopped_early(self, error: StoppedEarly) -> Exception:
        code = "D33" if isinstance(error, TotalMissed) else "D30"
        message = f"{error}, also when asked for again"
        return self.refusal.changed(code, message, "paging", ("all records", "fewer"), tries=2)

    def _is_in_disorder(self, records: Records, *, tried: bool) -> bool:
        """Return whether the page has to be asked for again because of its order; raises D34 where it was."""
        order = self.stream.order
        if order is None:
            return False
        found = disorder(sorted_values(records, order), descending=self.stream.descending)
        if found is None or not tried:
            return found is not None
        place = path_text(order)
        message = f"{found.pairs} of {len(records)} records stand before one that {place} sorts them behind"
        example = {"example": list(found.example), "pairs": found.pairs, "records": len(records), "tries": 2}
        raise self.refusal.changed("D34", message, place, ("sorted", "in another order"), **example)

    def _buried(self, outcome: PageOutcome, before: Position, came: int) -> PageOutcome:
        """Return the outcome of a page of tombstones; ``came`` is how many records it had. Raises D57."""
        if outcome.records is None or self.tombstones is None:
            return outcome
        keys = keys_only(self.tombstones, outcome.records)
        if keys is None:
            place = " and ".join(map(path_text, self.stream.key))
            message = f"a tombstone lacks {place}, which says what was deleted"
            raise self.refusal.changed("D57", message, place, ("present", "absent"), records=came)
        after = after_tombstones(self.tombstones, before, outcome.position, (came, len(keys)))
        return PageOutcome(after, keys)

    def _own(self, records: Records) -> Records:
        """Return the records that are this stream's; raises D48, D55 or D58 where that cannot be told."""
        only = self.stream.only
        if only is None:
            return records
        found, untold = only.split(records)
        if untold is None:
            return found
        place, seen = path_text(only.path), (untold.wanted, untold.came)
        message = f"{place} tells which records are this stream's; it is {untold.came}, not {untold.wanted}"
        raise self.refusal.changed(untold.code, message, place, seen, records=len(records))

    def _highest(self, records: Records, position: Position) -> str | None:
        """Return the highest row version so far; raises D35, D48 or D58 where versions are wrong."""
        path = self.stream.incremental.highest if self.stream.incremental else None
        if path is None:
            return position.highest
        found, place = versions_of(records, path, position.highest, position.since), path_text(path)
        told = {"records": found.records}
        if found.absent:
            message = f"{found.absent} of {found.records} records lack {place}, the next read asks from it"
            told |= {"absent": found.absent}
            raise self.refusal.changed("D58", message, place, ("present", "absent"), **told)
        if found.example:
            message = f"{place} is no row version that can be compared: {found.example}"
            raise self.refusal.changed("D48", message, place, ("a row version", found.example), **told)
        if found.below:
            message = f"{found.below} of {found.records} records have a {place} below the one asked from"
            seen = ("records of the filter", "others too")
            raise self.refusal.changed("D35", message, place, seen, outside=found.below, **told)
        return found.highest

    def _hold_against_filters(self, records: Records) -> None:
        """Raise D35 where a record lies outside what was asked for, D58 where it cannot be told."""
        for span in self.spans:
            found, place = held_against(records, span), path_text(span.path)
            told = {"records": found.records, "sent": str(span)}
            if found.outside:
                message = (
                    f"{found.outside} of {found.records} records lie outside the filter that was sent: {span}"
                )
                told |= {"outside": found.outside, "examples": list(found.examples)}
                told |= {"days_off": found.days} if isinstance(span, Span) else {}
                raise self.refusal.changed(
                    "D35", message, place, ("records of the filter", "others too"), **told
                )
            if found.absent:
                message = f"{found.absent} of {found.records} records lack {place}, which filters the list"
                told |= {"absent": found.absent}
                raise self.refusal.changed("D58", message, place, ("present", "absent"), **told)
