"""The mock ERP itself: takes a request, gives the answer its vendor would give. No sockets in here.

Made from a connector: routes, login, paging, windows, field selection and error style are all read from it.
Safe to use from several threads.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import orjson

from sandbox import fields, pages
from sandbox.doors import Door, placed
from sandbox.exchange import Answer, Incoming
from sandbox.matching import Asked, Matcher
from sandbox.mishaps import Mishap, Mishaps, instead, spoilt
from sandbox.mutations import Mutation
from sandbox.options import Options, base_url_setting, expected_secrets, expected_settings
from sandbox.problems import Manners, Refused, filled
from sandbox.rates import RateGate
from sandbox.recipes import counted_key, recipe
from sandbox.routes import Routes, wanted
from sandbox.samples import World
from sandbox.shelves import Row, Shelf
from sluice.connector.spec import Connector, FoundIn, PageKind, Stream

LOGIN = "login"
REMEMBERED = 1_000
CACHED_CUTTERS = 64


class Sandbox:
    """A mock ERP. ``base_url`` is what requests to it begin with; it only stands in next-page addresses."""

    def __init__(self, connector: Connector, options: Options | None = None) -> None:
        self.connector = connector
        self.options = options or Options()
        self.secrets = expected_secrets(connector, self.options.secrets)
        self.settings = expected_settings(connector, self.options.settings)
        self.base_url = ""
        matcher = Matcher(self.settings, self.secrets)
        status = connector.sandbox.get("login_status", 200)
        self.door = Door(connector.auth, matcher, self.options.seed, self.options.token_ttl, status)
        self.routes = Routes(connector.streams, matcher)
        self.rates = RateGate(connector.rate_limit, self.options.rate)
        self.mishaps = Mishaps()
        self.mutations: list[Mutation] = []
        self.manners = Manners(connector.sandbox.get("problems", {}))
        self.shelves = self._filled_shelves()
        self.lock = threading.RLock()
        self.seen: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        self.counts: Counter[str] = Counter()
        self._cutters: dict[tuple[str, str], fields.Cutter] = {}

    def answer(self, request: Incoming) -> Answer:
        """Return the answer to a request below the base address; ``path`` is relative to it."""
        stream = ""
        headers: dict[str, str] = {}
        try:
            stream, asked = self._who(request)
            answer, headers = self._let_in(request, stream, asked)
        except Refused as problem:
            answer = self.manners.answer(problem.kind, str(problem))
        answer = replace(answer, headers={**headers, **answer.headers})
        self._remember(request, stream, answer)
        return answer

    def settings_to_use(self, base_url: str) -> dict[str, Any]:
        """Return the settings of a connection to this sandbox at ``base_url``."""
        name = base_url_setting(self.connector)
        return {**self.settings, **({name: base_url} if name else {})}

    def set_mutations(self, mutations: list[Mutation]) -> None:
        """Replace the changes of shape that are on."""
        with self.lock:
            self.mutations = mutations
            self._cutters.clear()

    def _filled_shelves(self) -> dict[str, Shelf]:
        sizes = self.options.sizes(self.connector)
        streams = self.connector.streams
        keys = {
            name: key_of
            for name, stream in streams.items()
            if len(stream.key) == 1 and (key_of := counted_key(stream.schema, stream.key[0])) is not None
        }
        world = World(self.options.today, sizes, keys)
        shelves = {}
        for name, stream in streams.items():
            shelf = Shelf(stream, recipe(name, stream.schema, world), self.options.seed)
            shelf.fill(sizes[name], self.options.today)
            shelves[name] = shelf
        return shelves

    def _who(self, request: Incoming) -> tuple[str, Asked | None]:
        if self.door.is_login(request):
            return LOGIN, None
        stream, asked = self.routes.find(request)
        return stream.name, asked

    def _let_in(self, request: Incoming, name: str, asked: Asked | None) -> tuple[Answer, dict[str, str]]:
        passes, headers = self.rates.enter() if asked else (True, {})
        if not passes:
            return self.manners.answer("throttled", "too many requests"), headers
        mishap = self.mishaps.next_for(name)
        if mishap and mishap.kind == "expire_tokens":
            self.door.expire_all()
        answer = self._mishap_answer(mishap) if mishap else None
        if answer is not None:
            return answer, headers
        if asked is None:
            answer = self.door.log_in(request)
        else:
            self.door.check(request)
            answer = self._page(self.connector.streams[name], request, asked, mishap)
        return (spoilt(mishap, answer) if mishap else answer), headers

    def _mishap_answer(self, mishap: Mishap) -> Answer | None:
        if mishap.kind == "status":
            headers = {"Retry-After": mishap.retry_after} if mishap.retry_after else {}
            kind = {401: "unauthorised", 404: "not_found", 429: "throttled"}.get(mishap.status, "other")
            return self.manners.answer(kind, "ordered fault", status=mishap.status, headers=headers)
        return instead(mishap)

    def _page(self, stream: Stream, request: Incoming, asked: Asked, mishap: Mishap | None) -> Answer:
        with self.lock:
            rows = self.shelves[stream.name].select(wanted(stream, asked))
            mutations = [one for one in self.mutations if one.stream == stream.name]
            cut = self._cutter(stream, asked, mutations)
        paging = stream.pagination
        cap = self.connector.sandbox.get("max_page_size", paging.size or pages.DEFAULT_SIZE)
        page = pages.read_slice(paging, request, asked, len(rows), cap)
        chosen = page.of(rows)
        if not chosen and paging.empty_status:
            return Answer(paging.empty_status)
        listed = orjson.Fragment(_listed(chosen, cut, mutations))
        if _is(mishap, "short_total"):
            page = replace(page, total=page.end)
        return self._reply(stream, request, page, None if _is(mishap, "drop_list_path") else listed)

    def _reply(
        self, stream: Stream, request: Incoming, page: pages.Slice, listed: orjson.Fragment | None
    ) -> Answer:
        paging = stream.pagination
        if not stream.records:
            return Answer.of_json(200, listed or {}, self._headers(stream, request, page))
        facts = {
            "offset": page.offset + (paging.start if paging.kind is PageKind.OFFSET else 0),
            "count": page.end - page.offset if page.offset < page.total else 0,
            "limit": page.size,
            "total": page.total,
            "status": 200,
        }
        body: Any = {}
        for where, value in self._told(stream, request, page):
            if where.path is not None:
                body = placed(body, where.path, value)
        body = {**body, **filled(self.connector.sandbox.get("envelope", {}), facts)}
        if listed is not None:
            body = placed(body, stream.records, listed)
        return Answer.of_json(200, body, self._headers(stream, request, page))

    def _headers(self, stream: Stream, request: Incoming, page: pages.Slice) -> dict[str, str]:
        told = self._told(stream, request, page)
        headers = {where.header: str(value) for where, value in told if where.header and value is not None}
        if stream.pagination.kind is PageKind.LINK_HEADER and page.has_more:
            headers["Link"] = f'<{self._next_address(request, page)}>; rel="next"'
        return headers

    def _told(self, stream: Stream, request: Incoming, page: pages.Slice) -> list[tuple[FoundIn, Any]]:
        """Return what the reply says about paging, and where."""
        paging = stream.pagination
        following = pages.cursor_of(page)
        if paging.kind is PageKind.NEXT_URL:
            following = self._next_address(request, page) if page.has_more else None
        told = [
            (paging.total, page.total),
            (paging.pages, -(-page.total // page.size)),
            (paging.next, following),
            (paging.more, page.has_more),
        ]
        return [(where, value) for where, value in told if where is not None]

    def _next_address(self, request: Incoming, page: pages.Slice) -> str:
        return f"{self.base_url}{request.path}?{urlencode(pages.next_query(page, request.query))}"

    def _cutter(self, stream: Stream, asked: Asked, mutations: list[Mutation]) -> fields.Cutter | None:
        if asked.fields in {None, ""} if not isinstance(asked.fields, list) else not asked.fields:
            return None
        name = (stream.name, str(asked.fields))
        if name not in self._cutters:
            schema: Mapping[str, Any] = stream.schema
            for mutation in mutations:
                schema = mutation.apply_to_schema(schema)
            tree = fields.read_tree(asked.fields, asked.fields_form, schema)
            fields.check(tree, schema, f"{stream.name.title().replace('_', '')}DTO")
            if len(self._cutters) >= CACHED_CUTTERS:
                self._cutters.clear()
            bare = asked.fields_form == "parentheses"
            self._cutters[name] = fields.cutter(tree, schema, bare_objects=bare)
        return self._cutters[name]

    def _remember(self, request: Incoming, stream: str, answer: Answer) -> None:
        with self.lock:
            self.counts[stream or "unknown"] += 1
            query = {name: value for name, value in request.query.items() if stream != LOGIN}
            self.seen.append(
                {
                    "stream": stream,
                    "method": request.method,
                    "path": request.path,
                    "query": query,
                    "status": answer.status,
                }
            )


def _is(mishap: Mishap | None, kind: str) -> bool:
    return mishap is not None and mishap.kind == kind


def _listed(rows: Any, cut: fields.Cutter | None, mutations: list[Mutation]) -> bytes:
    """Return the JSON list of the rows, cut and changed in shape where that is asked for."""
    if cut is None and not mutations:
        return b"[" + b",".join(row.body for row in rows) + b"]"
    return orjson.dumps([_served(row, cut, mutations) for row in rows])


def _served(row: Row, cut: fields.Cutter | None, mutations: list[Mutation]) -> Any:
    record = orjson.loads(row.body)
    for mutation in mutations:
        mutation.apply(record)
    return cut(record) if cut else record
