"""Simulates a fleet of connections, and reports what breaks first: at how many, with schedules spread or not.

usage: python -m benchmarks.fleet [--connections 10000] [--hours 3] [--herd-hours 1] [--json]
                                   [--region eu-north-1] [--seed 1]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from benchmarks.fleet.report import markdown, to_json
from benchmarks.fleet.study import Wanted, study


def main(given: Sequence[str] | None = None) -> int:
    """Simulate and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet")
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--hours", type=float, default=3.0, help="with spread schedules; 3 have an outage")
    parser.add_argument("--herd-hours", type=float, default=1.0, help="with all schedules on the hour")
    parser.add_argument("--region", default="eu-north-1", choices=("eu-north-1", "eu-west-1"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="figures for scripts in place of the report")
    asked = parser.parse_args(given)
    if asked.connections < 1:
        parser.error("--connections: at least 1")
    wanted = Wanted(asked.connections, asked.hours, asked.herd_hours, asked.region, asked.seed)
    found = study(wanted)
    sys.stdout.write(json.dumps(to_json(found), indent=1) + "\n" if asked.json else markdown(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
