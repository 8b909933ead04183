"""The connections that certify a connector: each has a sandbox of its own, and is removed at the end."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from secrets import token_hex

from msgspec import Struct
from msgspec.structs import replace

from sandbox.options import Options, expected_secrets
from sandbox.server import SandboxServer, serve
from sluice.bootstrap.deployment import Deployment
from sluice.cli.certify.listening import Ears
from sluice.cli.certify.pace import without_pace
from sluice.cli.certify.patience import NotEnded, Patience
from sluice.cli.certify.truth import Consumer, Event, Truth, truth_of
from sluice.cli.progress import Snapshot, watch
from sluice.connector.spec import Connector
from sluice.errors import ConfigurationInvalid
from sluice.mapping.canonical import CanonicalModel
from sluice.mapping.mapper import Mapper
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.registry.cursors import Cursors
from sluice.registry.packages import Files
from sluice.usecases.deciding.registering import Wanted, register
from sluice.usecases.operating.runs import RunView, show_run, start_run, total

POLL_SECONDS = 0.3
LONG_AGO = "2000-01-01T00:00:00Z"


class Subject(Struct, frozen=True):
    """What is certified: a connector with its mappings, from the files at hand, all but its pace."""

    connector: Connector
    mappers: Mapping[str, Mapper]
    files: Files
    model: CanonicalModel


class Candidate(Struct):
    """One connection to one sandbox, and the consumer of what is published for it."""

    name: str
    subject: Subject
    deployment: Deployment
    server: SandboxServer
    ears: Ears
    consumer: Consumer
    run: str = ""

    def truth(self) -> Truth:
        """Return what the consumer must hold now."""
        return truth_of(self.server.sandbox, self.subject.mappers, self.name)

    def start(self) -> None:
        """Start a run."""
        self.run = start_run(self.deployment.world, self.name)

    def view(self) -> RunView:
        """Return the run as it stands."""
        return show_run(self.deployment.world, self.run)

    def heard(self, view: RunView) -> tuple[list[Event], list[str]]:
        """Return the events of the run, which the consumer has taken, and what is wrong with them as such."""
        counts = total(view.streams)
        events: list[Event] = list(self.ears.heard(self.name, counts.published + counts.deleted))
        return events, self.consumer.take(events)

    def make_whole_reads_due(self) -> None:
        """Let the next run read every stream whole that is read whole from time to time."""
        cursors = Cursors(self.deployment.world.state, self.name)
        for stream, cursor in list(cursors.all()):
            cursors.put(stream, replace(cursor, whole_read_at=LONG_AGO))


def run_all(candidates: Sequence[Candidate]) -> list[RunView]:
    """Run the connections side by side to their ends, showing how they stand. Raises NotEnded."""
    for candidate in candidates:
        candidate.start()
    watch(_snapshots(candidates))
    return [candidate.view() for candidate in candidates]


def _snapshots(candidates: Sequence[Candidate]) -> Iterator[Snapshot]:
    patience = Patience()
    while True:
        views = [candidate.view() for candidate in candidates]
        yield [_row(candidate, view) for candidate, view in zip(candidates, views, strict=True)]
        if all(view.ended for view in views):
            return
        try:
            patience.look([_done(candidate, view) for candidate, view in zip(candidates, views, strict=True)])
        except NotEnded as error:
            late = [one.run for one, view in zip(candidates, views, strict=True) if not view.ended]
            raise NotEnded(f"{', '.join(late)}: {error}") from error
        time.sleep(POLL_SECONDS)


def _done(candidate: Candidate, view: RunView) -> object:
    """Return all that shows that a run goes on: what its streams came to, and what it asked the ERP."""
    sandbox = candidate.server.sandbox
    with sandbox.lock:
        asked = dict(sandbox.counts)
    return view.ended, [(one.stream, one.outcome, dict(one.counts)) for one in view.streams], asked


def _row(candidate: Candidate, view: RunView) -> dict[str, object]:
    """Return the run as one row; its counts stand only at the end, so that plain lines stay few."""
    under_way = sum(stream.outcome in {"reading", "waiting"} for stream in view.streams)
    status = view.run.status if view.run and view.ended else "running"
    note = f"{len(view.streams) - under_way} of {len(candidate.subject.connector.streams)} streams"
    counts = total(view.streams).to_json() if view.ended else {}
    return {"stream": candidate.name, "state": status, "note": note, **counts}


@contextmanager
def candidates_of(
    deployment: Deployment, subject: Subject, records: Mapping[str, Mapping[str, int]], ears: Ears
) -> Iterator[dict[str, Candidate]]:
    """Give a connection for each name of ``records``; all are removed at the end, however it comes."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(_candidate(deployment, subject, name, sizes, ears))
            for name, sizes in records.items()
        }


@contextmanager
def _candidate(
    deployment: Deployment, subject: Subject, name: str, sizes: Mapping[str, int], ears: Ears
) -> Iterator[Candidate]:
    forget(deployment, name)
    options = Options(records=sizes, secrets=own_secrets(subject.connector))
    with serve(subject.connector, 0, options) as server:
        try:
            _connect(deployment, subject, name, server)
            yield Candidate(name, subject, deployment, server, ears, Consumer(subject.model))
        finally:
            forget(deployment, name)


def own_secrets(connector: Connector) -> dict[str, str]:
    """Return secrets that nobody else has: limits are counted together for all who have the same."""
    usual = expected_secrets(connector, {})
    plain = {name: f"sandbox-{name}" for name in usual}
    # A private key cannot be just any text; the sandbox's own is kept.
    return {name: f"{text}-{token_hex(6)}" for name, text in usual.items() if text == plain[name]}


def _connect(deployment: Deployment, subject: Subject, name: str, server: SandboxServer) -> None:
    connector = subject.connector.name
    files = without_pace(subject.files, connector)
    bundle = {secret: Secret(text) for secret, text in server.secrets.items()}
    # What is certified are the files at hand, whatever was deployed or is registered of this connector.
    known = deployment.world.catalog.with_files(connector, files)
    desk = replace(deployment.desk, world=replace(deployment.world, catalog=known))
    desk.add(Connection(name, connector, dict(server.settings)), bundle)
    wanted = Wanted(connector, "certify", "certified on this machine", (name,))
    register(deployment.world, files, wanted)


def forget(deployment: Deployment, name: str) -> None:
    """Remove the connection; nothing where there is none."""
    try:
        deployment.world.connections.get(name)
    except ConfigurationInvalid:
        return
    deployment.desk.remove(name)
