"""What one window of records (a chunk, a page, a file) showed, as a contract can learn from it.

It compares with nothing; see sluice.contract.detector.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sluice.contract.records.observed import Observation
from sluice.contract.records.watch import Watch
from sluice.contract.records.window import window_of
from sluice.contract.reliance import Reliance
from sluice.contract.statistical import Guard

__all__ = ["Observation", "observe"]

_NOTHING = Reliance(entity="", used={})


def observe(records: Sequence[Any]) -> Observation:
    """Return what records show where nothing is relied on: paths and types, no values.

    What a stream's records show for its contract is told by ``Detector.observed``.
    """
    return window_of(records, records, Watch(_NOTHING), Guard()).observation
