"""`sluice pull`: one stream from an ERP to JSON lines of events, without AWS."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

import click

from sluice.bootstrap import puller
from sluice.cli.assignments import Assignment
from sluice.cli.output import say
from sluice.usecases.pull import Pull, Pulled

SHOWN_FAULTS = 5
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("pull")
@click.argument("connector")
@click.argument("stream")
@click.option(
    "--set", "given", type=Assignment(), multiple=True, help="A setting or secret of the connector."
)
@click.option("--connectors", type=_FOLDER, help="Another folder than the repository's own.")
@click.option("--transformers", type=_FOLDER, help="Another folder than the repository's own.")
@click.option("--out", type=click.File("wb"), default="-", help="A file, or - for standard output.")
@click.option("--raw", is_flag=True, help="The ERP's records as they came, not events.")
def pull_command(**wanted: Any) -> None:
    """Read one STREAM to JSON lines, without AWS.

    It is read whole, checked and mapped, and its events are written, one JSON object a line. Nothing is
    remembered: every record is new to each pull. Counts, and what was quarantined, go to standard error.
    """
    pull = Pull(wanted["connector"], wanted["stream"], dict(wanted["given"]))
    with puller(pull, wanted["connectors"], wanted["transformers"]) as work:
        started = time.monotonic()
        try:
            write_lines(work.raw() if wanted["raw"] else work.events(), wanted["out"])
        finally:
            report(work.result, time.monotonic() - started)


def write_lines(lines: Iterable[bytes], out: BinaryIO) -> None:
    """Write each line with its end."""
    for line in lines:
        out.write(line)
        out.write(b"\n")
    out.flush()


def report(result: Pulled, seconds: float) -> None:
    """Say on stderr how much was read and what was set aside."""
    counts = {name: count for name, count in result.counts.to_json().items() if count or name == "fetched"}
    say(
        ", ".join(f"{count} {name}" for name, count in counts.items())
        + f"; {result.pages} pages, {seconds:.1f} s"
    )
    for record in result.quarantined[:SHOWN_FAULTS]:
        faults = "; ".join(f"{fault['pointer']}: {fault['message']}" for fault in record["faults"])
        say(f"quarantined {record['source_id']}: {faults}")
    if len(result.quarantined) > SHOWN_FAULTS:
        say(
            f"... and {len(result.quarantined) - SHOWN_FAULTS} more",
        )
    sys.stderr.flush()
