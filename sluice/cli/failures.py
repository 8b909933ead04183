"""How a failure leaves the command line: one text on stderr, an exit code, no traceback.

0 fine, 1 the work failed, 2 wrong use, 3 an API change blocks.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

import click

from sluice.aws.stack_not_found import StackNotFound
from sluice.errors import ApiChanged, ConfigurationInvalid, SluiceError
from sluice.ports.table import Conflict
from sluice.registry.leases import LeaseTaken

FINE, WORK_FAILED, WRONG_USE, BLOCKED = 0, 1, 2, 3
INTERRUPTED = 130

_NO_CREDENTIALS = frozenset({"NoCredentialsError", "PartialCredentialsError", "ProfileNotFound"})
"""What botocore raises where it has none, by name: only sluice.aws knows botocore."""


def exit_code(error: BaseException) -> int:
    """Return the exit code that an error means."""
    if isinstance(error, ApiChanged):
        return BLOCKED
    if isinstance(error, ConfigurationInvalid | click.UsageError):
        return WRONG_USE
    if isinstance(error, click.exceptions.Abort | KeyboardInterrupt):
        return INTERRUPTED
    return WORK_FAILED


def in_words(error: BaseException) -> str:
    """Return what a person reads: what is wrong, where, and what would be right."""
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return words(error)
    if type(error).__module__.startswith("sluice."):
        return f"error: {error}"
    if type(error).__name__ in _NO_CREDENTIALS:
        return f"error: {error}; right would be AWS_PROFILE, or what else gives credentials for this stage"
    if any(kind.__module__.startswith("botocore.") for kind in type(error).__mro__):
        return f"error: AWS did not answer as hoped: {error}; `sluice status` shows what is there"
    text = str(error) or "no further word"
    return f"error: unexpected {type(error).__name__}: {text}; `sluice --traceback ...` shows where"


def run_failed(error: str | None, *, held: bool) -> int:
    """Return the exit code of a run that ended with an error's name, or with None."""
    if error is None and not held:
        return FINE
    return BLOCKED if held or error == ApiChanged.__name__ else WORK_FAILED


def _wrong_use(error: click.UsageError) -> str:
    path = error.ctx.command_path if error.ctx else "sluice"
    return f"error: {error.format_message()} ({path})\nright would be what `{path} --help` shows"


def _failed(error: SluiceError) -> str:
    # A command that knows better what can be done from where it stands has noted it.
    told = " ".join(getattr(error, "__notes__", ())) or error.advice
    advice = f"\nwhat to do: {told}" if told else ""
    return f"error: {type(error).__name__}: {error}{advice}"


def _not_deployed(error: StackNotFound) -> str:
    return f"error: there is no stack {error}; right would be `sluice up` first, or another SLUICE_STAGE"


_WORDS: tuple[tuple[type[BaseException], Callable[[Any], str]], ...] = (
    (click.exceptions.NoArgsIsHelpError, lambda error: str(error.format_message())),
    (click.UsageError, _wrong_use),
    (click.ClickException, lambda error: f"error: {error.format_message()}"),
    (ConfigurationInvalid, lambda error: f"error: {error}"),
    (SluiceError, _failed),
    (StackNotFound, _not_deployed),
    (Conflict, lambda _: "error: somebody else has changed it meanwhile; look at it again, then do it again"),
    (LeaseTaken, lambda run: f"error: the run {run} holds the connection; sluice runs show {run}"),
    (click.exceptions.Abort, lambda _: "interrupted"),
    (KeyboardInterrupt, lambda _: "interrupted"),
)
"""How each kind of error is put into words; the first that fits."""


class Commands(click.Group):
    """A group that lists its commands in the order of their definition and suggests the nearest name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names as they were added."""
        del ctx
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name; raises UsageError with what it might have been."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            known = self.list_commands(ctx)
            near = difflib.get_close_matches(args[0], known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
            raise click.UsageError(f"no command {args[0]!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def group(self, *args: Any, **kwargs: Any) -> Any:
        """Define a group of commands that behaves as this one does."""
        return super().group(*args, cls=Commands, **kwargs)
