"""`sluice console`: serves the web console here, and publishes it on AWS."""

from __future__ import annotations

import json

import click

from sluice.aws.console_site import SiteObject
from sluice.bootstrap.documents import ROOT
from sluice.cli.console.config import config_of
from sluice.cli.console.here import bring_up_console, site_of
from sluice.cli.failures import FINE, WORK_FAILED, Commands
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.console import background
from sluice.console.build import build
from sluice.console.files import CONFIG, INDEX, SiteFile, all_files
from sluice.console.server import ConsoleServer, origin
from sluice.local import embedded_aws
from sluice.local.deploy import deploy


@click.group("console", cls=Commands, invoke_without_command=True)
@click.option("--port", type=click.IntRange(1, 65535), help="The port on 127.0.0.1; default the last one.")
@click.option("--background", "detached", is_flag=True, help="Come back at once; `sluice down` ends it.")
@click.pass_context
def console_group(ctx: click.Context, port: int | None, detached: bool) -> int:  # noqa: FBT001
    """Serve the web console on this machine, or publish it on AWS.

    Without a subcommand it is served on 127.0.0.1 until Ctrl-C. `sluice up` does the same in the background.
    A port that is taken is replaced by a free one. On AWS it is CloudFront that serves it.
    """
    if ctx.invoked_subcommand is not None:
        return FINE
    reach: Reach = ctx.ensure_object(Reach)
    if not reach.settings.is_local:
        raise click.UsageError(
            "on AWS CloudFront serves the console; right would be `sluice console publish`"
        )
    chosen = background.port_for(reach.home, port)
    _let_browsers_come_back(reach, chosen)
    if detached:
        address = bring_up_console(reach, chosen)
        if address is not None:
            say(f"the console is at {address}")
        return WORK_FAILED if address is None else FINE
    build(ROOT, say)
    if background.stop(reach.home):
        say("the console in the background has ended")
    with ConsoleServer(site_of(reach), chosen) as server:
        say(f"the console is at {origin(server.port)}; Ctrl-C ends it")
        server.serve_forever()
    return FINE


@console_group.command("publish")
@pass_reach
def publish_command(reach: Reach) -> None:
    """Build the console and publish it on AWS.

    The files go to the stage's bucket, and CloudFront forgets what it holds. The files of before stay for a
    week: somebody may have that console open.
    """
    deployment = reach.deployment
    built = build(ROOT, say)
    config = SiteFile(CONFIG, json.dumps(config_of(deployment)).encode())
    objects = [
        SiteObject(file.path, file.body, file.content_type, file.cache_control)
        for file in (*all_files(built), config)
    ]
    # The page last: whoever reads it finds all that it names.
    objects.sort(key=lambda one: one.key == INDEX)
    gone = deployment.console_site.publish(objects, reach.deployment.world.clock.now())
    say(f"{len(objects)} files are published, {gone} old ones removed")
    if reach.settings.is_local:
        say("they are in the bucket of the embedded AWS; `sluice console` serves the console here")
    else:
        say(f"the console is at {deployment.outputs['ConsoleUrl']}")


def _let_browsers_come_back(reach: Reach, port: int) -> None:
    """Deploy again if the console is at another address than the deployment knows: it is where logins end."""
    known = reach.deployment.outputs["ConsoleUrl"]
    running = embedded_aws.status(reach.home)
    if running is not None and known != origin(port):
        say(f"the console's address becomes {origin(port)}")
        deploy(ROOT, reach.home, running, say, origin(port))
