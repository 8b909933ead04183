"""The console on this machine: what `sluice up`, `down` and `status` do about it."""

from __future__ import annotations

from sluice.bootstrap.documents import ROOT
from sluice.cli.console.config import config_of
from sluice.cli.reach import Reach
from sluice.cli.words import say
from sluice.console import background
from sluice.console.build import NotBuilt, build
from sluice.console.server import Site
from sluice.local.node import NodeMissing


def site_of(reach: Reach) -> Site:
    """Return what is served: the built console, before the deployment that runs."""
    return Site(str(ROOT), config_of(reach.deployment), reach.deployment.api_url)


def bring_up_console(reach: Reach, port: int) -> str | None:
    """Build the console and serve it in the background; return its origin.

    Where it cannot be built or served that is said, and None is returned: all else works without it.
    """
    try:
        build(ROOT, say)
        return background.start(reach.home, site_of(reach), port)
    except (NodeMissing, NotBuilt, background.ConsoleNotStarted) as error:
        say(f"there is no console: {error}")
        return None
