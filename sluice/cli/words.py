"""What the command line tells people while it works, on standard error; results are sluice.cli.output's."""

from __future__ import annotations

import click


def say(text: str) -> None:
    """Print a line for people, on stderr."""
    click.echo(text, err=True)
