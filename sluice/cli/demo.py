"""`sluice demo`, which `make run` calls: the whole way of the data once, on this machine."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import click

from sandbox.options import expected_secrets
from sluice.bootstrap.deployment import Deployment
from sluice.bootstrap.documents import ROOT
from sluice.cli import sandboxes
from sluice.cli.embedded import BroughtUp, bring_up
from sluice.cli.failures import FINE, WORK_FAILED
from sluice.cli.operating.topics import events_of, in_one_line, messages
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.run import conclude, watched
from sluice.cli.users.commands import FIRST
from sluice.cli.words import say
from sluice.local.folder_documents import FolderDocuments
from sluice.mapping.canonical import CanonicalModel
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.usecases.operating.runs import start_run

CONNECTION = "demo"
CONNECTOR = "tripletex"
PATIENCE_SECONDS = 4.0
SHOWN_OF_AN_ENTITY = 1


@click.command("demo")
@pass_reach
def demo_command(reach: Reach) -> int:
    """Show the whole way of the data once, on this machine.

    It deploys to the embedded AWS, syncs a sandbox Tripletex, and shows the events that arrive over SQS.

    Everything is left running; `sluice down` ends it. Calling it again syncs again: then only what has
    changed in the sandbox is published.
    """
    up = bring_up(reach)
    address = connect(reach)
    world = reach.deployment.world
    run = start_run(world, CONNECTION)
    say(f"run {run}: reading {address}")
    code = conclude(world, run, watched(world, run))
    click.echo()
    wrong = show_information(reach.deployment)
    show_notifications(reach.deployment)
    click.echo(what_next(reach, run, address))
    click.echo(where_to_look(up))
    return code or (WORK_FAILED if wrong else FINE)


def connect(reach: Reach) -> str:
    """Start the sandbox and connect to it; return its address."""
    say("starting a sandbox Tripletex")
    address = sandboxes.start(reach.home, CONNECTOR)
    settings = sandboxes.look(address)["settings"]
    desk = reach.deployment.desk
    secrets = expected_secrets(desk.world.catalog.connector(CONNECTOR), {})
    bundle = {name: Secret(text) for name, text in secrets.items()}
    desk.add(Connection(CONNECTION, CONNECTOR, settings), bundle, update=True)
    return address


def received(deployment: Deployment, topic: str) -> Iterator[dict[str, Any]]:
    """Yield the events that wait on the queue behind a topic, and take them off it."""
    queue = deployment.queue(topic)
    for message in messages(queue, PATIENCE_SECONDS):
        yield from events_of(message)
        queue.delete(message)


def show_information(deployment: Deployment) -> int:
    """Receive the information queue, show what came of each type; return how many events are not valid."""
    model = CanonicalModel(FolderDocuments(ROOT))
    types: Counter[str] = Counter()
    wrong = 0
    click.echo("received from the information queue, one of each type:")
    for event in received(deployment, "information"):
        types[event["type"]] += 1
        if types[event["type"]] <= SHOWN_OF_AN_ENTITY:
            click.echo(f"  {in_one_line(event)}\n    {_shortened(event['data'])}")
        if not _is_valid(model, event):
            wrong += 1
    counts = ", ".join(f"{count:,} {kind}" for kind, count in sorted(types.items()))
    valid = f"{wrong:,} of them NOT VALID" if wrong else "each valid against its canonical schema"
    total = f"events: {counts}\n{types.total():,} in all, {valid}"
    click.echo(total if types else "  nothing: no record has changed since the last run")
    return wrong


def show_notifications(deployment: Deployment) -> None:
    """Receive the notification queue and show each notice."""
    click.echo("received from the notification queue:")
    notices = [in_one_line(event) for event in received(deployment, "notification")]
    click.echo("\n".join(f"  {notice}" for notice in notices) or "  nothing")


def what_next(reach: Reach, run: str, address: str) -> str:
    """Return what runs now and what a newcomer may try."""
    path = ".venv/bin/sluice"
    change = '{"stream": "customer", "count": 1, "set": {"name": "Nytt Navn AS"}}'
    rename = '{"mutation": "D44:project.name=projectName"}'
    question = "SELECT currency, count(*), sum(total_including_tax) FROM invoice GROUP BY ALL"
    return f"""
Running: the embedded AWS at {reach.deployment.endpoint}, a sandbox Tripletex at {address}.
To try next:
  look at the run      {path} runs show {run}
  ask the data         {path} data query '{question}'
  change a record      curl -s {address}/_sandbox/change -d '{change}'
  and sync again       {path} run {CONNECTION} && {path} topics tail --take
  break the API        curl -s {address}/_sandbox/mutate -d '{rename}'
                       {path} run {CONNECTION}; {path} changes list
  follow it            {path} changes accept ID --apply-suggestion --wait
  add an ERP           {path} sandbox tryton; {path} connections add --help
  end it               make stop"""


def where_to_look(up: BroughtUp) -> str:
    """Return where the console is and how to sign in; a password that was made before is nobody's to tell."""
    if up.console is None:
        return "\nThere is no console: see above why."
    signing_in = (
        f"Sign in as {FIRST} with the password {up.password}"
        if up.password
        else f"Sign in as {FIRST}; a new password: .venv/bin/sluice users password {FIRST} --permanent"
    )
    return f"\nThe console: {up.console}\n{signing_in}"


def _is_valid(model: CanonicalModel, event: dict[str, Any]) -> bool:
    entity, _, what = event["type"].partition(".")
    if what == "deleted":
        return set(event["data"]) == {"id", "source_id"}
    return model.entity(entity).is_valid(event["data"])


def _shortened(data: dict[str, Any], width: int = 150) -> str:
    known = {name: found for name, found in data.items() if found not in (None, [], {})}
    text = json.dumps(known, ensure_ascii=False)
    return text if len(text) <= width else text[: width - 1] + "…"
