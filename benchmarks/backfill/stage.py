"""An embedded AWS of its own with Sluice deployed, the Archive ERP registered, and connections to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.backfill.arrivals import Arrivals, Receiver
from benchmarks.backfill.history import History
from benchmarks.embedded import embedded
from benchmarks.peers.serving import Served, serving
from sluice.bootstrap.deployment import Deployment
from sluice.bootstrap.documents import folder_documents
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.ports.queue import ReceivedMessage
from sluice.registry.packages import files_of
from sluice.usecases.deciding.registering import Wanted, register

CONNECTOR, STREAM = "archive", "customer"
FOLDER = Path(__file__).parent
"""Where connectors/archive and transformers/archive lie."""

YEARS = 10
"""How long the history is; how many records it has is another matter."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Sluice on the embedded AWS ``embedded`` (a process's id), the ERP, and the embedded AWS's log."""

    deployment: Deployment
    embedded: int
    served: Served
    log: Path

    def connect(self, name: str, records: int) -> History:
        """Add a connection to a history of so many records, which ends today; return the history."""
        today = self.deployment.world.clock.now().date()
        until = today + timedelta(days=1)
        history = History(records, until - timedelta(days=365 * YEARS), until)
        address = f"http://127.0.0.1:{self.served.port}/{records}/{history.first}/{history.until}"
        settings = {"base_url": address, "history_from": history.first.isoformat()}
        # Without a schedule: nothing but the backfill reads it.
        connection = Connection(name, CONNECTOR, settings, streams=(STREAM,))
        self.deployment.desk.add(connection, {"api_key": Secret("benchmark")})
        return history

    def receiver(self, arrivals: Arrivals) -> Receiver:
        """Return what takes events off the information queue."""
        sqs, url = self.deployment.session.sqs, self.deployment.outputs["InformationQueueUrl"]

        def delete(messages: Sequence[ReceivedMessage]) -> None:
            sqs.delete_message_batch(
                QueueUrl=url,
                Entries=[{"Id": str(at), "ReceiptHandle": one.receipt} for at, one in enumerate(messages)],
            )

        return Receiver(self.deployment.queue("information"), arrivals, delete)


@contextmanager
def staged() -> Iterator[Stage]:
    """Start an embedded AWS in a folder of its own, deploy to it, and register the connector."""
    with serving("benchmarks.backfill.erp") as served, embedded() as (_, running, deployment):
        files = files_of(folder_documents(FOLDER), CONNECTOR)
        register(deployment.world, files, Wanted(CONNECTOR, "benchmark"))
        yield Stage(deployment, running.pid, served, Path(running.log))
