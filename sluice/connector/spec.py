"""What a connector says, as frozen values: the outcome of loading, the input of reading.

Nothing here checks anything: sluice.connector.load does, and says what is wrong with line numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sluice.connector.paths import Path
from sluice.connector.values import Value

Values = Mapping[str, Value]


class PageKind(StrEnum):
    """The ways in which an ERP cuts a list into pages."""

    OFFSET = "offset"
    PAGE = "page"
    CURSOR = "cursor"
    NEXT_URL = "next_url"
    LINK_HEADER = "link_header"
    SINGLE = "single"


class Meaning(StrEnum):
    """What an error reply means, as connectors may say it."""

    CREDENTIALS_REJECTED = "credentials_rejected"
    SESSION_EXPIRED = "session_expired"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    API_CHANGED = "api_changed"
    CONFIGURATION_INVALID = "configuration_invalid"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a paging parameter goes: ``query``, ``header`` or ``body`` (whose value says so itself)."""

    where: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class FoundIn:
    """Where a paging answer stands: at ``path`` in the body, or in ``header``."""

    path: Path | None = None
    header: str = ""

    def __str__(self) -> str:
        return f"the header {self.header}" if self.path is None else ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Pagination:
    """How a list is paged. ``at`` is the place of the offset, number or cursor.

    ``overlap``: a page is asked for from the last record of the one before (offsets only).
    """

    kind: PageKind
    at: Place | None = None
    limit: Place | None = None
    size: int = 0
    start: int = 0
    total: FoundIn | None = None
    pages: FoundIn | None = None
    next: FoundIn | None = None
    more: FoundIn | None = None
    short_page_ends: bool = False
    ends_at_total: bool = True
    overlap: bool = False
    empty_status: int | None = None


@dataclass(frozen=True, slots=True)
class RequestSpec:
    """A request to plan; ``body`` None sends none."""

    method: str = "GET"
    headers: Values = field(default_factory=dict)
    query: Values = field(default_factory=dict)
    body: Value | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """The request that opens a session; ``form`` or ``request.body`` is sent."""

    path: str
    request: RequestSpec
    path_parameters: Values = field(default_factory=dict)
    form: Values | None = None


@dataclass(frozen=True, slots=True)
class Auth:
    """How requests are authenticated: every kind comes down to headers and query, sessions have a login.

    ``expires_at`` is a path into the login's reply; ``expires_after`` is in seconds.
    """

    kind: str
    headers: Values = field(default_factory=dict)
    query: Values = field(default_factory=dict)
    login: Login | None = None
    capture: Mapping[str, Path] = field(default_factory=dict)
    expires_at: Path | None = None
    expires_after: int | None = None


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Header names; at ``keep`` or fewer remaining requests the next one waits.

    ``reset_in`` is ``seconds`` (from now) or ``epoch``.
    """

    remaining: str
    reset: str
    reset_in: str = "seconds"
    keep: int = 0


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """A reply that fits (``statuses`` empty = any; ``test`` of what is at ``path``) means ``means``.

    ``test`` is ``exists``, ``contains`` or ``equals``, ``wanted`` its argument; "" tests the status alone.
    """

    means: Meaning
    statuses: frozenset[int] = frozenset()
    path: Path = ()
    test: str = ""
    wanted: Any = None
    change: str = ""


@dataclass(frozen=True, slots=True)
class Incremental:
    """How to ask for changes only; the next read asks from the time this one began, minus the lookback.

    ``check`` is the field in which each record then shows a date no earlier than was asked for.
    """

    query: Values
    headers: Values
    lookback_minutes: int
    whole_read_every_hours: int | None
    watermark: str = "request_time"
    check: Path | None = None


@dataclass(frozen=True, slots=True)
class Windows:
    """Half-open windows of ``days`` from the day ``start`` to ``to_days_ahead`` after today, inclusive.

    ``check`` is the field in which each record shows a date inside its window.
    """

    query: Values
    headers: Values
    start: Value
    days: int
    to_days_ahead: int = 0
    check: Path | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """One collection. ``request`` and ``errors`` hold the connector's already.

    ``order`` is the field by which the request asks for the list to be sorted, ``omits_empty`` says that the
    vendor leaves out fields without a value. ``all_fields``: all of them may be asked for in place of one
    that the ERP refuses. ``schema`` and ``sandbox`` are as declared.
    """

    name: str
    title: str
    path: str
    key: tuple[Path, ...]
    request: RequestSpec
    records: Path
    pagination: Pagination
    schema: Mapping[str, Any]
    path_parameters: Values = field(default_factory=dict)
    description: str = ""
    errors: tuple[ErrorRule, ...] = ()
    incremental: Incremental | None = None
    windows: Windows | None = None
    order: Path | None = None
    descending: bool = False
    omits_empty: bool = False
    all_fields: bool = True
    personal: bool = False
    sandbox_records: int = 100
    sandbox: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SecretSpec:
    """A credential that a connection gives."""

    name: str
    title: str
    description: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """Where the vendor publishes a description of the API: at ``path`` below the base URL, or at ``url``.

    ``kind`` is openapi, odata, graphql, json_schema or tryton, which has no place of its own: the streams'
    models are asked. ``authenticated``: it is shown to logged-in clients only.
    """

    kind: str
    path: str = ""
    path_parameters: Values = field(default_factory=dict)
    url: Value | None = None
    authenticated: bool = False


@dataclass(frozen=True, slots=True)
class Connector:
    """One ERP's API. ``settings`` is the JSON Schema of a connection's settings; ``streams`` by name.

    ``request``, ``records``, ``pagination`` and ``omits_empty`` are what streams take over unless they say
    otherwise; ``version_header`` is where replies name the API's version; ``sandbox`` is as declared.
    """

    name: str
    title: str
    base_url: Value
    auth: Auth
    streams: Mapping[str, Stream]
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, SecretSpec] = field(default_factory=dict)
    description: str = ""
    documentation: str = ""
    rate_limit: RateLimit | None = None
    errors: tuple[ErrorRule, ...] = ()
    request: RequestSpec = field(default_factory=RequestSpec)
    records: Path | None = None
    pagination: Pagination | None = None
    concurrency: int = 4
    published: Published | None = None
    version_header: str = ""
    omits_empty: bool = False
    sandbox: Mapping[str, Any] = field(default_factory=dict)
