"""What the command line tells people while it works, on standard error; results are sluice.cli.output's."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

import click

_MOVES_SECONDS = 0.5
_SAYS_SECONDS = 10.0


def say(text: str) -> None:
    """Print a line for people, on stderr."""
    click.echo(text, err=True)


class Ticker:
    """While entered, says on stderr how far the work has come: by the clock, so also where it stands still.

    ``told`` says it, or nothing by an empty text. Where the line ``moves`` it is written again in its place,
    and gone at the end; else it is a line every ten seconds.
    """

    def __init__(self, told: Callable[[], str], *, moves: bool) -> None:
        self._told, self._moves = told, moves
        self._lock, self._over = threading.Lock(), threading.Event()
        self._width = 0
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)

    def say(self, text: str) -> None:
        """Print a line, above the one that moves."""
        with self._lock:
            self._write("")
            say(text)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._write("")

    def _run(self) -> None:
        while not self._over.wait(_MOVES_SECONDS if self._moves else _SAYS_SECONDS):
            with self._lock:
                text = self._told()
                if self._moves:
                    self._write(text)
                elif text:
                    say(text)

    def _write(self, text: str) -> None:
        # Blanks in place of an escape sequence, which not every terminal knows.
        if text or self._width:
            click.echo(f"\r{text.ljust(self._width)}" + "\r" * (not text), err=True, nl=False)
            sys.stderr.flush()
        self._width = len(text)
