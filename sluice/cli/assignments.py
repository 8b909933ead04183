"""Arguments of the form NAME=VALUE, and secrets that are asked for where none is given."""

from __future__ import annotations

from typing import Any

import click

from sluice.model.secret import Secret


class Assignment(click.ParamType[tuple[str, str]]):
    """``NAME=VALUE`` as a pair; the value may hold further ``=`` signs, and may be empty."""

    name = "NAME=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Return (name, value); fails where there is no ``=``."""
        if isinstance(value, tuple):
            return value
        name, equals, text = str(value).partition("=")
        if not equals or not name:
            self.fail(f"{name!r} is no assignment; right would be NAME=VALUE", param, ctx)
        return name.strip(), text


class SecretAssignment(click.ParamType[tuple[str, Secret]]):
    """``NAME=VALUE``, or ``NAME`` alone: then the value is asked for without showing it."""

    name = "NAME[=VALUE]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Secret]:
        """Return (name, secret); an empty name or secret is wrong use."""
        if isinstance(value, tuple):
            return value
        name, equals, text = str(value).partition("=")
        if name and not equals:
            text = click.prompt(name, hide_input=True, err=True)
        if not name or not text:
            self.fail("a secret needs a name and a text; right would be NAME=VALUE, or NAME", param, ctx)
        return name.strip(), Secret(text)
