"""`sluice connectors`: which ERPs can be read, and whether their files are right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sluice.bootstrap import catalog
from sluice.cli.failures import FINE, WORK_FAILED, Commands
from sluice.cli.output import json_option, print_fields, print_json, print_rows, say
from sluice.connector.spec import Connector
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.registry.catalog import Catalog

LISTED = ("name", "title", "streams", "valid")
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group("connectors", cls=Commands)
def connectors_group() -> None:
    """Look at connectors and check them."""


@connectors_group.command("list")
@json_option
def list_command(as_json: bool) -> None:  # noqa: FBT001
    """List the connectors."""
    known = catalog()
    rows = [_row(known, name) for name in known.names()]
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
@json_option
def show_command(name: str, as_json: bool) -> None:  # noqa: FBT001
    """Show the connector NAME: its streams, and the settings and secrets that a connection gives."""
    connector = catalog().connector(name)
    about = {
        "name": connector.name,
        "title": connector.title,
        "documentation": connector.documentation,
        "settings": connector.settings.get("properties", {}),
        "secrets": {secret: spec.title for secret, spec in connector.secrets.items()},
        "streams": list(connector.streams),
    }
    if not as_json:
        about["settings"] = [_setting(key, field) for key, field in about["settings"].items()]
    print_fields(about, as_json=as_json)


def faults_of(known: Catalog, name: str) -> list[Fault]:
    """Return every fault of a connector's files and, once those are good, of its mappings'."""
    try:
        connector = known.connector(name)
    except ConfigurationInvalid as invalid:
        return list(invalid.faults)
    return [fault for stream in connector.streams for fault in _mapping_faults(known, connector, stream)]


def _mapping_faults(known: Catalog, connector: Connector, stream: str) -> list[Fault]:
    try:
        known.mapper(connector.name, stream)
    except ConfigurationInvalid as invalid:
        return list(invalid.faults)
    return []


def _row(known: Catalog, name: str) -> dict[str, Any]:
    try:
        connector = known.connector(name)
    except ConfigurationInvalid as invalid:
        return {
            "name": name,
            "title": "",
            "streams": [],
            "valid": False,
            "faults": [str(one) for one in invalid.faults],
        }
    return {
        "name": name,
        "title": connector.title,
        "streams": list(connector.streams),
        "valid": True,
        "faults": [],
    }


def _setting(name: str, field: dict[str, Any]) -> str:
    default = f" (default {field['default']})" if "default" in field else ""
    return f"{name}{default}"
