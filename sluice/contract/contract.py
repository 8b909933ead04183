"""The contract of one stream on one connection: what was learnt of it, what was decided, what is relied on.

A value that grows by good sweeps and by decisions; where it is kept, and who decided, is told elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from msgspec import Struct, field
from msgspec.structs import replace

from sluice.contract.learnt import forgotten, learnt_with, trimmed
from sluice.contract.records.observed import Observation
from sluice.contract.records.paths import key_of, path_in
from sluice.contract.reliance import Reliance
from sluice.model.change import Change

FORMAT = 1
MAX_BYTES = 256 * 1024

Waiver = tuple[str, str]
"""Code and path of a change that an operator accepted."""


class UnknownFormat(ValueError):
    """A stored contract is of a format that this version does not read; the message says which it reads."""


class Contract(Struct, frozen=True):
    """What holds for a stream now.

    ``version`` grows with every decision, ``runs`` with every good sweep; ``learnt`` is all sweeps together.
    ``waived`` are accepted changes that no sweep has shown yet. ``wire`` is what replies told besides
    records, ``relied_on`` the used paths with their canonical fields. ``left_out`` says what did not fit.
    """

    version: int = 1
    runs: int = 0
    learnt: Observation = field(default_factory=Observation)
    waived: frozenset[Waiver] = frozenset()
    wire: Mapping[str, Any] = field(default_factory=dict)
    relied_on: Mapping[str, Sequence[str]] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    def learnt_from(self, observation: Observation, *, reliance: Reliance) -> Contract:
        """Return the contract after a good sweep: the same version, knowing more, at most MAX_BYTES."""
        waived = frozenset(waiver for waiver in self.waived if not _is_met(waiver, observation))
        expected = [path_in(path) for _, path in sorted(self.waived)]
        grown = replace(
            self,
            runs=self.runs + 1,
            learnt=learnt_with(self.learnt, observation, reliance, expected),
            waived=waived,
            relied_on={key_of(path): list(fields) for path, fields in sorted(reliance.used.items())},
            left_out=(),
        )
        return grown._fitting(reliance)  # noqa: SLF001 - its own

    def amended(self, changes: Sequence[Change]) -> Contract:
        """Return the next version, which accepts these changes: what was learnt at their paths is forgotten.

        Until a sweep has shown the new state, the changes are waived.
        """
        waived = self.waived | {(change.code, change.path) for change in changes}
        learnt = self.learnt
        for change in changes:
            learnt = forgotten(learnt, path_in(change.path), rekeyed="key" in change.used_by)
        return replace(self, version=self.version + 1, waived=waived, learnt=learnt)

    def with_wire(self, wire: Mapping[str, Any]) -> Contract:
        """Return the contract with what replies told."""
        return replace(self, wire=wire)

    def size(self) -> int:
        """Return its size as JSON, in bytes."""
        return len(orjson.dumps(self.to_json()))

    def to_json(self) -> dict[str, Any]:
        """Return the contract as a JSON object."""
        return {
            "format": FORMAT,
            "version": self.version,
            "runs": self.runs,
            "learnt": self.learnt.to_json(),
            "waived": sorted([code, path] for code, path in self.waived),
            "wire": dict(self.wire),
            "relied_on": {path: list(fields) for path, fields in self.relied_on.items()},
            "left_out": list(self.left_out),
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Contract:
        """Read what :meth:`to_json` wrote; raises UnknownFormat for any other format."""
        if found.get("format") != FORMAT:
            came = found.get("format")
            raise UnknownFormat(f"the contract has the format {came!r}; this version reads format {FORMAT}")
        return cls(
            version=found["version"],
            runs=found["runs"],
            learnt=Observation.from_json(found["learnt"]),
            waived=frozenset((code, path) for code, path in found["waived"]),
            wire=found["wire"],
            relied_on=found["relied_on"],
            left_out=tuple(found["left_out"]),
        )

    def _fitting(self, reliance: Reliance) -> Contract:
        """Return the contract with as much left out as it takes to fit, what is not used first."""
        contract = self
        if contract.learnt.overflow:
            contract = replace(contract, left_out=("fields beyond the first 600 that are not used",))
        for words, learnt in trimmed(contract.learnt, reliance):
            if contract.size() <= MAX_BYTES:
                break
            contract = replace(contract, learnt=learnt, left_out=(*contract.left_out, words))
        return contract


def _is_met(waiver: Waiver, observation: Observation) -> bool:
    """Return whether the observation shows the accepted state: its place was there to be seen."""
    path = path_in(waiver[1])
    return not path or path in observation.columns or observation.places(path) > 0
