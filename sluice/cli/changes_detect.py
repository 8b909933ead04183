"""`sluice changes detect`: what a file of raw records shows that an earlier one did not, without AWS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sluice.bootstrap import catalog
from sluice.cli.failures import BLOCKED, FINE
from sluice.cli.output import json_option, print_rows, say
from sluice.model.erp_json import NotJson, NotUtf8, read
from sluice.usecases.contracts.detect import detect, stream_spec

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
    result = detect(spec, read_records(wanted["baseline"]), read_records(wanted["observed"]))
    if result.failed:
        say(f"warning: {result.failed}; structure was judged without it")
    rows = [change.listed() for change in result.changes]
    print_rows(rows, SHOWN, as_json=as_json, none="no change found")
    return BLOCKED if result.blocks else FINE


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
