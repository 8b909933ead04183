"""Replies that were spoilt, read as a run reads them: the connector's reader, the contract, the mapping.

Whatever comes, the outcome has a name: a page, a wait, or an error of sluice.errors; never another exception.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

from sandbox.options import Options
from sandbox.server import serve
from sluice.bootstrap.documents import catalog
from sluice.connector.outcomes import Page, ReadPlan
from sluice.connector.reader import StreamReader
from sluice.contract.contract import Contract
from sluice.contract.detector import Detector
from sluice.contract.reliance import Reliance
from sluice.errors import SluiceError
from sluice.mapping.mapper import Mapper
from sluice.messages.events import EventSource
from sluice.model.erp_json import has_long_numbers, write
from sluice.model.http import Reply
from sluice.model.raw_records import RawRecords, as_raw
from sluice.model.secret import Secret
from sluice.transport.erp_sender import ErpSender
from sluice.usecases.contracts.reliance import reliance_of
from sluice.usecases.contracts.selecting import selection_of
from sluice.usecases.transforming.batch import mapped
from sluice.usecases.transforming.judging import Judging
from sluice.usecases.transforming.transform import transform
from tests.fuzz.mutating import Spoiler

STREAMS = (
    ("tripletex", "customer"), ("tripletex", "invoice"), ("fiken", "invoice"),
    ("business_central", "customer"), ("xero", "invoice"), ("quickbooks", "invoice"),
    ("odoo", "customer"), ("erpnext", "customer"), ("tryton", "customer"), ("fortnox", "invoice"),
    ("exact_online", "customer"), ("xledger", "customer"), ("sap_s4", "customer"),
)  # fmt: skip
MOST_EXCHANGES = 8
HELD_AGAINST = 0.1
"""Of so many the records are held against the contract, too: it takes ten times as long as all else."""


@dataclass(frozen=True)
class Stage:
    """A stream as it is read when all goes well: plan, good replies, and what holds for its records."""

    name: str
    stream: str
    plan: ReadPlan
    replies: tuple[Reply, ...]
    mapper: Mapper
    reliance: Reliance
    contract: Contract

    def tried(self, number: int, seed: str) -> str:
        """Read once with something spoilt; return the name of the outcome, any other exception is a fault."""
        dice = Random(f"{seed}:{self.name}:{self.stream}:{number}")  # noqa: S311
        try:
            records = self._read(dice)
        except SluiceError as error:
            return type(error).__name__
        try:
            return self._transformed(records, dice)
        except SluiceError as error:
            return f"{type(error).__name__} of records"

    def _read(self, dice: Random) -> list[Any]:
        reader, spoiler = StreamReader(self.plan), Spoiler(dice)
        spoilt = dice.randrange(len(self.replies))
        records: list[Any] = []
        for number in range(spoilt + 3):
            if reader.next_request() is None:
                break
            reply = self.replies[min(number, len(self.replies) - 1)]
            outcome = reader.receive(_spoilt(reply, spoiler) if number == spoilt else reply)
            if isinstance(outcome, Page):
                records += as_raw(outcome.records).lines
        json.dumps(reader.position())
        return records

    def _transformed(self, lines: list[bytes], dice: Random) -> str:
        raw = RawRecords(lines, is_plain=not any(map(has_long_numbers, lines)))
        if dice.random() > HELD_AGAINST:
            return "read, some set aside" if mapped(raw, self.mapper, "acme").refused else "read"
        contract = self.contract if dice.random() < 0.7 else None
        judging = Judging(self.mapper, Detector(self.reliance, contract, learns=contract is not None))
        source = EventSource("acme", self.name, self.mapper.entity, "urn:sluice:x:1", "2026-11-22T08:00:00Z")
        result = transform(raw, judging, source, lambda _: {})
        write([dict(entry) for entry in result.quarantined])
        return "read, some set aside" if result.quarantined else "read"


def _spoilt(reply: Reply, spoiler: Spoiler) -> Reply:
    dice = spoiler.dice
    status = spoiler.status() if dice.random() < 0.12 else reply.status
    headers: Mapping[str, str] = reply.headers
    if dice.random() < 0.15:
        headers = {**headers, **dict([spoiler.header()])}
    body = spoiler.body(reply.body) if dice.random() < 0.93 else b""
    return Reply(status, headers, body)


def stage(name: str, stream: str) -> Stage:
    """Return a stage, its replies recorded from the mock of the ERP."""
    found, now = catalog(), datetime.now(UTC)
    connector = found.connector(name)
    mapper = found.mapper(name, stream)
    options = Options(records={stream: 6}, scale=0.05, today=now.date())
    with serve(connector, 0, options) as erp, closing(ErpSender(allow_loopback_http=True)) as sender:
        plan = ReadPlan(
            connector=connector,
            stream=connector.streams[stream],
            settings=erp.settings,
            secrets={key: Secret(text) for key, text in erp.secrets.items()},
            selection=selection_of(mapper),
            since=None,
            started_at=now,
            now=lambda: now,
        )
        reader, replies, records = StreamReader(plan), [], []
        while (request := reader.next_request()) is not None and len(replies) < MOST_EXCHANGES:
            replies.append(sender.send(request))
            outcome = reader.receive(replies[-1])
            records += list(outcome.records) if isinstance(outcome, Page) else []
    reliance = reliance_of(connector, connector.streams[stream], mapper)
    contract = Contract()
    for _ in range(4):
        seen = Detector(reliance, contract if contract.runs else None).observed(records)
        contract = contract.learnt_from(seen, reliance=reliance)
    return Stage(name, stream, plan, tuple(replies), mapper, reliance, contract)


def stages() -> list[Stage]:
    """Return all stages, those first that log in, page and ask in the most usual ways."""
    return [stage(name, stream) for name, stream in STREAMS]
