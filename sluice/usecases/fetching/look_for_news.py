"""LookForNews: one look over the streams that are read by what has changed; who has nothing new ends here.

It does what FetchPages does, within a short budget, and what CommitCursor does where nothing came. Whatever
else a look comes to is left to the stream's own branch of the run: nothing is judged or told here.
"""

from __future__ import annotations

import json
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.errors import CredentialsRejected, ErpUnavailable, LeaseLost, SluiceError
from sluice.registry.cursors import Cursor, Cursors
from sluice.registry.remembered import RememberedSecrets, RememberedTable
from sluice.usecases.access.credentials import credentials_name
from sluice.usecases.access.logging_in import SharedLogin
from sluice.usecases.commit_cursor import CommitCursor, commit_cursor
from sluice.usecases.fetching.fetch_pages import FetchPages, fetch_pages, since_of
from sluice.usecases.summarise_run import SummariseRun, summarise_run
from sluice.usecases.world import World

SECONDS = 3.0
"""For how long pages of one stream are asked for; branches read what takes longer, side by side."""

CHUNKS = 3
"""Chunks of one stream at most."""

MOST_BYTES = 64 * 1024
"""What the looks return together before no other stream is looked at: a state takes 256 KiB."""

MOST_UNAVAILABLE = 2
"""Streams that may be unavailable before the ERP itself is taken to be."""

_STEADY = ("override#", "contract#")
"""Of the state: what only people change, and what only this step does."""

_SUMMARISED = frozenset({"succeeded", "held"})

Job = dict[str, Any]


class LookForNews(Struct, frozen=True):
    """``plan`` is what PlanRun returned; ``seconds`` is for how long looks are begun."""

    run: str
    started_at: str
    plan: dict[str, Any]
    seconds: float


def look_for_news(world: World, wanted: LookForNews) -> dict[str, Any]:
    """Return the plan with ``outcome`` news, the ``jobs`` left, and in ``looked`` the streams that are done.

    Where none is left, the run's summary: ``outcome`` succeeded or held, ``error``, ``cause``, ``counts``.
    Raises LeaseLost, and what summarising raises; any other error is met again by the stream's own branch.
    """
    known = world.runs.get(wanted.run)
    if known is not None and known.status in _SUMMARISED:
        # By a worker whose answer was lost; the lease is free since.
        return _summarised(world, wanted)
    look = _Look(world, wanted)
    jobs = [job for job in map(look.at, wanted.plan["jobs"]) if job is not None]
    if jobs:
        return {**wanted.plan, "outcome": "news", "jobs": jobs, "looked": look.idle}
    return _summarised(world, wanted)


def _summarised(world: World, wanted: LookForNews) -> dict[str, Any]:
    plan = wanted.plan
    summary = SummariseRun(wanted.run, plan["connection"], wanted.started_at, tuple(plan["results"]))
    return summarise_run(world, summary)


class _Look:
    """Looks at one stream after the other; ``idle`` holds the results of those that had nothing new."""

    def __init__(self, world: World, wanted: LookForNews) -> None:
        self.idle: list[dict[str, Any]] = []
        self._world, self._run = world, wanted.run
        self._name = wanted.plan["connection"]
        self._until = world.clock.monotonic() + wanted.seconds
        self._cursors = dict(Cursors(world.state, self._name).all())
        self._steady = _steady(world.of_run(wanted.run), self._name)
        self._login: SharedLogin | None = None
        self._is_over = False
        self._unavailable = 0
        self._bytes = 0

    def at(self, job: Job) -> Job | None:
        """Return the job with what was fetched, as it came if nothing was; None where the stream is done."""
        stream = job["stream"]
        if not self._may_look_at(stream):
            return job
        fetched = self._fetched(stream)
        if fetched is None:
            return job
        position = self._without_news(stream, fetched)
        result = self._committed(stream, position) if position is not None else None
        if result is not None:
            self.idle.append(result)
            return None
        # Who asks for patience asks for it in the name of every stream.
        self._is_over |= fetched["outcome"] == "throttled"
        looked = {**job, "fetched": fetched}
        self._bytes += len(json.dumps(looked))
        return looked

    def _may_look_at(self, stream: str) -> bool:
        """Return whether there is room for another look, and the stream is read by what has changed."""
        now = self._world.clock.monotonic()
        if self._is_over or now >= self._until or self._bytes >= MOST_BYTES:
            return False
        cursor = self._cursors.get(stream, Cursor())
        if cursor.sweep == self._run:
            return True
        if cursor.unfinished is not None:
            # Its own branch goes on with what an earlier run has left.
            return False
        connection = self._steady.connections.get(self._name)
        spec = self._steady.connector_of(connection).streams[stream]
        return since_of(self._steady, connection, spec, cursor) is not None

    def _fetched(self, stream: str) -> dict[str, Any] | None:
        """Return what FetchPages returns; None where it fails: its branch meets the same again."""
        wanted = FetchPages(self._run, self._name, stream, None, SECONDS, CHUNKS)
        try:
            return fetch_pages(self._steady, wanted, self._shared_login())
        except LeaseLost:
            raise
        except CredentialsRejected:
            # Every further try with them may lock the user out.
            self._is_over = True
        except ErpUnavailable:
            self._unavailable += 1
            self._is_over = self._unavailable >= MOST_UNAVAILABLE
        except SluiceError:
            return None
        return None

    def _shared_login(self) -> SharedLogin:
        """Return the way into the ERP that all looks take one after the other: one session for all."""
        if self._login is None:
            # Whoever logs in looks at what others have stored meanwhile: nothing is remembered for that.
            world = self._world.of_run(self._run)
            connection = world.connections.get(self._name)
            self._login = SharedLogin(world, connection, world.connector_of(connection))
        return self._login

    def _without_news(self, stream: str, fetched: dict[str, Any]) -> dict[str, Any] | None:
        """Return the position behind a read that brought nothing, or what is known; None for any other.

        Within its lookback a stream is read again and again: what the sweep before has handed over, byte for
        byte, is in its checksums.
        """
        position: dict[str, Any] = fetched["position"]
        # A whole read may have come due since we asked: what it shows to be gone is not for us to publish.
        if fetched["outcome"] != "done" or position["since"] is None:
            return None
        if not fetched["chunks"]:
            return position
        known, came = self._cursors[stream].checksums, position["checksums"]
        if came is None or not set(came) <= set(known):
            return None
        return {**position, "chunks": 0, "again": len(came)}

    def _committed(self, stream: str, position: dict[str, Any]) -> dict[str, Any] | None:
        """Return the stream's result; None where it cannot be committed: CommitCursor meets the same."""
        try:
            return commit_cursor(self._steady, CommitCursor(self._run, self._name, stream, position))
        except LeaseLost:
            raise
        except SluiceError:
            return None


def _steady(world: World, connection: str) -> World:
    """Return the world in which is read once what stays as it is while a step goes on."""
    return replace(
        world,
        connections_table=RememberedTable(world.connections_table, connection),
        state=RememberedTable(world.state, *_STEADY),
        runs_table=RememberedTable(world.runs_table, "run"),
        secrets=RememberedSecrets(world.secrets, credentials_name(connection)),
    )
