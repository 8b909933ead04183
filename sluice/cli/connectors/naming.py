"""What a connector may be called, as a type of an argument."""

from __future__ import annotations

import re
from typing import Any

import click

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class _ConnectorName(click.ParamType[str]):
    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name; fails for what is none."""
        if not _NAME.fullmatch(str(value)):
            right = "lower-case letters, digits and _, starting with a letter, 40 at most"
            self.fail(f"{value!r} is no name of a connector; right would be {right}", param, ctx)
        return str(value)


CONNECTOR_NAME = _ConnectorName()
