"""`sluice connectors new`: drafts a connector from what the vendor publishes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from sandbox.erp import Sandbox
from sandbox.options import Options
from sluice.bootstrap.documents import ROOT, folder_documents
from sluice.cli.connectors.naming import CONNECTOR_NAME
from sluice.cli.failures import FINE, WORK_FAILED
from sluice.cli.words import say
from sluice.connector.spec import Connector
from sluice.description.model import Description
from sluice.description.read import read_description
from sluice.kit.airbyte.draft import draft_of_manifest
from sluice.kit.draft import Draft, Wanted, draft
from sluice.kit.notes_page import LEFT_OUT, notes_page
from sluice.registry.catalog import Catalog, faults_of

EXAMPLES = 3
_DAY = date(2026, 1, 31)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("new")
@click.argument("name", type=CONNECTOR_NAME)
@click.option("--from-openapi", "openapi", type=_FILE, help="An OpenAPI 2 or 3 description, JSON or YAML.")
@click.option("--from-odata", "odata", type=_FILE, help="An OData $metadata document, XML or JSON.")
@click.option(
    "--from-airbyte", "airbyte", type=_FILE, help="A declarative (low-code) Airbyte manifest, YAML."
)
@click.option(
    "--paths",
    multiple=True,
    metavar="PATH[=ENTITY]",
    help="Take this list (of Airbyte: the stream of this name), as this entity; may be repeated. Without: "
    "every list whose path names an entity.",
)
@click.option("--into", type=_FOLDER, default=".", show_default=True, help="The folder to write to.")
def new_command(name: str, paths: tuple[str, ...], into: Path, **given: Path | None) -> int:
    """Draft the connector NAME: files, mappings and examples, with reasons, and questions where none helps.

    What stands above a file as TODO has to be looked up or decided by a person; NOTES.md has it all. Of a
    manifest, every component that was not converted is listed with its place. The draft is checked as
    `sluice connectors check` does. Nothing that is there already is overwritten.
    """
    form, file = _the_one(given)
    _check_free(into, name)
    drafted, description = _drafted(form, file, Wanted(name, paths))
    files = {**drafted.files, f"connectors/{name}/NOTES.md": notes_page(name, description, drafted.notes)}
    catalog = Catalog(folder_documents(ROOT)).with_files(
        name, {path: text.encode() for path, text in drafted.files.items()}
    )
    faults = faults_of(catalog, name)
    if not faults:
        files |= dict(_examples(catalog, catalog.connector(name), drafted.streams))
    for path, text in files.items():
        file = into / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    _report(drafted, name, into)
    if given["airbyte"] is not None:
        _report_left_out(drafted)
    for fault in faults:
        click.echo(f"  {fault}")
    return WORK_FAILED if faults else FINE


def _the_one(given: Mapping[str, Path | None]) -> tuple[str, Path]:
    """Return the form and the file, of which exactly one has to be given."""
    found = [(form, file) for form, file in given.items() if file is not None]
    if len(found) != 1:
        raise click.UsageError(
            "says of no one description; right would be --from-openapi, --from-odata or --from-airbyte FILE"
        )
    return found[0]


def _drafted(form: str, file: Path, wanted: Wanted) -> tuple[Draft, Description]:
    documents = folder_documents(ROOT)
    if form == "airbyte":
        return draft_of_manifest(file.read_bytes(), documents, wanted)
    description = read_description(file.read_bytes())
    right = {"openapi": "OpenAPI", "odata": "OData"}[form]
    if not description.form.startswith(right):
        raise click.UsageError(f"{file} is {description.form}; should be {right}")
    return draft(description, documents, wanted), description


def _check_free(into: Path, name: str) -> None:
    for folder in ("connectors", "transformers", "examples"):
        if (into / folder / name).exists():
            raise click.UsageError(
                f"{into / folder / name} is there already; right would be another name or --into"
            )


def _examples(catalog: Catalog, connector: Connector, streams: list[str]) -> Iterator[tuple[str, str]]:
    """Yield files with invented records of each stream, and what the mapping makes of them."""
    made = Sandbox(connector, Options(records=dict.fromkeys(streams, EXAMPLES), today=_DAY))
    for stream in streams:
        records = made.shelves[stream].records()
        mapper = catalog.mapper(connector.name, stream)
        mapped = [mapper.map(record, "acme") for record in records]
        found = [one.data for one in mapped if one.data is not None and not one.faults]
        yield f"examples/{connector.name}/{stream}.json", _json(records)
        yield f"examples/{connector.name}/{stream}.out.json", _json(found)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _report_left_out(drafted: Draft) -> None:
    left = [what for where, what in drafted.notes.decided if where == LEFT_OUT]
    if left:
        say(f"streams left out ({len(left)}):")
    for what in left:
        # What is in each is in NOTES.md.
        say(f"  {what.partition(' (with ')[0]}")


def _report(drafted: Draft, name: str, into: Path) -> None:
    say(f"{name}: drafted {', '.join(drafted.streams)} into {into}")
    questions: dict[str, list[str]] = {}
    for where, what in drafted.notes.open:
        questions.setdefault(what, []).append(where.removesuffix(".yaml"))
    if questions:
        say(f"to look up or decide ({len(questions)}):")
    for what, places in questions.items():
        say(f"  {', '.join(places)}: {what}")
    say(f"reasons, and what was left out: {into / 'connectors' / name / 'NOTES.md'}")
    options = f"--connectors {into / 'connectors'} --transformers {into / 'transformers'}"
    say(f"check: sluice connectors check {name} {options}")
    say(f"then:  sluice connectors register {into} {name}")
