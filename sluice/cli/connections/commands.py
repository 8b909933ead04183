"""`sluice connections`: which customers' ERPs are read, and when."""

from __future__ import annotations

import json
import webbrowser
from typing import Any

import click

from sluice.cli.connections.change import change_command, given_options, put_changed
from sluice.cli.failures import Commands
from sluice.cli.output import json_option, print_fields, print_rows
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.connector.settings import text_settings
from sluice.local.redirect_listener import HOST, PATH, RedirectListener, is_here
from sluice.model.connection import Connection
from sluice.usecases.access.authorising import Authorising

LISTED = ("name", "connector", "schedule", "paused", "streams", "created_at", "note")

WAITED = 300
"""Seconds that a person has to agree on the vendor's page."""

TOLD_EVERY = 30
"""Seconds between two lines that say how long is left."""


@click.group("connections", cls=Commands)
def connections_group() -> None:
    """Add, look at, pause and remove connections."""


@connections_group.command("add")
@click.argument("name")
@click.argument("connector")
@given_options
@click.option(
    "--update", is_flag=True, help="Change the one of this name, if there is one: what is not given stays."
)
@json_option
@pass_reach
def add_command(reach: Reach, /, **given: Any) -> None:
    """Add the connection NAME to the ERP of CONNECTOR.

    `sluice connectors show CONNECTOR` says which settings and secrets it takes. Without a schedule it runs by
    hand only, without streams all are read. Everything is checked before anything is stored.
    """
    desk = reach.deployment.desk
    connector = desk.world.catalog.connector(given["connector"])
    known = desk.world.connections.find(given["name"]) if given["update"] else None
    if known is not None and known[0].connector == connector.name:
        changed = put_changed(desk, known[0], given)
        print_fields({**changed.to_json(), "note": desk.note_on(changed)}, as_json=given["as_json"])
        return
    wanted = Connection(
        name=given["name"],
        connector=connector.name,
        settings=text_settings(connector, dict(given["settings"])),
        streams=given["streams"] or None,
        schedule=given["schedule"],
        policy=dict(given["policy"]),
        events_per_message=given["events_per_message"],
    )
    added = desk.add(wanted, dict(given["secrets"]), update=given["update"])
    print_fields({**added.to_json(), "note": desk.note_on(added)}, as_json=given["as_json"])


connections_group.add_command(change_command)


@connections_group.command("list")
@json_option
@pass_reach
def list_command(reach: Reach, as_json: bool) -> None:  # noqa: FBT001
    """List the connections."""
    desk = reach.deployment.desk
    known = list(desk.world.connections.all())
    notes = desk.notes_on(known)
    rows = [{**one.to_json(), "note": notes[one.name]} for one in known]
    if not as_json:
        rows = [
            {**row, "streams": row["streams"] or "all", "schedule": row["schedule"] or "by hand"}
            for row in rows
        ]
    print_rows(rows, LISTED, as_json=as_json, none="no connections yet; `sluice connections add` makes one")


@connections_group.command("show")
@click.argument("name")
@json_option
@pass_reach
def show_command(reach: Reach, name: str, as_json: bool) -> None:  # noqa: FBT001
    """Show the connection NAME, how far each stream is, and the names of its secrets."""
    found = reach.deployment.desk.show(name)
    if not as_json:
        found["settings"] = json.dumps(found["settings"], ensure_ascii=False)
    print_fields(found, as_json=as_json)


@connections_group.command("authorize")
@click.argument("name")
@click.option("--no-browser", is_flag=True, help="Only print the address to open.")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Where to wait for the browser. Without: a free one."
)
@click.option(
    "--redirect-uri",
    help="The address registered with the vendor, where that has to be another than one on this machine.",
)
@pass_reach
def authorize_command(
    reach: Reach,
    name: str,
    no_browser: bool,  # noqa: FBT001
    port: int | None,
    redirect_uri: str | None,
) -> None:
    """Let Sluice into the ERP of NAME, with a browser.

    For connectors that authenticate by oauth2_authorization_code. The vendor's page asks a person to agree,
    and sends the browser to the redirect URI, which has to be registered with the vendor: an address of this
    machine. Where the vendor wants another, give it with --redirect-uri, and paste the address on which the
    browser ends. What the vendor gives is stored in place of what was there, also for a run under way.
    """
    if redirect_uri is not None and port is not None:
        raise click.UsageError(
            "--port and --redirect-uri exclude each other: the redirect URI names the port"
        )
    if redirect_uri is not None and not is_here(redirect_uri):
        authorising = Authorising(reach.deployment.world, name, redirect_uri)
        open_page(authorising.address, redirect_uri, no_browser=no_browser)
        came_to = click.prompt("The address on which the browser ended", err=True)
    else:
        with listening(redirect_uri or f"http://{HOST}:{port or 0}{PATH}") as listener:
            authorising = Authorising(reach.deployment.world, name, listener.redirect_uri)
            open_page(authorising.address, listener.redirect_uri, no_browser=no_browser)
            came_to = wait_for_browser(listener)
    authorising.complete(came_to)
    say(f"{name} is authorised; its refresh token and session are stored")


@connections_group.command("pause")
@click.argument("name")
@pass_reach
def pause_command(reach: Reach, name: str) -> None:
    """Stop the runs of NAME, scheduled and by hand; one under way goes on to its end."""
    reach.deployment.desk.pause(name)
    say(f"{name} is paused")


@connections_group.command("resume")
@click.argument("name")
@pass_reach
def resume_command(reach: Reach, name: str) -> None:
    """Let NAME run again, from where it stopped."""
    reach.deployment.desk.resume(name)
    say(f"{name} runs again")


@connections_group.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_reach
def remove_command(reach: Reach, name: str, yes: bool) -> None:  # noqa: FBT001
    """Forget NAME, its schedule, secrets and cursors, and delete what is stored of its data.

    That includes its quarantine, contracts and snapshots, and its part of the lake. What was published stays
    published, and what is still on its way to the lake arrives there afterwards: within minutes, where
    nothing is wrong. Adding the name again forgets that, too. A run under way ends with its next step.
    """
    desk = reach.deployment.desk
    desk.world.connections.get(name)
    if not yes:
        asked = f"Forget {name}, its schedule, secrets and cursors, and delete what is stored of its data?"
        click.confirm(asked, abort=True, err=True)
    cut_off = desk.remove(name)
    ended = f"; the run {cut_off} was under way and ends with its next step" if cut_off else ""
    say(f"{name} is removed{ended}")


def listening(redirect_uri: str) -> RedirectListener:
    """Return what listens at the address; raises UsageError where that is taken."""
    try:
        return RedirectListener(redirect_uri)
    except OSError as error:
        message = f"nothing can be waited for at {redirect_uri} ({error}); right would be another --port"
        raise click.UsageError(message) from error


def open_page(address: str, redirect_uri: str, *, no_browser: bool) -> None:
    """Open the vendor's page, and say what is to be done by hand."""
    say(f"The redirect URI, which has to be registered with the vendor: {redirect_uri}")
    opened = not no_browser and webbrowser.open(address)
    say(f"{'The browser opens' if opened else 'Open in a browser'}: {address}")


def wait_for_browser(listener: RedirectListener) -> str:
    """Return where the browser came to; raises ClickException if it does not come."""
    for left in range(WAITED, 0, -TOLD_EVERY):
        say(f"waiting for the browser, {left} s left")
        came_to = listener.wait(TOLD_EVERY)
        if came_to is not None:
            return came_to
    right = f"right would be to agree within {WAITED} s of `sluice connections authorize`"
    raise click.ClickException(f"the browser did not come back; nothing is stored; {right}")
