"""What every case of mocks/housekeeping.json must come to, and which edges it takes."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.state_machines.machine import read_mock_config
from tests.state_machines.watch_cases import Case

MOCK_CONFIG = Path(__file__).parent / "mocks" / "housekeeping.json"

TIDIED = "HousekeepingOutcome=tidied"
UNFINISHED = "HousekeepingOutcome="


CASES: dict[str, Case] = {
    "EveryPartitionIsCompacted": Case((TIDIED,), ["compacted", "compacted"]),
    "NothingToTidy": Case((TIDIED,), []),
    "PlanHousekeepingFails": Case(("PlanHousekeeping!States.ALL",), None, "OutcomeUnknown"),
    "RecordUncompactedFails": Case(
        ("CompactPartition!OutcomeUnknown", "RecordUncompacted!States.ALL", UNFINISHED),
        ["unrecorded"],
        "OutcomeUnknown",
    ),
    "ForgetSnapshotsHasNoTime": Case((TIDIED,), []),
    "ForgetSnapshotsFails": Case(("ForgetSnapshots!States.ALL", UNFINISHED), ["compacted"], "OutcomeUnknown"),
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

mock_config = partial(read_mock_config, MOCK_CONFIG)
"""Returns the cases in Step Functions Local's mock-config format."""
