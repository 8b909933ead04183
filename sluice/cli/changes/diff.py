"""`sluice changes diff`: what differs between two published descriptions of an API."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from sluice.bootstrap.documents import catalog
from sluice.cli.failures import BLOCKED, FINE
from sluice.cli.output import json_option, print_json, print_table, table_of
from sluice.cli.words import say
from sluice.description.interest import Interest
from sluice.model.change import Change
from sluice.model.change_kinds import KINDS
from sluice.usecases.contracts.diff import Diff, diff_of, interests_of

COUNTED = ("id", "meaning", "changes", "used")
LISTED = ("id", "severity", "operation", "path", "before", "after", "used_by")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("diff")
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--connector", help="Judge by what this connector reads with its mappings.")
@click.option("--connectors", type=_FOLDER, help="Another folder than the repository's own.")
@click.option("--transformers", type=_FOLDER, help="Another folder than the repository's own.")
@json_option
def diff_command(
    old: Path,
    new: Path,
    connector: str | None,
    as_json: bool,  # noqa: FBT001 - click passes it by name
    **folders: Path | None,
) -> int:
    """Compare two published descriptions of an API: files OLD and NEW.

    They may be OpenAPI 2 or 3, OData $metadata, GraphQL introspection, Tryton's fields_get, JSON Schema or
    XML Schema; form does not count. Exit code 3: a reader loses something, with --connector: something that
    the connector uses. Without --connector each change is judged as if it were used.
    """
    interests = _interests(connector, folders) if connector else None
    found = diff_of((str(old), old.read_bytes()), (str(new), new.read_bytes()), interests)
    for words in found.unread:
        say(f"not read: {words}")
    for words in found.uncovered:
        say(f"not in {old.name}: {words}; nothing can be said of it")
    if as_json:
        print_json([change.listed() for change in found.changes])
    else:
        _show(found, judged=connector is not None)
    return BLOCKED if found.breaking else FINE


def _interests(name: str, folders: dict[str, Path | None]) -> list[Interest]:
    known = catalog(folders["connectors"], folders["transformers"])
    return interests_of(known.connector(name), lambda stream: known.mapper(name, stream))


def _show(found: Diff, *, judged: bool) -> None:
    if not found.changes:
        say("nothing that a reader sees is different")
        return
    counted, listed = (COUNTED, LISTED) if judged else (COUNTED[:-1], LISTED[:-1])
    print_table(table_of(_counts(found.changes), counted))
    click.echo()
    print_table(table_of([change.listed() for change in found.changes], listed))


def _counts(changes: tuple[Change, ...]) -> list[dict[str, object]]:
    many, used = Counter(one.code for one in changes), Counter(one.code for one in changes if one.used_by)
    return [
        {"id": code, "meaning": KINDS[code].title, "changes": many[code], "used": used[code]}
        for code in sorted(many)
    ]
