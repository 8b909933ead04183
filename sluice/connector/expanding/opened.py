"""A page of a list whose records are fetched one by one, in memory only: the position says how far."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sluice.connector.checks.shifts import MAX_RESTARTS, record_mark
from sluice.connector.expanding.declared import SLICE
from sluice.connector.expanding.within import Within
from sluice.connector.paths import Path, look_up, path_text
from sluice.connector.position import Position
from sluice.connector.replies.refusals import Refusal

Record = dict[str, Any]


class OpenedPage(Struct):
    """``records`` as the list gives them; ``after`` is the position behind the page.

    ``named_by`` are the fields that tell its records apart, ``at_once`` how many may be asked for at a time.
    ``found`` holds what came of a record ahead of its turn, by its place: None where it is gone.
    """

    named_by: tuple[Path, ...]
    records: list[Record]
    after: Position
    at_once: int = 1
    found: dict[int, Record | None] = field(default_factory=dict)

    def waiting(self, position: Position) -> list[int]:
        """Return the places of the records to ask for next: a slice at most, so that what came is kept."""
        done = _within(position).done
        ahead = range(done, min(len(self.records), done + SLICE * self.at_once))
        return [place for place in ahead if place not in self.found]

    def handed_on(self, position: Position) -> tuple[list[Record], Position]:
        """Return what came, in the order of the list and up to the first that did not, and the position then.

        After the last record of the page it is the one behind the page.
        """
        within, records = _within(position), []
        while within.done in self.found:
            record = self.found.pop(within.done)
            mark = record_mark(self.records[within.done], self.named_by)
            within = within.with_record(mark, gone=record is None)
            records += [] if record is None else [record]
        position = replace(position, within=within, records=position.records + len(records))
        return records, position if within.done < len(self.records) else self._behind(position, within)

    def _behind(self, position: Position, within: Within) -> Position:
        return replace(
            self.after,
            facts=position.facts.with_lists_of(self.after.facts),
            records=position.records,
            shifted=self.after.shifted or position.shifted,
            within=within.at_start(),
        )


def begun(page: OpenedPage, position: Position, refusal: Refusal) -> Position:
    """Return the position from which the page is gone through: where it was left, if it is the same page.

    If it is not, the list has shifted: it is gone through from its start, as often as MAX_RESTARTS, and then
    on from there; a record may have been missed. Raises D58 where a record does not say what names it.
    """
    named_by = page.named_by
    for place in named_by:
        absent = sum(not _names(record, place) for record in page.records)
        if absent:
            name = path_text(place)
            message = f"{absent} of {len(page.records)} records lack {name}, by which each is asked for"
            told = {"absent": absent, "records": len(page.records)}
            raise refusal.changed("D58", message, name, ("present", "absent"), **told)
    within = _within(position)
    done = within.done
    same = len(page.records) >= done
    if same and done:
        same = record_mark(page.records[done - 1], named_by) == within.last
    if same:
        return replace(position, within=within)
    again = within.at_start(shifted=True) if within.shifts < MAX_RESTARTS else within
    again = replace(again, done=min(again.done, len(page.records)))
    return replace(position, within=again, shifted=True)


def _within(position: Position) -> Within:
    return position.within or Within()


def _names(record: Record, path: tuple[str, ...]) -> bool:
    """Return whether a part of an address can be made of what stands there."""
    found = look_up(record, path)
    return isinstance(found, str | int) and not isinstance(found, bool) and str(found).strip(".") != ""
