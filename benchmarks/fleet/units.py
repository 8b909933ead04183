"""DynamoDB's units that steps take, by the metered runs that forecasts are made from (unit_costs.yaml)."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from sluice.bootstrap.documents import ROOT

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Units:
    """Reads and writes: half of what any run takes, of a look at a stream, and of a stream with news."""

    run_half: Pair
    look: Pair
    news: Pair

    @classmethod
    def metered(cls) -> Units:
        """Return what was metered: a run of one idle stream, of ten, and of one with news."""
        runs = yaml.safe_load((ROOT / "sluice/usecases/operating/unit_costs.yaml").read_text())["runs"]
        one, first, ten, few = (_pair(runs[name]) for name in ("idle_one", "idle_first", "idle_ten", "few"))
        look = ((ten[0] - first[0]) / 9, (ten[1] - first[1]) / 9)
        half = ((one[0] - look[0]) / 2, (one[1] - look[1]) / 2)
        return cls(half, look, (few[0] - one[0], few[1] - one[1]))


def _pair(run: dict[str, dict[str, str]]) -> Pair:
    return float(run["units"]["dynamodb_read"]), float(run["units"]["dynamodb_write"])
