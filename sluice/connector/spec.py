"""What a connector says, as frozen values: the outcome of loading, the input of reading.

Nothing here checks anything: sluice.connector.load does, and says what is wrong with line numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from sluice.connector.checks.only import Only
from sluice.connector.checks.tombstones import Deletions
from sluice.connector.limits import Limit
from sluice.connector.paths import Path
from sluice.connector.values import Value

if TYPE_CHECKING:
    from sluice.connector.expanding.declared import Details, Parents, Rows

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


class Place(Struct, frozen=True):
    """Where a paging parameter goes: ``query``, ``header`` or ``body``.

    Without a name the request's own values say it, with {page: ...}.
    """

    where: str
    name: str = ""


class FoundIn(Struct, frozen=True):
    """Where a paging answer stands: at ``path`` in the body, or in ``header``."""

    path: Path | None = None
    header: str = ""

    def __str__(self) -> str:
        return f"the header {self.header}" if self.path is None else ".".join(self.path)


class Pagination(Struct, frozen=True):
    """How a list is paged. ``at`` is the place of the offset, number or cursor.

    ``overlap``: a page is asked for from the last record of the one before (offsets only).
    ``null_is_empty`` and ``absent_is_empty``: what may stand for an empty list. ``first``: the cursor that
    asks for the first page, None where none does.
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
    null_is_empty: bool = False
    absent_is_empty: bool = False
    first: str | int | None = None


class RequestSpec(Struct, frozen=True):
    """A request to plan; ``body`` None sends none."""

    method: str = "GET"
    headers: Values = field(default_factory=dict)
    query: Values = field(default_factory=dict)
    body: Value | None = None


class Login(Struct, frozen=True):
    """The request that opens a session; ``form`` or ``request.body`` is sent.

    It goes to ``path`` below the base URL, or to ``url``, an absolute address of its own.
    """

    path: str
    request: RequestSpec
    path_parameters: Values = field(default_factory=dict)
    form: Values | None = None
    url: Value | None = None


class Authorization(Struct, frozen=True):
    """How a person lets us in with a browser (RFC 6749, 4.1; RFC 7636).

    ``parameters`` go into the address of the vendor's page at ``url``, beside those that the protocol
    names. ``exchange`` gives the code that came back for tokens; it refers to the captured ``code``,
    ``redirect_uri`` and ``code_verifier``.
    """

    url: Value
    client_id: Value
    exchange: Login
    scope: Value | None = None
    parameters: Values = field(default_factory=dict)


class Lasting(Struct, frozen=True):
    """How long what is kept of a login holds when it rests: ``days``, as the page at ``source`` says.

    ``told`` is where a login's reply tells the seconds itself, () where it does not.
    """

    days: int
    source: str
    told: Path = ()


class Auth(Struct, frozen=True):
    """How requests are authenticated: every kind comes down to headers and query, sessions have a login.

    ``expires_at`` is a path into the login's reply; ``expires_after`` is in seconds. Captured names in
    ``kept`` outlive the session: a reply that leaves one out lets the one before stand. ``is_token``: the
    login is a token request, whose reply must name no other token type than Bearer (RFC 6749, 5.1).
    ``rotating``: each login spends what is kept and gives a new one, so that two at once are one too many.
    ``lasting`` says how long what is kept holds, None where that is not known.
    """

    kind: str
    headers: Values = field(default_factory=dict)
    query: Values = field(default_factory=dict)
    login: Login | None = None
    capture: Mapping[str, Path] = field(default_factory=dict)
    expires_at: Path | None = None
    expires_after: int | None = None
    kept: frozenset[str] = frozenset()
    is_token: bool = False
    rotating: bool = False
    authorization: Authorization | None = None
    lasting: Lasting | None = None


class RateLimit(Struct, frozen=True):
    """Header names; at ``keep`` or fewer remaining requests the next one waits.

    ``reset_in`` is ``seconds`` (from now) or ``epoch``.
    """

    remaining: str
    reset: str
    reset_in: str = "seconds"
    keep: int = 0


class ErrorRule(Struct, frozen=True):
    """A reply that fits (``statuses`` empty = any; ``test`` of what is at ``path``) means ``means``.

    ``test`` is ``exists``, ``contains`` or ``equals``, ``wanted`` its argument; "" tests the status alone.
    ``wait`` is how many seconds THROTTLED waits where the reply does not say.
    """

    means: Meaning
    statuses: frozenset[int] = frozenset()
    path: Path = ()
    test: str = ""
    wanted: Any = None
    change: str = ""
    wait: float | None = None


class Incremental(Struct, frozen=True):
    """How to ask for changes only; the next read asks from the time this one began, minus the lookback.

    ``highest``: it asks from the highest row version seen instead, which stands there in each record.
    ``check`` is the field in which each record then shows a date no earlier than was asked for.
    """

    query: Values
    headers: Values
    lookback_minutes: int
    whole_read_every_hours: int | None
    highest: Path | None = None
    check: Path | None = None


class Windows(Struct, frozen=True):
    """Half-open windows of ``days`` from the day ``start`` to ``to_days_ahead`` after today, inclusive.

    ``check`` is the field in which each record shows a date inside its window.
    """

    query: Values
    headers: Values
    start: Value
    days: int
    to_days_ahead: int = 0
    check: Path | None = None


class Ranges(Struct, frozen=True):
    """How a backfill asks for the keys from one whole number to before another; other reads do not.

    ``field`` is where each record shows its key.
    """

    query: Values
    headers: Values
    field: Path


class Stream(Struct, frozen=True):
    """One collection. ``request`` and ``errors`` hold the connector's already.

    ``order`` is the field by which the request asks for the list to be sorted, ``omits_empty`` says that the
    vendor leaves out fields without a value, ``false_is_empty`` that it writes them as false.
    ``all_fields``: all of them may be asked for in place of one that the ERP refuses. ``details``: the list
    gives ids, and each record has a request of its own. ``rows``: what is read are documents, and their rows
    are the records; what ``order`` and checks name is then kept of the documents. ``schema`` and ``sandbox``
    are as declared. ``base_url``: what paths are added to, where it is not the connector's.
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
    ranges: Ranges | None = None
    details: Details | None = None
    parents: Parents | None = None
    rows: Rows | None = None
    only: Only | None = None
    deletions: Deletions | None = None
    order: Path | None = None
    descending: bool = False
    omits_empty: bool = False
    false_is_empty: bool = False
    all_fields: bool = True
    personal: bool = False
    base_url: Value | None = None
    sandbox_records: int = 100
    sandbox: Mapping[str, Any] = field(default_factory=dict)


class SecretSpec(Struct, frozen=True):
    """A credential that a connection gives; ``expires_on`` is the setting with its last day, "" for none."""

    name: str
    title: str
    description: str = ""
    optional: bool = False
    expires_on: str = ""


class Published(Struct, frozen=True):
    """Where the vendor publishes a description of the API: at ``path`` below the base URL, or at ``url``.

    It speaks of what is at the connector's base URL, and of no stream at another. ``kind`` is openapi, odata,
    graphql, json_schema or tryton, which has no place of its own: the streams' models are asked.
    ``authenticated``: it is shown to logged-in clients only.
    """

    kind: str
    path: str = ""
    path_parameters: Values = field(default_factory=dict)
    url: Value | None = None
    authenticated: bool = False


class Connector(Struct, frozen=True):
    """One ERP's API. ``settings`` is the JSON Schema of a connection's settings; ``streams`` by name.

    ``request``, ``records``, ``pagination``, ``omits_empty`` and ``false_is_empty`` are what streams take
    over unless they say otherwise; ``version_header`` is where replies name the API's version; ``sandbox``
    is as declared.
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
    limits: tuple[Limit, ...] = ()
    published: Published | None = None
    version_header: str = ""
    omits_empty: bool = False
    false_is_empty: bool = False
    sandbox: Mapping[str, Any] = field(default_factory=dict)
