"""What every case of housekeeping_mock_config.json must come to, and which edges it takes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOCK_CONFIG = Path(__file__).with_name("housekeeping_mock_config.json")

TIDIED = "HousekeepingOutcome=tidied"
UNFINISHED = "HousekeepingOutcome="


@dataclass(frozen=True, slots=True)
class Case:
    """``outcomes`` is what SummariseHousekeeping is told of the partitions, None where it is not asked.

    ``error`` is that of the execution, None for one that succeeds.
    """

    edges: tuple[str, ...]
    outcomes: list[str] | None
    error: str | None = None


CASES: dict[str, Case] = {
    "EveryPartitionIsCompacted": Case((TIDIED,), ["compacted", "compacted"]),
    "NothingToTidy": Case((TIDIED,), []),
    "PlanHousekeepingFails": Case(("PlanHousekeeping!States.ALL",), None, "OutcomeUnknown"),
    "RecordUncompactedFails": Case(
        ("CompactPartition!OutcomeUnknown", "RecordUncompacted!States.ALL", UNFINISHED),
        ["unrecorded"],
        "OutcomeUnknown",
    ),
    "SummariseHousekeepingFails": Case(("SummariseHousekeeping!States.ALL",), ["compacted"], "KeyError"),
    "SummariseHousekeepingAnswersNonsense": Case((UNFINISHED,), ["compacted"], "OutcomeUnknown"),
}

UNGUARDED: dict[str, Case] = {
    "AnErrorNobodyCatchesInside": Case(
        ("CompactPartitions!States.ALL", UNFINISHED), ["unrecorded"], "OutcomeUnknown"
    ),
}
"""Cases of the machine without CompactPartition's Catch: nothing else gets an error as far as the Map."""

_CAUGHT = {
    "ConfigurationInvalid": "ConfigurationInvalid",
    "OutcomeUnknown": "OutcomeUnknown",
    "KeyError": "States.ALL",
}

for _error, _by in _CAUGHT.items():
    CASES[f"CompactPartitionRaises{_error}"] = Case(
        (f"CompactPartition!{_by}", UNFINISHED), ["uncompacted"], "OutcomeUnknown"
    )


def mock_config() -> dict[str, Any]:
    """Return the cases in Step Functions Local's mock-config format."""
    found: dict[str, Any] = json.loads(MOCK_CONFIG.read_text())
    return found
