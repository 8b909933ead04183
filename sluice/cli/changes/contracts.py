"""`sluice contracts`: what is known of each stream, and who changed it, when and why."""

from __future__ import annotations

from typing import Any

import click

from sluice.cli.failures import Commands
from sluice.cli.output import json_option, print_json, print_rows
from sluice.cli.reach import Reach, pass_reach
from sluice.cli.words import say
from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault
from sluice.registry.contracts import Amendment, Contracts

LISTED = ("stream", "version", "runs", "records", "bytes", "waits_for")
HISTORY = ("version", "at", "who", "changes", "reason")


@click.group("contracts", cls=Commands)
def contracts_group() -> None:
    """Look at what is relied on and known of each stream."""


@contracts_group.command("list")
@click.argument("connection")
@json_option
@pass_reach
def list_command(reach: Reach, connection: str, as_json: bool) -> None:  # noqa: FBT001
    """List the contracts of CONNECTION: one for each stream that was read to its end."""
    contracts = _contracts(reach, connection)
    rows = []
    for stream, pointer in contracts.streams():
        contract = contracts.get(stream)
        if contract is not None:
            known = {"runs": contract.runs, "records": contract.learnt.records}
            waits = [f"{code} {path}".strip() for code, path in sorted(contract.waived)]
            kept = {name: pointer[name] for name in ("version", "bytes", "sweep")}
            rows.append({"stream": stream, **kept, **known, "waits_for": waits})
    print_rows(rows, LISTED, as_json=as_json, none=f"no stream of {connection} was read to its end yet")


@contracts_group.command("show")
@click.argument("connection")
@click.argument("stream")
@json_option
@pass_reach
def show_command(reach: Reach, connection: str, stream: str, as_json: bool) -> None:  # noqa: FBT001
    """Show the contract of a STREAM and its history: who accepted what, when and why."""
    contracts = _contracts(reach, connection)
    contract = contracts.get(stream)
    if contract is None:
        known = ", ".join(name for name, _ in contracts.streams()) or "none"
        message = f"{connection} has no contract for a stream {stream!r}; there are: {known}"
        raise ConfigurationInvalid(message, [Fault("unknown_stream", "/stream", message)])
    history = contracts.history(stream)
    if as_json:
        print_json({"contract": contract.to_json(), "history": [entry.to_json() for entry in history]})
        return
    learnt = f"learnt from {contract.learnt.records} records in {contract.runs} runs"
    say(f"{connection}/{stream}: version {contract.version}, {learnt}")
    print_rows([_row(entry) for entry in history], HISTORY, as_json=False, none="nothing was decided yet")


def _contracts(reach: Reach, connection: str) -> Contracts:
    world = reach.deployment.world
    return Contracts(world.state, world.objects, world.connections.get(connection).name)


def _row(entry: Amendment) -> dict[str, Any]:
    changes = [f"{change['code']} {change['path']}".strip() for change in entry.changes]
    return {**entry.to_json(), "changes": changes}
