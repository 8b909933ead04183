"""Tries one change of the wire on a real server: whether people are told, and nothing wrong is published."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from benchmarks.drift.natural.nordic import without_empty
from benchmarks.drift.stage import BenchDocuments
from benchmarks.drift.wire.runs import NAME, Installation
from sandbox.mutations import Mutation
from sandbox.options import Options
from sandbox.server import SandboxServer, serve
from sandbox.shelves import Filling
from sandbox.wire.hook import Wire
from sandbox.wire.table import WIRE
from sluice.connector.spec import Connector, Stream
from sluice.contract.policy import goes_on
from sluice.model.change_kinds import KINDS
from sluice.model.connection import Connection
from sluice.registry.catalog import Catalog
from sluice.transport.erp_sender import ErpSender

RECORDS = 300
PAGE = 120
RATE = 6000
_WEEK = 24 * 8
_DESCRIPTIONS = {"D18", "D19", "D53"}
NOT_ASKED = {
    "D22": "needs several connections",
    "D24/silent": "would need a minute of real time",
    "D27/503": "a 503 with Retry-After is throttling by the standard",
    "D41": "not noticed by design: the regular whole read finds what was missed",
    "D37": "what is not sent: smaller pages lose nothing, few records left out look deleted",
}
"""Rows and variants that are tried and reported, but not asked for: what covers them is said beside."""

_FAMILIES = {
    "D01": "D01",
    "D02": "D02 D03",
    "D03": "D02 D03",
    "D11": "D11 D13",
    "D12": "D12 D36",
    "D13": "D11 D13 D27",
    "D14": "D11 D14 D30 D33 D38",
    "D20": "D20 D21",
    "D21": "D20 D21",
    "D23": "D05 D21 D23",
    "D25": "D25 D36",
    "D27": "D05 D13 D27",
    "D29": "D29 D36",
    "D30": "D30 D33",
    "D31": "D01 D31 D36",
    "D32": "D30 D32 D33 D34",
    "D33": "D30 D33 D38 D39",
    "D37": "D28 D34 D37 D38 D40",
    "D38": "D33 D38 D39",
    "D39": "D10 D33 D38 D39",
}
_TELLING_IS_ENOUGH = {"D33/missing", "D33/null", "D33/low", "D35/since"}
"""A total that vanished or is too low leaves no record out; nor does a list that comes whole each time."""

_TEXTS = ("comment", "description", "yourReference", "name", "displayName")

_ERRORS = {
    "D01": "ConfigurationInvalid",  # of an API with a single address, which a 404 puts in doubt
    "D20": "CredentialsRejected ConfigurationInvalid",
    "D21": "CredentialsRejected",
    "D23": "CredentialsRejected",
    "D31": "ConfigurationInvalid",
    "D39": "ErpUnavailable",
}
"""Errors under which the run stops and people are told of it as well."""

_INCREMENTAL = {
    ("D24", "told"),
    ("D24", "silent"),
    ("D35", "since"),
    ("D41", "not_bumped"),
    ("D41", "time_zone"),
}


class SmallPages:
    """The bench's documents, with pages so small that a list takes several."""

    def __init__(self) -> None:
        self._inner = BenchDocuments()

    def read(self, path: str) -> bytes:
        """Return the document; raises DocumentNotFound."""
        found = self._inner.read(path)
        if path.endswith("/connector.yaml"):
            for size in (b"1000", b"500", b"200"):
                found = found.replace(b"size: " + size, b"size: %d" % PAGE)
        return found

    def paths(self, prefix: str) -> Iterator[str]:
        """Yield the paths."""
        yield from self._inner.paths(prefix)


@dataclass(slots=True)
class Trial:
    """What became of one change. ``codes`` are those that people were told of, ``outcome`` is the stream's.

    ``wrong`` counts records that consumers have wrong afterwards, ``missing`` those that did not arrive
    although the run said that all was well.
    """

    connector: str
    stream: str
    code: str
    variant: str
    outcome: str = ""
    codes: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    cause: str = ""
    wrong: int = 0
    missing: int = 0
    asked_for: bool = True
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """``D28/capped tripletex/customer``."""
        return f"{self.code}/{self.variant} {self.connector}/{self.stream}"

    @property
    def told(self) -> bool:
        """Whether people were told of it under a code that says so."""
        known = set(_FAMILIES.get(self.code, self.code).split())
        errors = set(_ERRORS.get(self.code, "").split())
        return bool(known & set(self.codes)) or bool(errors & set(self.errors))

    @property
    def found(self) -> bool:
        """Whether people were told, and the stream is held where the row asks for it."""
        may_go_on = (
            goes_on(KINDS[self.code].used.action) or f"{self.code}/{self.variant}" in _TELLING_IS_ENOUGH
        )
        return self.told and (may_go_on or self.outcome in {"held", "failed"})


def trials(connectors: list[str], *, every: int = 1) -> Iterator[Trial]:
    """Try every change of the wire on every connector that can show it; of ``every`` one only, if not 1."""
    catalog = Catalog(SmallPages())
    number = 0
    for name in connectors:
        connector = catalog.connector(name)
        for many in WIRE.values():
            for one in many:
                stream = "invoice" if (one.code, one.name) == ("D35", "window") else "customer"
                number += 1
                if one.code in _DESCRIPTIONS or one.name == "renumbered" or number % every:
                    continue
                if not _can_show(one, connector, connector.streams[stream]):
                    continue
                trial = attempt(catalog, connector, one, stream)
                if trial is not None:
                    yield trial


def _can_show(one: Wire, connector: Connector, stream: Stream) -> bool:
    """Return whether the change shows at all: a default does not where the parameter is sent, and so on."""
    sized, queried = stream.pagination.limit is not None, bool(stream.request.query)
    shows = {
        "D24": connector.auth.expires_at is not None,
        "D26": connector.rate_limit is not None,
        "D28": sized,
        "D36/unknown": queried,
        "D37/page_size": not sized,
        "D37/active_only": {"isInactive", "active"} & set(stream.schema["properties"]),
    }
    if not shows.get(one.code, True) or not shows.get(f"{one.code}/{one.name}", True):
        return False
    return not (one.fits and one.fits(stream))


def attempt(catalog: Catalog, connector: Connector, one: Wire, stream: str) -> Trial | None:
    """Run three times, let the API change, run again; None where the sandbox cannot show it."""
    today = datetime.now(UTC).date()
    options = Options(scale=0, records={stream: RECORDS}, rate=RATE, today=today)
    mutation = Mutation(one.code, one.name, stream="" if one.whole else stream)
    with serve(connector, 0, options) as erp, closing(ErpSender(allow_loopback_http=True)) as sender:
        connection = Connection(NAME, connector.name, erp.settings, streams=(stream,))
        if connector.omits_empty:
            _omit_empty(erp, stream, today)
        site = Installation(catalog, sender, connection, erp.secrets)
        if one.code == "D15":
            erp.sandbox.mutate(replace(mutation, to="X-API-Version:2.70.0"))
        for turn in range(3):
            _live(erp, stream, turn)
            well = site.run()
        if any(result["outcome"] != "synced" for result in well.values()) or _warnings(site):
            trial = _told(site, Trial(connector.name, stream, one.code, one.name), well.get(stream, {}))
            return replace(trial, outcome="unwell", notes=["not well before the change"])
        before = dict(site.consumer.state)
        try:
            erp.sandbox.mutate(mutation)
        except ValueError:
            return None
        if one.code == "D24":
            erp.sandbox.door.expire_all()
        _live(erp, stream, 3)
        results = site.run(1.0 if (one.code, one.name) in _INCREMENTAL else _WEEK)
        trial = _told(site, Trial(connector.name, stream, one.code, one.name), results.get(stream, {}))
        trial.asked_for = not {one.code, f"{one.code}/{one.name}"} & set(NOT_ASKED)
        _compare(trial, site, before, _expected(catalog, erp, connector.name, stream))
        return trial


def _omit_empty(erp: SandboxServer, stream: str, today: date) -> None:
    """Let the sandbox leave out what has no value, as the ERP would."""
    shelf = erp.sandbox.shelves[stream]
    made = shelf.recipe.make
    shelf.recipe = replace(shelf.recipe, make=lambda scene: without_empty(made(scene)))
    shelf.rows.clear()
    shelf.fill(Filling(RECORDS, today))


def _live(erp: SandboxServer, stream: str, turn: int) -> None:
    """Let some records change and a few come, as they do between two runs; others at each turn."""
    shelf = erp.sandbox.shelves[stream]
    known = shelf.stream.schema["properties"]
    name = next(name for name in _TEXTS if name in known)
    with erp.sandbox.lock:
        shelf.change(list(shelf.rows)[10 + turn : RECORDS : 13], {name: f"changed at turn {turn}"})
        shelf.add(4)


def _warnings(site: Installation) -> list[dict[str, Any]]:
    """Return what people were told besides that runs ended well."""
    return [notice["data"] for notice in site.notices if notice["type"] != "run.finished"]


def _told(site: Installation, trial: Trial, result: dict[str, Any]) -> Trial:
    warned = _warnings(site)
    trial.codes = tuple(sorted({told["change"]["code"] for told in warned if told.get("change")}))
    trial.errors = tuple(sorted({str(told["error"]) for told in warned if told.get("error")}))
    trial.outcome = str(result.get("outcome", "none"))
    trial.cause = str(result.get("cause", ""))[:200]
    return trial


def _expected(catalog: Catalog, erp: SandboxServer, connector: str, stream: str) -> dict[str, dict[str, Any]]:
    """Return the canonical records of what the ERP holds."""
    mapper = catalog.mapper(connector, stream)
    mapped = (mapper.map(record, NAME).data for record in erp.sandbox.shelves[stream].records())
    return {data["id"]: data for data in mapped if data is not None}


def _compare(
    trial: Trial, site: Installation, before: dict[str, Any], expected: dict[str, dict[str, Any]]
) -> None:
    for key, data in site.consumer.state.items():
        if data != before.get(key) and data != expected.get(key):
            trial.wrong += 1
    if trial.outcome == "synced":
        trial.missing = sum(site.consumer.state.get(key) != data for key, data in expected.items())
