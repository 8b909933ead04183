"""`sluice package`, which `make package` calls: builds what goes to AWS, and checks that it would run there."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click

from sluice.bootstrap import ROOT
from sluice.cli.output import json_option, print_fields, say
from sluice.cli.reach import Reach, pass_reach
from sluice.local.artefact import build_for_aws, build_for_this_machine
from sluice.local.artefact_check import UNZIPPED_LIMIT, foreign_libraries, import_failure, unzipped_size

REQUIREMENTS = ROOT / "requirements" / "lambda.txt"


@click.command("package")
@json_option
@pass_reach
def package_command(reach: Reach, as_json: bool) -> None:  # noqa: FBT001 - click passes it by name
    """Build the Lambda artefact for AWS and check it.

    Its dependencies are built for Lambda's platform. What can be run here is: every handler is imported from
    the same artefact built for this machine, in a Python that sees nothing else.
    """
    with tempfile.TemporaryDirectory() as scratch:
        print_fields(_built(reach, Path(scratch)), as_json=as_json)


def _built(reach: Reach, work: Path) -> dict[str, Any]:
    say("building for AWS")
    artefact = build_for_aws(ROOT, REQUIREMENTS, work)
    if foreign := foreign_libraries(artefact):
        raise click.ClickException(
            f"these libraries are not built for Lambda's platform: {', '.join(foreign)}"
        )
    size = unzipped_size(artefact)
    if size > UNZIPPED_LIMIT:
        raise click.ClickException(f"unzipped it has {size:,} bytes; Lambda takes {UNZIPPED_LIMIT:,}")
    say("importing every handler")
    twin = build_for_this_machine(ROOT, REQUIREMENTS, work)
    if failure := import_failure(twin, work / "unpacked", {"AWS_DEFAULT_REGION": reach.settings.region}):
        raise click.ClickException(f"a handler cannot be imported from the artefact:\n{failure}")
    return {
        "artefact": str(artefact.relative_to(ROOT)),
        "zipped_bytes": artefact.stat().st_size,
        "unzipped_bytes": size,
    }
