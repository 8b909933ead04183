"""What one invocation of a function used of what AWS bills: its time, its memory, and its requests in units.

Counted by the function itself (sluice/aws/meter.py), so that what a run cost is no guess. Knows no prices.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct, field

KEY = "used"
"""Under which a step of a run answers with what it used; the execution's history keeps it."""


class Metered(Struct, frozen=True):
    """``ms`` from the beginning of the handler, rounded up; ``cpu_ms`` of them a processor worked.

    ``mb`` is the function's memory. ``requests`` are billable units by kind, decimal texts: a message of
    100 KB is two units, an eventually consistent read of a small item half a one.
    """

    ms: int
    mb: int
    cpu_ms: int
    requests: Mapping[str, str] = field(default_factory=dict)

    @property
    def gb_seconds(self) -> Decimal:
        """Memory times time, as Lambda bills it."""
        return Decimal(self.ms * self.mb) / 1024 / 1000

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {"ms": self.ms, "mb": self.mb, "cpu_ms": self.cpu_ms, "requests": dict(self.requests)}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Metered:
        """Read what :meth:`to_json` wrote; raises KeyError, TypeError or ValueError for anything else."""
        requests = {str(kind): str(Decimal(str(units))) for kind, units in found["requests"].items()}
        return cls(int(found["ms"]), int(found["mb"]), int(found["cpu_ms"]), requests)
