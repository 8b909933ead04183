"""Compare, match and reconcile proven on live ERPs with planted differences, doubles and look-alikes.

usage: python -m benchmarks.matching.live [--companies 400] [--seed 2]

It starts an embedded AWS of its own and sandboxes of Tripletex and PowerOffice Go, plants through their admin
doors, runs the connections, asks the commands that people ask, and holds what they tell against what was
planted. Exit code 1 where compare or reconcile tells anything else.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import urllib3

from benchmarks.embedded import embedded
from benchmarks.matching.__main__ import line, say
from benchmarks.matching.companies import Record
from benchmarks.matching.differences import HERE, REAL, SAME, THERE, Ways, planned, scores
from benchmarks.matching.ledgers import LEDGERS
from benchmarks.matching.measuring import Score
from benchmarks.matching.planting import planted
from sandbox.options import Options
from sandbox.server import SandboxServer, serve
from sluice.bootstrap.deployment import Deployment
from sluice.bootstrap.documents import ROOT
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.settings import child_environment
from sluice.usecases.operating.runs import show_run, start_run

BOTH = ("tripletex", "poweroffice")
WAYS = Ways({name: change for name, change in REAL.items() if name != "language"}, (*SAME[:2], SAME[-1]))
"""What both ERPs can hold: PowerOffice Go has no language, and neither takes an amount as text."""
FIELDS = "name,email,phone,active,payment_terms_days,discount_percentage,postal_address"
INVOICES = 60
_PATIENCE = 300
_COMMAND = (sys.executable, "-c", "from sluice.cli.main import main; main()")


@dataclass(slots=True)
class Place:
    """An embedded AWS with sandboxes beside it; all of them end with ``ends``."""

    home: Path
    deployment: Deployment
    ends: ExitStack
    sandboxes: dict[str, SandboxServer] = field(default_factory=dict)

    def connect(self, name: str, connector: str, records: Mapping[str, int]) -> None:
        """Start a sandbox with so many records by stream, and add a connection to it."""
        options = Options(scale=0.02, records=dict(records))
        server = self.ends.enter_context(
            serve(self.deployment.world.catalog.connector(connector), 0, options)
        )
        self.sandboxes[name] = server
        connection = Connection(name, connector, settings=dict(server.settings), streams=tuple(records))
        self.deployment.desk.add(connection, {key: Secret(text) for key, text in server.secrets.items()})

    def order(self, name: str, what: str, **asked: Any) -> Any:
        """Order a sandbox: change, add, delete."""
        reply = urllib3.request("POST", f"{self.sandboxes[name].url}/_sandbox/{what}", json=asked)
        if reply.status != 200:
            raise RuntimeError(f"{what}: {reply.data!r}")
        return reply.json()

    def ids(self, name: str, stream: str) -> list[str]:
        """Return the ids of a sandbox's records, in their order."""
        reply = urllib3.request("GET", f"{self.sandboxes[name].url}/_sandbox/records?stream={stream}")
        return [str(record.get("id", record.get("Id"))) for record in reply.json()["records"]]

    def run(self, *names: str) -> None:
        """Run connections side by side to their ends; raises RuntimeError unless all succeed."""
        runs = [start_run(self.deployment.world, name) for name in names]
        views = [show_run(self.deployment.world, run) for run in runs]
        while not all(view.ended for view in views):
            time.sleep(0.5)
            views = [show_run(self.deployment.world, run) for run in runs]
        for view in views:
            if view.run is None or view.run.status != "succeeded":
                raise RuntimeError(str(view))

    def told(self, *command: str) -> Any:
        """Return what a command tells as JSON."""
        environment = child_environment(SLUICE_HOME=str(self.home))
        done = subprocess.run(  # noqa: S603 - our own command
            [*_COMMAND, *command, "--json"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout)

    def wait_for(self, entity: str, counts: Mapping[str, int]) -> None:
        """Wait until the lake has so many records of each connection; raises TimeoutError."""
        sql = f"SELECT connection, count(*) AS records FROM {entity} GROUP BY ALL"  # noqa: S608 - our own word
        until = time.monotonic() + _PATIENCE
        while True:
            found = {row["connection"]: row["records"] for row in self.told("data", "query", sql)}
            if all(found.get(name) == count for name, count in counts.items()):
                return
            if time.monotonic() > until:
                raise TimeoutError(f"the lake has {found}, not {counts}")
            time.sleep(2)


def main() -> int:
    """Plant, run, ask, and print; 1 where something planted was missed that had to be found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching.live", description=__doc__)
    parser.add_argument("--companies", type=int, default=400)
    parser.add_argument("--seed", type=int, default=2)
    given = parser.parse_args()
    with embedded() as (home, _, deployment), ExitStack() as ends:
        place = Place(home, deployment, ends)
        say(f"sandboxes of {' and '.join(BOTH)}, seed {given.seed}, {given.companies} companies")
        exact = [*compared(place, given.seed, given.companies), *reconciled(place)]
        matched(place, given.seed, given.companies)
    return 0 if all(score.precision == score.recall == 1 for score in exact) else 1


def fill(
    place: Place, connections: Sequence[str], records: Mapping[str, list[Record]]
) -> dict[str, list[str]]:
    """Bring these customers into the lake through a sandbox for each connection; return their ids there."""
    ids: dict[str, list[str]] = {}
    for connection, (side, held), connector in zip(connections, records.items(), BOTH, strict=True):
        place.connect(connection, connector, {"customer": len(held)})
        ids[side] = place.ids(connection, "customer")
        for own, record in zip(ids[side], held, strict=True):
            place.order(connection, "change", stream="customer", id=own, set=LEDGERS[connector](record))
    place.run(*connections)
    counts = zip(connections, records.values(), strict=True)
    place.wait_for("customer", {connection: len(held) for connection, held in counts})
    return ids


def compared(place: Place, seed: int, companies: int) -> list[Score]:
    """Plant differences in two ERPs, compare them, and print what was told of them."""
    plan = planned(seed, companies, WAYS)
    ids = fill(place, (HERE, THERE), plan.records)
    # The plan counts records from one; the sandboxes have ids of their own.
    plan.keyless = {(side, ids[side][int(own) - 1]) for side, own in plan.keyless}
    connections = f"{HERE},{THERE}"
    found = place.told(
        "data", "compare", "--entity", "customer", "--connections", connections, "--fields", FIELDS,
        "--limit", "1000000",
    )  # fmt: skip
    say(f"\ncompare: {' and '.join(str(len(held)) for held in plan.records.values())} customers")
    return _printed(scores(plan, found))


def matched(place: Place, seed: int, companies: int) -> None:
    """Plant the same companies, doubles and look-alikes in two ERPs, match them, and print pair by pair."""
    plan = planted(seed, companies, ("one", "other"))
    ids = fill(place, plan.connections, plan.records)
    company = {
        (side, ids[side][int(own) - 1000]): number for (side, own), number in plan.truth.items()
    }  # the plan counts from 1000
    found = place.told("data", "match", "--entity", "customer", "--connections", ",".join(plan.connections))
    pairs = {
        frozenset(pair)
        for group in found["groups"]
        for pair in combinations([(one["connection"], one["source_id"]) for one in group["records"]], 2)
    }
    together: dict[int, list[tuple[str, str]]] = {}
    for record, number in company.items():
        together.setdefault(number, []).append(record)
    true = {frozenset(pair) for records in together.values() for pair in combinations(records, 2)}
    numbered = {
        (side, own) for side in ids for own, record in zip(ids[side], plan.records[side], strict=True)
        if record["organisation_number"]
    }  # fmt: skip
    say(f"\nmatch: {' and '.join(str(len(held)) for held in plan.records.values())} customers")
    line("all pairs", _score(pairs, true))
    for words, with_numbers in (("both have a number", True), ("one or both have none", False)):
        some = [{pair for pair in of if (pair <= numbered) is with_numbers} for of in (pairs, true)]
        line(words, _score(*some))


def reconciled(place: Place) -> list[Score]:
    """Lose an invoice in the lake, change, delete and add others in the ERP; print what reconcile names."""
    name, stream = "books", "invoice"
    place.connect(name, "tripletex", {stream: INVOICES})
    place.run(name)
    place.wait_for(stream, {name: INVOICES})
    objects, prefix = place.deployment.world.objects, f"lake/{stream}/events/{name}/"
    before = set(objects.keys(prefix))
    (lost,) = place.order(name, "add", stream=stream, count=1)["added"]
    place.run(name)
    place.wait_for(stream, {name: INVOICES + 1})
    for key in set(objects.keys(prefix)) - before:
        objects.delete(key)  # the event of that one invoice: now the lake has lost it
    clean = place.ids(name, stream)
    place.order(name, "change", stream=stream, id=clean[3], set={"amountCurrencyOutstanding": 1234.56})
    place.order(name, "delete", stream=stream, id=clean[8])
    (added,) = place.order(name, "add", stream=stream, count=1)["added"]
    (told,) = place.told(
        "data", "reconcile", "--connections", name, "--entity", stream, "--months", "60", "--differing"
    )
    wanted = {
        (str(lost), "only_in_erp"), (clean[3], "differing"), (clean[8], "only_in_lake"),
        (str(added), "only_in_erp"),
    }  # fmt: skip
    found = {(one["source_id"], one["kind"]) for row in told["rows"] for one in row["records"]}
    say(
        f"\nreconcile: {INVOICES + 1} invoices, {told['rows_differing']} of {told['rows_in_all']} rows differ"
    )
    return _printed({"lost, changed, deleted and added invoices": _score(found, wanted)})


def _printed(found: Mapping[str, Score]) -> list[Score]:
    for name, score in found.items():
        line(name, score)
    return list(found.values())


def _score(found: set[Any], wanted: set[Any]) -> Score:
    return Score(len(found & wanted), len(found - wanted), len(wanted - found))


if __name__ == "__main__":
    sys.exit(main())
