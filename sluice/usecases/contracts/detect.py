"""Two files of raw records side by side: what the later one shows that the earlier one did not.

The same detectors, mapping and judgement as in the pipeline, with nothing stored and nothing published.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sluice.contract.contract import Contract
from sluice.contract.detector import Detector
from sluice.contract.observation import Observation
from sluice.contract.policy import strongest
from sluice.contract.reliance import Reliance
from sluice.contract.statistics.differences import MIN_NOW, MIN_PLACES, MIN_WINDOWS
from sluice.errors import ApiChanged, ConfigurationInvalid
from sluice.faults import Fault
from sluice.mapping.mapper import Mapper
from sluice.messages.events import EventSource
from sluice.model.change import Action, Change
from sluice.registry.catalog import Catalog
from sluice.snapshot.receipts import Seen
from sluice.usecases.contracts.reliance import reliance_of
from sluice.usecases.transforming.judging import Judging
from sluice.usecases.transforming.transform import transform

WINDOW = 5_000
"""Records that are judged together, as the records of a chunk are."""
ENOUGH, RUNS = MIN_PLACES, MIN_WINDOWS
"""A baseline of so many records counts as so many runs: statistics want to know what varies between runs."""
ENOUGH_OBSERVED = MIN_NOW
"""Of fewer observed records only the structure is judged."""

BLOCKING = frozenset({Action.QUARANTINE, Action.HOLD, Action.FAIL})

_ORDER = list(Action)

Record = dict[str, Any]


class Detected(Struct, frozen=True):
    """The changes, the strongest first; ``blocks``: not everything that was observed may be published.

    ``failed`` says which detector failed, empty where all worked.
    """

    changes: tuple[Change, ...]
    failed: str = ""

    @property
    def blocks(self) -> bool:
        """Whether any change sets records aside, holds the stream or fails the run."""
        return any(change.action in BLOCKING for change in self.changes)


class StreamSpec(Struct, frozen=True):
    """One stream of one connector with its mapping, and what is relied on of it."""

    connector: str
    mapper: Mapper
    reliance: Reliance


def stream_spec(catalog: Catalog, connector: str, stream: str) -> StreamSpec:
    """Return the stream's specification; raises ConfigurationInvalid, naming the streams that there are."""
    found = catalog.connector(connector)
    if stream not in found.streams:
        message = f"{connector} has no stream {stream!r}; it has: {', '.join(found.streams)}"
        raise ConfigurationInvalid(message, [Fault("unknown_stream", "/stream", message)])
    mapper = catalog.mapper(connector, stream)
    return StreamSpec(connector, mapper, reliance_of(found, found.streams[stream], mapper))


def detect(spec: StreamSpec, baseline: Sequence[Record], observed: Sequence[Record]) -> Detected:
    """Learn from ``baseline`` and judge ``observed``; without a baseline by what is declared and mapped."""
    contract = learnt(spec, baseline)
    detector = Detector(spec.reliance, contract)
    judging = Judging(spec.mapper, detector)
    found: list[tuple[Sequence[Change], int]] = []
    failures: dict[str, None] = {}
    for window in _windows(observed):
        changes, failed = _judged(window, judging, spec)
        found.append((changes, len(window)))
        failures.update(dict.fromkeys([failed] if failed else []))
    return Detected(_together(found), "; ".join(failures))


def learnt(spec: StreamSpec, baseline: Sequence[Record]) -> Contract | None:
    """Return the contract that the records teach, None where there are none."""
    contract: Contract | None = None
    runs = RUNS if len(baseline) >= ENOUGH else 1
    size = -(-len(baseline) // runs)
    for start in range(0, len(baseline), size or 1):
        detector = Detector(spec.reliance, contract)
        seen = Observation()
        for window in _windows(baseline[start : start + size]):
            seen = seen.merged(detector.observed(window))
        contract = (contract or Contract()).learnt_from(seen, reliance=spec.reliance)
    return contract


def _windows(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    for start in range(0, len(records), WINDOW):
        yield records[start : start + WINDOW]


def _judged(window: Sequence[Record], judging: Judging, spec: StreamSpec) -> tuple[Sequence[Change], str]:
    """Return the changes of one window as the pipeline sees them, and which detector failed."""
    mapper = spec.mapper
    source = EventSource("detect", spec.connector, mapper.entity, mapper.schema_id, "")
    try:
        result = transform(window, judging, source, _nothing_known)
    except ApiChanged as changed:
        return changed.changes, ""
    return result.changes, result.failed


def _nothing_known(ids: Iterable[str]) -> Mapping[str, Seen]:  # noqa: ARG001 - the shape of LookUp
    return {}


def _together(found: Sequence[tuple[Sequence[Change], int]]) -> tuple[Change, ...]:
    """Return the changes of all windows, of the same one its strongest, with its share of all records."""
    total = max(1, sum(records for _, records in found))
    merged: dict[tuple[str, str], Change] = {}
    for changes, records in found:
        for change in changes:
            part = replace(change, share=change.share * records / total)
            known = merged.get((change.code, change.path))
            merged[change.code, change.path] = _added(known, part) if known else part
    ordered = sorted(merged.values(), key=lambda one: (-_ORDER.index(one.action), one.path, one.code))
    return tuple(replace(change, share=min(1.0, change.share)) for change in ordered)


def _added(one: Change, other: Change) -> Change:
    stronger = one if strongest((one, other)) is one.action else other
    counts = {
        name: one.evidence[name] + other.evidence[name]
        for name in ("records", "affected")
        if isinstance(one.evidence.get(name), int) and isinstance(other.evidence.get(name), int)
    }
    return replace(stronger, share=one.share + other.share).with_evidence(**counts)
