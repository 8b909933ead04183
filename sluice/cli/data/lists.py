"""An option that takes several names with commas between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from sluice.cli.output import Command


def names_option(name: str, **settings: Any) -> Callable[[Command], Command]:
    """Give a command an option of names with commas; it arrives as a tuple, empty where not given."""
    return click.option(name, callback=_split, metavar="NAME,...", **settings)


def _split(ctx: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    del ctx, parameter
    return tuple(part.strip() for part in (value or "").split(",") if part.strip())
