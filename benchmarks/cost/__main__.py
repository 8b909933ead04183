"""What runs cost by the meter, on the embedded AWS: changed records, runs without news; held against goals.

usage: python -m benchmarks.cost [--records 100000] [--keep]

--keep writes what was metered to sluice/usecases/operating/unit_costs.yaml, which forecasts are made from.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import yaml

from benchmarks.cost.rig import MeteredRun, Rig, change
from benchmarks.machine import told_of_the_machine
from sluice.bootstrap.deployment import Deployment
from sluice.bootstrap.documents import ROOT
from sluice.local import deploy, embedded_aws
from sluice.settings import DEFAULT_REGION, LOCAL_STAGE
from sluice.usecases.operating.cost import priced_units, prices_of

UNIT_COSTS = ROOT / "sluice/usecases/operating/unit_costs.yaml"
DOLLARS_A_MILLION = Decimal("0.25")
TRANSITIONS_WITHOUT_NEWS = 6
FEW = 10
_MILLION = 1_000_000
_TEN = (
    "customer", "invoice", "product", "supplier", "project",
    "supplier_invoice", "order", "account", "employee", "ledger_entry",
)  # fmt: skip


def metered(rig: Rig, records: int) -> list[MeteredRun]:
    """Return the runs in the order in which they were made."""
    found: list[MeteredRun] = []
    with rig.connected("whole", "tripletex", ("department",), min(records, 20_000)) as erp:
        rig.run("whole", "first")
        found.append(rig.run("whole", "unchanged"))
    with rig.connected("one", "tripletex", ("customer",), records) as erp:
        found.append(rig.run("one", "new", records))
        found.append(rig.run("one", "idle_one"))
        # Few first: a run reads again what had changed shortly before the one before it.
        change(erp, "customer", FEW, "few")
        found.append(rig.run("one", "few", FEW))
        change(erp, "customer", records, "changed")
        found.append(rig.run("one", "changed", records))
    for name, streams in (("idle_first", _TEN[:1]), ("idle_ten", _TEN)):
        with rig.connected(name.replace("_", "-"), "erpnext", streams, 50):
            rig.run(name.replace("_", "-"), "first")
            found.append(rig.run(name.replace("_", "-"), name))
    return found


def tell(runs: list[MeteredRun]) -> None:
    """Print each run by its lines, then what was wanted and what was reached."""
    region, read = prices_of()
    out = sys.stdout.write
    out(f"{told_of_the_machine()}; list prices of {region}, read {read}\n")
    for run in runs:
        lines = priced_units(run.units)
        dollars = sum((Decimal(line.dollars) for line in lines), Decimal(0))
        out(f"\n{run.name}: {run.streams} streams, {run.read:,} records read, {run.changed:,} changed, ")
        out(f"{run.seconds:.1f} s: ${dollars:.7f}\n")
        for line in lines:
            out(f"  ${line.dollars:>11}  {line.quantity:>12}  {line.what}\n")
        out(f"  with the share of a processor that their memory gives: {run.stretched:.3f} GB-seconds\n")
        for state, (gb_seconds, worked) in run.times.items():
            out(f"    {state:<14} {gb_seconds:>9.3f} GB-seconds, {worked:>8.3f} s of a processor\n")
    by_name = {run.name: run for run in runs}
    for name in ("new", "changed"):
        for what, dollars in (("", _dollars(by_name[name])), (", stretched", _stretched(by_name[name]))):
            scaled = dollars * _MILLION / by_name[name].changed
            ratio = scaled / DOLLARS_A_MILLION
            out(f"\n1,000,000 records {name}{what}: ${scaled:.4f}, {ratio:.2f} of ${DOLLARS_A_MILLION}")
    idle = by_name["idle_ten"].usage.used.transitions
    out(f"\nrun of 10 streams without news: {idle} transitions, at most {TRANSITIONS_WITHOUT_NEWS} wanted\n")


def keep(runs: list[MeteredRun]) -> None:
    """Write what was metered down for forecasts."""
    found = {
        "metered": datetime.now(UTC).date().isoformat(),
        "machine": told_of_the_machine(),
        "runs": {
            run.name: {
                "streams": run.streams,
                "read": run.read,
                "changed": run.changed,
                "units": {kind: f"{amount.normalize():f}" for kind, amount in run.units.items()},
            }
            for run in runs
        },
    }
    head = (
        "# Written by `python -m benchmarks.cost --keep`: what runs used on the embedded AWS, by the meter.\n"
    )
    head += "# Nothing is to be edited here. Forecasts are made from it; docs/cost.md says how.\n"
    UNIT_COSTS.write_text(head + yaml.safe_dump(found, sort_keys=False, width=110))


def _dollars(run: MeteredRun) -> Decimal:
    return sum((Decimal(line.dollars) for line in priced_units(run.units)), Decimal(0))


def _stretched(run: MeteredRun) -> Decimal:
    units = {**run.units, "lambda_gb_second": run.stretched}
    return sum((Decimal(line.dollars) for line in priced_units(units)), Decimal(0))


def main() -> int:
    """Meter and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cost")
    parser.add_argument("--records", type=int, default=100_000, help="so many are new, then changed")
    parser.add_argument("--keep", action="store_true", help="write unit_costs.yaml")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        running = embedded_aws.start(home)
        try:
            deploy.deploy(ROOT, home, running)
            runs = metered(Rig(Deployment(LOCAL_STAGE, DEFAULT_REGION, running.endpoint)), given.records)
        finally:
            embedded_aws.stop(home)
    tell(runs)
    if given.keep:
        keep(runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
