"""The root of the command line: its groups, and the one place where an error becomes an exit code."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

import click

from sluice.cli.changes.commands import changes_group
from sluice.cli.changes.contracts import contracts_group
from sluice.cli.connections import connections_group
from sluice.cli.connectors.commands import connectors_group
from sluice.cli.data.commands import data_group
from sluice.cli.demo import demo_command
from sluice.cli.embedded import down_command, status_command, up_command
from sluice.cli.failures import FINE, Commands, exit_code, in_words
from sluice.cli.notifications import notifications_group
from sluice.cli.operating.quarantine import quarantine_group
from sluice.cli.operating.standing import audit_group, overview_command
from sluice.cli.operating.topics import topics_group
from sluice.cli.output import say
from sluice.cli.pull import pull_command
from sluice.cli.reach import Reach
from sluice.cli.run import run_command
from sluice.cli.runs import runs_group
from sluice.cli.sandbox_command import sandbox_command
from sluice.cli.users.commands import users_group
from sluice.cli.watch import watch_group


@click.group(name="sluice", cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sluice")
@click.option("--traceback", "with_traceback", is_flag=True, help="Show where an error comes from.")
@click.pass_context
def root(ctx: click.Context, with_traceback: bool) -> None:  # noqa: FBT001 - click passes it by name
    """Pull records out of ERP systems, in one canonical model, onto SQS topics.

    Exit codes: 0 fine, 1 the work failed, 2 wrong use, 3 an API change blocks.
    """
    del with_traceback  # read where the error is caught
    ctx.ensure_object(Reach)


for _command in (
    up_command,
    down_command,
    status_command,
    run_command,
    overview_command,
    pull_command,
    connectors_group,
    connections_group,
    runs_group,
    topics_group,
    notifications_group,
    changes_group,
    contracts_group,
    quarantine_group,
    data_group,
    audit_group,
    watch_group,
    users_group,
    sandbox_command,
    demo_command,
):
    root.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str], reach: Reach | None = None) -> int:
    """Run one command and return its exit code; a failure is told on stderr."""
    try:
        code = root.main(arguments, prog_name="sluice", standalone_mode=False, obj=reach)
    except SystemExit:
        return FINE  # click's way to end when whoever read us has enough (`sluice pull ... | head`)
    except BaseException as error:  # noqa: BLE001 - the last place where it can be told
        if "--traceback" in arguments:
            traceback.print_exception(error)
        say(in_words(error))
        return exit_code(error)
    return code if isinstance(code, int) else FINE
