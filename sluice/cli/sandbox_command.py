"""`sluice sandbox`: a mock ERP in the foreground, generated from its connector."""

from __future__ import annotations

import threading
from typing import Any

import click

from sandbox.__main__ import in_words, read_records
from sandbox.options import Options
from sandbox.server import serve
from sluice.bootstrap import catalog


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
@click.option(
    "--token-ttl", type=float, default=86_400, show_default=True, help="Seconds until a session expires."
)
def sandbox_command(connector: str, port: int, **given: Any) -> None:
    """Serve a mock ERP until Ctrl-C.

    It is what CONNECTOR describes, on this machine only. It demands what the vendor demands (login, paging,
    windows, fields) and says on standard output with which settings and secrets to connect to it, and how
    to change its records or make it misbehave.
    """
    try:
        scale, sizes = read_records(list(given["records"]))
    except ValueError as error:
        raise click.UsageError(f"--records: {error}; right would be 0.5 or customer=1000") from error
    known = catalog().connector(connector)
    unknown = sorted(set(sizes) - set(known.streams))
    if unknown:
        raise click.UsageError(
            f"{connector} has no stream {unknown[0]!r}; it has: {', '.join(known.streams)}"
        )
    options = Options(scale, sizes, given["seed"], given["rate"], given["token_ttl"])
    try:
        server = serve(known, port, options)
    except OSError as error:
        raise click.ClickException(
            f"port {port} cannot be used: {error.strerror}; 0 takes a free one"
        ) from error
    with server:
        click.echo(in_words(server))
        threading.Event().wait()
