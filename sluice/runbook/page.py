"""docs/runbook.md, made from the runbook: an index by error name, then an entry for each."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sluice.runbook.entry import PAGE, Entry
from sluice.runbook.known import ENTRIES

__all__ = ["PAGE", "page"]

_PREFACE = """\
# Runbook

Made from `sluice/runbook` by `make generate`: an entry for every error name that a run can end with. The
command line, the API, the console and notices say the same, from the same place. How a night goes:
[ops.md](ops.md).

A run that failed has an error name, and each of its streams its own: `sluice runs show RUN`. What is not in
the list is under [any other name](#any-other-name). NAME, STREAM, RUN and ID stand for the connection, its
stream, the run and the change; on AWS, `SLUICE_STAGE` says which deployment is asked.

**It is always so**: a stream that failed keeps its cursor, so nothing is skipped and the next run reads on.
Nothing that was not checked is published. People are told once of each incident, and once when it is over
(`incident.resolved`).

| error name | what it asks of you | in a sentence |
|---|---|---|
"""
_WIDTH = 118
_COMMAND = re.compile(r"(?<!`)sluice(?: [a-z]+)+(?: (?:[A-Z]+\b|--[a-z-]+))*")


def page(entries: Iterable[Entry] = ENTRIES) -> str:
    """Return the page as Markdown."""
    listed = list(entries)
    rows = [_row(name, entry) for entry in listed for name in entry.names]
    return _PREFACE + "\n".join(rows) + "\n\n" + "\n".join(map(_section, listed))


def _row(name: str, entry: Entry) -> str:
    anchor = entry.place.partition("#")[2]
    return f"| [{name}](#{anchor}) | {entry.verdict} | {_first(entry.meaning)} |"


def _first(text: str) -> str:
    """Return the first sentence, short enough for a row."""
    return re.split(r"(?<=[.;:]) ", text)[0].rstrip(".;:")


def _section(entry: Entry) -> str:
    names = ", ".join(f"`{name}`" for name in entry.names)
    parts = [
        f"## {entry.heading}",
        *([_wrapped(names + ".")] if entry.title else []),
        _wrapped(f"{entry.meaning} **{str(entry.verdict).capitalize()}.**"),
        _wrapped(f"**Done by itself**: {entry.did}"),
        "**Find the cause**:\n\n" + "\n".join(_item(step) for step in entry.look),
        _wrapped(f"**Do**: {_COMMAND.sub(lambda found: f'`{found[0]}`', entry.what_to_do)}"),
        *(["\n".join(_item(step) for step in entry.more)] if entry.more else []),
        _wrapped(f"**Wake somebody**: {entry.wake}"),
        _wrapped(f"**Over**: {entry.over}"),
    ]
    return "\n\n".join(parts) + "\n"


def _item(text: str) -> str:
    return _wrapped(text, "- ", "  ")


def _wrapped(text: str, first: str = "", then: str = "") -> str:
    """Return the text in lines; what stands in backticks stays on one line."""
    lines, line = [], first
    for word in re.findall(r"(?:`[^`]*`|\S)+", text):
        joined = word if line in {first, then} else f" {word}"
        if len(line) + len(joined) > _WIDTH:
            lines.append(line)
            line, joined = then, word
        line += joined
    return "\n".join([*lines, line])
