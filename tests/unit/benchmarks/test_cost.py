"""What the benchmark of costs prints and keeps, from runs that are made up."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from benchmarks.cost import __main__ as cost
from benchmarks.cost.rig import MeteredRun, _logged
from sluice.model.metered import Metered
from sluice.registry.usages import Usage, Used

NAMES = ("unchanged", "new", "idle_one", "few", "changed", "idle_first", "idle_ten")


def metered_run(name: str, changed: int, transitions: int = 4) -> MeteredRun:
    usage = Usage("run-1", "one", "manual", "succeeded", "2026-11-22T08:00:00Z", 5, Used(transitions))
    run = MeteredRun(name, 1, changed, 5, 1.0, usage)
    run.units = {"transition": Decimal(transitions), "lambda_gb_second": Decimal("2.5")}
    run.times = {"FetchPages": (Decimal("2.5"), Decimal("0.5")), "SummariseRun": (Decimal("0.1"), Decimal(1))}
    return run


RUNS = [metered_run(name, 1000, 7 if name == "idle_ten" else 4) for name in NAMES]


def test_a_million_is_told_from_what_was_metered(capsys: pytest.CaptureFixture[str]) -> None:
    cost.tell(RUNS)
    said = capsys.readouterr().out
    # 4 transitions and 2.5 GB-seconds for 1,000 records.
    assert "1,000,000 records changed: $0.1333, 0.53 of $0.25" in said
    assert "run of 10 streams without news: 7 transitions, at most 6 wanted" in said


def test_functions_with_little_memory_are_stretched() -> None:
    [run] = [one for one in RUNS if one.name == "few"]
    assert run.stretched == Decimal("2.5") + Decimal(1769) / 1024


def test_what_is_kept_is_what_was_metered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "UNIT_COSTS", tmp_path / "unit_costs.yaml")
    cost.keep(RUNS)
    kept = yaml.safe_load((tmp_path / "unit_costs.yaml").read_text())
    assert kept["runs"].keys() == set(NAMES)
    assert kept["runs"]["few"] == {
        "streams": 1,
        "read": 5,
        "changed": 1000,
        "units": {"transition": "4", "lambda_gb_second": "2.5"},
    }


def test_only_lines_that_tell_what_was_used_are_read() -> None:
    assert list(_logged("START RequestId: 1")) == []
    assert list(_logged('{"message": "other"}')) == []
    line = '{"message": "used", "used": {"ms": 3, "mb": 512, "cpu_ms": 1, "requests": {}}}'
    assert list(_logged(line)) == [Metered(3, 512, 1, {})]
