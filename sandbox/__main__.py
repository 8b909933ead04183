"""`python -m sandbox CONNECTOR`: a mock ERP on this machine until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading
from pathlib import Path

from sandbox.mutations.reading import FORM
from sandbox.options import Options
from sandbox.server import SandboxServer, serve
from sluice.connector.load import load_connector
from sluice.connector.paths import path_text
from sluice.errors import ConfigurationInvalid
from sluice.local.folder_documents import FolderDocuments


def read_records(given: list[str]) -> tuple[float, dict[str, int]]:
    """Return the scale and the sizes by stream: ``["0.1", "customer=100000"]``; raises ValueError."""
    scale, sizes = 1.0, {}
    for text in given:
        name, equals, number = text.rpartition("=")
        try:
            if equals:
                sizes[name] = int(number)
            else:
                scale = float(number)
        except ValueError:
            raise ValueError(f"--records {text}: should be a multiplier (0.1) or STREAM=COUNT") from None
    return scale, sizes


def in_words(server: SandboxServer) -> str:
    """Return what a person needs to use the sandbox: address, settings, secrets, admin examples."""
    settings = "".join(f"\n  {name}={value}" for name, value in server.settings.items())
    secrets = "".join(f"\n  {name}={value}" for name, value in server.secrets.items())
    streams = ", ".join(f"{name} {shelf.size}" for name, shelf in server.sandbox.shelves.items())
    stream = next(iter(server.sandbox.shelves))
    post = f"curl -s {server.url}/_sandbox"
    return (
        f"{server.sandbox.connector.title} sandbox at {server.base_url}\n"
        f"records: {streams}\nsettings:{settings}\nsecrets:{secrets}\n"
        f"look:    {post}\n"
        f"""change:  {post}/change -d '{{"stream": "{stream}", "count": 5}}'\n"""
        f"""break:   {post}/faults -d '{{"kind": "status", "status": 429, "retry_after": "5"}}'\n"""
        f"""mutate:  {post}/mutate -d '{{"mutation": "D42:{stream}.{_field(server, stream)}"}}'\n"""
        f"restore: {post}/restore -d '{{}}'"
    )


def _field(server: SandboxServer, stream: str) -> str:
    """Return a field of the stream other than its key, to show how one is named."""
    found = server.sandbox.connector.streams[stream]
    names = [name for name in found.schema.get("properties", {}) if (name,) not in found.key]
    return path_text((names[0],)) if names else path_text(found.key[0])


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; returns 2 for wrong use."""
    try:
        server = _started(_parser().parse_args(arguments))
    except (ValueError, ConfigurationInvalid) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    with server:
        sys.stdout.write(in_words(server) + "\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("connector", help="name of a folder below the connectors' one")
    parser.add_argument("--root", type=Path, default=Path(), help="folder that holds connectors/ (here)")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument(
        "--records",
        action="append",
        default=[],
        metavar="N|STREAM=N",
        help="multiplier, or size of a stream",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=int, default=None, help="requests a minute")
    parser.add_argument(
        "--bans", action="store_true", help="who breaks a limit of the connector is refused for ever"
    )
    parser.add_argument("--token-ttl", type=float, default=86_400, help="seconds")
    parser.add_argument(
        "--mutate",
        action="append",
        default=[],
        metavar="MUTATION",
        help=f"a change of the API that is on from the start: {FORM}, such as D42:customer.email",
    )
    return parser


def _started(given: argparse.Namespace) -> SandboxServer:
    scale, sizes = read_records(given.records)
    connector = load_connector(FolderDocuments(given.root), given.connector)
    mutations = tuple(given.mutate)
    options = Options(
        scale, sizes, given.seed, given.rate, given.token_ttl, mutations=mutations, bans=given.bans
    )
    return serve(connector, given.port, options)


if __name__ == "__main__":
    sys.exit(main())
