"""`sluice connectors`: which ERPs can be read, and whether their files are right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sluice.bootstrap.documents import catalog
from sluice.cli.certify.command import certify_command
from sluice.cli.certify.quality import standing
from sluice.cli.connectors.new import new_command
from sluice.cli.connectors.register import register_command, rollback_command, versions_command
from sluice.cli.failures import FINE, WORK_FAILED, Commands
from sluice.cli.output import json_option, print_fields, print_json, print_rows
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.registry.catalog import faults_of
from sluice.usecases.deciding.describing import row_of

LISTED = ("name", "title", "streams", "valid")
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group("connectors", cls=Commands)
def connectors_group() -> None:
    """Look at connectors, check them, and register them on the running deployment."""


_deployed_option = click.option(
    "--deployed", is_flag=True, help="As they hold on the deployment, with what is registered there."
)


@connectors_group.command("list")
@_deployed_option
@json_option
@pass_reach
def list_command(reach: Reach, deployed: bool, as_json: bool) -> None:  # noqa: FBT001
    """List the connectors."""
    known = reach.deployment.world.catalog if deployed else catalog()
    rows = [row_of(known, name) for name in known.names()]
    print_rows(rows, LISTED, as_json=as_json, none="no connectors; connectors/ is empty")


@connectors_group.command("check")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--connectors", type=_FOLDER, help="Another folder than the repository's own.")
@click.option("--transformers", type=_FOLDER, help="Another folder than the repository's own.")
@json_option
def check_command(
    names: tuple[str, ...],
    connectors: Path | None,
    transformers: Path | None,
    as_json: bool,  # noqa: FBT001
) -> int:
    """Check the connectors NAME and their mappings, without one all; a fault says what would be right."""
    known = catalog(connectors, transformers)
    checked = {name: faults_of(known, name) for name in names or known.names()}
    if as_json:
        print_json({name: [fault.to_json() for fault in faults] for name, faults in checked.items()})
    else:
        for name, faults in checked.items():
            say(f"{name}: {len(faults)} faults" if faults else f"{name}: good")
            for fault in faults:
                click.echo(f"  {fault}")
    return WORK_FAILED if any(checked.values()) else FINE


@connectors_group.command("show")
@click.argument("name")
@_deployed_option
@json_option
@pass_reach
def show_command(reach: Reach, name: str, deployed: bool, as_json: bool) -> None:  # noqa: FBT001
    """Show the connector NAME: its streams, and the settings and secrets that a connection gives."""
    connector = (reach.deployment.world.catalog if deployed else catalog()).connector(name)
    about = {
        "name": connector.name,
        "title": connector.title,
        "documentation": connector.documentation,
        "settings": connector.settings.get("properties", {}),
        "secrets": {secret: spec.title for secret, spec in connector.secrets.items()},
        "streams": list(connector.streams),
        "certified": "" if deployed else standing(name),
    }
    if not as_json:
        about["settings"] = [_setting(key, field) for key, field in about["settings"].items()]
    print_fields(about, as_json=as_json)


for _command in (new_command, register_command, versions_command, rollback_command, certify_command):
    connectors_group.add_command(_command)


def _setting(name: str, field: dict[str, Any]) -> str:
    default = f" (default {field['default']})" if "default" in field else ""
    return f"{name}{default}"
