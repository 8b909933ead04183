"""Writes docs/cli.md from the commands themselves: python -m sluice.cli.reference > docs/cli.md."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from sluice.cli.main import root

PREFACE = """\
# The command line

Generated from the commands (`make generate`); a test holds it against them.

Names and JSON are stable: scripts may rely on them. Results go to standard output, everything else to
standard error; every listing has `--json`. Which deployment a command speaks to: `SLUICE_STAGE` (default
`local`, the embedded AWS) and, for AWS, the usual `AWS_*` variables.

| exit code | means |
|---|---|
| 0 | fine |
| 1 | the work failed; what its error's name asks of you, says the [runbook](runbook.md) |
| 2 | wrong use: an unknown command, a setting that does not fit, a connector with a fault |
| 3 | an API change blocks: `sluice changes list` |
"""


def reference() -> str:
    """Return the document."""
    sections = (section(path, command) for path, command in commands(root, ()))
    return "\n".join([PREFACE, *sections])


def commands(group: click.Group, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield (words, command) of every command, groups before what is in them."""
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if command is None:
            continue
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def section(path: tuple[str, ...], command: click.Command) -> str:
    """Return a command's part of the document."""
    title = f"{'#' * (len(path) + 1)} sluice {' '.join(path)}"
    lines = [title, "", inspect.cleandoc(command.help or ""), ""]
    if not isinstance(command, click.Group):
        ctx = click.Context(command, info_name=f"sluice {' '.join(path)}")
        pieces = command.collect_usage_pieces(ctx)
        lines += ["```", " ".join([ctx.command_path, *pieces]), "```", ""]
    options = [option for option in command.params if isinstance(option, click.Option)]
    if options:
        lines += ["| option | what it does |", "|---|---|", *map(option_row, options), ""]
    return "\n".join(lines)


def option_row(option: click.Option) -> str:
    """Return an option as a row of its command's table."""
    names = ", ".join(f"`{name}`" for name in option.opts)
    takes = "" if option.is_flag else f" {option.type.name.upper()}"
    about = (option.help or "").replace("|", r"\|")
    default = "" if option.show_default is not True else f" Default: {option.default}."
    return f"| {names}{takes} | {about}{default} |"


if __name__ == "__main__":
    click.echo(reference(), nl=False)
