"""`sluice changes detect`: what a file of raw records shows that an earlier one did not, without AWS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from sluice.bootstrap.documents import catalog
from sluice.cli.failures import BLOCKED, FINE
from sluice.cli.output import json_option, print_rows
from sluice.cli.words import say
from sluice.model.erp_json import NotJson, NotUtf8, read
from sluice.usecases.contracts.detect import ENOUGH, ENOUGH_OBSERVED, detect, stream_spec

SHOWN = ("id", "kind", "path", "severity", "action", "share", "used_by", "before", "after")
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_RIGHT = "right would be one JSON object per line, as `sluice pull --raw` writes them"


@click.command("detect")
@click.option("--connector", required=True, help="The connector whose stream the records are of.")
@click.option("--stream", required=True, help="The stream.")
@click.option("--baseline", type=_FILE, required=True, help="Raw records as they were, one per line.")
@click.option("--observed", type=_FILE, required=True, help="Raw records as they are now, one per line.")
@click.option("--connectors", type=_FOLDER, help="Another folder than the repository's own.")
@click.option("--transformers", type=_FOLDER, help="Another folder than the repository's own.")
@json_option
def detect_command(as_json: bool, **wanted: Any) -> int:  # noqa: FBT001
    """Compare two files of a stream's raw records, and say what changed in the API.

    The baseline is learnt from; of 200 records or more also what values look like. Each change is judged by
    whether key, filters or mapping rely on it. Ends with 3 where a change would keep records from being
    published.
    """
    found = catalog(wanted["connectors"], wanted["transformers"])
    spec = stream_spec(found, wanted["connector"], wanted["stream"])
    baseline, observed = read_records(wanted["baseline"]), read_records(wanted["observed"])
    result = detect(spec, baseline, observed)
    for warning in _too_few(len(baseline), len(observed)):
        say(f"warning: {warning}")
    if result.failed:
        say(f"warning: {result.failed}; structure was judged without it")
    rows = [change.listed() for change in result.changes]
    print_rows(rows, SHOWN, as_json=as_json, none="no change found")
    return BLOCKED if result.blocks else FINE


def _too_few(baseline: int, observed: int) -> Iterator[str]:
    """Yield what so many records leave unjudged: no change found must not look like more than it is."""
    if not baseline:
        yield (
            "nothing was learnt from the baseline (0 records); "
            "only the declared schema and the mapping were held against what was observed"
        )
    if not observed:
        yield "nothing was observed (0 records), so nothing was judged"
    elif 0 < baseline < ENOUGH:
        yield (
            f"only structure was judged: what values look like is learnt from {ENOUGH} records or more, "
            f"the baseline has {baseline}"
        )
    elif baseline and observed < ENOUGH_OBSERVED:
        yield (
            f"only structure and sums were judged: what values look like is judged of {ENOUGH_OBSERVED} "
            f"records or more, {observed} were observed"
        )


def read_records(file: Path) -> list[dict[str, Any]]:
    """Return the records of a file, one per line; blank lines are skipped. Raises UsageError."""
    records = []
    for number, line in enumerate(file.read_bytes().split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            record = read(line)
        except (NotJson, NotUtf8) as err:
            raise click.UsageError(f"{file}, line {number} {err}; {_RIGHT}") from err
        if not isinstance(record, dict):
            came = {list: "a list", str: "a text", type(None): "null"}.get(type(record), "a single value")
            raise click.UsageError(f"{file}, line {number} is {came}; {_RIGHT}")
        records.append(record)
    return records
