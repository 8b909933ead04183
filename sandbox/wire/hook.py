"""What a change of the wire meets and where it may act: the hooks of a request on its way through the ERP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.exchange import Answer, Incoming
from sandbox.matching import Asked
from sandbox.pages import Slice, read_slice
from sandbox.problems import Manners
from sandbox.shelves import Filter, Row
from sluice.connector.paths import Path
from sluice.connector.spec import Connector, Stream

NO_END = 1 << 40


@dataclass(frozen=True, slots=True)
class Situation:
    """One request as a change meets it.

    ``stream`` and ``asked`` are None at the login. ``to`` is the change's argument, ``turn`` how many
    requests it has met before this one, ``page`` the page that is answered, once that is known.
    """

    request: Incoming
    connector: Connector
    manners: Manners
    base_url: str
    to: str = ""
    turn: int = 0
    stream: Stream | None = None
    asked: Asked | None = None
    page: Slice | None = None

    def problem(self, kind: str, status: int, message: str, **headers: str) -> Answer:
        """Return an error answer in the vendor's style; ``_`` in header names stands for ``-``."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.manners.answer(kind, message, status=status, headers=named)

    def wanted_page(self) -> Slice | None:
        """Return where and how much the request asks for, before any limit; None where it does not say."""
        if self.stream is None or self.asked is None or self.asked.record is not None:
            return None
        return read_slice(self.stream.pagination, self.request, self.asked, NO_END, NO_END)


Gate = Callable[[Situation], Answer | None]
Rows = Sequence[Row]
Describes = Callable[[dict[str, Any], Path], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Wire:
    """A variant of a change on the wire, with its hooks in the order in which a request passes them.

    ``login`` and ``gate`` answer in place of the ERP (None: not this time), ``wanted`` changes what is
    selected, ``rows`` which records there are, ``paged`` which of them this page holds, ``answered`` the
    answer. ``sets`` names what of the ERP is set as long as the change is on: ``token_ttl``, ``rate``,
    ``unmarked`` or ``sessions_end``. ``describes`` changes the published description alone. ``fits`` says
    why a stream cannot show it (empty: it can). ``whole``: it is a matter of the connection, not of one
    stream. ``number``: the argument is a number above zero.
    """

    code: str
    name: str
    title: str
    argument: str = ""
    login: Gate | None = None
    gate: Gate | None = None
    wanted: Callable[[Situation, Filter], Filter] | None = None
    rows: Callable[[Situation, Rows], Rows] | None = None
    paged: Callable[[Situation, Slice], Slice] | None = None
    answered: Callable[[Situation, Answer], Answer] | None = None
    sets: str = ""
    describes: Describes | None = None
    fits: Callable[[Stream], str] | None = None
    whole: bool = False
    number: bool = False
