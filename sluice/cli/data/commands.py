"""`sluice data`: ask the lake, take data out of it, and see how fresh and complete it is."""

from __future__ import annotations

import click

from sluice.cli.data.compact import compact_command
from sluice.cli.data.compare import compare_command
from sluice.cli.data.export import export_command
from sluice.cli.data.freshness import freshness_command
from sluice.cli.data.match import match_command
from sluice.cli.data.query import query_command
from sluice.cli.data.reconcile import reconcile_command
from sluice.cli.data.tables import tables_command
from sluice.cli.failures import Commands


@click.group("data", cls=Commands)
def data_group() -> None:
    """Ask the lake: what every ERP published, in one place."""


for _command in (
    query_command, export_command, freshness_command, tables_command, compare_command, match_command,
    reconcile_command, compact_command,
):  # fmt: skip
    data_group.add_command(_command)
