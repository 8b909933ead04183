"""`sluice pull`: one stream from an ERP to JSON lines of events, without AWS."""

from __future__ import annotations

import json
import os
import stat
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from sluice.bootstrap.pulling import puller
from sluice.cli.assignments import Assignment
from sluice.cli.words import Ticker, say
from sluice.contract.contract import Contract
from sluice.errors import ApiChanged, CredentialsRejected, ErpUnavailable, SluiceError
from sluice.usecases.pull import Pull, Pulled, Standing

SHOWN_FAULTS = 5
TOGETHER = 100
"""Lines that are written at once."""
_ADVICE: Mapping[type[SluiceError], str] = {
    ApiChanged: "Correct the stream's file or its mapping where the list above names them, and pull again.",
    CredentialsRejected: "Give others with --set; `sluice connectors show CONNECTOR` says where to get them.",
    ErpUnavailable: "Pull again, later if it lasts: a pull begins from the start.",
}
"""What can be done here, where there is no connection, no run and nothing held."""
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
@click.option(
    "--contract",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Hold the records against the contract in this file, and keep in it what was learnt.",
)
@click.option("--json", "as_json", is_flag=True, help="Counts and changes as JSON on standard error.")
def pull_command(**wanted: Any) -> None:
    """Read one STREAM to JSON lines, without AWS.

    It is read whole, checked and mapped, and its events are written, one JSON object a line. Nothing is
    remembered but the contract, if a file for it is given: every record is new to each pull. Counts, what was
    quarantined and what the ERP changed go to standard error, and before that how far it is, until when the
    ERP is waited for and what it is asked for again; with --json only counts and changes. An API change that
    blocks ends with exit code 3, and nothing wrong is written.

    A refresh token that holds once only is spent by a pull, and what comes in its place is forgotten: give it
    one that no connection uses.
    """
    contract, keeps = read_contract(wanted["contract"]), wanted["contract"] is not None
    given = dict(wanted["given"])
    watcher = None if wanted["as_json"] else Telling(wanted["out"])
    pull = Pull(wanted["connector"], wanted["stream"], given, contract=contract, keeps=keeps, watcher=watcher)
    with puller(pull, wanted["connectors"], wanted["transformers"]) as work:
        started = time.monotonic()
        try:
            with watcher.ticker if watcher else nullcontext():
                write_lines(work.raw() if wanted["raw"] else work.batches(), wanted["out"])
        except SluiceError as error:
            if type(error) in _ADVICE:
                error.add_note(_ADVICE[type(error)])
            raise
        finally:
            report(work.result, time.monotonic() - started, as_json=wanted["as_json"])
        if work.result.contract is not None:
            write_contract(wanted["contract"], work.result.contract)


class Telling:
    """Tells on stderr what a pull waits for and tries again, and by its ``ticker`` how far it is."""

    def __init__(self, out: BinaryIO) -> None:
        self.ticker = Ticker(self._so_far, moves=sys.stderr.isatty() and _is_a_file(out))
        self._began, self._standing = time.monotonic(), Standing(0)

    def __call__(self, standing: Standing) -> None:
        """Take how far it is."""
        self._standing = standing
        if standing.until or standing.failed:
            self.ticker.say(obstacle_of(standing))

    def _so_far(self) -> str:
        """Return nothing while it waits: that may be for hours, and was told."""
        if self._standing.until is not None and self._standing.until > datetime.now(UTC):
            return ""
        return f"{self._standing.records} fetched, {time.monotonic() - self._began:.0f} s"


def _is_a_file(out: BinaryIO) -> bool:
    """Return whether events go to a file: else they may be lines on the terminal, and no other line moves.

    One that was named is not opened by asking, or a pull that cannot begin would empty it.
    """
    return out.name != "<stdout>" or stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)


def obstacle_of(standing: Standing) -> str:
    """Return what a reading waits for or tries again, in words."""
    if standing.until is not None:
        seconds = max((standing.until - datetime.now(UTC)).total_seconds(), 0.0)
        return f"waiting until {standing.until:%H:%M:%S} UTC as the ERP or its limits ask ({seconds:.0f} s)"
    failed = standing.failed
    return f"{failed.why}; trying again ({failed.attempt} of {failed.tries} tries)" if failed else ""


def read_contract(file: Path | None) -> Contract | None:
    """Return the contract in the file, None where there is no file yet; raises UsageError."""
    if file is None or not file.exists():
        return None
    try:
        return Contract.from_json(json.loads(file.read_text()))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        right = "right would be one that `sluice pull --contract` wrote, or a name that is free"
        raise click.UsageError(f"--contract: {file} holds no contract ({error}); {right}") from error


def write_contract(file: Path, contract: Contract) -> None:
    """Write the contract; the file is replaced whole or not at all."""
    beside = file.with_name(f"{file.name}.new")
    beside.write_text(json.dumps(contract.to_json(), ensure_ascii=False, sort_keys=True) + "\n")
    beside.replace(file)


def write_lines(batches: Iterable[Sequence[bytes]], out: BinaryIO) -> None:
    """Write each line with its end, some at a time; also those that came before a failure."""
    try:
        for batch in batches:
            starts = range(0, len(batch), TOGETHER)
            out.writelines(b"\n".join((*batch[start : start + TOGETHER], b"")) for start in starts)
            del batch  # or it would be kept while the next one is made
    finally:
        out.flush()


def report(result: Pulled, seconds: float, *, as_json: bool = False) -> None:
    """Say on stderr how much was read, what was set aside and what the ERP changed."""
    if as_json:
        changes = [change.listed() for change in result.changes.values()]
        told = {"counts": result.counts.to_json(), "pages": result.pages, "changes": changes}
        say(json.dumps(told, ensure_ascii=False, default=str))
        return
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
    for change in result.changes.values():
        used = f"; used by {', '.join(change.used_by)}" if change.used_by else "; not used"
        say(f"{change.action.value}: {change.in_words()} ({change.share:.1%} of the records{used})")
    sys.stderr.flush()
