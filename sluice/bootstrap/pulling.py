"""What `sluice pull` works with: the same engine, and nothing of AWS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sluice.bootstrap.documents import catalog
from sluice.local.memory_table import MemoryTable
from sluice.local.system_clock import SystemClock
from sluice.settings import own_networks
from sluice.transport.erp_sender import ErpSender
from sluice.usecases.pull import Pull, Puller


@contextmanager
def puller(
    wanted: Pull, connectors: Path | None = None, transformers: Path | None = None
) -> Iterator[Puller]:
    """Give what pulls one stream without AWS; plain http is allowed to this machine only."""
    with closing(ErpSender(allow_loopback_http=True, networks=own_networks())) as sender:
        yield Puller(catalog(connectors, transformers), sender, SystemClock(), wanted, MemoryTable())
