"""A server that shakes hands, and a certificate that nobody vouches for."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def made_certificate(folder: Path, name: str = "localhost") -> Path:
    """Return a self-signed certificate with its key in one file."""
    path = folder / "server.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-batch"]
    command += ["-subj", f"/CN={name}", "-keyout", str(path), "-out", str(path.with_suffix(".crt"))]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    with path.open("ab") as whole:
        whole.write(path.with_suffix(".crt").read_bytes())
    return path


@contextmanager
def serving_tls(context: ssl.SSLContext) -> Iterator[int]:
    """Shake hands with whoever connects, and hang up."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            try:
                context.wrap_socket(connection, server_side=True).close()
            except (ssl.SSLError, OSError):
                connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)
