"""What the functions of a run do, as far as it takes time, places, leases or requests.

Real code decides: leases are sluice.registry.leases, places those of sluice.registry.budgets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from benchmarks.fleet.account import Account
from benchmarks.fleet.connections import Connection
from benchmarks.fleet.engine import EngineClock
from benchmarks.fleet.erp import Erp
from benchmarks.fleet.settings import Parameters
from benchmarks.fleet.state import FleetTable
from benchmarks.fleet.units import Units
from sluice.errors import ErpUnavailable
from sluice.model.http import Request
from sluice.ports.sender import Sender, TransportFailed
from sluice.registry.budgets import account as budgets
from sluice.registry.budgets.sending import LONGEST_PAUSE, Api, BudgetedSender, MustWait
from sluice.registry.leases import Leases
from sluice.usecases.fetching.look_for_news import MOST_UNAVAILABLE

LOOK_SECONDS = 60.0
"""For how long looks are begun: the function's 120 s less the reserve of lambdas/look_for_news.py."""

_HOST = "erp.example"
_REQUEST = Request("GET", f"https://{_HOST}/")


@dataclass(slots=True)
class Job:
    """A stream that is to go through the Map; ``until`` is when it may go on (engine's second)."""

    stream: str
    is_read: bool = False
    chunks: int = 0
    until: float | None = None

    def go_on(self) -> None:
        """Forget what the step before came to."""
        self.until, self.chunks = None, 0


@dataclass(slots=True)
class Run:
    """One execution. ``news`` are the streams that have any; ``planned`` is the engine's second."""

    name: str
    of: Connection
    planned: float
    news: frozenset[str]
    streams: list[str] = field(default_factory=list)


class Steps:
    """The bodies of the functions; each sleeps for as long as the function works."""

    def __init__(self, account: Account, clock: EngineClock, given: Parameters, seed: int) -> None:
        self.account, self.clock = account, clock
        self.table = FleetTable(account, given.table_seconds)
        self.leases = Leases(self.table)
        self.erps: dict[str, Erp] = {}
        self._given, self._seed, self._units = given, seed, Units.metered()
        self._random = Random(f"{seed}/steps")  # noqa: S311 - planted, not secret

    def plan(self, run: Run) -> None:
        """Take the lease; raises LeaseTaken."""
        self._used(self._units.run_half)
        self.account.rate("secret_values")
        self._work(self._given.plan_seconds)
        self.leases.take(run.of.name, run.name, self.clock.now())

    def look(self, run: Run) -> list[Job]:
        """Return the streams that are left for the Map; where there are none, the run is summed up."""
        self._work(self._given.look_seconds)
        self._renew(run)
        jobs = [Job(stream) for stream in run.of.whole]
        jobs += self._looked_at_once(run) if not run.of.keyed else self._looked_in_turn(run)
        if not jobs:
            self._end(run)
        return jobs

    def fetch(self, run: Run, job: Job) -> None:
        """Read a stream to its end, or until one has to wait; raises ErpUnavailable, LeaseLost."""
        pages = int(self._given.whole_pages) if job.stream in run.of.whole else 1
        self._work(self._given.fetch_seconds + pages * self._given.page_seconds)
        self._renew(run)
        job.go_on()
        sender = self._sender(run.of)
        try:
            for _ in range(pages):
                self._ask(sender, job)
                if job.until is not None:
                    break
            else:
                job.is_read, job.chunks = True, int(job.stream in run.of.whole or job.stream in run.news)
        finally:
            if isinstance(sender, BudgetedSender):
                sender.close()
        if job.until is not None:
            self.leases.renew(run.of.name, run.name, self._moment(job.until))

    def transform(self, run: Run) -> None:
        """Begin a chunk; raises LeaseLost."""
        self._renew(run)
        self.account.rate("sns_publish")

    def commit(self, run: Run) -> None:
        """Move a cursor; raises LeaseLost."""
        self._used(self._units.news)
        self._renew(run)
        self._work(self._given.commit_seconds)

    def record_failure(self, run: Run) -> None:
        """Write down why a stream failed; raises LeaseLost."""
        self._renew(run)
        self._work(self._given.record_failure_seconds)

    def summarise(self, run: Run) -> None:
        """Sum up, tell, free the lease."""
        self._work(self._given.summarise_seconds)
        self._end(run)

    def report_ended(self, run: Run) -> None:
        """Free the lease of a run that could not sum up."""
        self._work(self._given.summarise_seconds)
        self.leases.free(run.of.name, run.name)

    def keep_usage(self) -> None:
        """Read the history of an ended run; raises Refused."""
        self.account.call("execution_history")
        self._work(self._given.keep_usage_seconds)

    def erp(self, name: str) -> Erp:
        """Return a vendor's server."""
        if name not in self.erps:
            self.erps[name] = Erp(name, self.account, self._given, self._seed)
        return self.erps[name]

    def _end(self, run: Run) -> None:
        self._used(self._units.run_half)
        self.account.rate("sns_publish")
        self.leases.free(run.of.name, run.name)

    def _looked_at_once(self, run: Run) -> list[Job]:
        """Look where no limit can make anybody wait: all looks are one sleep, of what they take together."""
        erp, passed, jobs, failed = self.erp(run.of.connector), 0.0, list[Job](), 0
        for number, stream in enumerate(run.of.looked):
            now = self.account.engine.time + passed
            if failed >= MOST_UNAVAILABLE or passed >= LOOK_SECONDS:
                jobs += [Job(left) for left in run.of.looked[number:]]
                break
            erp.requests += 1
            self._used(self._units.look, passed)
            if erp.is_out(now):
                failed, passed = failed + 1, passed + self._given.outage_seconds
                jobs.append(Job(stream))
                continue
            passed += erp.seconds() + self._given.look_stream_seconds
            if erp.throttles():
                until = self.account.engine.time + passed + self._given.throttled_seconds
                jobs += [Job(stream, until=until), *map(Job, run.of.looked[number + 1 :])]
                break
            if stream in run.news:
                jobs.append(Job(stream, is_read=True, chunks=1))
        self._work(passed)
        return jobs

    def _looked_in_turn(self, run: Run) -> list[Job]:
        """Look within limits: each stream as FetchPages has it, with a sender of its own."""
        began, jobs, failed, is_over = self.account.engine.time, list[Job](), 0, False
        for stream in run.of.looked:
            job = Job(stream)
            if is_over or self.account.engine.time - began >= LOOK_SECONDS:
                jobs.append(job)
                continue
            self._used(self._units.look)
            sender = self._sender(run.of)
            try:
                self._ask(sender, job)
            except ErpUnavailable:
                failed += 1
            finally:
                if isinstance(sender, BudgetedSender):
                    sender.close()
            is_over = job.until is not None or failed >= MOST_UNAVAILABLE
            if job.is_read:
                job.chunks = int(stream in run.news)
                self._work(self._given.look_stream_seconds)
            if not job.is_read or job.chunks:
                jobs.append(job)
        return jobs

    def _ask(self, sender: Sender, job: Job) -> None:
        """Ask for a page; note until when to wait. Raises ErpUnavailable."""
        try:
            reply = sender.send(_REQUEST)
        except MustWait as wait:
            if wait.until - self.clock.now() > LONGEST_PAUSE:
                raise ErpUnavailable(str(wait)) from wait
            self.account.gauges.counts["waits_for_own_budget"] += 1
            job.until = self.clock.second(wait.until)
            return
        except TransportFailed as failed:
            raise ErpUnavailable(str(failed)) from failed
        if reply.status != 200:
            job.until = self.account.engine.time + self._given.throttled_seconds
            if isinstance(sender, BudgetedSender):
                sender.slow_down(self._moment(job.until))
            return
        job.is_read = True

    def _sender(self, of: Connection) -> Sender:
        """Return the way to the ERP, within the limits that may make this connection wait."""
        erp = self.erp(of.connector)
        if not of.keyed:
            return erp
        accounts = [budgets.Account(self.table, self.clock, limit, key) for limit, key in of.keyed]
        return BudgetedSender(erp, self.clock, accounts, Api({_HOST}))

    def _renew(self, run: Run) -> None:
        self.leases.renew(run.of.name, run.name, self.clock.now())

    def _moment(self, second: float) -> datetime:
        return self.clock.at(second)

    def _used(self, units: tuple[float, float], later: float = 0.0) -> None:
        moment, rates = self.account.engine.time + later, self.account.gauges.rates
        rates["table_reads"].add(moment, units[0])
        rates["table_writes"].add(moment, units[1])

    def _work(self, seconds: float) -> None:
        """Work for about so long: between 0.7 and 1.3 of it."""
        if seconds:
            self.account.engine.sleep(seconds * self._random.uniform(0.7, 1.3))
