"""What a command works on: the deployment that the environment names, made when first asked for."""

from __future__ import annotations

import getpass
from functools import cached_property
from pathlib import Path

import click

from sluice.bootstrap.deployment import Deployment
from sluice.local import embedded_aws
from sluice.settings import DEFAULT_REGION, CommandLineSettings


class Reach:
    """What commands get as their click object; tests put another in its place."""

    @cached_property
    def settings(self) -> CommandLineSettings:
        """Which deployment, and where this machine's own files lie."""
        return CommandLineSettings.from_environment()

    @property
    def home(self) -> Path:
        """The folder of the embedded AWS and of what else runs on this machine."""
        return self.settings.home

    @cached_property
    def deployment(self) -> Deployment:
        """The deployment itself; fails where it should be on this machine and nothing runs."""
        wanted = self.settings
        if not wanted.is_local:
            return Deployment(wanted.stage, wanted.region, wanted.endpoint, _person())
        if wanted.endpoint:
            return Deployment(wanted.stage, DEFAULT_REGION, wanted.endpoint, _person())
        running = embedded_aws.status(wanted.home)
        if running is None:
            raise click.ClickException("the embedded AWS is not running; right would be `sluice up` first")
        return Deployment(wanted.stage, DEFAULT_REGION, running.endpoint, _person())


def _person() -> str:
    """Return the user's name on this machine, as the audit tells it; a container may have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"


pass_reach = click.make_pass_decorator(Reach, ensure=True)
