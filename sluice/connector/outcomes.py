"""What a reply came to, for whoever drives a StreamReader."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field

from sluice.connector.expanding.window import Window
from sluice.connector.selection import Selection
from sluice.connector.session import Session
from sluice.connector.spec import Connector, Stream
from sluice.model.secret import Secret
from sluice.model.structs import shown


def _utc_now() -> datetime:
    return datetime.now(UTC)


class ReadPlan(Struct, frozen=True):
    """One reading of one stream for one connection.

    ``settings`` are complete (see sluice.connector.settings); ``since`` is the watermark in ISO 8601 UTC
    or a row version, None for a whole read; ``started_at`` is aware UTC; ``position`` goes on with an
    earlier reading, whose own start and watermark then hold. ``now`` tells the time, for sessions and waits.
    ``known`` is what the contract knows of earlier replies (its ``wire``). ``goes_round_fields``: a field
    that the ERP refuses by its name is asked for by a wildcard, and told in the reader's ``refused``;
    only for callers that hold the records against a contract before they believe them. ``windows``: these are
    read in place of those that the stream says.
    """

    connector: Connector
    stream: Stream
    settings: Mapping[str, Any]
    secrets: Mapping[str, Secret]
    selection: Selection
    since: str | None
    started_at: datetime
    position: Mapping[str, Any] | None = None
    session: Session | None = None
    now: Callable[[], datetime] = _utc_now
    known: Mapping[str, Any] = field(default_factory=dict)
    goes_round_fields: bool = False
    windows: Sequence[Window | None] | None = None

    def __repr__(self) -> str:
        return shown(self, without={"secrets", "now", "known"})


class Page(Struct, frozen=True):
    """A page's ``records``, parsed or RawRecords; ``number`` counts the pages from 1, over all windows.

    ``tombstones``: the ERP has deleted these records, and nothing but their keys is here.
    """

    records: Sequence[dict[str, Any]]
    number: int
    tombstones: bool = False

    def __repr__(self) -> str:
        return shown(self, without={"records"})


class LoggedIn(Struct, frozen=True):
    """A session was opened: the reader's ``session`` is to be stored; the page comes next."""


class Throttled(Struct, frozen=True):
    """The ERP asks for patience: nothing is to be sent before ``resume_at`` (aware UTC).

    ``ours``: nothing was sent, because our own budget of requests has no room sooner. ``shared``: nothing was
    sent, because the ERP has asked another connection that shares the limit.
    """

    resume_at: datetime
    ours: bool = False
    shared: bool = False


class TryAgain(Struct, frozen=True):
    """The same page is to be asked for once more at once, or a list that shifted from its start.

    ``why`` says what came.
    """

    why: str


class Listed(Struct, frozen=True):
    """A page of a list came whose ``records`` are now asked for one by one."""

    records: int


Outcome = Page | LoggedIn | Throttled | TryAgain | Listed
