"""The mock ERP itself: takes a request, gives the answer its vendor would give. No sockets in here.

Made from a connector: routes, login, paging, windows, field selection and error style are all read from it.
Safe to use from several threads.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import orjson

from sandbox import details, fields, pages
from sandbox.active import Active, rate_gate, set_door
from sandbox.doors import Door
from sandbox.exchange import Answer, Incoming
from sandbox.making.recipes import counted_key, recipe
from sandbox.making.rows import served_rows
from sandbox.making.samples import World
from sandbox.matching import Asked, Matcher
from sandbox.mishaps import Mishap, Mishaps, instead, spoilt
from sandbox.mutations import Mutation, read_mutation
from sandbox.mutations.ordering import checked, of_connection
from sandbox.options import Options, expected_secrets, expected_settings, own_addresses
from sandbox.problems import Manners, Refused
from sandbox.rates import RateGate, Warden
from sandbox.replying import Changes, Reply, listed, sharing, together
from sandbox.routes import Routes, wanted
from sandbox.shelves import FIRST_VERSION, Filling, Filter, Row, Shelf
from sandbox.tombstones import answer_tombstones
from sandbox.wire.hook import Situation, Wire
from sandbox.wire.published import Description
from sluice.connector.expanding.rows import documents_of
from sluice.connector.spec import Connector, Stream

LOGIN = "login"
REMEMBERED = 1_000
CACHED_CUTTERS = 64


@dataclass(slots=True)
class Visit:
    """One request on its way: for whom, what it asks, which mutations it meets, which page it gets."""

    request: Incoming
    stream: str = ""
    asked: Asked | None = None
    met: list[tuple[Wire, str, int]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    page: pages.Slice | None = None


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
        self.warden = Warden(connector, enforced=self.options.bans)
        self.mishaps = Mishaps()
        self.active = Active()
        self.description = Description(connector, self.active)
        self.manners = Manners(connector.sandbox.get("problems", {}))
        self.shelves = self._filled_shelves()
        self.lock = threading.RLock()
        self.seen: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        self.counts: Counter[str] = Counter()
        self._cutters: dict[tuple[str, str], fields.Cutter] = {}
        for text in self.options.mutations:
            self.mutate(read_mutation(text))

    def answer(self, request: Incoming) -> Answer:
        """Return the answer to a request below the base address; ``path`` is relative to it."""
        key = self.warden.enter(request)
        if key is None:
            answer = self.manners.answer("other", "this key is banned", status=403)
            self._remember(request, "banned", answer)
            return answer
        answer = self._answered(request)
        self.warden.leave(key, answer.status)
        return answer

    def _answered(self, request: Incoming) -> Answer:
        if self.door.tokens.gives_codes(request):
            answer = self.door.tokens.code(request)
            self._remember(request, LOGIN, answer)
            return answer
        visit = Visit(request)
        try:
            if self.description.answers(request):
                return self._described(request)
            visit.stream, visit.asked = self._who(request)
            with self.lock:
                visit.met = self.active.on_wire(visit.stream, login=visit.asked is None)
            answer = self._let_in(visit)
        except Refused as problem:
            answer = self.manners.answer(problem.kind, str(problem))
        answer = self._afterwards(visit, answer) if visit.met else answer
        answer = replace(answer, headers={**visit.headers, **answer.headers})
        self._remember(request, visit.stream, answer)
        return answer

    def settings_to_use(self, base_url: str) -> dict[str, Any]:
        """Return the settings of a connection to this sandbox at ``base_url``."""
        return {**self.settings, **own_addresses(self.connector, self.settings, base_url)}

    def _base_of(self, request: Incoming) -> str:
        """Return what requests to the host of this one begin with."""
        return str(self.settings_to_use(self.base_url)[request.host]) if request.host else self.base_url

    def mutate(self, ordered: Mutation, *, on: bool = True) -> None:
        """Turn a mutation on, or off whatever its argument; raises ValueError with what would be right."""
        with self.lock:
            found = checked(ordered, self.connector, self._held) if on else of_connection(ordered)
            rest = self.active.without(replace(found, variant=ordered.variant))
            if not on and len(rest) == len(self.active.mutations):
                known = ", ".join(map(str, self.active.mutations)) or "no mutation"
                raise ValueError(f"{ordered} is not on; on is {known}")
            self.set_mutations([*rest, found] if on else rest)

    def set_mutations(self, mutations: list[Mutation]) -> None:
        """Replace the mutations that are on; they have been checked."""
        with self.lock:
            self.active.replace(mutations)
            self._cutters.clear()
            self.rates = rate_gate(self.active, self.connector.rate_limit, self.options.rate, self.rates)
            set_door(self.door, self.active, self.options.token_ttl)
            for name, shelf in self.shelves.items():
                shelf.marks_changes = not any(
                    one.stream in {"", name} for one in self.active.setting("unmarked")
                )

    def _held(self, stream: str) -> list[dict[str, Any]]:
        return self.shelves[stream].records()

    def _filled_shelves(self) -> dict[str, Shelf]:
        sizes = self.options.sizes(self.connector)
        streams = self.connector.streams
        keys = {
            name: key_of
            for name, stream in streams.items()
            if len(stream.key) == 1 and (key_of := counted_key(stream.schema, stream.key[0])) is not None
        }
        world = World(self.options.today, sizes, keys)
        shelves: dict[str, Shelf] = {}
        version = FIRST_VERSION
        versions = count(version + sum(sizes.values()))
        for name, stream in streams.items():
            shelf = Shelf(stream, recipe(name, stream.schema, world), self.options.seed, versions=versions)
            shelf.fill(Filling(sizes[name], self.options.today, version))
            version += sizes[name]
            shelves[name] = shelf
        return shelves

    def _described(self, request: Incoming) -> Answer:
        if self.description.needs_login():
            self.door.check(request)
        with self.lock:
            return self.description.answer(request, self.base_url)

    def _who(self, request: Incoming) -> tuple[str, Asked | None]:
        if self.door.is_login(request):
            return LOGIN, None
        stream, asked = self.routes.find(request)
        if asked.page.get("cursor") and not asked.tombstones and not asked.parents:
            with self.lock:
                unchanged = Changes((), self.options.seed, stream.key)
                rows = served_rows(self.shelves[stream.name], wanted(stream, asked), unchanged)
                pages.with_own_cursor(stream, asked, rows)
        return stream.name, asked

    def _let_in(self, visit: Visit) -> Answer:
        asked = visit.asked
        passes, visit.headers = self.rates.enter() if asked else (True, {})
        if not passes:
            return self.manners.answer("throttled", "too many requests")
        mishap = self.mishaps.next_for(visit.stream)
        if mishap and mishap.kind == "expire_tokens":
            self.door.expire_all()
        answer = (self._mishap_answer(mishap) if mishap else None) or self._instead(visit)
        if answer is not None:
            return answer
        if asked is None:
            answer = self.door.log_in(visit.request)
        else:
            self.door.check(visit.request)
            answer = self._list(self.connector.streams[visit.stream], visit, asked, mishap)
        return spoilt(mishap, answer) if mishap else answer

    def _mishap_answer(self, mishap: Mishap) -> Answer | None:
        if mishap.kind == "status":
            headers = {"Retry-After": mishap.retry_after} if mishap.retry_after else {}
            kind = {401: "unauthorised", 404: "not_found", 429: "throttled"}.get(mishap.status, "other")
            return self.manners.answer(kind, "ordered fault", status=mishap.status, headers=headers)
        return instead(mishap)

    def _situation(self, visit: Visit, to: str, turn: int) -> Situation:
        stream = self.connector.streams.get(visit.stream) if visit.asked else None
        return Situation(
            visit.request,
            self.connector,
            self.manners,
            self._base_of(visit.request),
            to,
            turn,
            stream,
            visit.asked,
            visit.page,
        )

    def _instead(self, visit: Visit) -> Answer | None:
        """Return the answer that a mutation gives in place of the ERP, None where none does."""
        for wire, to, turn in visit.met:
            gate = wire.login if visit.asked is None else wire.gate
            answer = gate(self._situation(visit, to, turn)) if gate else None
            if answer is not None:
                return answer
        return None

    def _afterwards(self, visit: Visit, answer: Answer) -> Answer:
        """Return the answer as the mutations leave it."""
        for wire, to, turn in visit.met:
            if wire.answered and visit.asked is not None and visit.asked.record is None:
                answer = wire.answered(self._situation(visit, to, turn), answer)
        return answer

    def _list(self, stream: Stream, visit: Visit, asked: Asked, mishap: Mishap | None) -> Answer:
        if asked.record is not None:
            return self._one(stream, asked, asked.record)
        base_url = self._base_of(visit.request)
        if asked.parents:
            with self.lock:
                rows = self.shelves[stream.name].select(Filter())
                return details.answer_parents(rows, stream, asked, visit.request, base_url)
        if not asked.tombstones:
            return self._page(stream, visit, asked, mishap)
        with self.lock:
            return answer_tombstones(self.shelves, stream, asked, visit.request, base_url)

    def _one(self, stream: Stream, asked: Asked, named: details.Named) -> Answer:
        with self.lock:
            changes = self._changes(stream)
            rows = served_rows(self.shelves[stream.name], Filter(), changes)
            row = details.named_row(details.below(stream, rows, asked.parent), named, changes)
            cut = details.without_parent(stream, self._cutter(stream, asked))
        if row is None:
            raise Refused("not_found", "there is no such record")
        return details.answer_detail(stream, details.served(row, cut, changes))

    def _page(self, stream: Stream, visit: Visit, asked: Asked, mishap: Mishap | None) -> Answer:
        met = [(wire, self._situation(visit, to, turn)) for wire, to, turn in visit.met]
        chosen_by = wanted(stream, asked)
        for wire, situation in met:
            chosen_by = wire.wanted(situation, chosen_by) if wire.wanted else chosen_by
        with self.lock:
            changes = self._changes(stream)
            rows = served_rows(self.shelves[stream.name], chosen_by, changes)
            rows = together(documents_of(stream), rows, self._of_others(stream, chosen_by))
            rows = details.below(stream, rows, asked.parent)
            cut = details.shortened(documents_of(stream)) or details.without_parent(
                stream, self._cutter(stream, asked)
            )
        for wire, situation in met:
            rows = wire.rows(situation, rows) if wire.rows else rows
        paging = stream.pagination
        cap = self.connector.sandbox.get("max_page_size", paging.size or pages.DEFAULT_SIZE)
        page = pages.read_slice(paging, visit.request, asked, len(rows), cap)
        for wire, situation in met:
            page = wire.paged(situation, page) if wire.paged else page
        visit.page = page
        chosen = page.of(rows)
        if not chosen and paging.empty_status:
            return Answer(paging.empty_status)
        served = listed(chosen, cut, changes)
        if not chosen and paging.null_is_empty:
            served = b"null"
        if _is(mishap, "short_total"):
            page = replace(page, total=page.end)
        envelope, base_url = self.connector.sandbox.get("envelope", {}), self._base_of(visit.request)
        reply = Reply(stream, visit.request, page, envelope, base_url)
        unlisted = _is(mishap, "drop_list_path") or (not chosen and paging.absent_is_empty)
        return reply.answer(None if unlisted else orjson.Fragment(served))

    def _of_others(self, stream: Stream, chosen_by: Filter) -> list[Row]:
        """Return the rows of the streams that read the same list, as they are served."""
        rows: list[Row] = []
        for other in sharing(self.connector.streams, stream):
            changes = replace(self._changes(other), false_for_null=False)
            found = served_rows(self.shelves[other.name], chosen_by, changes)
            rows += [
                replace(row, body=orjson.dumps(changes.served(row))) if changes.mutations else row
                for row in found
            ]
        return rows

    def _changes(self, stream: Stream) -> Changes:
        mutations = self.active.on_records(stream.name)
        return Changes(mutations, self.options.seed, stream.key, stream.false_is_empty)

    def _cutter(self, stream: Stream, asked: Asked) -> fields.Cutter | None:
        if not asked.fields:
            return None
        name = (stream.name, str(asked.fields))
        if name not in self._cutters:
            schema = self.active.served(stream.name, stream.schema)
            for other in sharing(self.connector.streams, stream):
                theirs = self.active.served(other.name, other.schema)
                schema = {**schema, "properties": {**theirs["properties"], **schema["properties"]}}
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
