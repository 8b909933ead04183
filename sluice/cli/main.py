"""The root of the command line: its groups, and the one place where an error becomes an exit code."""

from __future__ import annotations

import gc
import importlib
import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from sluice.cli.failures import FINE, Commands, exit_code, in_words
from sluice.cli.words import say

if TYPE_CHECKING:
    from sluice.cli.reach import Reach

COMMANDS: Mapping[str, str] = {
    "up": "sluice.cli.embedded:up_command",
    "down": "sluice.cli.embedded:down_command",
    "status": "sluice.cli.embedded:status_command",
    "console": "sluice.cli.console.commands:console_group",
    "run": "sluice.cli.run:run_command",
    "overview": "sluice.cli.operating.standing:overview_command",
    "pull": "sluice.cli.pull:pull_command",
    "connectors": "sluice.cli.connectors.commands:connectors_group",
    "connections": "sluice.cli.connections.commands:connections_group",
    "runs": "sluice.cli.runs:runs_group",
    "cost": "sluice.cli.operating.cost:cost_group",
    "topics": "sluice.cli.operating.topics:topics_group",
    "notifications": "sluice.cli.operating.notifications:notifications_group",
    "changes": "sluice.cli.changes.commands:changes_group",
    "contracts": "sluice.cli.changes.contracts:contracts_group",
    "quarantine": "sluice.cli.operating.quarantine:quarantine_group",
    "backfill": "sluice.cli.operating.backfill:backfill_group",
    "data": "sluice.cli.data.commands:data_group",
    "audit": "sluice.cli.operating.standing:audit_group",
    "erase": "sluice.cli.operating.erase:erase_command",
    "watch": "sluice.cli.watch:watch_group",
    "users": "sluice.cli.users.commands:users_group",
    "sandbox": "sluice.cli.sandbox_command:sandbox_command",
    "demo": "sluice.cli.demo:demo_command",
}
"""Where each command is, by name. It is loaded when it is called; `sluice --help` loads all."""


class Root(Commands):
    """The root: it knows its commands by name, and loads the module of the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order in which people need them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name, None where there is none."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        # The one place where a module is loaded late: `sluice pull` must not pay for what the others need.
        command: click.Command = getattr(importlib.import_module(module), name)
        # sluice.__main__ had it wait. Records are trees by the thousand: there are few cycles to look for,
        # and none in what is loaded by now.
        gc.freeze()
        gc.set_threshold(10_000, 20, 50)
        gc.enable()
        return command


@click.group(name="sluice", cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sluice")
@click.option("--traceback", "with_traceback", is_flag=True, help="Show where an error comes from.")
def root(with_traceback: bool) -> None:  # noqa: FBT001 - click passes it by name
    """Pull records out of ERP systems, in one canonical model, onto SQS topics.

    Exit codes: 0 fine, 1 the work failed, 2 wrong use, 3 an API change blocks.
    """
    del with_traceback  # read where the error is caught


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
