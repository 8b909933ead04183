"""Reads the reply to a request for one record."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from sluice.connector.expanding.below import check_parent_name
from sluice.connector.expanding.rows import check_rows, rows_of
from sluice.connector.paths import MISSING, look_up, path_text
from sluice.connector.replies.answer import Answer
from sluice.connector.replies.empties import without_false
from sluice.connector.replies.refusals import Refusal
from sluice.connector.replies.verdicts import Verdict, judged
from sluice.connector.spec import Connector, Stream
from sluice.errors import ApiChanged, SluiceError
from sluice.model.schema_faults import in_words
from sluice.model.structs import shown

GONE = frozenset({404, 410})


class DetailOutcome(Struct, frozen=True):
    """What a reply came to: a ``record``, or one that is ``gone``, or else what stands in the way.

    ``verdict`` is what the reply means by rules and status, ``unreadable`` the error of a body that is no
    JSON, ``unlike`` that of a body without the record.
    """

    record: dict[str, Any] | None = None
    gone: bool = False
    verdict: Verdict | None = None
    unreadable: SluiceError | None = None
    unlike: ApiChanged | None = None

    def __repr__(self) -> str:
        return shown(self, without={"record"})

    @property
    def is_good(self) -> bool:
        """Return whether it is known what became of the record."""
        return self.gone or self.record is not None


class DetailReading(Struct, frozen=True):
    """How the reply with one record of a stream is read."""

    connector: Connector
    stream: Stream
    refusal: Refusal

    def read(self, answer: Answer) -> DetailOutcome:
        """Return what the reply came to; what a rule of the connector says of it goes before."""
        verdict = judged(answer, self.stream.errors, self.connector.rate_limit)
        if verdict is not None and verdict.rule is None and answer.reply.status in GONE:
            return DetailOutcome(gone=True)
        if verdict is not None:
            return DetailOutcome(verdict=verdict)
        unreadable = self.refusal.of_body(answer)
        if unreadable is not None:
            return DetailOutcome(unreadable=unreadable)
        try:
            return DetailOutcome(self._record(answer))
        except ApiChanged as changed:
            return DetailOutcome(unlike=changed)

    def _record(self, answer: Answer) -> dict[str, Any]:
        """Return the record of a good reply; raises D13 or D11 where there is none, D50 for our names."""
        value = answer.value()
        where = self.stream.details.record if self.stream.details else ()
        found, place = look_up(value, where), path_text(where) or "the reply itself"
        # A field of that name may be the record's own.
        key = answer.error_key() if not where or not isinstance(found, dict) else None
        if key is not None and key not in self.stream.schema["properties"]:
            message = f"status 200 came with an error under {key!r}: {self.refusal.said()}"
            raise self.refusal.changed("D13", message, key, ("no error", "an error"))
        if not isinstance(found, dict):
            came = "nothing" if found is MISSING else f"a value of type {type(found).__name__}"
            message = f"expected a record at {place}, found {came}; the reply is {in_words(value)}"
            raise self.refusal.changed("D11", message, place, ("an object", came))
        record: dict[str, Any] = found
        check_rows(self.stream.rows, [record], self.refusal)
        check_parent_name(self.stream.parents, rows_of(self.stream.rows, [record]), self.refusal)
        return without_false(record, self.stream.schema) if self.stream.false_is_empty else record


def all_gone(refusal: Refusal, gone: int, asked: int) -> ApiChanged:
    """Return the error for a list of whose records more than half are not found."""
    message = f"{gone} of the {asked} records that the list named were not found: {refusal.said()}"
    seen = ("200", str(refusal.reply.status))
    return refusal.changed("D01", message, "status", seen, gone=gone, asked=asked)
