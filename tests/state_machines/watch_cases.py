"""What every case of mocks/watch.json must come to, and which edges it takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.state_machines.machine import read_mock_config

MOCK_CONFIG = Path(__file__).parent / "mocks" / "watch.json"

WATCHED = "WatchOutcome=watched"


@dataclass(frozen=True, slots=True)
class Case:
    """``outcomes`` is what the last step is told of what the Map came to, None where it is not asked.

    ``error`` is that of the execution, None for one that succeeds.
    """

    edges: tuple[str, ...]
    outcomes: list[str] | None
    error: str | None = None


CASES: dict[str, Case] = {
    "EveryDescriptionIsRead": Case((WATCHED,), ["unchanged", "unchanged"]),
    "NothingToRead": Case((WATCHED,), []),
    "PlanWatchFails": Case(("PlanWatch!States.ALL",), None, "ConfigurationInvalid"),
    "RecordUnreadFails": Case(
        ("ProbeDescription!ErpUnavailable", "RecordUnread!States.ALL", "WatchOutcome="),
        ["unrecorded"],
        "OutcomeUnknown",
    ),
    "TellAheadFails": Case(("TellAhead!States.ALL",), ["unchanged"], "KeyError"),
    "TellAheadAnswersNonsense": Case(("WatchOutcome=",), ["unchanged"], "OutcomeUnknown"),
}

UNGUARDED: dict[str, Case] = {
    "AnErrorNobodyCatchesInside": Case(
        ("ProbeDescriptions!States.ALL", "WatchOutcome="), ["unrecorded"], "OutcomeUnknown"
    ),
}
"""Cases of the machine without ProbeDescription's Catch: nothing else gets an error as far as the Map."""

_CAUGHT = {
    name: name
    for name in (
        "ErpUnavailable",
        "CredentialsRejected",
        "ApiChanged",
        "ConfigurationInvalid",
        "OutcomeUnknown",
    )
} | {"KeyError": "States.ALL"}

for _error, _by in _CAUGHT.items():
    CASES[f"ProbeDescriptionRaises{_error}"] = Case((f"ProbeDescription!{_by}", WATCHED), ["unread"])

mock_config = partial(read_mock_config, MOCK_CONFIG)
"""Returns the cases in Step Functions Local's mock-config format."""
