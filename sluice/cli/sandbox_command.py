"""`sluice sandbox`: a mock ERP in the foreground, generated from its connector."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import click

from sandbox.__main__ import in_words, read_records
from sandbox.mutations.reading import FORM
from sandbox.options import Options
from sandbox.server import SandboxServer, serve
from sluice.bootstrap.documents import catalog
from sluice.connector.spec import Connector


@click.command("sandbox")
@click.argument("connector")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="On this port of 127.0.0.1; 0 takes a free one."
)
@click.option(
    "--records", multiple=True, metavar="N|STREAM=N", help="A multiplier for all streams, or the size of one."
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same records.")
@click.option("--rate", type=click.IntRange(1), help="Answer 429 to more requests a minute than this.")
@click.option("--bans", is_flag=True, help="Refuse for ever who breaks one of the connector's limits.")
@click.option(
    "--token-ttl", type=float, default=86_400, show_default=True, help="Seconds until a session expires."
)
@click.option(
    "--mutate",
    multiple=True,
    metavar="MUTATION",
    help=f"A change of the API that is on from the start, {FORM}; may be given again.",
)
@click.option(
    "--connectors",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another folder than the repository's own.",
)
def sandbox_command(connector: str, port: int, folder: Path | None, **given: Any) -> None:
    """Serve a mock ERP until Ctrl-C.

    It is what CONNECTOR describes, on this machine only. It demands what the vendor demands (login, paging,
    windows, fields) and says on standard output with which settings and secrets to connect to it, and how
    to change its records or make it misbehave.

    An API change is shown as --mutate D42:customer.email (a field is gone), D63/x100:invoice.amount (another
    unit), D44:customer.name=title@0.05 (renamed in one record of twenty) or D28:customer=100 (smaller pages).
    GET /_sandbox/mutations lists all there are; POST /_sandbox/mutate turns them on and off.
    """
    try:
        scale, sizes = read_records(list(given["records"]))
    except ValueError as error:
        raise click.UsageError(f"--records: {error}; right would be 0.5 or customer=1000") from error
    known = catalog(folder).connector(connector)
    unknown = sorted(set(sizes) - set(known.streams))
    if unknown:
        raise click.UsageError(
            f"{connector} has no stream {unknown[0]!r}; it has: {', '.join(known.streams)}"
        )
    options = Options(
        scale,
        sizes,
        given["seed"],
        given["rate"],
        given["token_ttl"],
        mutations=given["mutate"],
        bans=given["bans"],
    )
    with _started(known, port, options) as server:
        click.echo(in_words(server))
        threading.Event().wait()


def _started(connector: Connector, port: int, options: Options) -> SandboxServer:
    try:
        return serve(connector, port, options)
    except ValueError as error:
        raise click.UsageError(f"--mutate: {error}") from error
    except OSError as error:
        raise click.ClickException(
            f"port {port} cannot be used: {error.strerror}; 0 takes a free one"
        ) from error
